import { beforeAll, describe, expect, it } from 'vitest';
import { openWorld } from './testing/world.ts';
import type { World } from './testing/world.ts';

/** What the operations do. Every answer here is held against the document by `ask` itself. */

let world: World;
type Case = Awaited<ReturnType<World['caseAt']>>;
let open: Case, summary: Case, closed: Case, need: Case;

beforeAll(async () => {
  world = await openWorld();
  [need, open, summary, closed] = [
    await world.caseAt('need'),
    await world.caseAt('open'),
    await world.caseAt('summary'),
    await world.caseAt('closed'),
  ];
});

const items = (json: Record<string, unknown>) => json.items as Record<string, unknown>[];

describe('a case', () => {
  it('is hidden until it is accepted, from all but staff, those named and who raised it', async () => {
    expect((await world.ask('GET', need.path)).status).toBe(404);
    expect((await world.ask('GET', need.path, { as: 'ville' })).json).toMatchObject({
      step: 'need',
      isPublic: false,
    });
    expect((await world.ask('GET', need.path, { as: 'maija' })).status).toBe(200);
    const listed = async (as?: 'maija' | 'ville', query = '') =>
      items((await world.ask('GET', `/api/v1/cases${query}`, as && { as })).json).map(({ id }) => id);
    expect(await listed()).not.toContain(need.id);
    expect(await listed()).toContain(open.id);
    expect(await listed('maija')).toContain(need.id);
    expect(await listed('ville')).not.toContain(need.id);
    expect(await listed('ville', '?mine=true')).toContain(need.id);
    expect(await listed(undefined, '?mine=true')).toEqual([]);
  });

  it('is raised by a guest, who comes back with their card', async () => {
    const body = { title: 'Jono', need: 'Jonotin kaksi tuntia' };
    const { status, json, headers } = await world.ask('POST', '/api/v1/cases', { body });
    expect(status).toBe(201);
    const { code } = json.card as { code: string };
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const path = headers.get('location')!;
    expect((await world.ask('GET', path)).status).toBe(404);
    const seen = await world.ask('GET', path, { as: { card: code.toLowerCase() } });
    expect(seen.json).toMatchObject({ id: json.caseId, participantId: json.participantId });
  });

  it('is raised once, however often the same key comes', async () => {
    const asked = {
      body: { title: 'Kerran', need: 'Vain kerran' },
      headers: { 'idempotency-key': 'kerran-vain-1' },
    };
    const [first, second] = [
      await world.get('POST', '/api/v1/cases', asked),
      await world.get('POST', '/api/v1/cases', asked),
    ];
    expect(second).toEqual({ ...first, repeated: true });
    const other = { ...asked, body: { ...asked.body, title: 'Toinen' } };
    expect((await world.ask('POST', '/api/v1/cases', other)).json).toMatchObject({
      id: 'idempotency_key_reused',
    });
  });

  it('is drawn with what it has gone through and every way on and back', async () => {
    const process = await world.get('GET', `${summary.path}/process`);
    expect(process).toMatchObject({ at: 'summary', resumesAt: null });
    const steps = process.steps as { id: string; state: string }[];
    expect(steps.map(({ id, state }) => [id, state])).toEqual([
      ['need', 'done'],
      ['open', 'done'],
      ['summary', 'now'],
    ]);
    expect(process.ways).toContainEqual({
      ...{ event: 'period.reopened', kind: 'back', from: ['summary'], to: 'open', by: ['facilitator'] },
      ...{ byClock: false, needsReason: true, taken: 0, lastTakenAt: null },
    });
    expect((await world.ask('GET', `${need.path}/process`)).status).toBe(404);
  });

  it('names those who answer for it, and counts the others', async () => {
    const { members } = await world.get('GET', open.path);
    expect(members).toEqual({
      named: [
        { name: 'Pekka Päättäjä', title: 'palvelujohtaja', role: 'decider', capacity: 'decider' },
        { name: 'Aino Agentti', title: null, role: 'agent', capacity: 'worker' },
      ],
      others: [{ role: 'expert', capacity: 'client', count: 1 }],
    });
    const all = await world.get('GET', `${open.path}/members`, { as: 'maija' });
    expect(all.named).toHaveLength(3);
    expect(JSON.stringify(await world.get('GET', `${open.path}/members`, { as: 'ville' }))).not.toContain(
      'Kaisa',
    );
  });

  it('tells who asks what they may do', async () => {
    expect((await world.get('GET', open.path)).events).toEqual([]);
    expect((await world.get('GET', open.path, { as: 'maija' })).events).toContain('period.extended');
    const tasks = await world.get('GET', `${summary.path}/tasks`);
    expect(tasks).toMatchObject({
      onward: 'summary.published',
      items: [{ requirement: 'allAccounted', met: true }],
    });
  });
});

