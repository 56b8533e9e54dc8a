// Starting programs, passing our signals on to them, and speaking to the person at the keyboard.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A path inside the repository. */
export const at = (...parts) => join(root, ...parts);

const onWindows = process.platform === 'win32';

/** The Node that came with the packages; the machine's own may be older. */
export const node = onWindows ? at('node_modules/node/bin/node.exe') : at('node_modules/.bin/node');

/** A failure already put into words for the person at the keyboard: no stack trace belongs under it. */
export class Failure extends Error {}

const children = new Set();
let stopping;

function stop(signal) {
  stopping ??= signal;
  // At a terminal, Ctrl-C has reached the child already; a second one would read as "stop at once".
  const heard = signal === 'SIGINT' && process.stdin.isTTY;
  if (!heard) for (const child of children) child.kill(signal);
  if (children.size === 0) process.exit(exitCodeOf(signal));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));

// npm runs us through a shell. A signal to npm ends that shell and never reaches us: all we see is that our parent
// has changed. Outside npm a lost parent means nothing; many a service is started that way.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && !stopping && stop('SIGTERM'), 250).unref();
}

const exitCodeOf = (signal) => 128 + (constants.signals[signal] ?? 1);

/** Our Node first on the path, so that whatever a child starts by the name `node` is the same one. */
export function childEnv(more = {}) {
  const path = [at('node_modules/.bin'), process.env.PATH ?? ''].join(delimiter);
  return { ...process.env, PATH: path, ...more };
}

/** Runs a command to its end. Resolves with its exit code and, when captured, all it printed. */
export async function run(
  command,
  args,
  { cwd = root, env, capture, stdin = 'inherit', shell, stopsItself } = {},
) {
  const result = await new Promise((resolve) => {
    const stdio = capture ? ['ignore', 'pipe', 'pipe'] : [stdin, 'inherit', 'inherit'];
    const child = spawn(command, args, { cwd, env: env ?? childEnv(), stdio, shell });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text));
    }
    children.add(child);
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.on('close', (code, signal) => resolve({ code: code ?? exitCodeOf(signal), output, signal }));
    child.on('close', () => children.delete(child));
  });
  if (stopping && !stopsItself) process.exit(exitCodeOf(stopping));
  return result;
}

/** Becomes, as far as a process can, the given program: its input and output, our signals, its exit code. */
export async function handOver(command, env = {}, cwd = root) {
  if (!existsSync(command[0]))
    throw new Failure(`${relative(root, command[0])} is not there: this checkout is incomplete.`);
  const result = await run(node, command, { cwd, env: childEnv(env), stopsItself: true });
  process.exitCode = result.code;
}

export function say(sentence) {
  process.stderr.write(`${sentence}\n`); // never stdout: `lakeus export` may be writing a file there
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
