import type { Cookies } from '@sveltejs/kit';
import { ownPath } from './paths.ts';

/** What the page after this one says about what was just done, and how to take it back. It travels in a cookie of one
 * use, so that going back or loading again does not say it twice. */
export type Notice = {
  /** last part of the message key `notice.*` */
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
  /** the form that undoes it, on a page of ours */
  readonly undo?: { readonly action: string; readonly fields: Readonly<Record<string, string>> };
};

const name = 'lakeus_notice';
const secondsToArrive = 60;
/** What a browser keeps of one cookie at least; a longer notice goes without its way back rather than not at all. */
const mostBytes = 3_500;
const fits = (text: string) => encodeURIComponent(text).length <= mostBytes;

/** Leaves a notice for the page that the browser goes to next. */
export function leaveNotice(
  event: { readonly cookies: Pick<Cookies, 'set' | 'delete'>; readonly url: URL },
  notice: Notice,
): void {
  const { undo: _, ...told } = notice;
  const kept = [notice, told].map((one) => JSON.stringify(one)).find(fits);
  // A sentence that lacks what it is about says nothing.
  if (kept === undefined) return event.cookies.delete(name, { path: '/' });
  event.cookies.set(name, kept, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: event.url.protocol === 'https:',
    maxAge: secondsToArrive,
  });
}

const isText = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

function flat(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (isText(one) ? [[key, String(one)]] : [])),
  );
}

/** Takes the notice that was left for this page, once. A cookie that somebody made up says nothing. */
export function takeNotice(cookies: Pick<Cookies, 'get' | 'delete'>): Notice | null {
  const kept = cookies.get(name);
  if (kept === undefined) return null;
  cookies.delete(name, { path: '/' });
  try {
    const { key, values, undo } = JSON.parse(kept) as Record<string, unknown>;
    if (typeof key !== 'string' || !/^[a-zA-Z]+$/.test(key)) return null;
    const back = undo as { action?: unknown; fields?: unknown } | undefined;
    const action = typeof back?.action === 'string' ? ownPath(back.action) : '/';
    return {
      key,
      values: Object.fromEntries(
        Object.entries((values ?? {}) as Record<string, unknown>).filter(
          (entry): entry is [string, string | number] => isText(entry[1]),
        ),
      ),
      ...(action !== '/' && { undo: { action, fields: flat(back?.fields) } }),
    };
  } catch {
    return null;
  }
}
