import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { lockFolder, running, type FolderLock } from './lock.ts';
import {
  canEnter,
  cleanEnvironment,
  EmbeddedDatabaseError,
  place,
  syncFolder,
  type DatabaseUser,
  type Placement,
} from './placement.ts';

export { EmbeddedDatabaseError };

/** A running PostgreSQL server that is this process's alone and does not outlive it. */
export type EmbeddedDatabase = {
  /** For postgres.js: `postgres(database.connection)`. `host` is a folder with a unix socket. */
  readonly connection: { host: string; user: string; database: string; port?: number };
  /** Where the database really lies; when that is not what was asked, `notice` says so. */
  readonly dataDir: string;
  /** One sentence for the log, when data or binaries had to be placed elsewhere. */
  readonly notice?: string;
  /** Ends open connections, stops the server cleanly and gives the folder up; may be called again. */
  stop(): Promise<void>;
};

type Options = {
  /** made when missing; holds the cluster, the lock and the server's log */
  dataDir: string;
  /** `false` for tests only: a power cut then loses committed data */
  fsync?: boolean;
  maxConnections?: number;
};

type Server = {
  readonly watchdog: ChildProcess;
  readonly exited: Promise<string>;
  readonly socketFolder: string;
};

const name = 'lakeus';
const port = 5432;
const socketPathMaxBytes = process.platform === 'linux' ? 107 : 103;
const acceptsWithinMs = 120_000;
const logMaxBytes = 1_000_000;
const sweptWithinMs = 10_000;
const fastStopMs = 20_000;
const immediateStopMs = 25_000;

/**
 * Starts the PostgreSQL that came with npm on the database in `dataDir`, creating it at the first
 * start, and resolves when it accepts connections. What was committed is there after any death of
 * this process or the server. The server stops when this process ends, even by SIGKILL.
 * Started as root, the server runs as an unprivileged user.
 * @param options - `dataDir` absolute or relative to the working folder; `maxConnections` 100 unless told
 * @throws {EmbeddedDatabaseError} when `database_in_use`: a process, `data.pid`, has this folder already
 * @throws {EmbeddedDatabaseError} when `no_binaries`: none for this platform; set DATABASE_URL
 * @throws {EmbeddedDatabaseError} when `data_dir_unusable`: the folder cannot be written, is another
 *   user's or another PostgreSQL version's, or its data is no longer where it was put
 * @throws {EmbeddedDatabaseError} when `database_start_failed`: the server said no; the message ends with its log
 */
export async function startEmbeddedDatabase(options: Options): Promise<EmbeddedDatabase> {
  const placement = place(resolve(options.dataDir));
  const lock = await takeFolder(placement.root);
  try {
    const cluster = join(placement.root, 'postgres');
    await stopOrphan(cluster);
    await createCluster(placement, cluster, options);
    const server = await startServer(placement, cluster, options);
    const connection = { host: server.socketFolder, user: name, database: name, port };
    let stopped: Promise<void> | undefined;
    return {
      connection,
      dataDir: placement.notice ? placement.root : resolve(options.dataDir),
      ...(placement.notice && { notice: placement.notice }),
      stop: () => (stopped ??= stopServer(server, cluster).finally(() => lock.release())),
    };
  } catch (error) {
    lock.release();
    if (error instanceof EmbeddedDatabaseError) throw error;
    throw startFailed(placement.root, (error as Error).message, error);
  }
}

/**
 * The server that another process started on `dataDir` and will stop, to work beside it as the command line does.
 * @throws {EmbeddedDatabaseError} when `database_in_use`: the folder is held, but no server can be reached in it
 */
export function joinEmbeddedDatabase(dataDir: string): Pick<EmbeddedDatabase, 'connection' | 'dataDir'> {
  const { root } = place(resolve(dataDir));
  try {
    // PostgreSQL's own note: pid, data folder, start, port, socket folder.
    const [pid, , , itsPort, host] = fs
      .readFileSync(join(root, 'postgres', 'postmaster.pid'), 'utf8')
      .split('\n');
    if (host && running(Number(pid))) {
      return { connection: { host, user: name, database: name, port: Number(itsPort) }, dataDir: root };
    }
  } catch {
    // said below: there is nothing to join
  }
  throw inUse(root, 0, '');
}

async function takeFolder(root: string): Promise<FolderLock> {
  const taken = await lockFolder(root).catch((cause: Error) => {
    const message = `The data folder ${root} cannot be written: ${cause.message}.`;
    throw new EmbeddedDatabaseError('data_dir_unusable', message, { dataDir: root }, { cause });
  });
  if ('release' in taken) return taken;
  throw inUse(root, taken.pid, taken.host);
}

// ---- the cluster

