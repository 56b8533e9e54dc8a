import { describe, expect, it } from 'vitest';
import type { Message } from '../ports.ts';
import type { Bench } from './contract.ts';

/** People and how they come in. */
export function peopleContract(bench: Bench): void {
  const saved = async (row = {}) => {
    const person = bench.build.person(row);
    await bench.stores.people.savePerson(person);
    return person;
  };
  const later = (minutes: number) => new Date(bench.clock.now().getTime() + minutes * 60_000).toISOString();

  describe('people', () => {
    it('are kept and changed', async () => {
      const { people } = bench.stores;
      const person = await saved({ roles: ['facilitator', 'admin'], language: 'sv' });
      expect(await people.person(person.id)).toEqual(person);
      const moved = { ...person, title: 'verksamhetschef', roles: [] };
      await people.savePerson(moved);
      expect(await people.people()).toEqual([moved]);
      expect(await people.person(bench.build.id())).toBeNull();
      expect(await people.person('nobody')).toBeNull();
    });

    it('have sessions that end', async () => {
      const { people } = bench.stores;
      const person = await saved();
      await people.saveSession('hash-1', person.id, later(10));
      await people.saveSession('hash-2', person.id, later(20));
      expect(await people.session('hash-1')).toEqual(person);
      expect(await people.session('hash-0')).toBeNull();
      bench.clock.forward({ minutes: 10 });
      expect(await people.session('hash-1')).toBeNull();
      expect(await people.session('hash-2')).toEqual(person);
      await people.endSession('hash-2');
      await people.endSession('hash-2');
      expect(await people.session('hash-2')).toBeNull();
    });

    it('have links that are used once', async () => {
      const { people } = bench.stores;
      const person = await saved();
      const caseId = bench.build.id();
      const link = { purpose: 'brief', personId: person.id, caseId, expiresAt: later(60) } as const;
      await people.saveLink('hash', link);
      await people.saveLink('enter', { ...link, purpose: 'enter', caseId: null });
      expect(await people.link('hash')).toEqual({ ...link, usedAt: null });
      expect((await people.link('enter'))?.caseId).toBeNull();
      const uses = await Promise.all(Array.from({ length: 5 }, () => people.useLink('hash')));
      expect(uses.filter(Boolean)).toHaveLength(1);
      expect(await people.link('hash')).toEqual({ ...link, usedAt: bench.build.at() });
      expect(await people.useLink('unknown')).toBe(false);
      expect(await people.link('unknown')).toBeNull();
    });

    it('have API tokens', async () => {
      const { people } = bench.stores;
      const person = await saved();
      await people.saveApiToken('hash', person.id, 'vienti', ['read']);
      expect(await people.apiToken('hash')).toEqual({ person, scopes: ['read'] });
      expect(await people.apiToken('other')).toBeNull();
    });

    it('get messages once, newest first, page by page', async () => {
      const { people } = bench.stores;
      const [anna, bertil] = [await saved({ name: 'Anna' }), await saved({ name: 'Bertil' })];
      const caseId = bench.build.id();
      const made: Message[] = [];
      for (let i = 0; i < 7; i++) {
        if (i % 2 === 0) bench.clock.forward({ seconds: 1 });
        made.push({
          ...{ id: bench.build.id(), caseId, personId: i < 5 ? anna.id : bertil.id, template: 'accepted' },
          ...{ values: { title: 'Kotihoito', n: i }, createdAt: bench.build.at() },
        });
      }
      await people.saveMessages(made);
      await people.saveMessages(made.map((message) => ({ ...message, template: 'again' })));
      await people.saveMessages([]);
      const read: (Message & { personName: string })[] = [];
      let cursor: string | undefined;
      do {
        const page = await people.messages({ limit: 3, cursor });
        expect(page.total).toBe(7);
        read.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor);
      expect(read.map(({ personName: _, ...message }) => message)).toEqual(
        made.toSorted((a, b) => (`${a.createdAt} ${a.id}` < `${b.createdAt} ${b.id}` ? 1 : -1)),
      );
      expect(read.at(-1)?.personName).toBe('Anna');
      expect(await people.messages({ limit: 10, personId: bertil.id })).toMatchObject({
        total: 2,
        next: null,
      });
      expect((await people.messages({ limit: 10, personId: 'nobody' })).total).toBe(0);
    });

    it('leave settings', async () => {
      const { people } = bench.stores;
      expect(await people.setting('demo')).toBeNull();
      await people.saveSetting('demo', 'kotihoito');
      await people.saveSetting('demo', 'kuljetus');
      expect(await people.setting('demo')).toBe('kuljetus');
      expect(await people.keepSetting('demo', 'omaishoito')).toBe('kuljetus');
      const kept = await Promise.all(['a', 'b', 'c'].map((value) => people.keepSetting('key', value)));
      expect(new Set(kept).size).toBe(1);
      expect(await people.setting('key')).toBe(kept[0]);
    });
  });
}
