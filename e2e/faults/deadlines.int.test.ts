import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownDatabase } from './database.ts';
import { allOf, daysFromNow, staff, start, stop, told, untilWorkshop } from './house.ts';
import type { Env, Server } from './house.ts';

/** Deadlines are rows that any worker may take: each fires once, also when nobody was there to take it in time. */

const inAll = 200;
const whileNobodyWorks = 100;

type LogRow = { readonly seq: number; readonly type: string; readonly actor: { readonly kind: string } };

let env: Env;
let drop: () => Promise<void>;
let token: string;
let api: Server;
const workers: Server[] = [];
let caseIds: string[] = [];

async function each<Item, Done>(
  items: readonly Item[],
  work: (item: Item) => Promise<Done>,
): Promise<Done[]> {
  const done: Done[] = [];
  const left = [...items];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let item = left.shift(); item !== undefined; item = left.shift()) done.push(await work(item));
    }),
  );
  return done;
}

const redate = (caseId: string, opensAt: string) =>
  told(api.origin, `/cases/${caseId}/events`, { token, body: { type: 'plan.dated', data: { opensAt } } });
const stepOf = async (caseId: string) =>
  (await told(api.origin, `/cases/${caseId}`, { token })).step as string;

async function untilOpen(ids: readonly string[], withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (let waiting = [...ids]; waiting.length > 0;) {
    const steps = await each(waiting, async (id) => ({ id, step: await stepOf(id) }));
    waiting = steps.filter(({ step }) => step !== 'open').map(({ id }) => id);
    if (waiting.length > 0 && Date.now() > deadline) throw new Error(`${waiting.length} have not opened`);
    await delay(100);
  }
}

const openings = (caseId: string) =>
  allOf<LogRow>(api.origin, `/cases/${caseId}/log`, { token }, 100).then((log) =>
    log.filter((row) => row.type === 'period.opened').map((row) => row.actor.kind),
  );

beforeAll(async () => {
  ({ env, drop } = await ownDatabase());
  ({ token } = await staff(env));
  api = await start(env, 'api');
  caseIds = await each([...Array(inAll).keys()], () => untilWorkshop(api.origin, token, daysFromNow(1)));
}, 120_000);

afterAll(async () => {
  for (const server of [...workers, api]) await stop(server, 'SIGKILL');
  await drop();
});

describe('deadlines of 200 cases with two workers', { timeout: 60_000 }, () => {
  test('that came due while no worker ran fire once, when workers start', async () => {
    const early = caseIds.slice(0, whileNobodyWorks);
    await each(early, (id) => redate(id, daysFromNow(-0.01)));
    await delay(1_000);
    expect(new Set(await each(early, stepOf))).toEqual(new Set(['workshop']));
    workers.push(...(await Promise.all([start(env, 'worker'), start(env, 'worker')])));
    await untilOpen(early, 30_000);
  });

  test('that come due while both workers run fire once', async () => {
    const late = caseIds.slice(whileNobodyWorks);
    const together = daysFromNow(3 / 86_400);
    await each(late, (id) => redate(id, together));
    await untilOpen(late, 30_000);
  });

  test('none has fired twice, also after the workers had time to', async () => {
    await delay(1_500);
    const fired = await each(caseIds, openings);
    expect(fired).toHaveLength(inAll);
    expect(fired.every((kinds) => kinds.length === 1 && kinds[0] === 'clock')).toBe(true);
  });
});
