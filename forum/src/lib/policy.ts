type Directive =
  | `${'default' | 'style' | 'img' | 'font' | 'script' | 'connect'}-src`
  | 'form-action'
  | 'base-uri'
  | 'frame-ancestors';

/** What a page may load and run: what comes from us, and nothing written into the page itself. A page that goes on in
 * the browser has one inline line that starts it; SvelteKit adds a nonce for that line alone. A socket of our own
 * address counts as 'self'. */
export const policy: Record<Directive, ('self' | 'none' | 'data:')[]> = {
  'default-src': ['none'],
  'style-src': ['self'],
  'img-src': ['self', 'data:'],
  'font-src': ['self'],
  'script-src': ['self'],
  'connect-src': ['self'],
  'form-action': ['self'],
  'base-uri': ['none'],
  'frame-ancestors': ['none'],
};

/** The same as a header, for answers that SvelteKit does not render. */
export const policyHeader = Object.entries(policy)
  .map(([name, sources]) =>
    [name, ...sources.map((source) => (source.endsWith(':') ? source : `'${source}'`))].join(' '),
  )
  .join('; ');
