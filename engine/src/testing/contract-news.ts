import { describe, expect, it } from 'vitest';
import { fullContent } from './builders.ts';
import type { Bench } from './contract.ts';

/** What open pages ask for: what has become of cases since they looked. */
export function newsContract(bench: Bench): void {
  describe('reader.news', () => {
    it('tells where cases stand, what their logs say since, and how statements were answered', async () => {
      const { stores, build } = bench;
      const person = build.person();
      const caseId = build.id();
      const content = fullContent(build, caseId, person);
      await stores.store.commit(build.open({ people: [person], ...content }, caseId));
      const other = await build.opened(stores.store);
      const [entry] = (await stores.reader.log(caseId, { limit: 1 })).items;
      await build.write(stores.store, caseId, { step: 'later', transition: true, data: { why: 'x' } });
      await build.write(stores.store, caseId, { isPublic: false });
      const [first, second] = await stores.reader.news(
        [
          { caseId, seq: entry!.seq },
          { caseId: other, seq: 9_000 },
          { caseId: build.id(), seq: 0 },
          { caseId: 'no case', seq: 0 },
        ],
        10,
      );
      expect(first).toMatchObject({ caseId, seq: entry!.seq + 2, isPublic: false });
      expect(first!.entries).toMatchObject([
        { seq: entry!.seq + 1, kind: 'transition', step: 'later', data: { why: 'x' } },
        { seq: entry!.seq + 2, kind: 'content', data: {} },
      ]);
      const votes = content.votes ?? [];
      expect(first!.ballots.map(({ statementId }) => statementId)).toEqual(
        [...new Set(votes.map(({ statementId }) => statementId))].sort(),
      );
      const told = first!.ballots.map(({ agree, disagree, pass }) => agree + disagree + pass);
      expect(told.reduce((sum, count) => sum + count, 0)).toBe(votes.length);
      expect(second).toMatchObject({ caseId: other, entries: [], ballots: [], isPublic: true });
    });

    it('brings as many rows of each log as asked for, the oldest first', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      for (let i = 0; i < 4; i++) await build.write(stores.store, caseId, {});
      const [news] = await stores.reader.news([{ caseId, seq: 1 }], 2);
      expect(news!.entries.map(({ seq }) => seq)).toEqual([2, 3]);
      expect(news!.seq).toBe(5);
      expect(await stores.reader.news([], 2)).toEqual([]);
    });

    it('answers about one case as often as it is asked', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      await build.write(stores.store, caseId, {});
      const asked = [1, 2, 0].map((seq) => ({ caseId, seq }));
      const news = await stores.reader.news(asked, 10);
      expect(news.map(({ after, entries }) => [after, entries.length])).toEqual([
        [1, 1],
        [2, 0],
        [0, 2],
      ]);
    });
  });
}
