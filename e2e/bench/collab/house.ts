import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Processes under measurement: started, weighed, killed. */

export type Running = {
  readonly pid: number;
  readonly said: string;
  kill(signal: NodeJS.Signals): Promise<void>;
};

const ticksPerSecond = 100;
const pageBytes = 4_096;

/** Starts a script and waits for its 'ready'.
 * @throws {Error} when it ends before that */
export async function run(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Running> {
  const path = script.startsWith('/') ? script : fileURLToPath(new URL(script, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [path, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', LOG_LEVEL: 'error', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  let said = '';
  await new Promise<void>((ready, failed) => {
    const hear = (text: string) => {
      said += text;
      if (/^ready$/m.test(said)) ready();
    };
    child.stdout!.setEncoding('utf8').on('data', hear);
    child.stderr!.setEncoding('utf8').on('data', hear);
    void ended.then(() => failed(new Error(`${script} ended: ${said}`)));
  });
  return {
    pid: child.pid!,
    said,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
};

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(join('/proc', name, 'stat'), 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const cpuMs = ((fields[11]! + fields[12]!) * 1_000) / ticksPerSecond;
      return [{ pid: Number(name), parent: fields[1]!, cpuMs, rssBytes: fields[21]! * pageBytes }];
    } catch {
      return [];
    }
  });
}

/** What a process has used and holds, without those it started. */
export function weigh(pid: number): { readonly cpuMs: number; readonly rssBytes: number } {
  return processes().find((each) => each.pid === pid) ?? { cpuMs: 0, rssBytes: 0 };
}

/** Kills a process and all that it started, at once. */
export function killTree(pid: number): void {
  const all = processes();
  const doomed = [pid];
  for (let i = 0; i < doomed.length; i += 1) {
    doomed.push(...all.filter((each) => each.parent === doomed[i]).map((each) => each.pid));
  }
  for (const each of doomed) {
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
}
