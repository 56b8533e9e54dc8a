import postgres from 'postgres';
import { inject } from 'vitest';
import { randomBytes } from 'node:crypto';
import type { Env } from './house.ts';

/** A database of a test's own on the server that the run started, as an operator would name it. */

type Connection = { url: string } | { host: string; user: string; database: string; port?: number };

export async function ownDatabase(): Promise<{ env: Env; drop: () => Promise<void> }> {
  const server = inject('postgres' as never) as Connection;
  const name = `lakeus_faults_${randomBytes(6).toString('hex')}`;
  const settings = { max: 1, onnotice: () => undefined };
  const administer = async (statement: string): Promise<void> => {
    const sql = 'url' in server ? postgres(server.url, settings) : postgres({ ...server, ...settings });
    await sql.unsafe(statement).finally(() => sql.end({ timeout: 5 }));
  };
  await administer(`create database "${name}"`);
  const drop = () => administer(`drop database if exists "${name}" with (force)`);
  if ('url' in server) {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return { env: { DATABASE_URL: url.href }, drop };
  }
  // A socket's folder stands in no address; the driver takes it from where libpq does.
  const { host, user, port = 5432 } = server;
  return {
    env: { DATABASE_URL: `postgres:///${name}`, PGHOST: host, PGUSER: user, PGPORT: String(port) },
    drop,
  };
}
