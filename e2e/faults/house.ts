import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Lakeus as an operator meets it: processes that are started, killed and asked over HTTP. */

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Where the data is: a folder for the embedded database, or a database of our own. */
export type Env = Readonly<Record<string, string>>;

const cleanEnv = (env: Env): NodeJS.ProcessEnv => {
  const { DATABASE_URL: _, DATA_DIR: __, INIT_CWD: ___, NODE_OPTIONS: ____, ...rest } = process.env;
  return { ...rest, DEMO: '0', HOST: '127.0.0.1', LOG_LEVEL: 'error', ...env };
};

/** A folder that also the database's unprivileged user can enter. */
export function folder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'lakeus-faults-'));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs a verb of the command line to its end. */
export function lakeus(env: Env, ...words: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { env: cleanEnv(env), maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [at('forum/cli.ts'), ...words], options, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

/** Somebody of the staff, with a token that may write. */
export async function staff(env: Env): Promise<{ id: string; token: string }> {
  const added = await lakeus(env, 'person', 'add', 'Fanni Fasilitaattori', '--role', 'facilitator');
  const [id = ''] = added.out.split('\n');
  const { out, err } = await lakeus(env, 'token', 'create', 'faults', '--as', id, '--write');
  if (!out.trim()) throw new Error(`no token: ${added.err} ${err}`);
  return { id, token: out.trim() };
}

export type Server = {
  readonly process: ChildProcess;
  readonly origin: string;
  readonly ended: Promise<void>;
};

/** Starts the server, or parts of it, and waits until it says that it is ready. */
export async function start(env: Env, services: string): Promise<Server> {
  const child = spawn(process.execPath, [at('forum/server.ts'), `--services=${services}`], {
    env: cleanEnv({ PORT: '0', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let isOver = false;
  void ended.then(() => (isOver = true));
  const deadline = Date.now() + 60_000;
  while (!/^ready$/m.test(said)) {
    if (isOver) throw new Error(`the server ended: ${said}`);
    if (Date.now() > deadline) throw new Error(`the server is not ready: ${said}`);
    await delay(10);
  }
  return { process: child, origin: /http:\/\/\S+/.exec(said)?.[0] ?? '', ended };
}

export async function stop(server: Server, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  server.process.kill(signal);
  await server.ended;
}

export type Answer = { readonly status: number; readonly body: Record<string, unknown> };
export type Asking = { readonly token?: string; readonly key?: string; readonly body?: object };

/** Asks the API.
 * @throws {Error} when there was no answer, or only half of one */
export async function ask(origin: string, path: string, asking: Asking = {}): Promise<Answer> {
  const { token, key, body } = asking;
  const response = await fetch(`${origin}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...(key && { 'idempotency-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** As `ask`, where only a good answer will do. */
export async function told(origin: string, path: string, asking: Asking = {}): Promise<Answer['body']> {
  const { status, body } = await ask(origin, path, asking);
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Every page of a list. */
export async function allOf<Item>(
  origin: string,
  path: string,
  asking: Asking,
  limit: number,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor = '';
  do {
    const page = await told(origin, `${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`, asking);
    items.push(...(page.items as Item[]));
    cursor = (page.next as string | null) ?? '';
  } while (cursor);
  return items;
}

const day = 86_400_000;
export const daysFromNow = (days: number): string => new Date(Date.now() + days * day).toISOString();

/** Raises a need and takes it, all requirements met, to the step where its workshop has been held. */
export async function untilWorkshop(origin: string, token: string, opensAt: string): Promise<string> {
  const need = { title: 'Kotihoidon reitit', need: 'Käynnit tulevat milloin sattuu.' };
  const { caseId } = await told(origin, '/cases', {
    token,
    body: { ...need, concerns: 'Kotihoidon asiakkaita', service: 'Kotihoito' },
  });
  const path = `/cases/${caseId as string}`;
  const post = (to: string, body: object) => told(origin, `${path}/${to}`, { token, body });
  const texts = {
    ...{ theme: 'Kotihoito', question: 'Miten käynnit sovitaan?', canInfluence: 'Aikoihin' },
    ...{ cannotInfluence: 'Määrärahaan', workshopTheme: 'Hyvä käynti' },
  };
  await post('texts', { texts });
  await post('members', { name: 'Päivi Päättäjä', role: 'decider', capacity: 'decider' });
  await post('members', { name: 'Asko Asiakas', role: 'expert', capacity: 'client' });
  await post('members', { name: 'Tyyne Työntekijä', role: 'expert', capacity: 'worker' });
  await post('events', { type: 'need.accepted' });
  const dates = { opensAt, closesAt: daysFromNow(30), answerDueAt: daysFromNow(60) };
  const workshopOn = daysFromNow(0).slice(0, 10);
  await post('events', { type: 'plan.dated', data: { workshopOn, ...dates } });
  await post('events', { type: 'planning.completed' });
  await post('workshops', { heldOn: workshopOn, onSite: 21, remote: 4 });
  return caseId as string;
}
