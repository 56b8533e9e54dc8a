import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import type { Connection } from '../postgres/index.ts';

/** The server that the tests run on, apart from any test: the set-up of a run uses this too. */

export const unique = (): string => randomBytes(6).toString('hex');

/** The same server, another database. */
export function onDatabase(connection: Connection, database: string): Connection {
  if (!('url' in connection)) return { ...connection, database };
  const url = new URL(connection.url);
  url.pathname = `/${database}`;
  return { url: url.href };
}

/** Does something that belongs to no database in particular, such as making one. */
export async function administer<T>(
  connection: Connection,
  work: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const settings = { max: 1, onnotice: () => undefined };
  const sql =
    'url' in connection ? postgres(connection.url, settings) : postgres({ ...connection, ...settings });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
