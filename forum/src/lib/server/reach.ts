import { createHash } from 'node:crypto';
import type { Lakeus } from './compose.ts';

/** Where the built pages reach the composition that server.ts made: they are two module graphs in one process. */
export function reach(): Lakeus {
  const found = (globalThis as Record<symbol, unknown>)[Symbol.for('lakeus.composed')];
  if (!found) throw new Error('the pages were started without server.ts');
  return found as Lakeus;
}

export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');
