import { describe, expect, it } from 'vitest';
import type { Bench } from './contract.ts';

const minuteMs = 60_000;

/** What is due: claimed by one worker at a time, in order, and never lost. */
export function agendaContract(bench: Bench): void {
  const closes = (dueAt: string, name = 'closes') => ({ name, dueAt, event: 'period.closed' });
  const inMinutes = (minutes: number) =>
    new Date(bench.clock.now().getTime() + minutes * minuteMs).toISOString();

  describe('deadlines', () => {
    it('are claimed when they are due, by one worker', async () => {
      const { stores, build, clock } = bench;
      const caseId = await build.opened(stores.store, { deadlines: [closes(inMinutes(5))] });
      expect(await stores.agenda.claimDeadlines(10, minuteMs)).toEqual([]);
      clock.forward({ minutes: 5 });
      const both = await Promise.all([
        stores.agenda.claimDeadlines(10, minuteMs),
        stores.agenda.claimDeadlines(10, minuteMs),
      ]);
      const expected = { caseId, visit: 0, ...closes(clock.now().toISOString()), attempt: 1 };
      expect(both.flat()).toEqual([expected]);
      expect(await stores.agenda.claimDeadlines(10, minuteMs)).toEqual([]);
    });

    it('come again when the lease has passed, and the first worker has no say any more', async () => {
      const { stores, build, clock } = bench;
      const caseId = await build.opened(stores.store, { deadlines: [closes(inMinutes(0))] });
      const [first] = await stores.agenda.claimDeadlines(10, minuteMs);
      clock.forward({ minutes: 1 });
      const [second] = await stores.agenda.claimDeadlines(10, minuteMs);
      expect(second).toMatchObject({ attempt: 2 });
      await stores.agenda.postponeDeadline(first!, 0, ['nothingOfThis']);
      expect(await stores.agenda.claimDeadlines(10, minuteMs)).toEqual([]);
      expect((await stores.reader.overview(caseId)).deadlines[0]?.missing).toEqual([]);
    });

    it('are put off with what was missing', async () => {
      const { stores, build, clock } = bench;
      const caseId = await build.opened(stores.store, { deadlines: [closes(inMinutes(0))] });
      const [claimed] = await stores.agenda.claimDeadlines(10, minuteMs);
      await stores.agenda.postponeDeadline(claimed!, 10 * minuteMs, ['workshopHeld']);
      clock.forward({ minutes: 9 });
      expect(await stores.agenda.claimDeadlines(10, minuteMs)).toEqual([]);
      expect((await stores.reader.overview(caseId)).deadlines).toEqual([
        { caseId, visit: 0, ...closes(claimed!.dueAt), missing: ['workshopHeld'] },
      ]);
      clock.forward({ minutes: 1 });
      expect(await stores.agenda.claimDeadlines(10, minuteMs)).toHaveLength(1);
    });

    it('are replaced by the plan that a change gives, and stand when it gives none', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store, {
        deadlines: [closes(inMinutes(0)), closes(inMinutes(0), 'opens')],
      });
      const [claimed] = await stores.agenda.claimDeadlines(1, 60 * minuteMs);
      expect(claimed?.name).toBe('closes');
      await build.write(stores.store, caseId, {});
      expect((await stores.reader.overview(caseId)).deadlines).toHaveLength(2);
      const later = closes(inMinutes(30));
      await build.write(stores.store, caseId, { transition: true, deadlines: [later] });
      await stores.agenda.postponeDeadline(claimed!, 0, ['outdated']);
      expect((await stores.reader.overview(caseId)).deadlines).toEqual([
        { caseId, visit: 1, ...later, missing: [] },
      ]);
      expect((await stores.reader.whole(caseId))?.deadlines).toEqual([{ caseId, visit: 1, ...later }]);
      await build.write(stores.store, caseId, { deadlines: [closes(inMinutes(0))] });
      expect(await stores.agenda.claimDeadlines(10, minuteMs)).toMatchObject([{ attempt: 1 }]);
      await build.write(stores.store, caseId, { deadlines: [] });
      expect((await stores.reader.overview(caseId)).deadlines).toEqual([]);
    });

    it('are taken in the order of their dates, as many as asked for', async () => {
      const { stores, build, clock } = bench;
      for (const minutes of [3, 1, 2])
        await build.opened(stores.store, { deadlines: [closes(inMinutes(minutes))] });
      clock.forward({ minutes: 5 });
      const [first, second] = await stores.agenda.claimDeadlines(2, minuteMs);
      const [third] = await stores.agenda.claimDeadlines(2, minuteMs);
      const dates = [first, second, third].map((row) => row!.dueAt);
      expect(dates).toEqual(dates.toSorted());
    });
  });

  describe('effects', () => {
    it('are claimed in the order of their case, one at a time', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store, { effects: ['first', 'second'] });
      await build.write(stores.store, caseId, { effects: ['third'] });
      const done: string[] = [];
      for (let round = 0; round < 3; round++) {
        const claimed = await stores.agenda.claimEffects(10, minuteMs);
        expect(claimed).toHaveLength(1);
        expect(await stores.agenda.claimEffects(10, minuteMs)).toEqual([]);
        done.push(claimed[0]!.kind);
        await stores.agenda.effectDone(claimed[0]!);
      }
      expect(done).toEqual(['first', 'second', 'third']);
      expect(await stores.agenda.claimEffects(10, minuteMs)).toEqual([]);
    });

    it('carry what they were made with', async () => {
      const { stores, build } = bench;
      const madeAt = build.at();
      const caseId = await build.opened(stores.store, { effects: ['notify'] });
      expect(await stores.agenda.claimEffects(10, minuteMs)).toEqual([
        { caseId, seq: 1, n: 0, kind: 'notify', payload: { template: 'notify' }, madeAt, attempt: 1 },
      ]);
    });

    it('of many cases are shared by workers without a double', async () => {
      const { stores, build } = bench;
      const cases: string[] = [];
      for (let i = 0; i < 20; i++) cases.push(await build.opened(stores.store, { effects: ['notify'] }));
      const workers = await Promise.all(
        Array.from({ length: 5 }, () => stores.agenda.claimEffects(10, minuteMs)),
      );
      const rest = await stores.agenda.claimEffects(100, minuteMs);
      const taken = [...workers.flat(), ...rest].map((effect) => effect.caseId);
      expect(taken.toSorted()).toEqual(cases.toSorted());
    });

    it('hold back the later ones of their case while they fail, until they are put aside', async () => {
      const { stores, build, clock } = bench;
      await build.opened(stores.store, { effects: ['failing', 'later'] });
      const [failing] = await stores.agenda.claimEffects(10, minuteMs);
      await stores.agenda.effectFailed(failing!, 'mail server down', 5 * minuteMs);
      clock.forward({ minutes: 4 });
      expect(await stores.agenda.claimEffects(10, minuteMs)).toEqual([]);
      clock.forward({ minutes: 1 });
      const [again] = await stores.agenda.claimEffects(10, minuteMs);
      expect(again).toMatchObject({ kind: 'failing', attempt: 2 });
      await stores.agenda.effectFailed(again!, 'no such template', null);
      expect(await stores.agenda.claimEffects(10, minuteMs)).toMatchObject([{ kind: 'later', attempt: 1 }]);
      clock.forward({ days: 1 });
      expect(await stores.agenda.claimEffects(10, minuteMs)).toMatchObject([{ kind: 'later', attempt: 2 }]);
    });

    it('are finished only by who holds the newest lease', async () => {
      const { stores, build, clock } = bench;
      await build.opened(stores.store, { effects: ['notify'] });
      const [slow] = await stores.agenda.claimEffects(10, minuteMs);
      clock.forward({ minutes: 1 });
      const [quick] = await stores.agenda.claimEffects(10, minuteMs);
      await stores.agenda.effectFailed(slow!, 'too late', null);
      await stores.agenda.effectDone(slow!);
      clock.forward({ minutes: 1 });
      const [third] = await stores.agenda.claimEffects(10, minuteMs);
      expect(third).toMatchObject({ attempt: 3 });
      await stores.agenda.effectDone(quick!);
      await stores.agenda.effectDone(third!);
      clock.forward({ minutes: 1 });
      expect(await stores.agenda.claimEffects(10, minuteMs)).toEqual([]);
    });
  });
}
