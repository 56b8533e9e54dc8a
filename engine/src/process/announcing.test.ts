import { beforeEach, expect, it } from 'vitest';
import { builders } from '../testing/builders.ts';
import { memoryStores } from '../testing/memory.ts';
import type { Bus, CaseStore } from '../ports.ts';
import { announcing, caseTopic, readCaseAnnouncement } from './announcing.ts';

let heard: [topic: string, message: unknown][];
let store: CaseStore;
let plain: CaseStore;
const build = builders('announcing');
const nothing = () => undefined;
beforeEach(() => {
  heard = [];
  const bus: Bus = {
    announce: (topic, message) => heard.push([topic, readCaseAnnouncement(message)]),
    listen: () => nothing,
    onGap: () => nothing,
    close: async () => undefined,
  };
  plain = memoryStores().store;
  store = announcing(plain, bus);
});

it('a stored change is announced with the number of its log row, and a conflict is not', async () => {
  const change = build.open({});
  const topic = caseTopic(change.case.id);
  expect(await store.commit(change)).toBe('stored');
  expect(await store.commit(change)).toBe('conflict');
  const { seq, type, kind } = change.log[0]!;
  expect(heard).toEqual([[topic, { seq, type, kind }]]);
});

it('what is stored while the case is held is announced when it is let go', async () => {
  const change = build.open({});
  await store.locked(change.case.id, async (held) => {
    await held.commit(change);
    expect(heard).toEqual([]);
  });
  expect(heard).toHaveLength(1);
});

it('what is undone when the holding fails is not announced', async () => {
  const change = build.open({});
  const failing = store.locked(change.case.id, async (held) => {
    await held.commit(change);
    throw new Error('after the writing');
  });
  await expect(failing).rejects.toThrow('after the writing');
  expect(heard).toEqual([]);
});

it('a ballot is announced without saying whose or which, and one that was not kept is not', async () => {
  const caseId = build.id();
  const participant = build.participant(caseId);
  const statement = build.statement(caseId, participant.id);
  await plain.commit(
    build.open({ step: 'open', participants: [participant], statements: [statement] }, caseId),
  );
  const ballot = { statementId: statement.id, participantId: participant.id, value: 'agree' } as const;
  expect(await store.vote(caseId, ['closed'], ballot)).toBe(false);
  expect(await store.vote(caseId, ['open'], ballot)).toBe(true);
  expect(heard).toEqual([[caseTopic(caseId), { votes: true }]]);
});

it.each(['', 'x', 'null', '[]', '{"seq":"1"}', '{"seq":1,"type":"a","kind":"b"}'])(
  'what another version announces as %j is read as nothing known',
  (text) => expect(readCaseAnnouncement(Buffer.from(text))).toBeNull(),
);
