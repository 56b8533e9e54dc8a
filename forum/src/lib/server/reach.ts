import type { Lakeus } from './compose.ts';

/** Under what name the composition is kept in the process. */
export const composedKey = Symbol.for('lakeus.composed');

/** Where the built pages reach the composition that server.ts made: they are two module graphs in one process. */
export function reach(): Lakeus {
  const found = (globalThis as Record<symbol, unknown>)[composedKey];
  if (!found) throw new Error('the pages were started without server.ts');
  return found as Lakeus;
}
