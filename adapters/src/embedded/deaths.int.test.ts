import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  Child,
  children,
  cleanUp,
  folder,
  here,
  isRoot,
  isRunning,
  kill,
  litter,
  postmasterOf,
  processes,
  query,
  start,
  until,
} from './testing/children.ts';

const rounds = Number(process.env['LAKEUS_KILL_ROUNDS'] ?? 6);

cleanUp();

/** Its child ends only when there is a parent that never asks for it. */
const neverReaps = `
(until [ "$(ps -o comm= -p $$)" = sleep ]; do :; done) &
echo $!
exec sleep 600`;

describe('after a death', () => {
  test('by SIGKILL, of us and all our process group, the server stops and the next start has the rows', async () => {
    const dataDir = folder();
    const child = new Child({ dataDir, inserts: true }, { detached: true });
    await child.hears('id');
    const ready = await child.hears('ready');
    const postmaster = postmasterOf(dataDir);
    const closed = new Promise((resolve) => child.process.once('close', resolve));
    process.kill(-(child.process.pid ?? 0), 'SIGKILL');
    await closed;
    const ids = child.lines.flatMap(({ id }) => id ?? []);
    await until('the server has stopped', () => !isRunning(postmaster));
    await until('its socket folder is gone', () => !fs.existsSync(ready.connection.host));
    const database = await start({ dataDir });
    const rows = await query<{ id: string }>(database, 'select id from kept');
    expect(rows.map(({ id }) => Number(id))).toEqual(expect.arrayContaining(ids));
    await database.stop();
  }, 30_000);

  test('without stop(), by an ordinary exit, the server stops', async () => {
    const dataDir = folder();
    const script = `const { startEmbeddedDatabase } = await import(process.argv[1]);
      await startEmbeddedDatabase({ dataDir: process.argv[2] });`;
    execFileSync(process.execPath, ['--input-type=module', '-e', script, join(here, 'index.ts'), dataDir], {
      timeout: 20_000,
    });
    await until('the server has stopped', () => !fs.existsSync(join(dataDir, 'postgres', 'postmaster.pid')));
  }, 30_000);

  test('of us and the watchdog, the next start stops the server itself', async () => {
    const dataDir = folder();
    const child = new Child({ dataDir, inserts: true });
    await child.hears('id');
    const orphan = postmasterOf(dataDir);
    litter.push((await child.hears('ready')).connection.host);
    kill(
      ...processes()
        .filter(({ command }) => command.includes('lakeus-watchdog') && command.includes(dataDir))
        .map(({ pid }) => pid),
    );
    await child.die();
    expect(isRunning(orphan)).toBe(true);
    const database = await start({ dataDir });
    expect(isRunning(orphan)).toBe(false);
    await database.stop();
  }, 30_000);

  test('a pid file that names a zombie, or somebody else’s process, is stale', async () => {
    const dataDir = folder();
    await (await start({ dataDir, fsync: false })).stop();
    const { uid, gid } = fs.statSync(join(dataDir, 'postgres'));
    const asServer = isRoot ? { uid, gid } : {};
    const idle = spawn('sh', ['-c', neverReaps], {
      ...asServer,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.add(idle);
    let zombie = 0;
    idle.stdout.once('data', (data: Buffer) => (zombie = Number(data)));
    await until('there is a zombie', () => zombie > 0 && !isRunning(zombie));
    expect(processes().some(({ pid }) => pid === zombie)).toBe(true);
    for (const pid of [zombie, idle.pid ?? 0]) {
      const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
      fs.writeFileSync(pidFile, `${pid}\n${join(dataDir, 'postgres')}\n0\n5432\n\n\n`);
      fs.chownSync(pidFile, uid, gid);
      const database = await start({ dataDir, fsync: false });
      await database.stop();
    }
    expect(isRunning(idle.pid ?? 0)).toBe(true);
  }, 30_000);

  test(
    `no acknowledged row is missing after ${rounds} kills`,
    async () => {
      const dataDir = folder();
      const acknowledged: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const child = new Child({ dataDir, inserts: true });
        const enough = 200 + 150 * (round % 3);
        await until(
          `${enough} rows. ${child.complaints}`,
          () => child.lines.filter(({ id }) => id).length > enough,
          60_000,
        );
        if (round % 2 === 1) {
          const postmaster = postmasterOf(dataDir);
          const backends = processes().filter(({ parent }) => parent === postmaster);
          kill(child.process.pid ?? 0, postmaster, ...backends.map(({ pid }) => pid));
        }
        await child.die();
        acknowledged.push(...child.lines.flatMap(({ id }) => id ?? []));
      }
      const database = await start({ dataDir });
      const kept = new Set(
        (await query<{ id: string }>(database, 'select id from kept')).map(({ id }) => Number(id)),
      );
      await database.stop();
      const missing = acknowledged.filter((id) => !kept.has(id));
      console.info(`${rounds} kills, ${acknowledged.length} rows acknowledged, ${missing.length} missing`);
      expect(missing).toEqual([]);
    },
    60_000 + rounds * 15_000,
  );
});
