import { describe, expect, it } from 'vitest';
import type { ContentTable } from '../case.ts';
import { factsOf } from '../content/facts.ts';
import { fullContent } from './builders.ts';
import type { Bench } from './contract.ts';
import { contentTables } from './memory-state.ts';

/** Writing: all or nothing, one of two at once, and what a decision is made on. */
export function writeContract(bench: Bench): void {
  describe('commit', () => {
    it('stores a new case once', async () => {
      const { stores, build } = bench;
      const opening = build.open();
      expect(await stores.store.commit(opening)).toBe('stored');
      expect(await stores.store.commit(opening)).toBe('conflict');
      const reading = await stores.store.read(opening.case.id);
      expect(reading?.case).toEqual(opening.case);
      expect(reading?.now).toEqual(bench.clock.now());
    });

    it('knows the people that came with a change, and no others', async () => {
      const { stores, build } = bench;
      const person = build.person({ title: null, roles: [] });
      await stores.store.commit(build.open({ people: [person] }));
      expect(await stores.store.knows(person.id)).toBe(true);
      expect(await stores.store.knows(build.id())).toBe(false);
      expect(await stores.store.knows('nobody')).toBe(false);
    });

    it('gives back every row as it was put', async () => {
      const { stores, build } = bench;
      const person = build.person({ title: 'palvelujohtaja', roles: ['facilitator'] });
      const caseId = build.id();
      const content = fullContent(build, caseId, person);
      await stores.store.commit(build.open({ people: [person], ...content }, caseId));
      for (const table of contentTables) {
        const rows = await stores.store.rows(caseId, table);
        expect(new Set<unknown>(rows), table).toEqual(new Set<unknown>(content[table]));
      }
    });

    it('lets exactly one of twenty through at once', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const { case: record } = (await stores.store.read(caseId))!;
      const changes = Array.from({ length: 20 }, (_, i) =>
        build.next(record, { caseTexts: [{ caseId, key: 'title', body: `Otsikko ${i}` }] }),
      );
      const results = await Promise.all(changes.map((change) => stores.store.commit(change)));
      expect(results.filter((result) => result === 'stored')).toHaveLength(1);
      const winner = changes[results.indexOf('stored')]!;
      expect((await stores.store.read(caseId))?.case).toEqual(winner.case);
      expect(await stores.store.rows(caseId, 'caseTexts')).toEqual(winner.put?.caseTexts);
      expect((await stores.reader.whole(caseId))?.log).toHaveLength(2);
    });

    it('lets exactly one of ten open the same case', async () => {
      const { stores, build } = bench;
      const caseId = build.id();
      const openings = Array.from({ length: 10 }, () => build.open({}, caseId));
      const results = await Promise.all(openings.map((opening) => stores.store.commit(opening)));
      expect(results.filter((result) => result === 'stored')).toHaveLength(1);
    });

    it('writes nothing at all when one row refers to nothing', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const before = await stores.reader.whole(caseId);
      const stranger = build.contribution(caseId, build.id());
      const change = build.next(before!.case, {
        caseTexts: [{ caseId, key: 'title', body: 'Ei saa jäädä' }],
        people: [build.person()],
        texts: { reason: 'Ei saa jäädä' },
        deadlines: [{ name: 'closes', dueAt: build.at(), event: 'period.closed' }],
        effects: ['notify'],
        contributions: [stranger],
      });
      await expect(stores.store.commit(change)).rejects.toThrow();
      expect(await stores.reader.whole(caseId)).toEqual(before);
      expect(await stores.people.people()).toEqual([]);
      expect(await stores.agenda.claimEffects(10, 1000)).toEqual([]);
      expect(await stores.agenda.claimDeadlines(10, 1000)).toEqual([]);
    });

    it('does not take away what others refer to', async () => {
      const { stores, build } = bench;
      const caseId = build.id();
      const person = build.person();
      const content = fullContent(build, caseId, person);
      await build.opened(stores.store, {});
      await stores.store.commit(build.open({ people: [person], ...content }, caseId));
      const { case: record } = (await stores.store.read(caseId))!;
      const removal = build.next(record, { remove: { proposals: [content.proposals[0]!] } });
      await expect(stores.store.commit(removal)).rejects.toThrow();
      expect(await stores.store.rows(caseId, 'proposals')).toHaveLength(2);
    });

    it('replaces rows of the same key and removes those named', async () => {
      const { stores, build } = bench;
      const caseId = build.id();
      const person = build.person();
      const content = fullContent(build, caseId, person);
      await stores.store.commit(build.open({ people: [person], ...content }, caseId));
      const accounting = content.accountings[0]!;
      const changedAccounting = {
        ...accounting,
        outcome: 'leftOut',
        intoId: null,
        reason: 'Kaksi kertaa',
      } as const;
      await build.write(stores.store, caseId, {
        caseTexts: [{ caseId, key: 'title', body: 'Uusi otsikko' }],
        accountings: [changedAccounting],
        remove: { accountings: [content.accountings[1]!], members: [content.members[1]!] },
      });
      expect(await stores.store.rows(caseId, 'accountings')).toEqual([changedAccounting]);
      expect(await stores.store.rows(caseId, 'members')).toEqual([content.members[0]]);
      const title = (await stores.store.rows(caseId, 'caseTexts', ['title']))[0];
      expect(title?.body).toBe('Uusi otsikko');
      expect(await stores.store.rows(caseId, 'caseTexts')).toHaveLength(3);
    });

    it('keeps the last of several rows of one key, and puts what is both removed and put', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const titled = (body: string) => ({ caseId, key: 'title', body }) as const;
      await build.write(stores.store, caseId, { caseTexts: [titled('ensin'), titled('sitten')] });
      expect(await stores.store.rows(caseId, 'caseTexts')).toEqual([titled('sitten')]);
      await build.write(stores.store, caseId, {
        caseTexts: [titled('lopulta')],
        remove: { caseTexts: [titled('x')] },
      });
      expect(await stores.store.rows(caseId, 'caseTexts')).toEqual([titled('lopulta')]);
    });

    it('keeps hard texts byte for byte', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const body = 'Å\u030a e\u0301 "\\u0000" \\ \' $1 👩‍🦽 \u2028 {"a": 1e400}\n\t';
      await build.write(stores.store, caseId, {
        caseTexts: [{ caseId, key: 'summary', body }],
        texts: { summary: body },
      });
      expect((await stores.store.rows(caseId, 'caseTexts'))[0]?.body).toBe(body);
      const whole = await stores.reader.whole(caseId);
      expect(whole?.logTexts[0]?.body).toBe(body);
    });

    it.each(['pseudonym', 'code'] as const)('meets a taken %s as a conflict', async (taken) => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const elsewhere = await build.opened(stores.store);
      const first = build.participant(caseId);
      await build.write(stores.store, caseId, { participants: [first] });
      const where = taken === 'code' ? elsewhere : caseId;
      const { case: record } = (await stores.store.read(where))!;
      const second = build.participant(where, { [taken]: first[taken] });
      const change = build.next(record, { participants: [second] });
      expect(await stores.store.commit(change)).toBe('conflict');
      expect((await stores.store.read(where))?.case.seq).toBe(record.seq);
      const changed = { ...first, personId: null, source: 'card' as const };
      await build.write(stores.store, caseId, { participants: [changed] });
      expect(await stores.reader.participantByCode(first.code)).toEqual(changed);
    });

    it('leaves people that are there already as they are', async () => {
      const { stores, build } = bench;
      const person = build.person();
      await stores.people.savePerson(person);
      await build.opened(stores.store, { people: [{ ...person, name: 'Joku muu' }, build.person()] });
      expect(await stores.people.person(person.id)).toEqual(person);
      expect(await stores.people.people()).toHaveLength(2);
    });

    it('takes in ten thousand rows at once', async () => {
      const { stores, build } = bench;
      const caseId = build.id();
      const participant = build.participant(caseId);
      const contributions = Array.from({ length: 10_000 }, () => build.contribution(caseId, participant.id));
      await stores.store.commit(build.open({ participants: [participant], contributions }, caseId));
      expect((await stores.store.facts([caseId])).get(caseId)?.contributions).toBe(10_000);
    });
  });

  describe('read', () => {
    it('knows no other case', async () => {
      const { stores, build } = bench;
      await build.opened(stores.store);
      expect(await stores.store.read(build.id())).toBeNull();
      expect(await stores.store.read('../etc/passwd')).toBeNull();
      expect(await stores.store.rows(build.id(), 'contributions')).toEqual([]);
      expect(await stores.store.rows('nothing', 'contributions')).toEqual([]);
      expect(await stores.store.facts([build.id(), 'nothing'])).toEqual(new Map());
    });

    it('tells the roles that a person has in the organisation and in this case', async () => {
      const { stores, build } = bench;
      const person = build.person({ roles: ['facilitator'] });
      const [here, there] = [build.id(), build.id()];
      const member = (caseId: string, role: 'decider' | 'expert' | 'facilitator') =>
        ({ caseId, personId: person.id, role, capacity: 'worker' }) as const;
      const members = [member(here, 'decider'), member(here, 'facilitator')];
      await stores.store.commit(build.open({ people: [person], members }, here));
      await stores.store.commit(build.open({ members: [member(there, 'expert')] }, there));
      const reading = await stores.store.read(here, { personId: person.id });
      expect([...reading!.roles].sort()).toEqual(['decider', 'facilitator']);
      expect((await stores.store.read(here))?.roles).toEqual([]);
      expect((await stores.store.read(here, { personId: build.id() }))?.roles).toEqual([]);
      expect((await stores.store.read(here, { personId: 'nobody' }))?.roles).toEqual([]);
    });

    it('finds the participant row of a person, and of a guest only in the case of the card', async () => {
      const { stores, build } = bench;
      const person = build.person();
      const [here, there] = [build.id(), build.id()];
      const own = build.participant(here, { personId: person.id });
      const guest = build.participant(here);
      await stores.store.commit(build.open({ people: [person], participants: [own, guest] }, here));
      await stores.store.commit(build.open({}, there));
      const read = async (caseId: string, by: object) => (await stores.store.read(caseId, by))?.participantId;
      expect(await read(here, { personId: person.id })).toBe(own.id);
      expect(await read(here, { participantId: guest.id })).toBe(guest.id);
      expect(await read(there, { personId: person.id })).toBeNull();
      expect(await read(there, { participantId: guest.id })).toBeNull();
      expect(await read(here, { participantId: 'forged' })).toBeNull();
      expect(await read(here, {})).toBeNull();
    });

    it('finds what a command with the same key left, in this case only', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const elsewhere = await build.opened(stores.store);
      const { case: record } = (await stores.store.read(caseId))!;
      const change = build.next(record, { idempotencyKey: 'key-of-a-click' });
      await stores.store.commit(change);
      const reading = await stores.store.read(caseId, { idempotencyKey: 'key-of-a-click' });
      expect(reading?.earlier).toEqual(change.log[0]);
      expect((await stores.store.read(caseId, { idempotencyKey: 'another-key' }))?.earlier).toBeNull();
      expect((await stores.store.read(elsewhere, { idempotencyKey: 'key-of-a-click' }))?.earlier).toBeNull();
      const again = build.next(change.case, { idempotencyKey: 'key-of-a-click' });
      expect(await stores.store.commit(again)).toBe('conflict');
      await build.write(stores.store, elsewhere, { idempotencyKey: 'key-of-a-click' });
    });

    it('counts the same facts as the engine does', async () => {
      const { stores, build } = bench;
      const [caseId, empty] = [build.id(), build.id()];
      const person = build.person();
      await stores.store.commit(
        build.open({ people: [person], ...fullContent(build, caseId, person) }, caseId),
      );
      await stores.store.commit(build.open({}, empty));
      const facts = await stores.store.facts([caseId, empty]);
      for (const id of [caseId, empty]) {
        const whole = await stores.reader.whole(id);
        expect(facts.get(id)).toEqual(factsOf(whole!.content));
      }
      expect(facts.get(caseId)).toMatchObject({
        contributions: 5,
        contributionsUnaccounted: 1,
        participants: 2,
      });
    });

    it('gives the rows of some keys', async () => {
      const { stores, build } = bench;
      const caseId = build.id();
      const person = build.person();
      const content = fullContent(build, caseId, person);
      await stores.store.commit(build.open({ people: [person], ...content }, caseId));
      const some = async (table: ContentTable, keys: string[]) =>
        (await stores.store.rows(caseId, table, keys)).length;
      expect(await some('contributions', [content.contributions[0]!.id, build.id(), 'nothing'])).toBe(1);
      expect(await some('proposalSources', [content.proposals[0]!.id])).toBe(2);
      expect(await some('members', [person.id])).toBe(2);
      expect(await some('caseTexts', ['title', 'nothing'])).toBe(1);
      expect(await some('contributions', [])).toBe(0);
    });
  });

  describe('locked', () => {
    it('keeps others from writing until the work is done', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const { case: record } = (await stores.store.read(caseId))!;
      const started = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const work = stores.store.locked(caseId, async (store) => {
        started.resolve();
        await mayEnd.promise;
        return store.commit(build.next((await store.read(caseId))!.case));
      });
      await started.promise;
      const other = stores.store.commit(build.next(record));
      mayEnd.resolve();
      expect(await work).toBe('stored');
      expect(await other).toBe('conflict');
      expect((await stores.store.read(caseId))?.case.seq).toBe(2);
    });

    it('goes on after a conflict inside', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const first = build.participant(caseId);
      await build.write(stores.store, caseId, { participants: [first] });
      const results = await stores.store.locked(caseId, async (store) => {
        const { case: record } = (await store.read(caseId))!;
        const taken = build.participant(caseId, { pseudonym: first.pseudonym });
        return [
          await store.commit(build.next(record, { participants: [taken] })),
          await store.commit(build.next(record, { participants: [build.participant(caseId)] })),
        ];
      });
      expect(results).toEqual(['conflict', 'stored']);
      expect(await stores.store.rows(caseId, 'participants')).toHaveLength(2);
    });

    it('undoes everything when the work fails', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const before = await stores.reader.whole(caseId);
      const work = stores.store.locked(caseId, async (store) => {
        await store.commit(build.next((await store.read(caseId))!.case, { people: [build.person()] }));
        throw new Error('too bad');
      });
      await expect(work).rejects.toThrow('too bad');
      expect(await stores.reader.whole(caseId)).toEqual(before);
      expect(await stores.people.people()).toEqual([]);
      await build.write(stores.store, caseId, {});
    });

    it('lets many through one after another', async () => {
      const { stores, build } = bench;
      const caseId = await build.opened(stores.store);
      const one = () =>
        stores.store.locked(caseId, async (store) =>
          store.commit(build.next((await store.read(caseId))!.case)),
        );
      expect(await Promise.all(Array.from({ length: 20 }, one))).toEqual(Array(20).fill('stored'));
      expect((await stores.store.read(caseId))?.case.seq).toBe(21);
    });
  });

  describe('vote', () => {
    it('keeps the newest ballot while the case is in the step, and leaves no log', async () => {
      const { stores, build } = bench;
      const caseId = build.id();
      const participant = build.participant(caseId);
      const statement = build.statement(caseId, participant.id);
      await stores.store.commit(
        build.open({ participants: [participant], statements: [statement], step: 'open' }, caseId),
      );
      const ballot = (value: 'agree' | 'disagree') => ({
        statementId: statement.id,
        participantId: participant.id,
        value,
      });
      const vote = (value: 'agree' | 'disagree') => stores.store.vote(caseId, ['open'], ballot(value));
      expect(await vote('agree')).toBe(true);
      expect(await vote('disagree')).toBe(true);
      expect(await stores.store.rows(caseId, 'votes')).toEqual([{ caseId, ...ballot('disagree') }]);
      expect((await stores.store.read(caseId))?.case.seq).toBe(1);
      await build.write(stores.store, caseId, { step: 'summary', transition: true });
      expect(await vote('agree')).toBe(false);
      expect(await stores.store.rows(caseId, 'votes')).toEqual([{ caseId, ...ballot('disagree') }]);
    });

    it('takes no ballot on a statement of another case, or of none', async () => {
      const { stores, build } = bench;
      const [here, there] = [build.id(), build.id()];
      const [own, other] = [build.participant(here), build.participant(there)];
      const statement = build.statement(there, other.id);
      await stores.store.commit(build.open({ participants: [own], step: 'open' }, here));
      await stores.store.commit(
        build.open({ participants: [other], statements: [statement], step: 'open' }, there),
      );
      const vote = (statementId: string) =>
        stores.store.vote(here, ['open'], { statementId, participantId: own.id, value: 'pass' });
      expect(await vote(statement.id)).toBe(false);
      expect(await vote(build.id())).toBe(false);
      expect(await vote('nothing')).toBe(false);
    });
  });
}
