import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { contentKeys } from '../case.ts';
import type { ContentTable } from '../case.ts';
import type { Actor } from '../people/policy.ts';
import { verifyCase } from '../process/verify.ts';
import { caseFileJsonSchema, caseFileSchema } from './case-file.ts';
import type { CaseFile } from './case-file.ts';
import {
  done,
  engineInMemory,
  exported,
  guest,
  livedCase,
  operator,
  withWriting,
} from './testing/lived-case.ts';

/** Takes a case in elsewhere and writes it out again. */
async function carried(file: CaseFile): Promise<CaseFile> {
  const elsewhere = engineInMemory('elsewhere');
  const { adopted } = done(await elsewhere.engine.adopt(operator, file));
  expect(await verifyCase(elsewhere.engine, elsewhere.reader, adopted.caseId)).toBeNull();
  return exported(elsewhere, adopted.caseId);
}

describe('a case carried by a file', () => {
  test('is the same case, row for row', async () => {
    const memory = engineInMemory();
    const file = withWriting(await exported(memory, await livedCase(memory)));
    const filled = (Object.keys(contentKeys) as ContentTable[]).filter(
      (table) => file.content[table].length > 0,
    );
    expect(filled).toHaveLength(Object.keys(contentKeys).length - 2); // no feedbacks and workshops in this process
    expect(await carried(file)).toEqual(file);
  });

  test('goes on where it was: version, visit, deadlines and idempotency keys come along', async () => {
    const memory = engineInMemory();
    const file = await exported(memory, await livedCase(memory));
    const elsewhere = engineInMemory('elsewhere');
    elsewhere.clock.set(memory.clock.now().toISOString());
    const { caseId } = done(await elsewhere.engine.adopt(operator, file)).adopted;
    const repeat = await elsewhere.engine.contribute(caseId, guest, {
      ...{ body: 'Aika ei pidä.', idempotencyKey: 'avain-123' },
    });
    expect(done(repeat).decided.repeated).toBe(true);
    const { version } = file.case;
    const onward = { caseId, actor: operator, type: 'summary.published', expectedVersion: version };
    expect(done(await elsewhere.engine.send(onward)).decided.step).toBe('closed');
    expect(await verifyCase(elsewhere.engine, elsewhere.reader, caseId)).toBeNull();
  });

  test('keeps its deadlines, and they belong to the visit that they were planned for', async () => {
    const memory = engineInMemory();
    const { engine } = memory;
    const { caseId } = done(await engine.raise(guest, { title: 'Aika', need: 'Tarve' })).decided;
    done(await engine.describe(caseId, operator, { texts: { theme: 'Aika' } }));
    const closesAt = '2017-09-20T06:00:00.000Z';
    done(await engine.send({ caseId, actor: operator, type: 'need.accepted', data: { closesAt } }));
    const elsewhere = engineInMemory('elsewhere');
    done(await elsewhere.engine.adopt(operator, await exported(memory, caseId)));
    const before = (await memory.reader.whole(caseId))!.deadlines;
    expect(before).toHaveLength(1);
    expect((await elsewhere.reader.whole(caseId))!.deadlines).toEqual(before);
  });

  test('told by its history comes to the step that the events lead to, with a log that holds', async () => {
    const memory = engineInMemory();
    const { log: _, logTexts: __, ...told } = await exported(memory, await livedCase(memory));
    const { id, workflow, workflowVersion, language, createdAt, updatedAt } = told.case;
    const file = {
      ...told,
      case: { id, workflow, workflowVersion, language, createdAt, updatedAt },
      // Any precision is taken; what is kept is milliseconds.
      history: [
        {
          at: '2017-09-01T06:00:00Z',
          type: 'need.accepted',
          data: { closesAt: '2017-09-20T09:00:00+03:00' },
        },
        {
          ...{ at: '2017-09-10T06:00:00.123456Z', type: 'period.extended' },
          ...{ data: { closesAt: '2017-09-27T06:00:00Z' }, texts: { reason: 'Syyslomat' } },
        },
        { at: '2017-09-28T06:00:00.5Z', type: 'period.closed' },
      ],
    };
    const elsewhere = engineInMemory('elsewhere');
    expect(done(await elsewhere.engine.adopt(operator, file)).adopted.caseId).toBe(id);
    expect(await verifyCase(elsewhere.engine, elsewhere.reader, id)).toBeNull();
    const whole = await exported(elsewhere, id);
    expect(whole.case).toMatchObject({ step: 'summary', seq: 4, version: 3, visit: 3 });
    expect(whole.log!.map((row) => row.at)).toEqual([
      createdAt,
      '2017-09-01T06:00:00.000Z',
      '2017-09-10T06:00:00.123Z',
      '2017-09-28T06:00:00.500Z',
    ]);
    expect(whole.content).toEqual(told.content);
    expect(await carried(whole)).toEqual(whole);
  });

  test('may name ids in capital letters; they are kept small', async () => {
    const memory = engineInMemory();
    const { log: _, logTexts: __, ...told } = await exported(memory, await livedCase(memory));
    const { id, workflow, workflowVersion, language, createdAt, updatedAt } = told.case;
    const ids = new RegExp('"[0-9a-f]{8}-[0-9a-f-]{27}"', 'g');
    const upper = JSON.stringify({
      ...told,
      case: { id, workflow, workflowVersion, language, createdAt, updatedAt },
    });
    const elsewhere = engineInMemory('elsewhere');
    const shouted = JSON.parse(upper.replaceAll(ids, (text) => text.toUpperCase())) as unknown;
    expect(done(await elsewhere.engine.adopt(operator, shouted)).adopted.caseId).toBe(id);
    expect((await exported(elsewhere, id)).content).toEqual(told.content);
  });
});

