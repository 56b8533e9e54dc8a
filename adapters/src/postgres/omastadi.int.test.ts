import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  caseFile,
  createEngine,
  fates,
  newCode,
  newPseudonym,
  responseOutcomes,
  threadOf,
  verifyCase,
  work,
} from '@lakeus/engine';
import type { Actor, Fate, Result } from '@lakeus/engine';
import { seededEntropy, virtualClock } from '@lakeus/engine/testing';
import { workflows } from '@lakeus/workflows';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../testing/database.ts';
import type { FreshDatabase } from '../testing/database.ts';
import { openPostgres } from './index.ts';
import type { PostgresStores } from './index.ts';

/** What 1,285 people of Helsinki really proposed, carried through a whole case: every one of them can be told what
 * became of it. The texts are read from beside the repository and are no part of it. */

const data = fileURLToPath(
  new URL('../../../../shared/data/text-dev/omastadi-unlabelled.csv', import.meta.url),
);
const isThere = existsSync(data);
if (!isThere) console.warn(`\n!! ${data} is not there: the OmaStadi case was NOT tried.\n`);

const operator: Actor = { kind: 'operator' };
const entropy = seededEntropy('omastadi');
const clock = virtualClock('2026-05-20T06:00:00.000Z');
const began = new Date('2026-04-01T06:00:00.000Z');
const uuid = () => entropy.uuid(began);
const databases: FreshDatabase[] = [];
const opened: PostgresStores[] = [];

async function house() {
  const database = await freshDatabase();
  databases.push(database);
  const stores = await openPostgres({ connection: database.connection, clock, maxConnections: 8 });
  opened.push(stores);
  return { ...stores, engine: createEngine({ store: stores.store, entropy, workflows, clock }) };
}

function taken<T>(result: Result<T>): { readonly ok: true } & T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result;
}

/** Fields of a CSV file, row by row; a quoted field may hold commas, line ends and doubled quotes. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && quoted === undefined && plain === '' && rows.at(-1)!.length === 0) break;
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

type Row = { readonly area: string; readonly title: string; readonly text: string };

function readRows(): Row[] {
  const [head, ...rows] = parseCsv(readFileSync(data, 'utf8'));
  const place = (name: string) => head!.indexOf(name);
  return rows.map((row) => ({
    area: row[place('area')]!,
    title: row[place('title')]!,
    text: row[place('text')]!,
  }));
}

const facilitatorId = uuid();
const deciderId = uuid();

/** The rows as a case in its open step: each row is somebody with a card and the one thing that they said. */
function fileOf(rows: readonly Row[]) {
  const pseudonyms = new Set<string>();
  const codes = new Set<string>();
  const another = (made: Set<string>, make: typeof newCode): string => {
    let value = make(entropy);
    while (made.has(value)) value = make(entropy);
    made.add(value);
    return value;
  };
  const participants = rows.map((_, i) => ({
    ...{ id: uuid(), personId: null, source: 'self' },
    pseudonym: another(pseudonyms, newPseudonym),
    code: another(codes, newCode),
    createdAt: new Date(Date.UTC(2026, 4, 2) + i * 60_000).toISOString(),
  }));
  const contributions = rows.map(({ area, title, text }, i) => ({
    ...{ id: uuid(), participantId: participants[i]!.id, parentId: null, recordedBy: null },
    ...{ origin: 'online', originNote: area, kind: 'suggestion', body: `${title}\n\n${text}` },
    salt: Buffer.from(entropy.bytes(16)).toString('hex'),
    createdAt: participants[i]!.createdAt,
  }));
  const told = {
    ...{
      title: 'OmaStadi',
      theme: 'Osallistuva budjetointi',
      concerns: 'Helsinkiläisiä',
      service: 'Kaupunki',
    },
    ...{ question: 'Mihin kaupungin rahaa käytetään?', canInfluence: '4,4 miljoonaa euroa' },
    ...{ cannotInfluence: 'Toiminta, joka ei kuulu kaupungille', workshopTheme: 'Mitä Helsinki tarvitsee' },
  };
  const member = (personId: string, role: string, capacity: string) => ({ personId, role, capacity });
  const person = (id: string, name: string) => ({ id, name, title: null, language: 'fi', roles: [] });
  const agreed = {
    ...{ workshopOn: '2026-04-20', opensAt: '2026-05-01T06:00:00Z', closesAt: '2026-06-01T06:00:00Z' },
    answerDueAt: '2026-09-01T06:00:00Z',
  };
  return {
    ...{ format: 'lakeus-case', formatVersion: 1 },
    case: {
      ...{ id: uuid(), workflow: 'seven-steps', workflowVersion: 1, language: 'fi' },
      ...{ createdAt: began.toISOString(), updatedAt: '2026-05-03T06:00:00Z' },
    },
    people: [person(facilitatorId, 'Fasilitaattori'), person(deciderId, 'Päättäjä')],
    content: {
      caseTexts: Object.entries(told).map(([key, body]) => ({ key, body })),
      members: [
        member(facilitatorId, 'facilitator', 'worker'),
        member(facilitatorId, 'expert', 'client'),
        member(deciderId, 'decider', 'decider'),
      ],
      workshops: [{ id: uuid(), heldOn: '2026-04-20', onSite: 40, remote: 12, notes: null }],
      participants,
      contributions,
    },
    history: [
      { at: '2026-04-02T06:00:00Z', type: 'need.accepted' },
      { at: '2026-04-03T06:00:00Z', type: 'plan.dated', data: agreed },
      { at: '2026-04-04T06:00:00Z', type: 'planning.completed' },
      { at: '2026-05-01T06:00:00Z', type: 'period.opened' },
    ],
  };
}

