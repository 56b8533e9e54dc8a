import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A server of a story's own: the built forum as an operator starts it, on an empty folder and a free port. */

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const startsWithinMs = 40_000;
const stopsWithinMs = 10_000;
const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL'); // its database sees that and stops too
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

export class LakeusServer {
  readonly url: string;
  /** what it was started with, for the command line to find it */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** days that this story has moved the clock forward */
  daysPassed = 0;
  readonly #child: ChildProcess;
  readonly #dataDir: string;
  readonly #ended: Promise<number | null>;

  private constructor(
    url: string,
    child: ChildProcess,
    dataDir: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.url = url;
    this.env = env;
    this.#child = child;
    this.#dataDir = dataDir;
    this.#ended = new Promise((ended) => child.once('close', (code) => ended(code)));
  }

  /** Starts a server with the demonstration laid out.
   * @throws {Error} with all it printed, when it does not say 'ready' */
  static async start(args: readonly string[] = [], env: Record<string, string> = {}): Promise<LakeusServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'lakeus-story-'));
    chmodSync(dataDir, 0o755); // as root, the database runs as somebody else, who must be able to enter
    const port = await freePort();
    const whole = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      DEMO: '1',
      DATA_DIR: dataDir,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ...env,
    };
    const child = spawn(at('node_modules/.bin/node'), ['server.ts', ...args], {
      cwd: at('forum'),
      env: whole,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('close', () => running.delete(child));
    const server = new LakeusServer(`http://127.0.0.1:${port}`, child, dataDir, whole);
    try {
      await server.#saysReady();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async #saysReady(): Promise<void> {
    let printed = '';
    await new Promise<void>((ready, failed) => {
      const fail = (why: string) => failed(new Error(`The server ${why}. It printed:\n${printed}`));
      const late = setTimeout(() => fail('did not start in time'), startsWithinMs);
      for (const stream of [this.#child.stdout, this.#child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          printed += text;
          if (!/^ready$/m.test(printed)) return;
          clearTimeout(late);
          ready();
        });
      }
      this.#child.once('close', (code) => fail(`ended with ${code}`));
    });
    // From here on, what it prints is a complaint.
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: string) => this.complaints.push(text.trim()));
    }
  }

  /** Runs a verb of the command line on this server's data.
   * @throws {Error} with what it printed, when it fails */
  async lakeus(...words: string[]): Promise<string> {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, DEMO: '1', DATA_DIR: this.#dataDir };
    return promisify(execFile)(at('node_modules/.bin/node'), [at('forum/cli.ts'), ...words], { env }).then(
      ({ stdout }) => stdout,
    );
  }

  /** what the server printed since it was ready: at this log level, warnings and errors */
  readonly complaints: string[] = [];

  /** Asks the server to end.
   * @returns its exit code, or null when it had to be killed */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), stopsWithinMs);
    const code = await this.#ended;
    clearTimeout(late);
    rmSync(this.#dataDir, { recursive: true, force: true });
    return code;
  }
}
