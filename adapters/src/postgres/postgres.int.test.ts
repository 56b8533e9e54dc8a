import { builders, documentLogContract, storeContract, virtualClock } from '@lakeus/engine/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '../testing/database.ts';
import type { FreshDatabase } from '../testing/database.ts';
import { connect } from './connection.ts';
import type { Sql } from './connection.ts';
import { openPostgres } from './index.ts';

let database: FreshDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await freshDatabase();
  sql = connect({ connection: database.connection, maxConnections: 1 });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const empty = () =>
  sql`truncate people, cases, effects, card_codes, document_ids, document_edits, document_clients, settings, messages
    cascade`;

storeContract('stores in PostgreSQL', async (clock) => {
  await empty();
  const stores = await openPostgres({ connection: database.connection, clock, maxConnections: 6 });
  return { stores, close: () => stores.close() };
});

documentLogContract('a log of documents in PostgreSQL', async (clock) => {
  await empty();
  const stores = await openPostgres({ connection: database.connection, clock, maxConnections: 8 });
  const build = builders('documents', clock);
  let made = 0;
  return {
    log: stores.documentLog,
    document: async () => {
      const caseId = build.id();
      const id = `teksti-${(made += 1)}`;
      const document = { caseId, id, kind: 'shared' as const, title: 'Teksti', createdAt: build.at() };
      const opening = build.open({ documents: [document] }, caseId);
      await stores.store.commit(opening);
      return { caseId, documentId: id, caseSeq: opening.case.seq };
    },
    close: () => stores.close(),
  };
});

/** No clock is given here: the database tells the time. */
describe('by the clock of the database', () => {
  beforeEach(() => empty());
  const at = (fromNowMs: number) => new Date(Date.now() + fromNowMs).toISOString();

  it('what is due is claimed, and only that', async () => {
    const { store, agenda, people, ...stores } = await openPostgres({ connection: database.connection });
    const nowMs = (await store.now()).getTime();
    expect(Math.abs(nowMs - Date.now())).toBeLessThan(60_000);
    const build = builders('database clock', virtualClock(at(-60_000)));
    const due = (name: string, dueAt: string) => ({ name, dueAt, event: 'period.closed' });
    const deadlines = [due('past', at(-1_000)), due('future', at(3_600_000))];
    await build.opened(store, { deadlines, effects: ['notify'] });
    expect(await agenda.claimDeadlines(10, 60_000)).toMatchObject([{ name: 'past' }]);
    const [effect] = await agenda.claimEffects(10, 60_000);
    expect(effect).toMatchObject({ kind: 'notify' });
    expect(await agenda.claimEffects(10, 60_000)).toEqual([]);
    await agenda.effectFailed(effect!, 'down', 3_600_000);
    expect(await agenda.claimEffects(10, 60_000)).toEqual([]);
    const person = build.person();
    await people.savePerson(person);
    await people.saveSession('over', person.id, at(-1));
    await people.saveSession('running', person.id, at(60_000));
    expect(await people.session('over')).toBeNull();
    expect(await people.session('running')).toEqual(person);
    await stores.close();
  });

  it('a change of more than a megabyte is stored like any other', async () => {
    const { store, ...stores } = await openPostgres({ connection: database.connection });
    const build = builders('large');
    const caseId = build.id();
    const participant = build.participant(caseId);
    const body = 'ä'.repeat(5_000);
    const contributions = Array.from({ length: 300 }, () =>
      build.contribution(caseId, participant.id, { body }),
    );
    const opening = build.open({ participants: [participant], contributions }, caseId);
    expect(await store.commit(opening)).toBe('stored');
    expect(await store.commit(opening)).toBe('conflict');
    expect((await store.rows(caseId, 'contributions'))[0]?.body).toBe(body);
    await stores.close();
  });
});
