import { describe, expect, it } from 'vitest';
import { responseOutcomes } from '../case.ts';
import type { FollowUp, Instant, Person, ResponseOutcome } from '../case.ts';
import { responsesPublished } from '../content/impact.ts';
import type { CaseChange, PageRequest, ShownOutcome } from '../ports.ts';
import { fullContent } from './builders.ts';
import type { Next } from './builders.ts';
import type { Bench } from './contract.ts';
import { allPages } from './contract-reader.ts';

/** What has changed thanks to people who took part, over all cases. */
export function outcomesContract(bench: Bench): void {
  /** The case with this in its context, as its process would have left it. */
  const remembering = (change: CaseChange, context: object): CaseChange => {
    const { snapshot } = change.case;
    const kept = snapshot.snapshot as { context: object };
    const remembered = { ...kept, context: { ...kept.context, ...context } };
    return { ...change, case: { ...change.case, snapshot: { ...snapshot, snapshot: remembered } } };
  };

  /** A case with one proposal for each outcome. */
  const answered = async (given: {
    person: Person;
    next?: Next;
    answeredAt?: Instant;
    outcomes?: readonly ResponseOutcome[];
    title?: string;
  }) => {
    const { stores, build } = bench;
    const { person, next, answeredAt, outcomes = ['adopted'], title = 'Kotihoidon reitit' } = given;
    const caseId = build.id();
    const proposals = outcomes.map((_, i) => build.proposal(caseId, i + 1));
    const responses = outcomes.map((outcome, i) => {
      return { ...build.response(caseId, proposals[i]!.id, person.id), outcome };
    });
    const opening = build.open(
      {
        ...{ people: [person], proposals, responses, step: 'feedback' },
        caseTexts: [{ caseId, key: 'title', body: title }],
        ...next,
      },
      caseId,
    );
    const stored = await stores.store.commit(answeredAt ? remembering(opening, { answeredAt }) : opening);
    expect(stored).toBe('stored');
    return { caseId, proposals, responses };
  };

  const followUp = async (caseId: string, proposalId: string, row: Partial<FollowUp> = {}) => {
    const { stores, build } = bench;
    const followUps: FollowUp[] = [
      {
        ...{ caseId, id: build.id(), proposalId, state: 'kept', body: 'Kokeilu alkoi' },
        ...{ recordedBy: null, createdAt: build.at(), ...row },
      },
    ];
    await build.write(stores.store, caseId, { followUps });
  };

  const all = (): Promise<ShownOutcome[]> => allPages((page) => bench.stores.reader.outcomes(page), 2);

  describe('reader.outcomes', () => {
    it('tells what was answered, by whom, what comes next and how many remarks stand behind it', async () => {
      const { stores, build, clock } = bench;
      const person = build.person({ name: 'Päivi Päättäjä', title: 'palvelujohtaja' });
      const caseId = build.id();
      const { followUps: _, ...content } = fullContent(build, caseId, person);
      clock.forward({ days: 2 });
      const opening = build.open({ people: [person], step: 'feedback', ...content }, caseId);
      await stores.store.commit(remembering(opening, { answeredAt: build.at() }));
      const [proposal] = content.proposals;
      const { personId: __, caseId: ___, ...response } = content.responses[0]!;
      expect(await all()).toEqual([
        {
          ...{ caseId, caseTitle: 'Kotihoidon reitit', number: 1, title: proposal!.title, ...response },
          ...{ answeredAt: build.at(), changedAt: build.at(), sourceCount: 2, followUp: null },
          ...{ personName: 'Päivi Päättäjä', personTitle: 'palvelujohtaja' },
        },
      ]);
    });

    it('leaves out what was not adopted', async () => {
      const person = bench.build.person();
      await answered({ person, outcomes: responseOutcomes });
      expect((await all()).map((row) => row.outcome).toSorted()).toEqual(['adopted', 'forwarded', 'partly']);
    });

    it('shows an answer exactly when the answers of its case are published', async () => {
      const { build } = bench;
      const person = build.person();
      const steps = ['planning', 'summary', 'review', 'feedback', 'closed', 'paused'];
      const published: string[] = [];
      for (const step of steps) {
        for (const answeredAt of [undefined, build.at()]) {
          const { caseId } = await answered({ person, next: { step }, ...(answeredAt && { answeredAt }) });
          if (responsesPublished({ step, context: { answeredAt } })) published.push(caseId);
        }
      }
      expect(published).toHaveLength(8);
      expect((await all()).map((row) => row.caseId).toSorted()).toEqual(published.toSorted());
    });

    it('shows nothing of a case that is hidden, merged or cancelled', async () => {
      const { build } = bench;
      const person = build.person();
      await answered({ person, next: { isPublic: false } });
      for (const step of ['merged', 'cancelled']) {
        await answered({ person, next: { step } });
        await answered({ person, next: { step }, answeredAt: build.at() });
      }
      expect(await all()).toEqual([]);
      expect(await bench.stores.reader.outcomes({ limit: 3 })).toEqual({ items: [], next: null, total: 0 });
    });

    it('goes by the publishing, not by when the draft was given', async () => {
      const { build, clock } = bench;
      const person = build.person();
      const draftedAt = build.at();
      clock.forward({ days: 1 });
      const later = await answered({ person, answeredAt: new Date(clock.now().getTime() + 1).toISOString() });
      const unremembered = await answered({ person });
      const rows = await all();
      expect(rows.map((row) => row.caseId)).toEqual([later.caseId, unremembered.caseId]);
      expect(rows[1]).toMatchObject({ answeredAt: null, changedAt: build.at(), givenAt: build.at() });
      expect(draftedAt < rows[1]!.changedAt).toBe(true);
    });

    it('comes up again when it is followed up, with the newest follow-up only', async () => {
      const { build, clock } = bench;
      const person = build.person();
      const first = await answered({ person, title: 'Ensin', outcomes: ['adopted', 'partly'] });
      clock.forward({ days: 1 });
      const second = await answered({ person, title: 'Sitten' });
      clock.forward({ days: 1 });
      const [one, two] = first.proposals;
      await followUp(first.caseId, one!.id, { state: 'late', body: 'Vielä kesken' });
      clock.forward({ days: 1 });
      await followUp(first.caseId, one!.id);
      const rows = await all();
      expect(rows.map((row) => row.proposalId)).toEqual([one!.id, second.proposals[0]!.id, two!.id]);
      expect(rows[0]).toMatchObject({
        ...{ caseTitle: 'Ensin', changedAt: build.at() },
        followUp: { state: 'kept', body: 'Kokeilu alkoi', createdAt: build.at() },
      });
      expect(rows[2]!.followUp).toBeNull();
    });

    it('comes page by page without gaps or doubles, also when much changed at one moment', async () => {
      const { stores, build, clock } = bench;
      const person = build.person();
      const expected: string[] = [];
      for (let i = 0; i < 4; i++) {
        if (i % 2 === 0) clock.forward({ ms: 1 });
        const { proposals } = await answered({ person, outcomes: ['adopted', 'partly', 'forwarded'] });
        expected.push(...proposals.map((row) => row.id));
      }
      const ids = (await allPages((page: PageRequest) => stores.reader.outcomes(page), 5)).map(
        (row) => row.proposalId,
      );
      expect(ids).toHaveLength(12);
      expect(new Set(ids)).toEqual(new Set(expected));
      expect((await stores.reader.outcomes({ limit: 3, cursor: '!!!' })).items).toHaveLength(3);
    });
  });
}
