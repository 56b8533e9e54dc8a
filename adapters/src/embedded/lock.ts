import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/** The process that has a folder; `pid` is 0 when it did not say. */
export type Holder = { readonly pid: number; readonly host: string; readonly startedAt: string };

export type FolderLock = { release(): void };

/** A living process; zombies and dead ones are `undefined`. */
export type Running = { readonly command: string; readonly startedAt: string };

const SQLITE_BUSY = 5;
const holderNamedWithinMs = 500;

// A lock that nothing refers to would be closed, and so given away, by garbage collection.
const held = new Set<DatabaseSync>();

/**
 * Takes a folder for this process alone until `release` or the process's death, however it dies.
 * Of any number that try at once, exactly one gets it; the others get its holder.
 *
 * The lock is the kernel's (fcntl, through an SQLite file that is never written to): it needs no
 * reaping, so it can be neither reaped too early nor left behind, and it also holds between
 * containers that share a volume, where a pid says nothing. Nothing in this process may open
 * `lakeus.lock` by other means: closing any descriptor of it would drop the lock.
 */
export async function lockFolder(folder: string): Promise<FolderLock | Holder> {
  const lock = new DatabaseSync(join(folder, 'lakeus.lock'), { timeout: 0 });
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    return await holderOf(folder);
  }
  held.add(lock);
  const release = (): void => {
    if (!held.delete(lock)) return;
    rmSync(holderFile(folder), { force: true });
    lock.close();
  };
  try {
    writeHolder(folder);
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

/** What runs under `pid` now. */
export function running(pid: number): Running | undefined {
  return process.platform === 'linux' ? runningOnLinux(pid) : runningByPs(pid);
}

function holderFile(folder: string): string {
  return join(folder, 'lakeus.pid');
}

function writeHolder(folder: string): void {
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    startedAt: running(process.pid)?.startedAt ?? '',
  };
  const draft = `${holderFile(folder)}.${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
  renameSync(draft, holderFile(folder));
}

/** The one that has just taken the folder may not have written its name yet: the file can still be its predecessor's. */
async function holderOf(folder: string): Promise<Holder> {
  const deadline = Date.now() + holderNamedWithinMs;
  for (;;) {
    const holder = readHolder(folder);
    const isAlive = holder && running(holder.pid)?.startedAt === holder.startedAt;
    if (isAlive) return holder;
    if (Date.now() > deadline) return holder ?? { pid: 0, host: '', startedAt: '' };
    await delay(20);
  }
}

function readHolder(folder: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(holderFile(folder), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function runningOnLinux(pid: number): Running | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, in brackets, may itself hold spaces and brackets.
    const [state = 'X', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if ('ZXx'.includes(state)) return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { command, startedAt: rest[18] ?? '' };
  } catch {
    return undefined;
  }
}

function runningByPs(pid: number): Running | undefined {
  try {
    const columns = ['-o', 'stat=', '-o', 'lstart=', '-o', 'command='];
    const line = execFileSync('ps', ['-ww', ...columns, '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [, state = 'Z', startedAt = '', command = ''] =
      /^(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/s.exec(line) ?? [];
    return state.startsWith('Z') ? undefined : { command: `${command} `, startedAt };
  } catch {
    return undefined;
  }
}
