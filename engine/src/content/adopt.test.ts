/* eslint-disable @typescript-eslint/no-unsafe-member-access,
   @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call,
   @typescript-eslint/no-unsafe-return -- a spoilt file fits no type */
import { describe, expect, test } from 'vitest';
import type { FieldProblem } from '../errors.ts';
import { createEngine } from '../process/engine.ts';
import { verifyCase } from '../process/verify.ts';
import { fixtureWorkflow, memoryStores, seededEntropy } from '../testing/index.ts';
import { done, engineInMemory, exported, guest, operator } from './testing/lived-case.ts';
import { good, nobody, problemsOf, spoilt, toldByHistory } from './testing/spoilt.ts';
import type { Loose } from './testing/spoilt.ts';

describe('a file is refused, with the path of what is wrong, when', () => {
  test.each<[string, (file: Loose) => unknown, FieldProblem]>([
    ['it is no object', () => 'case', { path: '', problem: 'invalid' }],
    ['it is of another format', (f) => void (f.format = 'other'), { path: 'format', problem: 'not_one_of' }],
    [
      'it is of a later format',
      (f) => void (f.formatVersion = 2),
      { path: 'formatVersion', problem: 'not_one_of' },
    ],
    [
      'a field is missing',
      (f) => void delete f.case.language,
      { path: 'case.language', problem: 'required' },
    ],
    ['the content is missing', (f) => void delete f.content, { path: 'content', problem: 'required' }],
    [
      'a column is missing',
      (f) => void delete f.content.contributions[1].salt,
      { path: 'content.contributions.1.salt', problem: 'required' },
    ],
    [
      'a key is unknown',
      (f) => void (f.case.colour = 'red'),
      { path: 'case.colour', problem: 'unknown_field' },
    ],
    [
      'a column is unknown',
      (f) => void (f.content.votes[0].weight = 2),
      { path: 'content.votes.0.weight', problem: 'unknown_field' },
    ],
    [
      'a table is unknown',
      (f) => void (f.content.pets = []),
      { path: 'content.pets', problem: 'unknown_field' },
    ],
    [
      'an enum is wrong',
      (f) => void (f.content.contributions[0].kind = 'rant'),
      { path: 'content.contributions.0.kind', problem: 'not_one_of' },
    ],
    [
      'an id is no id',
      (f) => void (f.content.themes[0].id = 'theme-1'),
      { path: 'content.themes.0.id', problem: 'invalid' },
    ],
    [
      'a text holds NUL',
      (f) => void (f.content.contributions[0].body = 'a\u0000b'),
      { path: 'content.contributions.0.body', problem: 'not_text' },
    ],
    [
      'a text holds half a character',
      (f) => void (f.people[0].name = 'Kaarina \ud83d'),
      { path: 'people.0.name', problem: 'not_text' },
    ],
    [
      'NUL hides in what a command answered',
      (f) => void (f.log[2].answer = { deep: [{ er: 'a\u0000' }] }),
      { path: 'log.2.answer', problem: 'not_text' },
    ],
    [
      'a text has a million characters',
      (f) => void (f.content.contributions[0].body = 'ä'.repeat(1_000_000)),
      { path: 'content.contributions.0.body', problem: 'too_long', limit: 10_000 },
    ],
    [
      'a text is empty',
      (f) => void (f.content.proposals[0].title = ''),
      { path: 'content.proposals.0.title', problem: 'required' },
    ],
    [
      'a number is larger than any',
      (f) => void (f.content.proposals[0].number = 2 ** 40),
      { path: 'content.proposals.0.number', problem: 'too_long', limit: 1_000_000 },
    ],
    [
      'a date is in no calendar',
      (f) => void (f.content.responses[0].nextStepOn = '2017-02-30'),
      { path: 'content.responses.0.nextStepOn', problem: 'not_instant' },
    ],
    [
      'a date is in the year zero',
      (f) => void (f.content.responses[0].nextStepOn = '0000-01-01'),
      { path: 'content.responses.0.nextStepOn', problem: 'not_instant' },
    ],
    [
      'an instant is in the year zero',
      (f) => void (f.case.createdAt = '0000-01-01T00:00:00Z'),
      { path: 'case.createdAt', problem: 'not_instant' },
    ],
    [
      'a link leads nowhere',
      (f) => void (f.content.contributions[0].participantId = nobody),
      { path: 'content.contributions.0.participantId', problem: 'not_found' },
    ],
    [
      'a member is nobody',
      (f) => void (f.people = []),
      { path: 'content.members.0.personId', problem: 'not_found' },
    ],
    [
      'words are kept for a row that is not there',
      (f) => void (f.logTexts[0].seq = 99),
      { path: 'logTexts.0.seq', problem: 'not_found' },
    ],
    [
      'an edit is of no document',
      (f) => void (f.documentEdits[1].documentId = 'ei-mikaan'),
      { path: 'documentEdits.1.documentId', problem: 'not_found' },
    ],
    [
      'an edit is missing',
      (f) => void f.documentEdits.shift(),
      { path: 'documentEdits.0.seq', problem: 'invalid' },
    ],
    [
      'an edit is nobody’s',
      (f) => void (f.documentEdits[0].author = `participant:${nobody}`),
      { path: 'documentEdits.0.author', problem: 'not_found' },
    ],
    [
      'an edit is no bytes',
      (f) => void (f.documentEdits[0].update = 'ei, näin'),
      { path: 'documentEdits.0.update', problem: 'invalid' },
    ],
    [
      'a version is of an edit that is not there',
      (f) => void (f.documentVersions[0].seq = 3),
      { path: 'documentVersions.0.seq', problem: 'not_found' },
    ],
    [
      'a version was written by nobody',
      (f) => void f.documentVersions[0].authors.push(`person:${nobody}`),
      { path: 'documentVersions.0.author', problem: 'not_found' },
    ],
    [
      'two people write under one Yjs id',
      (f) => void f.documentClients.push({ ...f.documentClients[0], author: 'server' }),
      { path: 'documentClients.1', problem: 'invalid' },
    ],
    [
      'an id is there twice',
      (f) => void f.content.contributions.push(f.content.contributions[0]),
      { path: 'content.contributions.6', problem: 'invalid' },
    ],
    [
      'a person is there twice',
      (f) => void f.people.push(f.people[0]),
      { path: 'people.1.id', problem: 'invalid' },
    ],
    [
      'two participants have one code',
      (f) => void (f.content.participants[1].code = f.content.participants[0].code),
      { path: 'content.participants.1.code', problem: 'invalid' },
    ],
    [
      'two participants have one pseudonym',
      (f) => void (f.content.participants[1].pseudonym = f.content.participants[0].pseudonym),
      { path: 'content.participants.1.pseudonym', problem: 'invalid' },
    ],
    [
      'two log rows have one idempotency key',
      (f) => void (f.log[0].idempotencyKey = 'avain-123'),
      { path: `log.4.idempotencyKey`, problem: 'invalid' },
    ],
    [
      'a contribution answers itself',
      (f) => void (f.content.contributions[0].parentId = f.content.contributions[0].id),
      { path: 'content.contributions.0.parentId', problem: 'circular' },
    ],
    [
      'something was left out without a reason',
      (f) => void (f.content.accountings.find((row: Loose) => row.reason).reason = null),
      { path: 'content.accountings.0.reason', problem: 'required' },
    ],
    [
      'the workflow is unknown',
      (f) => void (f.case.workflow = 'eight-steps'),
      { path: 'case.workflow', problem: 'not_found' },
    ],
    [
      'it tells both log and history',
      (f) => void (f.history = []),
      { path: 'history', problem: 'unknown_field' },
    ],
  ])('%s', async (_, spoil, problem) => {
    expect(await problemsOf(spoilt(spoil))).toContainEqual(problem);
  });

  test('contributions answer each other in a circle', async () => {
    const problems = await problemsOf(
      spoilt(({ content: { contributions } }) => {
        contributions[1].parentId = contributions[2].id;
        contributions[2].parentId = contributions[1].id;
      }),
    );
    expect(problems).toEqual([
      { path: 'content.contributions.1.parentId', problem: 'circular' },
      { path: 'content.contributions.2.parentId', problem: 'circular' },
    ]);
  });

  test('a contribution is merged into one that is itself merged', async () => {
    const problems = await problemsOf(
      spoilt(({ content: { accountings, contributions } }) => {
        const merged = accountings.find((row: Loose) => row.outcome === 'merged');
        const other = contributions.find((row: Loose) => row.parentId);
        accountings.push({ ...merged, contributionId: other.id, intoId: merged.contributionId });
      }),
    );
    expect(problems).toEqual([{ path: 'content.accountings.2.intoId', problem: 'circular' }]);
  });

  test('many things are wrong: the first twenty are told', async () => {
    const problems = await problemsOf(
      spoilt((file) => {
        const [row] = file.content.contributions;
        file.content.contributions = Array.from({ length: 5_000 }, () => ({
          ...row,
          kind: 'rant',
          origin: 'moon',
        }));
      }),
    );
    expect(problems).toHaveLength(20);
    expect(problems[0]).toEqual({ path: 'content.contributions.0.origin', problem: 'not_one_of' });
  });
});