/** Twelve proposals, each with what is looked for in a title; what fits several goes to the first. */
const proposals: readonly (readonly [title: string, words: RegExp])[] = [
  ['Leikkipaikat', /leikki|lapsi|laste/i],
  ['Nuorten tilat', /nuori|nuorte|nuoris/i],
  ['Ikäihmiset', /vanhu|senior|ikäih|eläkel/i],
  ['Puistot', /puisto|niitty|metsä|istut/i],
  ['Liikuntapaikat', /liikunta|kuntoilu|kuntosali|kenttä|halli|skeit|frisbee|jää/i],
  ['Pyöräily', /pyörä/i],
  ['Rannat ja uiminen', /uima|uinti|ranta|sauna|laituri|meri/i],
  ['Koirat', /koira/i],
  ['Siisteys', /rosk|siist|kierrät|wc|vessa/i],
  ['Liikenteen turvallisuus', /liiken|turvalli|suojatie|hidas|kävely|katu|tien|valais/i],
  ['Taide ja kulttuuri', /taide|taite|kulttuuri|musiik|museo|teatteri|kirjasto/i],
  ['Yhteiset tilat', /tila|talo|tori|kahvila|yhteis/i],
];

const whyLeftOut = 'Ei sovi mihinkään kahdestatoista ehdotuksesta.';

afterAll(async () => {
  for (const stores of opened) await stores.close();
  for (const database of databases) await database.drop();
});

