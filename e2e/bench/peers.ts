import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Connection } from '@lakeus/adapters/postgres';

/** Other durable engines. Their harness is no part of this repository: LAKEUS_PEERS names a folder with a
 * `scenario.mjs`, installed, that is run as `scenario.mjs NAME:CLIENTS MILLISECONDS` with DATABASE_URL, and prints
 * `{ "rate": steps per second }` as its last line. */

const run = promisify(execFile);

/** A socket's folder goes into an address percent-encoded, as libpq has it. */
const addressOf = (connection: Connection): string =>
  'url' in connection
    ? connection.url
    : `postgres://${connection.user}@${encodeURIComponent(connection.host)}/${connection.database}`;

/** Lets a peer work for a while on the same database.
 * @throws {Error} when the harness is not there, or the peer failed */
export async function peerStepsPerSecond(
  connection: Connection,
  name: string,
  clients: number,
  ms: number,
): Promise<number> {
  const folder = process.env.LAKEUS_PEERS;
  const scenario = folder && join(folder, 'scenario.mjs');
  if (!scenario || !existsSync(scenario)) {
    throw new Error('LAKEUS_PEERS must name a folder with the installed harness (scenario.mjs).');
  }
  const { stdout, stderr } = await run(process.execPath, [scenario, `${name}:${clients}`, String(ms)], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: addressOf(connection) },
    timeout: 120_000,
  }).catch((error: { stdout?: string; stderr?: string; message: string }) => {
    return { stdout: error.stdout ?? '', stderr: error.stderr || error.message };
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const told = last.startsWith('{') ? (JSON.parse(last) as { rate?: number; error?: string }) : {};
  if (told.rate === undefined) throw new Error(`${name} failed: ${told.error ?? stderr}`);
  return told.rate;
}
