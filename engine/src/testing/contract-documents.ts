import { describe, expect, it } from 'vitest';
import type { Contribution, Document, Passage } from '../case.ts';
import type { Bench } from './contract.ts';

/** Shared documents in a store: found by their own id, read with what is said in them, and words out of sight. */
export function documentsContract(bench: Bench): void {
  const laidOut = async () => {
    const { stores, build, clock } = bench;
    const caseId = build.id();
    const person = build.person({ name: 'Aino Agentti', roles: ['agent'] });
    const [anna, own] = [build.participant(caseId), build.participant(caseId, { personId: person.id })];
    const document = (id: string, title: string): Document => ({
      ...{ caseId, id, kind: 'shared', title },
      createdAt: build.at(),
    });
    const documents = [document('reitit-2017', 'Reitit')];
    clock.forward({ seconds: 1 });
    documents.push(document('ajat-2017', 'Ajat'));
    const said = (more: Partial<Contribution> = {}) => {
      clock.forward({ seconds: 1 });
      return build.contribution(caseId, anna.id, { origin: 'document', ...more });
    };
    const first = said();
    const second = said();
    const reply = said({ parentId: first.id, kind: 'comment' });
    const elsewhere = said();
    const passage = (of: Contribution, documentId: string, more: Partial<Passage> = {}): Passage => ({
      ...{ caseId, contributionId: of.id, documentId, anchor: 'AAEC.AwQF' },
      ...{ quote: 'sama hoitaja', prefix: ' ennen ', suffix: '', resolvedAt: null, ...more },
    });
    const passages = [
      passage(first, 'reitit-2017'),
      passage(second, 'reitit-2017', { resolvedAt: build.at() }),
      passage(elsewhere, 'ajat-2017'),
    ];
    const hidings = [
      { caseId, contributionId: reply.id, reason: 'Loukkaa', personId: person.id, hiddenAt: build.at() },
    ];
    const opening = build.open(
      {
        ...{ people: [person], participants: [anna, own], documents },
        ...{ contributions: [first, second, reply, elsewhere], passages, hidings },
      },
      caseId,
    );
    expect(await stores.store.commit(opening)).toBe('stored');
    return { caseId, person, anna, own, documents, passages, first, second, reply };
  };

  describe('a shared document', () => {
    it('is found by its own id, with its case and whoever comes to it', async () => {
      const { stores } = bench;
      const { caseId, person, anna, own, documents } = await laidOut();
      expect(await stores.store.documentCases(['reitit-2017', 'reitit-2018'])).toEqual(
        new Map([['reitit-2017', caseId]]),
      );
      const unknown = { roles: [], participantId: null, personName: null, pseudonym: null };
      expect(await stores.store.document('reitit-2017')).toMatchObject({
        ...unknown,
        ...{ document: documents[0], case: { id: caseId } },
      });
      expect(await stores.store.document('reitit-2017', { personId: person.id })).toMatchObject({
        ...{ roles: ['agent'], participantId: own.id, personName: 'Aino Agentti' },
        pseudonym: own.pseudonym,
      });
      expect(await stores.store.document('reitit-2017', { participantId: anna.id })).toMatchObject({
        ...unknown,
        ...{ participantId: anna.id, pseudonym: anna.pseudonym },
      });
      for (const id of ['reitit-2018', "'; --", '']) {
        expect(await stores.store.document(id)).toBeNull();
      }
    });

    it('has an id that no other case can take', async () => {
      const { stores, build } = bench;
      const { documents } = await laidOut();
      const other = build.id();
      const taken = build.open({ documents: [{ ...documents[0]!, caseId: other }] }, other);
      expect(await stores.store.commit(taken)).toBe('conflict');
      expect(await stores.store.read(other)).toBeNull();
    });

    it('is renamed without losing its place', async () => {
      const { stores, build } = bench;
      const { caseId, documents } = await laidOut();
      await build.write(stores.store, caseId, { documents: [{ ...documents[0]!, title: 'Uusi nimi' }] });
      expect((await stores.reader.documents(caseId)).map(({ title }) => title)).toEqual([
        'Uusi nimi',
        'Ajat',
      ]);
    });
  });

  describe('reader.documents', () => {
    it('tells each with how much is said in it, oldest first', async () => {
      const { stores, build } = bench;
      const { caseId, documents } = await laidOut();
      expect(await stores.reader.documents(caseId)).toEqual([
        { ...documents[0], threads: 2, openThreads: 1, edits: 0, changedAt: null },
        { ...documents[1], threads: 1, openThreads: 1, edits: 0, changedAt: null },
      ]);
      expect(await stores.reader.documents(build.id())).toEqual([]);
    });
  });

  describe('reader.passages', () => {
    it('gives the discussions of one document with their replies, oldest first', async () => {
      const { stores, build } = bench;
      const { caseId, passages, first, second, reply } = await laidOut();
      const found = await stores.reader.passages(caseId, 'reitit-2017');
      expect(found.map(({ passage }) => passage)).toEqual([passages[0], passages[1]]);
      expect(found.map(({ contribution }) => contribution.id)).toEqual([first.id, second.id]);
      expect(found[0]!.replies.map(({ id }) => id)).toEqual([reply.id]);
      expect(found[1]!.replies).toEqual([]);
      expect(await stores.reader.passages(caseId, 'reitit-2018')).toEqual([]);
      expect(await stores.reader.passages(build.id(), 'reitit-2017')).toEqual([]);
    });
  });

  describe('a hidden contribution', () => {
    it('shows why, and none of its words', async () => {
      const { stores } = bench;
      const { caseId, first, reply } = await laidOut();
      const { items } = await stores.reader.contributions(caseId, { limit: 10 });
      const shown = items.find(({ id }) => id === reply.id);
      expect(shown).toMatchObject({ body: '', hidden: { reason: 'Loukkaa' }, parentId: first.id });
      expect(items.find(({ id }) => id === first.id)).toMatchObject({ body: first.body, hidden: null });
      const [impact] = await stores.reader.impact(caseId, { contributionId: reply.id });
      expect(impact!.contribution).toEqual(shown);
      const [thread] = await stores.reader.passages(caseId, 'reitit-2017');
      expect(thread!.replies).toEqual([shown]);
    });

    it('is there with its words for those who may put it back', async () => {
      const { stores, build } = bench;
      const { caseId, person, reply } = await laidOut();
      expect(await stores.reader.hidden(caseId)).toMatchObject([
        {
          ...{ contributionId: reply.id, body: reply.body, reason: 'Loukkaa' },
          ...{ personId: person.id, personName: 'Aino Agentti' },
        },
      ]);
      const hidings = await stores.store.rows(caseId, 'hidings');
      await build.write(stores.store, caseId, { remove: { hidings } });
      expect(await stores.reader.hidden(caseId)).toEqual([]);
      expect(await stores.reader.contribution(caseId, reply.id)).toMatchObject({ body: reply.body });
    });
  });
}