/** Under a passing name first, so that a death half-way leaves nothing that looks like a database. */
async function createCluster(
  { root, binaries, majorVersion, user }: Placement,
  cluster: string,
  options: Options,
): Promise<void> {
  await sweepDrafts(root);
  if (fs.existsSync(cluster)) {
    const version = fs.readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
    if (version === majorVersion) return;
    throw new EmbeddedDatabaseError(
      'data_dir_unusable',
      `The database in ${root} was made by PostgreSQL ${version}, this is ${majorVersion}: dump it there and restore it here.`,
      { dataDir: root, version, expected: majorVersion },
    );
  }
  const draft = fs.mkdtempSync(join(root, 'postgres.new-'));
  if (user) fs.lchownSync(draft, user.uid, user.gid);
  initdb(join(binaries, 'initdb'), draft, user, options.fsync ?? true);
  fs.renameSync(draft, cluster);
  syncFolder(root);
  syncFolder(dirname(root));
}

/** An initdb whose parent was killed writes on for a moment, also into what has just been swept away. */
async function sweepDrafts(root: string): Promise<void> {
  const until = Date.now() + sweptWithinMs;
  for (;;) {
    const drafts = fs.readdirSync(root).filter((entry) => entry.startsWith('postgres.new-'));
    if (drafts.length === 0 || Date.now() > until) return;
    for (const draft of drafts) fs.rmSync(join(root, draft), { recursive: true, force: true, maxRetries: 3 });
    await delay(50);
  }
}

function initdb(program: string, folder: string, user: DatabaseUser | undefined, fsync: boolean): void {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const durability = fsync ? [] : ['--no-sync'];
  const flags = [
    '-D',
    folder,
    `--username=${name}`,
    '--auth=trust',
    '--no-instructions',
    ...locale,
    ...durability,
  ];
  const options = { ...user, cwd: '/', env: cleanEnvironment, encoding: 'utf8' } as const;
  let run = spawnSync(program, flags, options);
  // initdb insists that its user has a name; in a namespace of its own any user can take nobody's.
  if (run.stderr?.includes('could not look up effective user ID')) {
    const named = spawnSync(
      'unshare',
      ['-U', '--map-user=65534', '--map-group=65534', program, ...flags],
      options,
    );
    if (named.status === 0) run = named;
  }
  if (run.status !== 0) throw new Error(`initdb: ${(run.error?.message ?? run.stderr).trim()}`);
}

// ---- the server

/**
 * Runs the server as its child and waits for either to end: the server, or our end of its stdin.
 * Being the parent it also reaps the server, which nobody else would in a container without an init.
 * SIGINT (fast stop) is repeated because a server that has just been started still ignores it.
 */
const watchdogScript = `
trap '' HUP INT TERM
sockets=$1; quit=$2; kill=$3; shift 3
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
(
  read -r _ <&3
  tries=0
  while kill -INT "$server" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -eq "$quit" ] && kill -QUIT "$server"
    [ "$tries" -eq "$kill" ] && kill -KILL "$server"
    sleep 0.2
  done
) &
stopper=$!
wait "$server"
code=$?
kill -KILL "$stopper" 2>/dev/null
rm -f "$sockets"/.s.PGSQL.*
rmdir "$sockets"
exit "$code"
`;

async function startServer(placement: Placement, cluster: string, options: Options): Promise<Server> {
  const log = openLog(join(placement.root, 'postgres.log'));
  try {
    const deadline = Date.now() + fastStopMs;
    for (;;) {
      const server = launch(placement, cluster, options, log.descriptor);
      const failure = await untilAccepting(server).catch((error: unknown) => error as Error);
      if (!failure) return server;
      await stopServer(server, cluster);
      // Backends of a killed server may still be at work; PostgreSQL sees them by its shared memory and refuses.
      const isTransient = log.tail().includes('pre-existing shared memory block');
      if (!isTransient || Date.now() > deadline)
        throw startFailed(placement.root, failure.message, failure, log.tail());
      await delay(100);
    }
  } finally {
    log.close();
  }
}