describe('any case made by commands', () => {
  type Memory = ReturnType<typeof engineInMemory>;
  type Move = (memory: Memory, caseId: string, pick: number, words: string) => Promise<unknown>;

  /** The row that the dice fall on; ids that name nothing are tried too. */
  const idOf = async (
    { store }: Memory,
    caseId: string,
    table: ContentTable,
    pick: number,
  ): Promise<string> => {
    const rows = (await store.rows(caseId, table)) as unknown as { id: string }[];
    return rows[pick % (rows.length + 1)]?.id ?? '00000000-0000-4000-8000-000000000000';
  };
  const event =
    (type: string): Move =>
    ({ engine, clock }, caseId, pick, words) => {
      const closesAt = new Date(clock.now().getTime() + 86_400_000).toISOString();
      const data = /accepted|extended|reopened/.test(type) ? { closesAt } : {};
      const texts = /accepted|period.closed|published/.test(type) ? {} : { reason: words };
      const actor: Actor = type === 'period.closed' && pick % 2 ? { kind: 'clock' } : operator;
      return engine.send({ caseId, actor, type, data, texts });
    };
  const moves: readonly Move[] = [
    event('need.accepted'),
    event('period.extended'),
    event('period.closed'),
    event('period.reopened'),
    event('case.paused'),
    event('case.resumed'),
    event('summary.published'),
    async ({ clock }, _, pick) => clock.forward({ hours: pick }),
    ({ engine }, caseId, _, words) => engine.describe(caseId, operator, { texts: { theme: words } }),
    ({ engine }, caseId, pick, words) =>
      engine.nameMember(caseId, operator, {
        ...{ name: words, role: pick % 2 ? 'decider' : 'expert', capacity: pick % 3 ? 'worker' : 'client' },
      }),
    ({ engine }, caseId, pick) => engine.printCards(caseId, operator, { count: 1 + (pick % 4) }),
    async (memory, caseId, pick, words) => {
      const participantId = await idOf(memory, caseId, 'participants', pick);
      return memory.engine.contribute(caseId, pick % 3 ? { kind: 'guest', participantId } : guest, {
        ...{ body: words, idempotencyKey: `avain-${pick % 20}` },
        ...(pick % 4 === 0 && { parentId: await idOf(memory, caseId, 'contributions', pick) }),
      });
    },
    ({ engine }, caseId, pick, words) =>
      engine.record(caseId, operator, { body: words, origin: pick % 2 ? 'table' : 'paper' }),
    ({ engine }, caseId, _, words) => engine.state(caseId, guest, { body: words }),
    async (memory, caseId, pick) => {
      const statementId = await idOf(memory, caseId, 'statements', pick);
      return memory.engine.vote(caseId, guest, { statementId, value: pick % 2 ? 'agree' : 'pass' });
    },
    ({ engine }, caseId, _, words) => engine.makeTheme(caseId, operator, { title: words }),
    async (memory, caseId, pick, words) => {
      const contributionIds = [await idOf(memory, caseId, 'contributions', pick)];
      const as = [
        { outcome: 'used', proposalId: await idOf(memory, caseId, 'proposals', pick) },
        { outcome: 'merged', intoId: await idOf(memory, caseId, 'contributions', pick + 1) },
        { outcome: 'leftOut', reason: words },
        { outcome: 'waiting' },
        { outcome: 'theme', themeId: await idOf(memory, caseId, 'themes', pick) },
      ][pick % 5];
      return memory.engine.account(caseId, operator, { contributionIds, as });
    },
    async (memory, caseId, pick, words) => {
      const contributionIds = [await idOf(memory, caseId, 'contributions', pick)];
      return memory.engine.propose(caseId, operator, { title: words, body: words, contributionIds });
    },
    async (memory, caseId, pick) => {
      const proposalId = await idOf(memory, caseId, 'proposals', pick);
      return memory.engine.withdrawProposal(caseId, operator, { proposalId });
    },
  ];
  const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
  const steps = fc.array(fc.tuple(fc.nat(moves.length - 1), fc.nat(60), words), {
    minLength: 5,
    maxLength: 30,
  });

  test('comes out of export and import as it went in', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(steps, steps, fc.boolean(), async (during, after, closes) => {
        const memory = engineInMemory();
        const raised = await memory.engine.raise(guest, { title: 'Tapaus', need: 'Tarve' });
        const { caseId } = done(raised).decided;
        const take = async (taken: typeof during) => {
          for (const [move, pick, said] of taken) await moves[move]!(memory, caseId, pick, said);
        };
        await memory.engine.describe(caseId, operator, { texts: { theme: 'Aihe' } });
        await event('need.accepted')(memory, caseId, 0, '');
        await take(during);
        memory.clock.forward({ days: 60 });
        if (closes) await event('period.closed')(memory, caseId, 0, '');
        await take(after);
        const file = await exported(memory, caseId);
        for (const row of file.log!) seen.add(row.type);
        expect(await verifyCase(memory.engine, memory.reader, caseId)).toBeNull();
        expect(await carried(file)).toEqual(file);
      }),
      { numRuns: 150, seed: 20170901 },
    );
    // Otherwise the property would say little.
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'period.extended',
        'case.resumed',
        'contributions.accounted',
        'proposal.withdrawn',
      ]),
    );
  });
});

describe('the published schema of a case file', () => {
  test('is the one that files are checked by (stale? run vitest with -u)', async () => {
    const published = fileURLToPath(new URL('../../../docs/case-file.schema.json', import.meta.url));
    await expect(`${JSON.stringify(caseFileJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(published);
  });

  test('has every table and is closed to unknown keys', () => {
    const { properties, additionalProperties } = caseFileJsonSchema() as {
      properties: { content: { properties: object } };
      additionalProperties: boolean;
    };
    expect(additionalProperties).toBe(false);
    expect(Object.keys(properties.content.properties)).toEqual(Object.keys(contentKeys));
    expect(Object.keys(properties)).toEqual(Object.keys(caseFileSchema.shape));
  });
});