describe('taking in a case', () => {
  test('is for the operator alone', async () => {
    const { engine } = engineInMemory();
    for (const actor of [guest, { kind: 'clock' }, { kind: 'person', personId: nobody }] as const) {
      expect(await engine.adopt(actor, good)).toEqual({ ok: false, refusal: { id: 'forbidden' } });
    }
  });

  test('twice is refused, and the first stays as it was', async () => {
    const { engine, reader } = engineInMemory();
    done(await engine.adopt(operator, good));
    expect(await engine.adopt(operator, good)).toEqual({ ok: false, refusal: { id: 'case_exists' } });
    expect(await exported({ reader }, good.case.id)).toEqual(good);
  });

  test('says so when a card or a document is one of another case', async () => {
    const { engine } = engineInMemory();
    done(await engine.adopt(operator, good));
    const other = toldByHistory([]);
    other.case.id = nobody;
    const refused = (path: string) => ({
      ok: false,
      refusal: { id: 'invalid', fields: [{ path, problem: 'invalid' }] },
    });
    expect(await engine.adopt(operator, other)).toEqual(refused('content.documents'));
    Object.assign(other.content, { documents: [], passages: [] });
    Object.assign(other, { documentEdits: [], documentClients: [], documentVersions: [] });
    expect(await engine.adopt(operator, other)).toEqual(refused('content.participants'));
  });

  test('takes no edits that make no document', async () => {
    const { store } = memoryStores();
    const seen: number[][] = [];
    const isDocument = (updates: readonly Uint8Array[]) => {
      seen.push(updates.map((update) => update.length));
      return false;
    };
    const engine = createEngine({
      store,
      entropy: seededEntropy(),
      workflows: [fixtureWorkflow],
      isDocument,
    });
    expect(await engine.adopt(operator, good)).toEqual({
      ok: false,
      refusal: { id: 'invalid', fields: [{ path: 'documentEdits.0.update', problem: 'invalid' }] },
    });
    expect(seen).toEqual([[2, 2]]);
  });

  test('leaves people that are known as they are', async () => {
    const { engine, people } = engineInMemory();
    const [person] = good.people;
    await people.savePerson({ ...person!, name: 'Kaarina Toinen', title: null });
    done(await engine.adopt(operator, good));
    expect(await people.person(person!.id)).toMatchObject({ name: 'Kaarina Toinen', title: null });
  });

  test('takes a case whose words were erased: the chain holds without them', async () => {
    const { engine, reader } = engineInMemory();
    const { caseId } = done(
      await engine.adopt(
        operator,
        spoilt((f) => void (f.logTexts = [])),
      ),
    ).adopted;
    expect(await verifyCase(engine, reader, caseId)).toBeNull();
  });
});
