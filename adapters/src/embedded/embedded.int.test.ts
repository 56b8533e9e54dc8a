import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmbeddedDatabase } from './index.ts';
import {
  Child,
  children,
  cleanUp,
  databases,
  folder,
  install,
  isRunning,
  isRoot,
  postmasterOf,
  processes,
  query,
  readableBy,
  refusal,
  start,
  until,
} from './testing/children.ts';

const ordinaryUid = 65534;
const asRoot = test.skipIf(!isRoot);
if (!isRoot)
  console.warn('NOT RUN: the embedded database as root and under closed folders (we are not root)');

cleanUp();

/** Other databases of this machine may lie beside the moved one, and run from the same copy of the binaries. */
async function removeMoved(asked: string, since: number): Promise<void> {
  const marker = join(asked, 'lakeus-location');
  if (!fs.existsSync(marker)) return;
  const moved = fs.readFileSync(marker, 'utf8').trim();
  for (const child of children) child.kill('SIGKILL');
  for (const database of databases) await database.stop();
  const runs = (text: string): boolean => processes().some(({ command }) => command.includes(text));
  await until('the moved database has stopped', () => !runs(`-D ${moved}/`));
  fs.rmSync(moved, { recursive: true, force: true });

  const home = dirname(moved);
  for (const name of fs.readdirSync(home).filter((entry) => entry.startsWith('postgres-'))) {
    const copy = join(home, name);
    if (fs.statSync(copy).birthtimeMs >= since && !runs(copy)) fs.rmSync(copy, { recursive: true });
  }
  if (fs.readdirSync(home).length === 0) fs.rmdirSync(home);
}

