import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from './connection.ts';
import type { Options, Sql } from './connection.ts';

/** The schema, as numbered SQL files that never change once they are released. */

export type Migration = { readonly name: string; readonly sha256: string; readonly text: string };
type Applied = { readonly name: string; readonly sha256: string };

const folder = new URL('./sql/', import.meta.url);

/** 'lakeus' as a number: who migrates holds this lock, so that servers started together do not meet. */
const lockKey = 0x6c616b657573;

/** The migrations that this version of the software knows, in order. */
export function knownMigrations(at: URL = folder): Migration[] {
  const names = readdirSync(at).filter((file) => /^\d{6}-.*\.sql$/.test(file));
  return names.sort().map((file) => {
    // A checkout that turns line ends must not look like an edited file.
    const text = readFileSync(new URL(file, at), 'utf8').replace(/\r\n/g, '\n');
    return {
      name: file.replace(/\.sql$/, ''),
      sha256: createHash('sha256').update(text).digest('hex'),
      text,
    };
  });
}

async function appliedMigrations(sql: Sql): Promise<readonly Applied[]> {
  const [row] = await sql<{ there: boolean }[]>`select to_regclass('migrations') is not null as there`;
  return row?.there ? await sql<Applied[]>`select name, sha256 from migrations order by name` : [];
}

/** What is still to be applied.
 * @throws {Error} when the database was made by other files than ours */
function pendingMigrations(known: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const ours = new Map(known.map((migration) => [migration.name, migration]));
  for (const { name, sha256 } of applied) {
    const file = ours.get(name);
    if (!file) {
      throw new Error(
        `The database has migration ${name}, which this version does not know: a newer version has been here. ` +
          `Start that version, or restore the backup from before it.`,
      );
    }
    if (file.sha256 !== sha256) {
      throw new Error(
        `Migration ${name} has been edited since it was applied (applied ${sha256.slice(0, 12)}…, file ` +
          `${file.sha256.slice(0, 12)}…). Put the file back as it was and write the change as a new migration.`,
      );
    }
  }
  const done = new Set(applied.map(({ name }) => name));
  return known.filter(({ name }) => !done.has(name));
}

/** Brings the schema up to date; each file in a transaction of its own. Safe to run from several processes at once.
 * @returns the names of the files applied, or with `dryRun` of those that would be
 * @throws {Error} when an applied file has changed since, or the database is newer than the software */
export async function migrate(
  options: Options,
  { dryRun = false, known = knownMigrations() }: { dryRun?: boolean; known?: readonly Migration[] } = {},
): Promise<string[]> {
  // A connection of its own, without time limits: an index on a large table takes as long as it takes.
  const sql = connect({ ...options, maxConnections: 1 }, true);
  try {
    if (dryRun) return pendingMigrations(known, await appliedMigrations(sql)).map(({ name }) => name);
    await sql`select pg_advisory_lock(${lockKey})`;
    await sql`create table if not exists migrations (
      name text primary key, sha256 text not null, applied_at timestamptz not null default now())`;
    const pending = pendingMigrations(known, await appliedMigrations(sql));
    for (const { name, sha256, text } of pending) {
      await sql.begin(async (tx) => {
        await tx.unsafe(text).simple();
        await tx`insert into migrations (name, sha256) values (${name}, ${sha256})`;
      });
    }
    return pending.map(({ name }) => name);
  } finally {
    await sql.end({ timeout: 5 }); // the lock goes with the connection
  }
}

/** Whether the schema is the one that this version needs.
 * @param sql - any connection to the database */
export async function isMigrated(sql: Sql): Promise<boolean> {
  const applied = await appliedMigrations(sql);
  try {
    return pendingMigrations(knownMigrations(), applied).length === 0;
  } catch {
    return false;
  }
}
