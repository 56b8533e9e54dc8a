import { describe, expect, it } from 'vitest';
import type { Document } from '../case.ts';
import type { Result } from '../errors.ts';
import type { Actor } from '../people/policy.ts';
import type { CaseChange, WholeCase, WrittenDocuments } from '../ports.ts';
import { createEngine } from '../process/engine.ts';
import { verifyCase } from '../process/verify.ts';
import { fullContent } from './builders.ts';
import type { Bench } from './contract.ts';
import { seededEntropy } from './entropy.ts';
import { fixtureWorkflow } from './fixture-workflow.ts';
import { memoryStores } from './memory.ts';

const operator: Actor = { kind: 'operator' };

function done<T extends object>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result;
}

const asChange = ({ documentEdits, documentClients, documentVersions, ...whole }: WholeCase): CaseChange => ({
  ...{ case: whole.case, expectedSeq: null, log: whole.log, texts: whole.logTexts, effects: [] },
  ...{ deadlines: whole.deadlines, people: whole.people, put: whole.content },
  written: { documentEdits, documentClients, documentVersions },
});

const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString('base64');

/** A document's edits by two authors, and a version kept between them. */
function writtenIn(
  { caseId, id: documentId }: Document,
  [one = '', two = '']: readonly string[],
): WrittenDocuments {
  const edit = (seq: number, author: string) => {
    return {
      caseId,
      documentId,
      seq,
      at: `2017-09-02T06:00:0${seq}.123Z`,
      author,
      update: base64(1, seq, 255),
    };
  };
  const version = {
    caseId,
    documentId,
    seq: 2,
    at: '2017-09-02T07:00:00.000Z',
    author: one,
    authors: [one, two],
  };
  return {
    // More than a line of base64, which some write with breaks in it.
    documentEdits: [
      edit(1, one),
      { ...edit(2, two), update: base64(...Array(200).keys()) },
      edit(3, 'server'),
    ],
    documentClients: [
      { caseId, documentId, client: 7, author: one },
      { caseId, documentId, client: 4_294_967_295, author: two },
    ],
    documentVersions: [
      { ...version, reason: 'named', name: 'Ennen työpajaa', state: base64(9, 9) },
      { ...version, reason: 'regular', name: null, state: base64(9, 9) },
    ],
  };
}

