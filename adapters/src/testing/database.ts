import { inject } from 'vitest';
import type { Connection } from '../postgres/index.ts';
import { administer, onDatabase, unique } from './server.ts';

/** A database of a test file's own. */
export type FreshDatabase = { readonly connection: Connection; drop(): Promise<void> };

/** Makes a database for one test file, with the schema in it unless `empty`; drop it afterwards.
 * @param options - `empty` for tests of the migrations themselves */
export async function freshDatabase(options: { empty?: boolean } = {}): Promise<FreshDatabase> {
  const server = inject('postgres');
  const name = `lakeus_test_${unique()}`;
  const template = options.empty ? 'template1' : inject('postgresTemplate');
  // `file_copy` waits for a checkpoint; `wal_log` is the quick way for a small database, and cannot be refused
  // because somebody else is copying the same template.
  await administer(server, (sql) =>
    sql.unsafe(`create database "${name}" template "${template}" strategy wal_log`),
  );
  return {
    connection: onDatabase(server, name),
    drop: async () => {
      await administer(server, (sql) => sql.unsafe(`drop database if exists "${name}" with (force)`));
    },
  };
}