describe('an event', () => {
  it('is held against the version that its sender saw', async () => {
    const { path } = await world.caseAt('need');
    const { version } = await world.get('GET', path, { as: 'maija' });
    const accept = (headers: Record<string, string>, rest = {}) =>
      world.ask('POST', `${path}/events`, { as: 'maija', body: { type: 'need.accepted', ...rest }, headers });
    const late = await accept({ 'if-match': '"7"' });
    expect([late.status, late.json.id, late.json.version]).toEqual([412, 'case_changed', version]);
    expect((await accept({}, { expectedVersion: 7 })).status).toBe(409);
    expect((await accept({ 'if-match': '"0"' }, { expectedVersion: 1 })).status).toBe(422);
    const sent = await accept({ 'if-match': `"${version as number}"`, 'idempotency-key': 'accept-once' });
    expect([sent.status, sent.headers.get('etag'), sent.json.step]).toEqual([200, '"1"', 'open']);
    const again = await accept({ 'if-match': `"${version as number}"`, 'idempotency-key': 'accept-once' });
    expect(again.json).toEqual({ ...sent.json, repeated: true });
  });

  it('says what is missing in the words of the to-do list', async () => {
    const raised = await world.get('POST', '/api/v1/cases', { as: 'ville', body: { title: 'T', need: 'N' } });
    const asked = { as: 'maija', body: { type: 'need.accepted' } } as const;
    const { status, json } = await world.ask(
      'POST',
      `/api/v1/cases/${raised.caseId as string}/events`,
      asked,
    );
    expect([status, json]).toEqual([
      409,
      {
        type: 'urn:lakeus:problem:requirements_missing',
        id: 'requirements_missing',
        title: expect.any(String) as string,
        status: 409,
        step: 'need',
        missing: ['themeTold'],
        requirements: [{ requirement: 'themeTold' }],
      },
    ]);
  });
});

