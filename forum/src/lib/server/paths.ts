/** A path of our own to go back to; anything that could lead elsewhere becomes the front page. */
export function ownPath(path: string | undefined): string {
  const home = 'http://here.invalid';
  if (!path?.startsWith('/') || !URL.canParse(path, home)) return '/';
  const url = new URL(path, home);
  const way = url.pathname + url.search;
  // What is left after dots are resolved may begin with two slashes, which a browser reads as another host.
  return url.origin === home && !way.startsWith('//') && !/[\\\s]/.test(path) ? way : '/';
}
