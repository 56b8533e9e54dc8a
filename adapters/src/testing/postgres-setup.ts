import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedDatabase } from '../embedded/index.ts';
import { openPostgres } from '../postgres/index.ts';
import type { Connection } from '../postgres/index.ts';
import { administer, onDatabase, unique } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: Connection;
    postgresTemplate: string;
  }
}

/** Starts one PostgreSQL for all integration tests of a run, or uses the one in TEST_DATABASE_URL, and lays out the
 * schema once: every test file then gets a copy of it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TEST_DATABASE_URL;
  const dataDir = url ? null : mkdtempSync(join(tmpdir(), 'lakeus-test-'));
  const embedded = dataDir
    ? await startEmbeddedDatabase({ dataDir, fsync: false, maxConnections: 200 })
    : null;
  const connection: Connection = embedded ? embedded.connection : { url: url! };
  const template = `lakeus_template_${unique()}`;
  await administer(connection, (sql) => sql.unsafe(`create database "${template}"`));
  const stores = await openPostgres({ connection: onDatabase(connection, template), maxConnections: 1 });
  await stores.migrate();
  await stores.close();
  project.provide('postgres', connection);
  project.provide('postgresTemplate', template);
  return async () => {
    if (url) await administer(connection, (sql) => sql.unsafe(`drop database "${template}" with (force)`));
    await embedded?.stop();
    if (dataDir) rmSync(dataDir, { recursive: true, force: true });
    // The server may have had to keep its data elsewhere.
    if (embedded && embedded.dataDir !== dataDir) rmSync(embedded.dataDir, { recursive: true, force: true });
  };
}
