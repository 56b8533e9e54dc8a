import { busContract } from '@lakeus/engine/testing';
import type { Bus } from '@lakeus/engine';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { connect } from '../postgres/connection.ts';
import type { Sql } from '../postgres/connection.ts';
import { freshDatabase } from '../testing/database.ts';
import type { FreshDatabase } from '../testing/database.ts';
import { postgresBus } from './index.ts';

const patient = { timeout: 20_000, interval: 10 };
let database: FreshDatabase;
let sql: Sql;
let buses: Bus[] = [];
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect({ connection: database.connection, maxConnections: 1 });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});
afterEach(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  buses = [];
});

function opened(): Bus {
  const bus = postgresBus({ connection: database.connection });
  buses.push(bus);
  return bus;
}

busContract('a bus over PostgreSQL', async () => {
  const [here, there] = [opened(), opened()];
  return { here, there, close: async () => undefined };
});

/** Begins to hear, and waits until it does: null is told once. */
async function hearing(bus: Bus, topic: string): Promise<(Uint8Array | null)[]> {
  const heard: (Uint8Array | null)[] = [];
  bus.listen(topic, (message) => heard.push(message));
  await vi.waitFor(() => expect(heard).toEqual([null]), patient);
  heard.length = 0;
  return heard;
}

const cutOff = (whose: string) => sql`
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and query ilike ${whose}`;

it('a listener that was cut off is told of a gap, and hears again', async () => {
  const [here, there] = [opened(), opened()];
  const heard = await hearing(there, 'case:a');
  let gaps = 0;
  there.onGap(() => (gaps += 1));
  await cutOff('listen %');
  await vi.waitFor(() => expect(gaps).toBe(1), patient);
  here.announce('case:a', Buffer.from('word'));
  await vi.waitFor(() => expect(heard).toEqual([Buffer.from('word')]), patient);
});

it('when the one that announces was cut off, those who listen are told of a gap', async () => {
  const [here, there] = [opened(), opened()];
  const heard = await hearing(there, 'case:a');
  let gaps = 0;
  there.onGap(() => (gaps += 1));
  here.announce('case:a', Buffer.from('before'));
  await vi.waitFor(() => expect(heard).toHaveLength(1), patient);
  await cutOff('select pg_notify%');
  await vi.waitFor(() => {
    here.announce('case:a', Buffer.from('after'));
    expect(heard.length + gaps).toBeGreaterThan(1);
  }, patient);
  await vi.waitFor(() => {
    here.announce('case:a', Buffer.from('last'));
    expect(heard).toContainEqual(Buffer.from('last'));
  }, patient);
});

it('what does not fit into a notification is told as null', async () => {
  const [here, there] = [opened(), opened()];
  const heard = await hearing(there, 'case:a');
  here.announce('case:a', new Uint8Array(5_880));
  here.announce('case:a', new Uint8Array(6_000));
  await vi.waitFor(() => expect(heard).toHaveLength(2), patient);
  expect(heard.map((message) => message?.length ?? null)).toEqual([5_880, null]);
});