describe('a database of our own', () => {
  test('is made at the first start, kept at the next, and durable', async () => {
    const dataDir = join(folder(), 'made', 'here');
    const first = await start({ dataDir, maxConnections: 17 });
    expect(first.dataDir).toBe(dataDir);
    expect(first.notice).toBeUndefined();
    await query(first, `create table kept as select 'åäö'::text as said`);
    const [settings] = await query<Record<string, string>>(
      first,
      `select current_setting('fsync') as fsync, current_setting('listen_addresses') as tcp, current_setting('max_connections') as most,
        (select datlocprovider::text || datlocale from pg_database where datname = 'lakeus') as locale`,
    );
    expect(settings).toEqual({ fsync: 'on', tcp: '', most: '17', locale: 'bC.UTF-8' });
    expect(fs.statSync(first.connection.host).mode & 0o777).toBe(0o700);
    const firstPid = postmasterOf(dataDir);
    await first.stop();
    await first.stop();
    expect(isRunning(firstPid)).toBe(false);
    expect(fs.existsSync(first.connection.host)).toBe(false);

    const began = performance.now();
    const second = await start({ dataDir });
    const restartMs = performance.now() - began;
    expect(await query(second, 'select said from kept')).toEqual([{ said: 'åäö' }]);
    await second.stop();
    console.info(`restart took ${restartMs.toFixed()} ms`);
    expect(restartMs).toBeLessThan(3_000);
  }, 30_000);

  test('keeps what people wrote out of the server log', async () => {
    const database = await start({ dataDir: folder(), fsync: false });
    await query(database, `create table kept (said text unique); insert into kept values ('a secret')`);
    await expect(query(database, `insert into kept values ('a secret')`)).rejects.toThrow('duplicate');
    await database.stop();
    expect(fs.readFileSync(join(database.dataDir, 'postgres.log'), 'utf8')).not.toMatch(/secret|insert/);
  }, 30_000);

  test('is not left half-made by a death during its making', async () => {
    const dataDir = folder();
    const child = new Child({ dataDir });
    await until('initdb is at work', () =>
      fs.readdirSync(dataDir).some((entry) => entry.startsWith('postgres.new-')),
    );
    await child.die();
    expect(fs.existsSync(join(dataDir, 'postgres'))).toBe(false);
    const database = await start({ dataDir });
    expect(await query(database, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(fs.readdirSync(dataDir).filter((entry) => entry.startsWith('postgres.new-'))).toEqual([]);
    await database.stop();
  }, 30_000);

  test('says so where there are no binaries', async () => {
    const error = await new Child({ dataDir: folder() }, { arch: 'riscv64' }).hears('error');
    expect(error).toMatchObject({
      id: 'no_binaries',
      message: expect.stringContaining('DATABASE_URL') as string,
    });
  }, 30_000);

  test('says so when the folder or what lies in it is of no use', async () => {
    const file = join(folder(), 'file');
    fs.writeFileSync(file, '');
    expect(await refusal(startEmbeddedDatabase({ dataDir: file }))).toMatchObject({
      id: 'data_dir_unusable',
    });

    const dataDir = folder();
    const database = await start({ dataDir, fsync: false });
    await database.stop();
    const versionFile = join(dataDir, 'postgres', 'PG_VERSION');
    fs.writeFileSync(versionFile, '12\n');
    expect(await refusal(startEmbeddedDatabase({ dataDir }))).toMatchObject({
      id: 'data_dir_unusable',
      data: { version: '12' },
    });
    fs.writeFileSync(versionFile, '18\n');
    fs.writeFileSync(join(dataDir, 'postgres', 'postgresql.conf'), 'nonsense');
    const failed = await refusal(startEmbeddedDatabase({ dataDir }));
    expect(failed).toMatchObject({
      id: 'database_start_failed',
      message: expect.stringContaining('syntax error') as string,
    });
  }, 30_000);
});

describe('as whom it runs', () => {
  asRoot(
    'as root: the server belongs to an unprivileged user, the folder stays root’s',
    async () => {
      const dataDir = join(folder(), 'data');
      const database = await start({ dataDir });
      const owner = fs.statSync(join(dataDir, 'postgres')).uid;
      const server = execFileSync('ps', ['-o', 'uid=', '-p', String(postmasterOf(dataDir))], {
        encoding: 'utf8',
      });
      expect(owner).not.toBe(0);
      expect(Number(server)).toBe(owner);
      expect(fs.statSync(dataDir).uid).toBe(0);
      await database.stop();
    },
    30_000,
  );

  asRoot(
    'as an ordinary user: first start, restart; root goes on as that user',
    async () => {
      const dataDir = folder();
      fs.chownSync(dataDir, ordinaryUid, ordinaryUid);
      const from = readableBy(ordinaryUid);
      for (const once of [1, 2]) {
        const child = new Child({ dataDir, once: true }, from);
        expect(await child.hears('stopped'), `start ${once}`).toBe(4);
        await child.die();
      }
      const database = await start({ dataDir });
      expect(fs.statSync(join(dataDir, 'postgres')).uid).toBe(ordinaryUid);
      await database.stop();
    },
    60_000,
  );

  asRoot(
    'a user without a name either gets a database or a sentence',
    async () => {
      const nameless = 48_213;
      const dataDir = folder();
      fs.chownSync(dataDir, nameless, nameless);
      const child = new Child({ dataDir, once: true }, readableBy(nameless));
      const outcome = await Promise.any([child.hears('stopped'), child.hears('error')]);
      console.info(`a user without a name: ${typeof outcome === 'number' ? 'works' : outcome.message}`);
      if (typeof outcome !== 'number') expect(outcome.message).toContain('user does not exist');
    },
    60_000,
  );

  asRoot(
    'an ordinary user is refused another user’s database',
    async () => {
      const dataDir = folder();
      await (await start({ dataDir, fsync: false })).stop();
      fs.chownSync(join(dataDir, 'postgres'), 1, 1);
      const error = await new Child({ dataDir }, readableBy(ordinaryUid)).hears('error');
      expect(error).toMatchObject({
        id: 'data_dir_unusable',
        message: expect.stringContaining('user 1') as string,
      });
    },
    30_000,
  );
});

describe('under a folder that only root can enter', () => {
  asRoot(
    'data and binaries go where the server can reach them, and are found again',
    async () => {
      const closed = folder(0o700);
      const began = Date.now();
      const module = install(join(closed, 'repository'));
      const dataDir = join(closed, 'data');
      try {
        const first = new Child({ dataDir, inserts: true }, { module });
        const ready = await first.hears('ready');
        await first.hears('id');
        expect(ready.dataDir).not.toContain(closed);
        expect(ready.notice).toContain(ready.dataDir);
        const binaries = /copy in (\S+)\/bin/.exec(ready.notice ?? '')?.[1] ?? '';
        expect(fs.lstatSync(binaries)).toMatchObject({ uid: 0 });
        expect(
          execFileSync(
            'find',
            [binaries, '(', '!', '-uid', '0', '-o', '!', '-type', 'l', '-perm', '/022', ')'],
            { encoding: 'utf8' },
          ),
        ).toBe('');
        const madeAt = fs.statSync(binaries).ctimeMs;
        expect(fs.readFileSync(join(dataDir, 'lakeus-location'), 'utf8')).toBe(`${ready.dataDir}\n`);
        console.info(ready.notice);
        const ids = first.lines.flatMap(({ id }) => id ?? []);
        await first.die();

        const second = await start({ dataDir });
        expect(second.dataDir).toBe(ready.dataDir);
        const rows = await query<{ id: string }>(second, 'select id from kept');
        expect(rows.map(({ id }) => Number(id))).toEqual(expect.arrayContaining(ids));
        const holder = new Child({ dataDir }, { module });
        expect(await holder.hears('error')).toMatchObject({
          id: 'database_in_use',
          data: { pid: process.pid },
        });
        await second.stop();
        expect(fs.statSync(binaries).ctimeMs).toBe(madeAt);

        fs.renameSync(ready.dataDir, `${ready.dataDir}.away`);
        const error = await refusal(startEmbeddedDatabase({ dataDir }));
        fs.renameSync(`${ready.dataDir}.away`, ready.dataDir);
        expect(error).toMatchObject({
          id: 'data_dir_unusable',
          message: expect.stringContaining(ready.dataDir) as string,
        });
      } finally {
        await removeMoved(dataDir, began);
      }
    },
    90_000,
  );
});

describe('one process at a time', () => {
  test('a second process, and a second call, are refused at once with the holder’s pid', async () => {
    const dataDir = folder();
    const database = await start({ dataDir, fsync: false });
    const link = join(folder(), 'by-another-name');
    fs.symlinkSync(dataDir, link);
    for (const path of [dataDir, link]) {
      const error = await refusal(startEmbeddedDatabase({ dataDir: path }));
      expect(error).toMatchObject({ id: 'database_in_use', data: { pid: process.pid } });
      expect(error.message).toContain(`process ${process.pid}`);
    }
    const error = await new Child({ dataDir }).hears('error');
    expect(error).toMatchObject({ id: 'database_in_use', data: { pid: process.pid } });
    expect(error.ms).toBeLessThan(2_000);
    await database.stop();
    await (await start({ dataDir })).stop();
  }, 30_000);

  test('of several that start at once on a folder left by a killed one, exactly one wins', async () => {
    const dataDir = folder();
    const killed = new Child({ dataDir });
    await killed.hears('ready');
    await killed.die();
    const rivals = Array.from({ length: 4 }, () => new Child({ dataDir }));
    await until('all have an answer', () => rivals.every(({ lines }) => lines.length > 0), 30_000);
    const winners = rivals.filter(({ lines }) => lines[0]?.ready);
    expect(winners).toHaveLength(1);
    for (const { lines } of rivals.filter((rival) => !winners.includes(rival))) {
      expect(lines[0]?.error).toMatchObject({
        id: 'database_in_use',
        data: { pid: winners[0]?.process.pid },
      });
    }
  }, 60_000);
});
