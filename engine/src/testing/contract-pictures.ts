import { describe, expect, it } from 'vitest';
import type { KeptPicture } from '../document/pictures.ts';
import type { Bench } from './contract.ts';

/** Which case has which picture, and who may see it. */
export function picturesContract(bench: Bench): void {
  const hash = 'ab'.repeat(32);
  const picture = (caseId: string, rest: Partial<KeptPicture> = {}): KeptPicture => ({
    ...{ caseId, hash, type: 'image/jpeg', width: 640, height: 480, bytes: 12_345 },
    ...{ addedBy: `person:${bench.build.id()}`, addedAt: bench.build.at(), ...rest },
  });

  describe('pictures', () => {
    it('of a public case are shown to everybody', async () => {
      const { stores, build } = bench;
      const added = picture(await build.opened(stores.store));
      await stores.pictures.add(added);
      expect(await stores.pictures.shown(hash, {})).toEqual(added);
      expect(await stores.pictures.shown(hash, { personId: build.id(), codes: ['AAAA'] })).toEqual(added);
      expect(await stores.pictures.shown(hash, { personId: 'nobody' })).toEqual(added);
    });

    it('that nobody has added are not there', async () => {
      const { stores } = bench;
      expect(await stores.pictures.shown(hash, {})).toBeNull();
      expect(await stores.pictures.shown('', {})).toBeNull();
      await expect(stores.pictures.add(picture(bench.build.id()))).rejects.toThrow();
    });

    it('added again keep who was first', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const first = picture(caseId);
      await Promise.all([stores.pictures.add(first), stores.pictures.add(first)]);
      await stores.pictures.add(picture(caseId, { addedBy: 'guest', width: 1 }));
      expect(await stores.pictures.shown(hash, {})).toEqual(first);
    });

    it('are told case by case', async () => {
      const { stores, build } = bench;
      const [one, other] = [await build.opened(stores.store), await build.opened(stores.store)];
      const second = 'cd'.repeat(32);
      for (const row of [picture(one, { hash: second }), picture(one), picture(other)]) {
        await stores.pictures.add(row);
      }
      expect(await stores.pictures.of(one)).toEqual([hash, second]);
      expect(await stores.pictures.of(other)).toEqual([hash]);
      expect(await stores.pictures.of('nothing')).toEqual([]);
    });

    it('of a case that is hidden are shown to those in it and to staff, as the case is', async () => {
      const { stores, build } = bench;
      const [member, raiser, staff, stranger] = [
        build.person(),
        build.person(),
        build.person({ roles: ['coordinator'] }),
        build.person({ roles: [] }),
      ];
      for (const person of [member, raiser, staff, stranger]) await stores.people.savePerson(person);
      const caseId = build.id();
      const own = build.participant(caseId, { personId: raiser.id });
      const guest = build.participant(caseId);
      const members = [{ caseId, personId: member.id, role: 'expert' as const, capacity: 'worker' as const }];
      const opening = build.open({ isPublic: false, participants: [own, guest], members }, caseId);
      expect(await stores.store.commit(opening)).toBe('stored');
      const added = picture(caseId);
      await stores.pictures.add(added);
      const shown = async (to: { personId?: string; codes?: string[] }) => stores.pictures.shown(hash, to);
      for (const { id } of [member, raiser, staff]) expect(await shown({ personId: id })).toEqual(added);
      expect(await shown({ codes: ['none', guest.code] })).toEqual(added);
      expect(await shown({})).toBeNull();
      expect(await shown({ codes: [] })).toBeNull();
      expect(await shown({ codes: ['none'] })).toBeNull();
      expect(await shown({ personId: stranger.id })).toBeNull();
      expect(await shown({ personId: 'nobody' })).toBeNull();

      const elsewhere = picture(await build.opened(stores.store));
      await stores.pictures.add(elsewhere);
      expect(await shown({})).toEqual(elsewhere);
    });
  });
}
