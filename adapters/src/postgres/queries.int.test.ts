import { builders, fullContent } from '@lakeus/engine/testing';
import type { CaseReader, CaseStore, ContentTable, ContentTables } from '@lakeus/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../testing/database.ts';
import type { FreshDatabase } from '../testing/database.ts';
import { openPostgres } from './index.ts';
import type { PostgresStores } from './index.ts';

/** The number of statements must not depend on the number of rows. */

const build = builders('queries');
const person = build.person({ roles: ['coordinator'] });
const [small, large] = [build.id(), build.id()];
let database: FreshDatabase;
let stores: PostgresStores;
let statements: string[] = [];

type Content = { [T in ContentTable]: ContentTables[T][] };

/** 300 of what a case can have hundreds of, tied together as in life. */
function manyRows(caseId: string): Content {
  const content = fullContent(build, caseId, person);
  const participants = Array.from({ length: 300 }, () => build.participant(caseId));
  const contributions = participants.map(({ id }) => build.contribution(caseId, id));
  const [proposal] = content.proposals;
  const statement = content.statements[0]!;
  const sources = contributions
    .slice(0, 100)
    .map(({ id }) => ({ caseId, proposalId: proposal!.id, contributionId: id }));
  const proposals = Array.from({ length: 300 }, (_, i) => build.proposal(caseId, i + 3));
  return {
    ...content,
    participants: [...content.participants, ...participants],
    contributions: [...content.contributions, ...contributions],
    statements: [...content.statements, ...participants.map(({ id }) => build.statement(caseId, id))],
    votes: participants.map(({ id }) => ({
      caseId,
      statementId: statement.id,
      participantId: id,
      value: 'agree',
    })),
    proposals: [...content.proposals, ...proposals],
    proposalSources: [...content.proposalSources, ...sources],
    responses: proposals.map(({ id }) => build.response(caseId, id, person.id)),
  };
}

beforeAll(async () => {
  database = await freshDatabase();
  // One connection: another one would ask about array types when it opens, and be counted.
  stores = await openPostgres({
    connection: database.connection,
    maxConnections: 1,
    onQuery: (statement) => statements.push(statement),
  });
  const { store } = stores;
  await store.commit(
    build.open({ step: 'feedback', people: [person], ...fullContent(build, small, person) }, small),
  );
  await store.commit(build.open({ step: 'feedback', ...manyRows(large) }, large));
  for (let i = 0; i < 300; i++)
    await build.write(store, large, { actor: `person:${person.id}`, texts: { reason: 'syy' } });
});
afterAll(async () => {
  await stores.close();
  await database.drop();
});

async function count(work: () => Promise<unknown>): Promise<number> {
  statements = [];
  await work();
  return statements.length;
}

type Ask = (
  reader: CaseReader,
  caseId: string,
  limit: number,
  content: { participantId: string; id: string },
) => Promise<unknown>;
const asked: Record<Exclude<keyof CaseReader, 'participantByCode'>, { ask: Ask; atMost: number }> = {
  cases: {
    ask: (reader, _, limit) => reader.cases({ limit, raised: true, personId: person.id, rolesOf: person.id }),
    atMost: 2,
  },
  overview: { ask: (reader, caseId) => reader.overview(caseId), atMost: 1 },
  contributions: { ask: (reader, caseId, limit) => reader.contributions(caseId, { limit }), atMost: 2 },
  contribution: { ask: (reader, caseId, _, { id }) => reader.contribution(caseId, id), atMost: 1 },
  statements: {
    ask: (reader, caseId, _, { participantId }) => reader.statements(caseId, participantId),
    atMost: 1,
  },
  proposals: { ask: (reader, caseId, limit) => reader.proposals(caseId, limit), atMost: 2 },
  documents: { ask: (reader, caseId) => reader.documents(caseId), atMost: 1 },
  passages: { ask: (reader, caseId) => reader.passages(caseId, 'poyta-001'), atMost: 2 },
  hidden: { ask: (reader, caseId) => reader.hidden(caseId), atMost: 1 },
  outcomes: { ask: (reader, _, limit) => reader.outcomes({ limit }), atMost: 2 },
  log: { ask: (reader, caseId, limit) => reader.log(caseId, { limit }), atMost: 2 },
  news: { ask: (reader, caseId, limit) => reader.news([{ caseId, seq: 0 }], limit), atMost: 1 },
  impact: {
    ask: (reader, caseId, _, { participantId }) => reader.impact(caseId, { participantId }),
    atMost: 5,
  },
  participants: { ask: (reader, caseId) => reader.participants(caseId), atMost: 1 },
  participant: {
    ask: (reader, caseId, _, { participantId }) => reader.participant(caseId, participantId),
    atMost: 1,
  },
  participantsOf: { ask: (reader) => reader.participantsOf(person.id), atMost: 1 },
  heard: { ask: (reader, caseId, _, { participantId }) => reader.heard(caseId, participantId), atMost: 1 },
  whole: { ask: (reader, caseId) => reader.whole(caseId), atMost: 30 },
  caseIds: { ask: (reader) => reader.caseIds(), atMost: 1 },
};

describe('as many statements for 300 rows as for one', () => {
  it.each(Object.entries(asked))('%s', async (_, { ask, atMost }) => {
    const first = async (caseId: string) => (await stores.store.rows(caseId, 'contributions'))[0]!;
    const [few, many] = [await first(small), await first(large)];
    const withFew = await count(() => ask(stores.reader, small, 1, few));
    const withMany = await count(() => ask(stores.reader, large, 300, many));
    expect(withMany).toBe(withFew);
    expect(withMany).toBeLessThanOrEqual(atMost);
  });
});

describe('a command', () => {
  const writes: Record<string, (store: CaseStore) => Promise<unknown>> = {
    'is read in one statement': (store) =>
      store.read(large, { personId: person.id, participantId: build.id(), idempotencyKey: 'some-key' }),
    'knows its facts in one': (store) => store.facts([small, large]),
    'finds a document with its case in one': (store) =>
      store.document('poyta-001', { personId: person.id, participantId: build.id() }),
    'lists transitions in one': (store) => store.transitions(large),
    'finds rows in one': (store) => store.rows(large, 'contributions'),
    'votes in one': (store) =>
      store.vote(large, ['open'], { statementId: build.id(), participantId: build.id(), value: 'pass' }),
  };
  it.each(Object.entries(writes))('%s', async (_, write) => {
    expect(await count(() => write(stores.store))).toBe(1);
  });

  it('is stored in one statement, however many tables and rows', async () => {
    const { case: record } = (await stores.store.read(small))!;
    const rows = Object.fromEntries(
      Object.entries(manyRows(small)).filter(([table]) => table !== 'caseTexts'),
    );
    const change = build.next(record, {
      ...rows,
      texts: { reason: 'syy' },
      effects: ['notify'],
      deadlines: [],
    });
    expect(await count(() => stores.store.commit(change))).toBe(1);
  });
});