describe('what people give', () => {
  it('comes back in pages, with threads', async () => {
    const { path, contribution } = await world.caseAt('open');
    for (const body of ['Yksi', 'Kaksi', 'Kolme'])
      await world.get('POST', `${path}/contributions`, { body: { body } });
    const reply = { body: { body: 'Samaa mieltä', parentId: contribution } };
    const replied = await world.ask('POST', `${path}/contributions`, reply);
    expect((await world.get('GET', replied.headers.get('location')!)).parentId).toBe(contribution);
    const seen: unknown[] = [];
    for (let next: unknown = ''; next !== null;) {
      const page = await world.get(
        'GET',
        `${path}/contributions?limit=2${next ? `&cursor=${next as string}` : ''}`,
      );
      seen.push(...items(page).map(({ body }) => body));
      next = page.next;
    }
    expect(seen).toEqual([
      'Vuorot ovat harvassa',
      'Iltavuoro puuttuu',
      'Yksi',
      'Kaksi',
      'Kolme',
      'Samaa mieltä',
    ]);
    const starts = await world.get('GET', `${path}/contributions?parentId=none&newestFirst=true`);
    expect(items(starts)[0]).toMatchObject({ body: 'Kolme' });
    expect((await world.get('GET', `${path}/contributions?parentId=${contribution}`)).total).toBe(1);
    expect((await world.get('GET', `${path}/contributions?unaccounted=true`)).total).toBe(6);
  });

  it('keeps a guest the same somebody by their card', async () => {
    const asked = { as: { card: open.card }, body: { body: 'Minä taas' } };
    const { json } = await world.ask('POST', `${open.path}/contributions`, asked);
    const before = await world.get('GET', `${open.path}/contributions/${open.contribution}`);
    expect(json.participantId).toBe(before.participantId);
    expect(json.card).toMatchObject({ code: open.card, pseudonym: before.pseudonym });
  });

  it('is written in for others under a printed card', async () => {
    const { path } = open;
    const printed = await world.get('POST', `${path}/cards`, { as: 'aino', body: { count: 2 } });
    const [card] = printed.cards as { code: string; pseudonym: string }[];
    const body = { body: 'Sanottu pöydässä', origin: 'table', originNote: 'Pöytä 3', code: card!.code };
    const recorded = await world.get('POST', `${path}/recorded-contributions`, { as: 'aino', body });
    expect(recorded.card).toEqual(card);
    const shown = await world.get('GET', `${path}/contributions/${recorded.contributionId as string}`);
    expect(shown).toMatchObject({ recorded: true, pseudonym: card!.pseudonym, originNote: 'Pöytä 3' });
    const cards = items(await world.get('GET', `${path}/cards`, { as: 'aino' }));
    expect(cards.map(({ code }) => code)).toContain(card!.code);
    expect(cards.map(({ code }) => code)).not.toContain(open.card);
    expect((await world.ask('GET', `${path}/cards`, { as: 'ville' })).status).toBe(403);
    const unprinted = { body: 'Paperilla', origin: 'paper' };
    const fresh = await world.get('POST', `${path}/recorded-contributions`, { as: 'aino', body: unprinted });
    expect(fresh.card).toMatchObject({ code: expect.any(String) as string });
  });

  it('is voted on, and the newest vote counts', async () => {
    const { path, statement } = open;
    const vote = (value: string, card?: string) =>
      world.get('POST', `${path}/votes`, {
        body: { statementId: statement, value },
        ...(card && { as: { card } }),
      });
    const first = await vote('agree');
    const { code } = first.card as { code: string };
    await vote('disagree', code);
    const tallies = await world.get('GET', `${path}/votes`, { as: { card: code } });
    expect(items(tallies)).toEqual([
      { statementId: statement, agree: 0, disagree: 1, pass: 0, own: 'disagree' },
    ]);
    expect(items(await world.get('GET', `${path}/statements`))[0]).toMatchObject({ own: null, disagree: 1 });
  });

  it('leaves workshops and themes to see', async () => {
    const workshop = { heldOn: '2026-03-01', onSite: 12, remote: 3, notes: 'Kolme pöytää' };
    await world.get('POST', `${need.path}/workshops`, { as: 'maija', body: workshop });
    const held = items(await world.get('GET', `${need.path}/workshops`, { as: 'maija' }));
    expect(held).toMatchObject([workshop]);
    const { themeId } = await world.get('POST', `${summary.path}/themes`, {
      as: 'maija',
      body: { title: 'Illat' },
    });
    const as = { outcome: 'theme', themeId };
    const body = { contributionIds: [summary.contribution], as };
    expect((await world.get('POST', `${summary.path}/accountings`, { as: 'maija', body })).accounted).toBe(1);
    const themes = items(await world.get('GET', `${summary.path}/themes`));
    expect(themes).toEqual([{ id: themeId, title: 'Illat', contributions: 1 }]);
  });
});