function launch(placement: Placement, cluster: string, options: Options, log: number): Server {
  const { binaries, user } = placement;
  const socketFolder = makeSocketFolder(user);
  const settings = {
    cluster_name: name,
    listen_addresses: '',
    unix_socket_directories: `"${socketFolder}"`,
    unix_socket_permissions: '0700',
    port,
    max_connections: options.maxConnections ?? 100,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Failed statements are not logged: they carry people's words, which must vanish when they are erased.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(options.fsync === false && { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  };
  const command = [
    join(binaries, 'postgres'),
    ...['-D', cluster],
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
  const waits = [fastStopMs / 200, immediateStopMs / 200].map(String);
  const watchdog = spawn(
    '/bin/sh',
    ['-c', watchdogScript, 'lakeus-watchdog', socketFolder, ...waits, ...command],
    {
      ...user,
      cwd: '/',
      env: cleanEnvironment,
      // Its own session: what the terminal or a supervisor sends to our group must not reach it.
      detached: true,
      stdio: ['pipe', log, log],
    },
  );
  const exited = new Promise<string>((settle) => {
    watchdog.once('exit', (code, signal) => settle(`the server ended with ${signal ?? `code ${code}`}`));
    watchdog.once('error', (error) => settle(error.message));
  });
  watchdog.stdin?.on('error', () => {});
  // Whoever forgets to stop it can still exit; the watchdog then does the rest.
  watchdog.unref();
  (watchdog.stdin as { unref?(): void } | null)?.unref?.();
  return { watchdog, exited, socketFolder };
}

async function untilAccepting({ exited, socketFolder }: Server): Promise<void> {
  let ending: string | undefined;
  void exited.then((how) => (ending = how));
  const deadline = Date.now() + acceptsWithinMs;
  const socket = join(socketFolder, `.s.PGSQL.${port}`);
  for (;;) {
    const answer = fs.existsSync(socket) ? await ask(socketFolder, name, 'select 1') : 'no socket';
    if (answer === 'ok') return;
    // 3D000: no such database, and the server is up
    if (answer === '3D000') await ask(socketFolder, 'postgres', `create database ${name}`);
    if (ending !== undefined) throw new Error(ending);
    if (Date.now() > deadline) throw new Error(`no answer in ${acceptsWithinMs / 1000} s (${answer})`);
    await delay(10);
  }
}

async function ask(host: string, database: string, statement: string): Promise<string> {
  const sql = postgres({ host, port, user: name, database, max: 1, fetch_types: false, connect_timeout: 5 });
  try {
    await sql.unsafe(statement);
    return 'ok';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function stopServer({ watchdog, exited, socketFolder }: Server, cluster: string): Promise<void> {
  watchdog.ref();
  watchdog.stdin?.end();
  await exited;
  await stopOrphan(cluster);
  fs.rmSync(socketFolder, { recursive: true, force: true });
}

/**
 * Makes sure that no server runs on the cluster, and clears the pid file when it names none:
 * PostgreSQL itself takes a zombie, or whoever got the pid since, for a living server.
 * We hold the folder's lock, so a server of ours has lost its owner; its watchdog may be at work already.
 */
async function stopOrphan(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = readPid(pidFile);
  if (pid === undefined) return;
  const began = Date.now();
  for (;;) {
    const server = running(pid);
    if (!server?.command.includes(`-D ${cluster} `)) break;
    if (!server.command.includes(`cluster_name=${name} `)) throw inUse(cluster, pid);
    const elapsedMs = Date.now() - began;
    if (elapsedMs > immediateStopMs + 5_000) throw inUse(cluster, pid);
    const signal = elapsedMs < fastStopMs ? 'SIGINT' : elapsedMs < immediateStopMs ? 'SIGQUIT' : 'SIGKILL';
    try {
      process.kill(pid, signal);
    } catch {
      // it has just ended
    }
    await delay(20);
  }
  if (readPid(pidFile) === pid) fs.rmSync(pidFile, { force: true });
}

function readPid(pidFile: string): number | undefined {
  if (!fs.existsSync(pidFile)) return undefined;
  const pid = Number.parseInt(fs.readFileSync(pidFile, 'utf8'), 10);
  return pid > 0 ? pid : undefined;
}

/** Short, because a socket's path has at most 107 bytes; closed to all but the server's user and root. */
function makeSocketFolder(user: DatabaseUser | undefined): string {
  for (const base of [tmpdir(), '/tmp', '/var/tmp', '/run']) {
    if (Buffer.byteLength(join(base, `lakeus-XXXXXX/.s.PGSQL.${port}`)) > socketPathMaxBytes) continue;
    if (!canEnter(user, base)) continue;
    try {
      const folder = fs.mkdtempSync(join(base, 'lakeus-'));
      if (user) fs.lchownSync(folder, user.uid, user.gid);
      return folder;
    } catch {
      // e.g. read-only: the next one may do
    }
  }
  throw new Error('no temporary folder can hold the socket; set TMPDIR to a short, writable path');
}

type Log = { readonly descriptor: number; tail(): string; close(): void };

function openLog(path: string): Log {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR, O_TRUNC } = fs.constants;
  const isLong = (fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0) > logMaxBytes;
  const descriptor = fs.openSync(
    path,
    O_APPEND | O_CREAT | O_NOFOLLOW | O_RDWR | (isLong ? O_TRUNC : 0),
    0o640,
  );
  const start = fs.fstatSync(descriptor).size;
  const tail = (): string => {
    const text = Buffer.alloc(Math.min(fs.fstatSync(descriptor).size - start, 4_000));
    fs.readSync(descriptor, text, 0, text.length, fs.fstatSync(descriptor).size - text.length);
    return text.toString().trim();
  };
  return { descriptor, tail, close: () => fs.closeSync(descriptor) };
}

function inUse(dataDir: string, pid: number, host = ''): EmbeddedDatabaseError {
  const where = host ? ` on ${host}` : '';
  return new EmbeddedDatabaseError(
    'database_in_use',
    `The database in ${dataDir} is in use by process ${pid}${where}; stop that first, or choose another data folder.`,
    { pid, dataDir, host },
  );
}

function startFailed(dataDir: string, why: string, cause: unknown, log = ''): EmbeddedDatabaseError {
  const message = [`The embedded PostgreSQL on ${dataDir} did not start: ${why}`, log]
    .filter(Boolean)
    .join('\n');
  return new EmbeddedDatabaseError('database_start_failed', message, { dataDir }, { cause });
}