describe.skipIf(!isThere)('the OmaStadi case', { timeout: 60_000 }, () => {
  const facilitator: Actor = { kind: 'person', personId: facilitatorId };
  const decider: Actor = { kind: 'person', personId: deciderId };
  const rows = isThere ? readRows() : [];
  const file = fileOf(rows);
  const caseId = file.case.id;
  let here: Awaited<ReturnType<typeof house>>;
  const leftOut: string[] = [];
  const chosen = new Map<string, string>();

  const send = (actor: Actor, type: string) => here.engine.send({ caseId, actor, type });
  const workAll = async () => {
    const ports = { ...here, briefLink: async () => 'https://lakeus.example.fi/review/x' };
    for (let round = 0; round < 20; round++) {
      const { deadlines, effects, failed } = await work(ports);
      expect(failed).toBe(0);
      if (deadlines + effects === 0) return;
    }
    throw new Error('there is always more to do');
  };

  beforeAll(async () => {
    here = await house();
  });

  test('is taken in whole, in its open step', async () => {
    expect(rows).toHaveLength(1_285);
    const { adopted } = taken(await here.engine.adopt(operator, file));
    expect(adopted.rows).toMatchObject({ participants: 1_285, contributions: 1_285 });
    const { view } = taken(await here.engine.look(caseId, operator));
    expect(view).toMatchObject({
      step: 'open',
      facts: { contributions: 1_285, contributionsUnaccounted: 1_285 },
    });
    expect(await verifyCase(here.engine, here.reader, caseId)).toBeNull();
  });

  test('closes by itself on the day, and not before', async () => {
    await workAll();
    expect(taken(await here.engine.look(caseId, operator)).view.step).toBe('open');
    clock.set('2026-06-01T06:00:00.000Z');
    await workAll();
    expect(taken(await here.engine.look(caseId, operator)).view.step).toBe('summary');
  });

  test('cannot publish its summary while somebody’s words are unaccounted for', async () => {
    const groups = new Map<string, string[]>(proposals.map(([title]) => [title, []]));
    for (const [i, { id }] of file.content.contributions.entries()) {
      const group = proposals.find(([, words]) => words.test(rows[i]!.title))?.[0];
      if (group) groups.get(group)!.push(id);
      else leftOut.push(id);
    }
    for (const [title, contributionIds] of groups) {
      const body = `${contributionIds.length} ehdotusta.`;
      const done = taken(await here.engine.propose(caseId, facilitator, { title, body, contributionIds }));
      const proposalId = done.decided.answer.proposalId as string;
      for (const id of contributionIds) chosen.set(id, proposalId);
    }
    expect(leftOut.length).toBeGreaterThan(100);
    expect(chosen.size + leftOut.length).toBe(1_285);
    expect(await send(facilitator, 'summary.published')).toEqual({
      ok: false,
      refusal: {
        ...{ id: 'requirements_missing', step: 'summary' },
        missing: [{ requirement: 'everyContributionAccountedFor', count: leftOut.length }],
      },
    });
    for (let i = 0; i < leftOut.length; i += 500) {
      const contributionIds = leftOut.slice(i, i + 500);
      taken(
        await here.engine.account(caseId, facilitator, {
          contributionIds,
          as: { outcome: 'leftOut', reason: whyLeftOut },
        }),
      );
    }
    expect(taken(await send(facilitator, 'summary.published')).decided.step).toBe('review');
  });

  test('is answered by the decision-maker, and everybody is told', async () => {
    const outcomes = responseOutcomes;
    for (const { id: proposalId, number } of await here.reader.proposals(caseId, 0)) {
      const outcome = outcomes[number % outcomes.length]!;
      const response = {
        ...{ proposalId, outcome, reason: 'Näin budjetissa päätettiin.', nextStep: 'Toteutus alkaa.' },
        ...{ nextStepOn: '2026-12-01', ...(outcome === 'forwarded' && { forwardedTo: 'HSL' }) },
      };
      if (number === 12) {
        expect(await send(decider, 'review.completed')).toMatchObject({
          refusal: { missing: [{ requirement: 'everyProposalAnswered', count: 1 }] },
        });
      }
      taken(await here.engine.respond(caseId, decider, response));
    }
    expect(taken(await send(decider, 'review.completed')).decided.step).toBe('feedback');
    expect(await send(facilitator, 'case.closed')).toMatchObject({
      refusal: { missing: [{ requirement: 'everyParticipantHasFeedback', count: 1_285 }] },
    });
    await workAll();
    expect(taken(await send(facilitator, 'case.closed')).decided.step).toBe('closed');
    const { items } = await here.people.messages({ limit: 50, personId: deciderId });
    expect(items.map((message) => message.template)).toContain('brief.ready');
  });

  test('tells each of the 1,285 by their card what became of what they said', async () => {
    const { view } = taken(await here.engine.look(caseId, operator));
    const told = new Map<Fate, number>();
    const follow = async (code: string): Promise<void> => {
      const participant = await here.reader.participantByCode(code);
      expect(participant).toMatchObject({ caseId });
      const readings = await here.reader.impact(caseId, { participantId: participant!.id });
      expect(readings).toHaveLength(1);
      const { fate, reason, proposals, contribution } = threadOf(readings[0]!, view);
      expect(fates).toContain(fate);
      told.set(fate, (told.get(fate) ?? 0) + 1);
      if (leftOut.includes(contribution.id)) {
        expect({ fate, proposals }).toEqual({ fate: 'leftOut', proposals: [] });
        expect(reason).toBe(whyLeftOut);
        return;
      }
      expect(proposals.map((proposal) => proposal.id)).toEqual([chosen.get(contribution.id)]);
      expect(proposals[0]!.response).toMatchObject({
        reason: 'Näin budjetissa päätettiin.',
        nextStepOn: '2026-12-01',
      });
    };
    const codes = file.content.participants.map((participant) => participant.code);
    while (codes.length > 0) await Promise.all(codes.splice(0, 16).map(follow));
    expect([...told.keys()].sort()).toEqual(['forwarded', 'hadEffect', 'leftOut', 'noChange', 'partly']);
    expect([...told.values()].reduce((sum, count) => sum + count, 0)).toBe(1_285);
    expect(told.get('leftOut')).toBe(leftOut.length);
  });

  test('comes out of export and import as it went in, with a chain that holds', async () => {
    expect(await verifyCase(here.engine, here.reader, caseId)).toBeNull();
    const first = JSON.parse(JSON.stringify(caseFile((await here.reader.whole(caseId))!))) as object;
    const there = await house();
    taken(await there.engine.adopt(operator, first));
    expect(await verifyCase(there.engine, there.reader, caseId)).toBeNull();
    expect(JSON.parse(JSON.stringify(caseFile((await there.reader.whole(caseId))!)))).toEqual(first);
  });
});
