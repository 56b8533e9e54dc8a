import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allOf, ask, daysFromNow, folder, lakeus, staff, start, stop, told, untilWorkshop } from './house.ts';
import type { Server } from './house.ts';

/** Whatever dies and whenever: what was acknowledged is there, what was asked twice is there once, and every chain
 * holds. LAKEUS_KILL_ROUNDS says how often it dies (4 unless told). */

const rounds = Number(process.env.LAKEUS_KILL_ROUNDS ?? 4);
const talkers = 5;

type Write = { readonly caseId: string; readonly key: string; readonly path: string; readonly body: object };
type Acknowledged = Write & { readonly answer: Record<string, unknown> };
type LogRow = { seq: number; type: string; data: Record<string, unknown>; prev: string; hash: string };
type Contribution = { id: string; body: string };

const place = folder();
const env = { DATA_DIR: join(place.path, 'data') };
let token: string;
let server: Server | undefined;
const caseIds: string[] = [];

/** The pids of the database's server and of all that it started. */
function databaseProcesses(): number[] {
  const pidFile = join(env.DATA_DIR, 'postgres', 'postmaster.pid');
  if (!existsSync(pidFile)) return [];
  const top = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const children = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === top)
    .map(([pid]) => pid!);
  return [top, ...children];
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  }
}

beforeAll(async () => {
  ({ token } = await staff(env));
  server = await start(env, 'api,worker');
  const { origin } = server;
  for (let i = 0; i < 3; i++) {
    const caseId = await untilWorkshop(origin, token, daysFromNow(1));
    await told(origin, `/cases/${caseId}/events`, { token, body: { type: 'period.opened' } });
    caseIds.push(caseId);
  }
}, 120_000);

afterAll(async () => {
  if (server) await stop(server, 'SIGKILL');
  place.remove();
});

describe('a server that is killed at any moment', () => {
  const acknowledged: Acknowledged[] = [];
  /** sent, and nobody heard whether they arrived: their senders will ask again */
  let unheard: Write[] = [];
  let repeatedAnswers = 0;
  let moved = 0;

  function nextWrite(talker: number): Write {
    const caseId = caseIds[Math.floor(Math.random() * caseIds.length)]!;
    const key = randomUUID();
    if (talker > 0) {
      return { caseId, key, path: 'contributions', body: { body: `Sanottua ${key}`, kind: 'experience' } };
    }
    const data = { closesAt: daysFromNow(31 + ++moved / 1000) };
    return {
      caseId,
      key,
      path: 'events',
      body: { type: 'period.extended', data, texts: { reason: `Syy ${key}` } },
    };
  }

  /** @returns whether there was an answer that says what became of the write */
  async function send(origin: string, write: Write): Promise<boolean> {
    const { caseId, key, path, body } = write;
    try {
      const asking = { key, body, ...(path === 'events' && { token }) };
      const { status, body: answer } = await ask(origin, `/cases/${caseId}/${path}`, asking);
      if (status >= 500) return false;
      if (status < 300) acknowledged.push({ ...write, answer });
      // Two moved the same date at once: one of them hears that it must be later. All else must be taken.
      else if (path !== 'events') throw new Error(`${status} ${JSON.stringify(answer)}`);
      if (answer.repeated === true) repeatedAnswers++;
      return true;
    } catch (error) {
      if (error instanceof Error && /^\d{3} /.test(error.message)) throw error;
      return false;
    }
  }

  async function talk(origin: string, until: AbortSignal): Promise<void> {
    const again = unheard;
    unheard = [];
    await Promise.all(
      Array.from({ length: talkers }, async (_, talker) => {
        while (!until.aborted) {
          const write = (talker === 1 ? again.pop() : undefined) ?? nextWrite(talker);
          if (!(await send(origin, write))) {
            unheard.push(write);
            await delay(5);
          }
        }
      }),
    );
    unheard.push(...again);
  }

  test(
    `loses nothing that it acknowledged in ${rounds} deaths`,
    { timeout: 60_000 + rounds * 20_000 },
    async () => {
      for (let round = 0; round < rounds; round++) {
        server ??= await start(env, 'api,worker');
        const over = new AbortController();
        const talking = talk(server.origin, over.signal);
        await delay(200 + Math.random() * 1_300);
        if (round % 2 === 1) killAll(databaseProcesses());
        // At times it lives on for a moment without its database.
        if (round % 4 === 3) await delay(Math.random() * 50);
        await stop(server, 'SIGKILL');
        server = undefined;
        over.abort();
        await talking;
      }

      server = await start(env, 'api,worker');
      const { origin } = server;
      for (const write of unheard) expect(await send(origin, write)).toBe(true);

      const missing: string[] = [];
      for (const caseId of caseIds) {
        const contributions = await allOf<Contribution>(origin, `/cases/${caseId}/contributions`, {}, 1_000);
        const byId = new Map(contributions.map((row) => [row.id, row.body]));
        const log = await allOf<LogRow>(origin, `/cases/${caseId}/log`, { token }, 100);
        const bySeq = new Map(log.map((row) => [row.seq, row]));
        expect(new Set(byId.values()).size, 'a body that is there twice').toBe(byId.size);
        expect(bySeq.size).toBe(Math.max(...bySeq.keys()));
        for (const { caseId: of, key, path, body, answer } of acknowledged) {
          if (of !== caseId) continue;
          const row = bySeq.get(answer.seq as number);
          const isThere =
            path === 'events'
              ? row?.type === 'period.extended'
              : byId.get(answer.contributionId as string) === (body as { body: string }).body &&
                row?.data.contributionId === answer.contributionId;
          if (!isThere) missing.push(key);
        }
      }
      await stop(server);
      server = undefined;
      const verified = await lakeus(env, 'verify', 'log');
      console.log(
        `${rounds} deaths, ${acknowledged.length} writes acknowledged, ${repeatedAnswers} of them at a repeat, ` +
          `${missing.length} missing; ${verified.out.trim()}`,
      );
      expect(missing).toEqual([]);
      expect(verified).toMatchObject({
        code: 0,
        out: '3 cases verified: every chain and every replay holds\n',
      });
      expect(acknowledged.length).toBeGreaterThan(rounds * 5);
    },
  );
});