/** What the engine promises, kept also by this store: nobody's words are lost when many speak at once. */
export function engineContract(bench: Bench): void {
  const opened = async () => {
    const { stores, clock } = bench;
    const engine = createEngine({
      store: stores.store,
      entropy: seededEntropy(),
      workflows: [fixtureWorkflow],
      clock,
    });
    const asked = { title: 'Kotihoidon reitit', need: 'Käynnit tulevat milloin sattuu' };
    const { caseId } = done(await engine.raise({ kind: 'guest' }, asked)).decided;
    done(await engine.describe(caseId, operator, { texts: { theme: 'Kotihoito' } }));
    const data = { closesAt: '2017-10-01T00:00:00.000Z' };
    done(await engine.send({ caseId, actor: operator, type: 'need.accepted', data }));
    return { engine, caseId };
  };

  describe('the engine on it', () => {
    it('stores fifty contributions made at once, and the chain holds', async () => {
      const { engine, caseId } = await opened();
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          engine.contribute(caseId, { kind: 'guest' }, { body: `Puheenvuoro ${i}` }),
        ),
      );
      results.forEach(done);
      const whole = (await bench.stores.reader.whole(caseId))!;
      expect(whole.content.contributions).toHaveLength(51);
      expect(whole.case.seq).toBe(53);
      expect(await verifyCase(engine, bench.stores.reader, caseId)).toBeNull();
    });

    it('carries a command out once that came five times at once', async () => {
      const { engine, caseId } = await opened();
      const input = { body: 'Sama hoitaja kävisi', idempotencyKey: 'click-0001' };
      const results = await Promise.all(
        Array.from({ length: 5 }, () => engine.contribute(caseId, { kind: 'guest' }, input)),
      );
      const answers = results.map((result) => done(result).decided);
      expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
      expect(new Set(answers.map(({ answer }) => answer.contributionId)).size).toBe(1);
      expect(await bench.stores.store.rows(caseId, 'contributions')).toHaveLength(2);
    });
  });

  describe('the picture of a case', () => {
    it('is drawn from the transitions that the log holds, and only from them', async () => {
      const { stores, clock } = bench;
      const { engine, caseId } = await opened();
      done(await engine.contribute(caseId, { kind: 'guest' }, { body: 'Sama hoitaja kävisi' }));
      clock.forward({ days: 1 });
      const texts = { reason: 'Lomat' };
      done(await engine.send({ caseId, actor: operator, type: 'case.paused', texts }));
      const [accepted, paused] = ['2017-09-01T06:00:00.000Z', '2017-09-02T06:00:00.000Z'];
      expect(await stores.store.transitions(caseId)).toEqual([
        { at: accepted, type: 'need.accepted', step: 'open' },
        { at: paused, type: 'case.paused', step: 'paused' },
      ]);
      const { picture } = done(await engine.picture(caseId, { kind: 'guest' }));
      expect(picture).toMatchObject({ workflow: 'fixture', at: 'paused', resumesAt: 'open' });
      expect(picture.steps[1]?.visits).toEqual([{ enteredAt: accepted, leftAt: null, by: 'need.accepted' }]);
    });

    it('is hidden from those who may not see the case, and there is none of a case that is not', async () => {
      const { stores } = bench;
      const { engine } = await opened();
      const asked = { title: 'Odottaa', need: 'Kukaan ei ole vielä hyväksynyt' };
      const hidden = done(await engine.raise({ kind: 'guest' }, asked)).decided.caseId;
      for (const id of [hidden, '00000000-0000-4000-8000-000000000009', 'nothing']) {
        expect(await engine.picture(id, { kind: 'guest' })).toMatchObject({ ok: false });
        expect(await stores.store.transitions(id)).toEqual([]);
      }
      expect(await engine.picture(hidden, operator)).toMatchObject({ ok: true });
    });
  });

  describe('a case moved from one store to another', () => {
    it('is the same, row for row', async () => {
      const { stores, build } = bench;
      const elsewhere = memoryStores({ clock: bench.clock });
      const caseId = build.id();
      const person = build.person({ title: 'palvelujohtaja' });
      const writer = build.person();
      const content = fullContent(build, caseId, person);
      const [anna] = content.participants;
      const opening = {
        people: [person, writer],
        texts: { title: 'Kotihoidon reitit' },
        ...content,
        written: writtenIn(content.documents[0]!, [`person:${writer.id}`, `participant:${anna!.id}`]),
      };
      await elsewhere.store.commit(build.open(opening, caseId));
      const deadlines = [{ name: 'closes', dueAt: '2017-10-01T09:30:00.123Z', event: 'period.closed' }];
      await build.write(elsewhere.store, caseId, {
        transition: true,
        deadlines,
        idempotencyKey: 'click-0001',
      });
      const whole = (await elsewhere.reader.whole(caseId))!;
      expect(await stores.store.commit(asChange(whole))).toBe('stored');
      const moved = (await stores.reader.whole(caseId))!;
      expect(moved).toEqual(whole);
      expect(moved.documentEdits).toHaveLength(3);
      expect(moved.people.map(({ id }) => id)).toContain(writer.id);
      expect(await stores.reader.documents(caseId)).toMatchObject([
        { edits: 3, changedAt: '2017-09-02T06:00:03.123Z' },
      ]);
      const back = memoryStores({ clock: bench.clock });
      await back.store.commit(asChange(moved));
      expect(await back.reader.whole(caseId)).toEqual(whole);
    });
  });
}
