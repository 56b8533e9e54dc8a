import { describe, expect, it } from 'vitest';
import type { Page, PageRequest } from '../ports.ts';
import { fullContent } from './builders.ts';
import type { Bench } from './contract.ts';

/** Walks through all pages and checks that the count stays the same. */
export async function allPages<Row>(
  ask: (page: PageRequest) => Promise<Page<Row>>,
  limit: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({ limit, cursor });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    rows.push(...page.items);
    cursor = page.next ?? undefined;
    expect(page.total).toBeGreaterThanOrEqual(rows.length);
    if (!cursor) expect(page.total).toBe(rows.length);
  } while (cursor);
  return rows;
}

/** Reading for people to look at. */
export function readerContract(bench: Bench): void {
  const laidOut = async () => {
    const { stores, build } = bench;
    const person = build.person({ name: 'Päivi Päättäjä', title: 'palvelujohtaja' });
    const caseId = build.id();
    const content = fullContent(build, caseId, person);
    await stores.store.commit(build.open({ people: [person], ...content }, caseId));
    return { person, caseId, content };
  };

  describe('reader.cases', () => {
    it('shows the newest change first, page by page without gaps or doubles', async () => {
      const { stores, build, clock } = bench;
      const opened: string[] = [];
      for (let i = 0; i < 11; i++) {
        if (i % 3 === 0) clock.forward({ seconds: 1 }); // some change in the same millisecond
        opened.push(await build.opened(stores.store));
      }
      clock.forward({ minutes: 1 });
      await build.write(stores.store, opened[4]!, {});
      const ids = (await allPages((page) => stores.reader.cases({ ...page, raised: false }), 4)).map(
        (row) => row.id,
      );
      expect(ids).toHaveLength(11);
      expect(new Set(ids)).toEqual(new Set(opened));
      expect(ids[0]).toBe(opened[4]);
      expect(ids.slice(1, 3).toSorted()).toEqual(opened.slice(9, 11).toSorted());
    });

    it('takes a cursor that it cannot read for the first page', async () => {
      const { stores, build } = bench;
      await build.opened(stores.store);
      const forged = [
        'x',
        '!!!',
        Buffer.from('["a","b"]').toString('base64url'),
        Buffer.from('7').toString('base64url'),
      ];
      for (const cursor of ['', ...forged]) {
        expect((await stores.reader.cases({ limit: 5, cursor, raised: true })).items).toHaveLength(1);
      }
    });

    it('filters by step, person and what is not accepted yet', async () => {
      const { stores, build } = bench;
      const { caseId, person } = await laidOut();
      const taking = build.id();
      const participants = [build.participant(taking, { personId: person.id })];
      await stores.store.commit(build.open({ step: 'summary', participants }, taking));
      const raised = await build.opened(stores.store, { isPublic: false });
      const ids = async (filter: object) => {
        const page = await stores.reader.cases({ limit: 10, raised: true, ...filter });
        expect(page.total).toBe(page.items.length);
        return page.items.map((row) => row.id).toSorted();
      };
      expect(await ids({})).toEqual([caseId, taking, raised].toSorted());
      expect(await ids({ raised: false })).toEqual([caseId, taking].toSorted());
      expect(await ids({ steps: ['summary'] })).toEqual([taking]);
      expect(await ids({ steps: [] })).toEqual([]);
      expect(await ids({ personId: person.id })).toEqual([caseId, taking].toSorted());
      expect(await ids({ personId: build.id() })).toEqual([]);
      expect(await ids({ personId: 'nobody' })).toEqual([]);
    });

    it('tells title, question, figures, context and the roles asked for', async () => {
      const { stores } = bench;
      const { caseId, person } = await laidOut();
      const page = await stores.reader.cases({ limit: 1, raised: true, rolesOf: person.id });
      const { case: record } = (await stores.store.read(caseId))!;
      const { id, workflow, workflowVersion, snapshot, step, version, language, createdAt, updatedAt } =
        record;
      expect(page.items).toEqual([
        {
          ...{ id, workflow, workflowVersion, snapshot, step, version, language, createdAt, updatedAt },
          ...{
            title: 'Kotihoidon reitit',
            question: 'Miten käynnit sovitaan?',
            contributions: 5,
            participants: 2,
          },
          context: { openedAt: null, closesAt: null, pausedAt: null, mergedInto: null },
          roles: ['decider', 'expert'],
        },
      ]);
      const [unasked] = (await stores.reader.cases({ limit: 1, raised: true })).items;
      expect(unasked?.roles).toEqual([]);
    });
  });

  describe('reader.overview', () => {
    it('tells a case at a glance', async () => {
      const { stores, build } = bench;
      const { caseId, content, person } = await laidOut();
      const deadline = { name: 'closes', dueAt: '2017-10-01T09:30:00.000Z', event: 'period.closed' };
      await build.write(stores.store, caseId, { deadlines: [deadline] });
      const named = { name: person.name, title: person.title };
      expect(await stores.reader.overview(caseId)).toEqual({
        texts: { title: 'Kotihoidon reitit', question: 'Miten käynnit sovitaan?', theme: 'Kotihoito' },
        members: content.members.map((member) => ({ ...member, ...named })),
        workshops: content.workshops,
        themes: [{ ...content.themes[0], contributions: 1 }],
        deadlines: [{ caseId, visit: 0, ...deadline, missing: [] }],
        heard: { yes: 0, partly: 1, no: 0 },
      });
    });

    it('of an unknown case is empty', async () => {
      const { stores, build } = bench;
      for (const id of [build.id(), 'nothing']) {
        expect(await stores.reader.overview(id)).toMatchObject({ texts: {}, members: [], themes: [] });
      }
    });
  });

  describe('reader.contributions', () => {
    it('shows each with what it led to', async () => {
      const { stores } = bench;
      const { caseId, content } = await laidOut();
      const [first, told, reply, again, odd] = content.contributions;
      const { items } = await stores.reader.contributions(caseId, { limit: 10 });
      expect(items).toHaveLength(5);
      const { salt: _, ...shown } = first!;
      expect(await stores.reader.contribution(caseId, first!.id)).toEqual({
        ...shown,
        hidden: null,
        pseudonym: content.participants[0]!.pseudonym,
        replies: 1,
        themeId: content.themes[0]!.id,
        proposalNumbers: [1],
        accounting: null,
      });
      const found = (id: string) => items.find((row) => row.id === id)!;
      expect(found(told!.id)).toMatchObject({
        originNote: 'Pöytä 2',
        replies: 0,
        themeId: null,
        proposalNumbers: [1],
      });
      expect(found(reply!.id)).toMatchObject({ parentId: first!.id, proposalNumbers: [], accounting: null });
      expect(found(again!.id).accounting).toEqual(content.accountings[0]);
      expect(found(odd!.id).accounting).toEqual(content.accountings[1]);
    });

    it('filters by thread, participant and what is not accounted for', async () => {
      const { stores, build } = bench;
      const { caseId, content } = await laidOut();
      const [first, told, reply, again, odd] = content.contributions.map((row) => row.id);
      const ids = async (filter: object) => {
        const page = await stores.reader.contributions(caseId, { limit: 10, ...filter });
        expect(page.total).toBe(page.items.length);
        return page.items.map((row) => row.id).toSorted();
      };
      const sorted = (...wanted: (string | undefined)[]) => wanted.toSorted();
      expect(await ids({ parentId: null })).toEqual(sorted(first, told, again, odd));
      expect(await ids({ parentId: first })).toEqual([reply]);
      expect(await ids({ participantId: content.participants[0]!.id })).toEqual(sorted(first, again));
      expect(await ids({ unaccounted: true })).toEqual([reply]);
      expect(await ids({ unaccounted: false })).toHaveLength(5);
      expect(await ids({ participantId: build.id() })).toEqual([]);
      expect(await ids({ parentId: 'nothing' })).toEqual([]);
    });

    it('come page by page in both directions, without gaps or doubles', async () => {
      const { stores, build, clock } = bench;
      const caseId = build.id();
      const participant = build.participant(caseId);
      const contributions = Array.from({ length: 23 }, (_, i) => {
        if (i % 5 === 0) clock.forward({ ms: 1 });
        return build.contribution(caseId, participant.id);
      });
      await stores.store.commit(build.open({ participants: [participant], contributions }, caseId));
      const ask = (newestFirst: boolean) => (page: PageRequest) =>
        stores.reader.contributions(caseId, { ...page, newestFirst });
      const forward = (await allPages(ask(false), 4)).map((row) => row.id);
      const back = (await allPages(ask(true), 4)).map((row) => row.id);
      const inOrder = contributions
        .toSorted((a, b) => (`${a.createdAt} ${a.id}` < `${b.createdAt} ${b.id}` ? -1 : 1))
        .map((row) => row.id);
      expect(forward).toEqual(inOrder);
      expect(back).toEqual(inOrder.toReversed());
    });

    it('are of this case only', async () => {
      const { stores, build } = bench;
      const { content } = await laidOut();
      const other = await build.opened(stores.store);
      const { id } = content.contributions[0]!;
      expect(await stores.reader.contribution(other, id)).toBeNull();
      expect(await stores.reader.contributions(other, { limit: 5, parentId: id })).toMatchObject({
        items: [],
        total: 0,
      });
      expect(await stores.reader.contributions('nothing', { limit: 5 })).toMatchObject({
        items: [],
        total: 0,
      });
    });
  });

  describe('reader.statements', () => {
    it('tells the votes on each and one’s own', async () => {
      const { stores, build } = bench;
      const { caseId, content } = await laidOut();
      const { salt: _, ...statement } = content.statements[0]!;
      const [anna, bertil] = content.participants;
      const shown = { ...statement, pseudonym: anna!.pseudonym, agree: 1, disagree: 0, pass: 1 };
      expect(await stores.reader.statements(caseId)).toEqual([{ ...shown, own: null }]);
      expect(await stores.reader.statements(caseId, bertil!.id)).toEqual([{ ...shown, own: 'pass' }]);
      expect(await stores.reader.statements(caseId, 'forged')).toEqual([{ ...shown, own: null }]);
      expect(await stores.reader.statements(build.id())).toEqual([]);
    });
  });

  describe('reader.proposals', () => {
    it('shows each with its sources, its response and its follow-ups', async () => {
      const { stores } = bench;
      const { caseId, content, person } = await laidOut();
      const [one, two] = await stores.reader.proposals(caseId);
      expect(one).toMatchObject({ ...content.proposals[0], sourceCount: 2, followUps: content.followUps });
      expect(one!.response).toEqual({
        ...content.responses[0],
        personName: person.name,
        personTitle: person.title,
      });
      const ids = one!.sources.map((row) => row.id);
      expect(ids).toEqual(content.proposalSources.map((row) => row.contributionId).toSorted());
      expect(one!.sources[0]).toEqual(await stores.reader.contribution(caseId, ids[0]!));
      expect(two).toEqual({
        ...content.proposals[1],
        sources: [],
        sourceCount: 0,
        response: null,
        followUps: [],
      });
    });

    it('shows no more sources than asked for, and counts them all', async () => {
      const { stores } = bench;
      const { caseId } = await laidOut();
      const [one] = await stores.reader.proposals(caseId, 1);
      expect(one).toMatchObject({ sourceCount: 2 });
      expect(one!.sources).toHaveLength(1);
      const [none] = await stores.reader.proposals(caseId, 0);
      expect(none).toMatchObject({ sourceCount: 2, sources: [] });
    });
  });

  describe('reader.log', () => {
    it('comes newest first, with its texts and who acted', async () => {
      const { stores, build } = bench;
      const { caseId, content, person } = await laidOut();
      const [anna, bertil] = content.participants;
      const actors = [`person:${person.id}`, `participant:${bertil!.id}`, 'guest', `person:${build.id()}`];
      for (const actor of actors)
        await build.write(stores.store, caseId, { actor, texts: { reason: `syy ${actor}` } });
      await build.write(stores.store, caseId, { actor: actors[0]!, data: { participantId: anna!.id } });
      const rows = await allPages((page) => stores.reader.log(caseId, page), 4);
      expect(rows.map((row) => row.seq)).toEqual([6, 5, 4, 3, 2, 1]);
      // Under a pseudonym nobody is told by name; for somebody else's card it is the recorder who acted.
      expect(rows.map((row) => row.actorName)).toEqual([
        anna!.pseudonym,
        null,
        null,
        bertil!.pseudonym,
        person.name,
        null,
      ]);
      expect(rows[4]!.texts).toEqual({ reason: `syy ${actors[0]}` });
      expect(rows[0]!.texts).toEqual({});
      const { texts: _, actorName: __, ...entry } = rows[4]!;
      expect(entry).toEqual((await stores.reader.whole(caseId))!.log[1]);
    });
  });

  describe('reader.impact', () => {
    it('follows a contribution to the proposals it led to, also through the one it was merged into', async () => {
      const { stores, build } = bench;
      const { caseId, content } = await laidOut();
      const [first, , , again, odd] = content.contributions;
      const { sources: _, ...one } = (await stores.reader.proposals(caseId))[0]!;
      const of = async (contributionId: string) =>
        (await stores.reader.impact(caseId, { contributionId }))[0];
      const shown = (id: string) => stores.reader.contribution(caseId, id);
      const thread = { contribution: await shown(first!.id), theme: content.themes[0], mergedInto: null };
      expect(await of(first!.id)).toEqual({ ...thread, proposals: [one] });
      expect(await of(again!.id)).toEqual({
        contribution: await shown(again!.id),
        theme: null,
        mergedInto: await shown(first!.id),
        proposals: [one],
      });
      expect(await of(odd!.id)).toMatchObject({ mergedInto: null, proposals: [] });
      expect(await of(build.id())).toBeUndefined();
      expect(await stores.reader.impact(caseId, { contributionId: 'nothing' })).toEqual([]);
    });

    it('gives all that a participant said', async () => {
      const { stores } = bench;
      const { caseId, content } = await laidOut();
      const [anna] = content.participants;
      const threads = await stores.reader.impact(caseId, { participantId: anna!.id });
      expect(threads.map((thread) => thread.contribution.participantId)).toEqual([anna!.id, anna!.id]);
    });
  });

  describe('reader.participants', () => {
    it('counts what each has said and finds them by code and by person', async () => {
      const { stores, build } = bench;
      const { caseId, content, person } = await laidOut();
      const [anna, bertil] = content.participants;
      const said = new Map((await stores.reader.participants(caseId)).map((row) => [row.id, row]));
      expect(said.get(anna!.id)).toEqual({ ...anna, contributions: 2 });
      expect(said.get(bertil!.id)).toEqual({ ...bertil, contributions: 3 });
      expect(await stores.reader.participantByCode(anna!.code)).toEqual(anna);
      expect(await stores.reader.participantByCode('ZZZZZZZZ')).toBeNull();
      expect(await stores.reader.participant(caseId, bertil!.id)).toEqual(bertil);
      expect(await stores.reader.participant(build.id(), bertil!.id)).toBeNull();
      expect(await stores.reader.participantsOf(person.id)).toEqual([anna]);
      expect(await stores.reader.participantsOf('nobody')).toEqual([]);
    });

    it('tells who said whether they were heard', async () => {
      const { stores } = bench;
      const { caseId, content } = await laidOut();
      const [anna, bertil] = content.participants;
      expect(await stores.reader.heard(caseId, anna!.id)).toEqual(content.heard[0]);
      expect(await stores.reader.heard(caseId, bertil!.id)).toBeNull();
    });
  });

  describe('reader.whole', () => {
    it('gives all rows of one case and everybody named in it', async () => {
      const { stores, build } = bench;
      const { caseId, content, person } = await laidOut();
      const acting = build.person();
      await stores.people.savePerson(acting);
      await stores.people.savePerson(build.person());
      await build.write(stores.store, caseId, { actor: `person:${acting.id}`, texts: { reason: 'syy' } });
      const whole = (await stores.reader.whole(caseId))!;
      expect(whole.people.map((row) => row.id)).toEqual([person.id, acting.id].toSorted());
      expect(whole.log.map((row) => row.seq)).toEqual([1, 2]);
      for (const [table, rows] of Object.entries(content)) {
        expect(new Set<unknown>(whole.content[table as 'votes']), table).toEqual(new Set<unknown>(rows));
      }
      expect(await stores.reader.whole(build.id())).toBeNull();
      expect(await stores.reader.whole('nothing')).toBeNull();
    });

    it('knows the ids of all cases, in order', async () => {
      const { stores, build } = bench;
      const ids = [await build.opened(stores.store, { isPublic: false }), await build.opened(stores.store)];
      expect(await stores.reader.caseIds()).toEqual(ids.toSorted());
    });
  });
}
