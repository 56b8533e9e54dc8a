import en from '../../messages/en.json' with { type: 'json' };
import fi from '../../messages/fi.json' with { type: 'json' };
import selko from '../../messages/selko.json' with { type: 'json' };
import sv from '../../messages/sv.json' with { type: 'json' };

/** Everything the pages can say. A browser never loads this: see `catalogues-of-page.ts`. */

export type Catalogue = Readonly<Record<string, string>>;

export const catalogues: Readonly<Record<'fi' | 'selko' | 'sv' | 'en', Catalogue>> = { fi, selko, sv, en };

export type SourceKey = keyof typeof fi;

/** What a page that runs in the browser brings along of what it says; here everything is known already. */
export function bring(_locale: string, _messages: Catalogue): void {}
