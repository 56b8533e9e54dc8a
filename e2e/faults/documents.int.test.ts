import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killTree } from '../bench/collab/house.ts';
import { killed } from '../bench/collab/scenarios.ts';
import { database, ours } from '../bench/collab/subjects.ts';
import type { Database, Subject } from '../bench/collab/subjects.ts';

/** Whatever dies while people write together: what another had seen is there. LAKEUS_KILL_ROUNDS says how often each
 * dies (once unless told). */

const rounds = Number(process.env.LAKEUS_KILL_ROUNDS ?? 1);
let server: Database;

beforeAll(async () => {
  // Each client listens for the end of the process.
  process.setMaxListeners(0);
  server = await database();
}, 60_000);
afterAll(() => server.stop());

type Strike = readonly [what: string, nodes: number, strike: (subject: Subject) => Promise<void>];
const strikes: readonly Strike[] = [
  [
    'the server',
    1,
    async (subject) => {
      await subject.kill('SIGKILL');
      await subject.start();
    },
  ],
  [
    'the database',
    1,
    async () => {
      killTree(server.pid());
      await delay(200);
      await server.start();
    },
  ],
  [
    'one of two processes',
    2,
    async (subject) => {
      await subject.kill('SIGKILL', 1);
      await subject.start(1);
    },
  ],
];

describe('twenty people type', () => {
  test.each(strikes)(
    'and %s is killed: nothing that another had seen is lost',
    async (_what, nodes, strike) => {
      const subject = await ours(await server.fresh(), nodes);
      try {
        for (let round = 0; round < rounds; round += 1) {
          const { seen, lost } = await killed(subject, nodes, () => strike(subject));
          expect(seen).toBeGreaterThan(0);
          expect(lost).toBe(0);
        }
      } finally {
        await subject.stop();
      }
    },
    120_000,
  );
});