describe('the summary', () => {
  it('shows proposals with what stands behind them', async () => {
    const { path } = await world.caseAt('summary');
    await world.get('POST', `${path}/texts`, {
      as: 'maija',
      body: { texts: { summary: 'Iltaisin ei pääse' } },
    });
    const shown = await world.get('GET', `${path}/summary?sources=1`);
    const [first] = shown.proposals as { sources: unknown[]; sourceCount: number }[];
    expect([shown.text, first!.sources.length, first!.sourceCount]).toEqual(['Iltaisin ei pääse', 1, 2]);
  });

  it('is rewritten and withdrawn by proposal', async () => {
    const { path, proposal } = await world.caseAt('summary');
    const one = `${path}/proposals/${proposal}`;
    const body = { title: 'Iltavuoro joka päivä', body: 'Vuoro klo 21.30' };
    expect(await world.get('PUT', one, { as: 'maija', body })).toMatchObject({
      proposalId: proposal,
      number: 1,
    });
    expect(await world.get('GET', one)).toMatchObject({ ...body, sourceCount: 2 });
    await world.get('DELETE', one, { as: 'maija' });
    expect((await world.ask('GET', one)).status).toBe(404);
    expect((await world.ask('DELETE', one, { as: 'maija' })).status).toBe(404);
    expect((await world.ask('PUT', one, { as: 'maija', body })).status).toBe(404);
    expect(items(await world.get('GET', `${path}/proposals`))).toEqual([]);
  });

  it('keeps drafts of responses from all but decision-makers and staff until they are published', async () => {
    const told = 'Rahaa on puoleen';
    const places = ['responses', 'proposals', 'summary', 'log', `proposals/${summary.proposal}`, 'impact'];
    for (const place of places) {
      const path = `${summary.path}/${place}`;
      const as = { card: summary.card };
      expect((await world.ask('GET', path, { as })).text, place).not.toContain(told);
      expect((await world.ask('GET', path, { as: 'ville' })).text, place).not.toContain(told);
      expect(
        (await world.ask('GET', `${closed.path}/${place.replace(summary.proposal, closed.proposal)}`)).text,
      ).toContain(place === 'impact' ? 'contributionId' : told);
    }
    expect(items(await world.get('GET', `${summary.path}/responses`, { as: 'pekka' }))).toHaveLength(1);
    expect(await world.get('GET', `${closed.path}/responses`)).toMatchObject({ published: true });
  });

  it('is followed up', async () => {
    const body = { proposalId: summary.proposal, state: 'late', body: 'Kalusto puuttuu' };
    await world.get('POST', `${summary.path}/follow-ups`, { as: 'pekka', body });
    const shown = await world.get('GET', `${summary.path}/proposals/${summary.proposal}`);
    expect(shown.followUps).toMatchObject([{ state: 'late', body: 'Kalusto puuttuu' }]);
  });
});

describe('impact', () => {
  it('follows each remark to what it led to, by card, by account and by id', async () => {
    const byCard = await world.get('GET', `/api/v1/impact/${closed.card.toLowerCase().replace('-', ' ')}`);
    expect(byCard).toMatchObject({
      caseId: closed.id,
      step: 'closed',
      threads: [{ fate: 'partly' }],
      heard: null,
    });
    const own = await world.get('GET', `${closed.path}/impact`, { as: 'ville' });
    expect(items(own)).toMatchObject([{ contribution: { id: closed.need }, fate: 'partly' }]);
    const one = await world.get('GET', `${summary.path}/impact?contributionId=${summary.contribution}`);
    expect(items(one)).toMatchObject([{ fate: 'waiting', proposals: [{ response: null }] }]);
  });

  it('asks whether one was heard', async () => {
    const asked = { as: { card: summary.card }, body: { answer: 'partly', body: 'Kuultiin, mutta myöhään' } };
    await world.get('POST', `${summary.path}/heard`, asked);
    expect((await world.get('GET', summary.path)).heard).toEqual({ yes: 0, partly: 1, no: 0 });
    const { heard } = await world.get('GET', `/api/v1/impact/${summary.card}`);
    expect(heard).toMatchObject({ answer: 'partly' });
    expect((await world.ask('GET', `${summary.path}/log`)).text).not.toContain('mutta myöhään');
  });
});

describe('the log', () => {
  it('names who acted in office and nobody who took part', async () => {
    const seen = await world.ask('GET', `${closed.path}/log`);
    expect(seen.text).toContain('Maija Mäki');
    expect(seen.text).toContain('Pekka Päättäjä');
    expect(seen.text).not.toContain('Ville');
    for (const id of Object.values(world.ids)) expect(seen.text).not.toContain(id);
    const raised = items(seen.json).at(-1)!;
    expect(raised).toMatchObject({
      type: 'need.raised',
      actor: { kind: 'participant', name: null },
      body: null,
    });
    const staff = await world.ask('GET', `${closed.path}/log`, { as: 'maija' });
    expect(staff.text).not.toContain(world.ids.ville);
    expect(items(staff.json)[0]!.body).toContain('summary.published');
  });
});
