import { isId } from './rows.ts';

/** Where a page ended, as an opaque text. What we cannot read starts from the beginning. */

export const cursorOf = (...at: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(at)).toString('base64url');

function read(cursor: string | undefined): readonly unknown[] {
  if (!cursor) return [];
  try {
    const at = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
    return Array.isArray(at) ? at : [];
  } catch {
    return [];
  }
}

/** @returns the instant and the id that the page before ended at, or null for the first page */
export function readInstantCursor(cursor: string | undefined): readonly [string, string] | null {
  const [at, id] = read(cursor);
  if (typeof at !== 'string' || typeof id !== 'string') return null;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at) && isInstant(at) && isId(id) ? [at, id] : null;
}

/** @returns the number that the page before ended at, or null for the first page */
export function readNumberCursor(cursor: string | undefined): number | null {
  const [at] = read(cursor);
  return Number.isSafeInteger(at) && Math.abs(at as number) < 2 ** 31 ? (at as number) : null;
}

/** The pattern lets through what no calendar has, and PostgreSQL has no year zero. */
const isInstant = (text: string): boolean => !Number.isNaN(Date.parse(text)) && !text.startsWith('0000');
