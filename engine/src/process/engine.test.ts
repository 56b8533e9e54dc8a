import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { caseFile } from '../content/case-file.ts';
import type { Refusal, Result } from '../errors.ts';
import type { Actor } from '../people/policy.ts';
import { builders, fixtureWorkflow, memoryStores, seededEntropy, virtualClock } from '../testing/index.ts';
import type { Builders, MemoryStores, VirtualClock } from '../testing/index.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { firstBreak } from './log.ts';
import { verifyCase } from './verify.ts';
import { work } from './worker.ts';

/** The engine as a whole, over stores in memory and a process small enough to see through. */

const guest: Actor = { kind: 'guest' };
let clock: VirtualClock;
let build: Builders;
let stores: MemoryStores;
let engine: Engine;
let staff: Actor;
let citizen: Actor;

beforeEach(async () => {
  clock = virtualClock();
  build = builders('people', clock);
  stores = memoryStores({ clock });
  engine = createEngine({
    store: stores.store,
    entropy: seededEntropy(),
    workflows: [fixtureWorkflow],
    clock,
  });
  const [facilitator, somebody] = [build.person({ roles: ['facilitator'] }), build.person()];
  await stores.people.savePerson(facilitator);
  await stores.people.savePerson(somebody);
  staff = { kind: 'person', personId: facilitator.id };
  citizen = { kind: 'person', personId: somebody.id };
});

const inDays = (days: number) => new Date(clock.now().getTime() + days * 86_400_000).toISOString();

function done<T extends object>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result;
}
const refusal = (result: Result<object>): Refusal | null => (result.ok ? null : result.refusal);

const raised = async (input: object = {}, by: Actor = guest) =>
  done(
    await engine.raise(by, { title: 'Kotihoidon reitit', need: 'Käynnit tulevat milloin sattuu', ...input }),
  ).decided;

/** A case in which everybody can take part, for ten days. */
async function opened(): Promise<string> {
  const { caseId } = await raised();
  done(await engine.describe(caseId, staff, { texts: { theme: 'Kotihoito' } }));
  done(await engine.send({ caseId, actor: staff, type: 'need.accepted', data: { closesAt: inDays(10) } }));
  return caseId;
}

const logOf = async (caseId: string) => (await stores.reader.whole(caseId))!;
const reasonFor = (words: string) => ({ texts: { reason: words } });

describe('a command sent twice', () => {
  it('is carried out once and answered twice', async () => {
    const caseId = await opened();
    const input = { body: 'Sama hoitaja kävisi', idempotencyKey: 'click-0001' };
    const first = done(await engine.contribute(caseId, citizen, input)).decided;
    const second = done(await engine.contribute(caseId, citizen, input)).decided;
    expect(second).toEqual({ ...first, repeated: true });
    expect(await stores.store.rows(caseId, 'contributions')).toHaveLength(2);
  });

  it('is carried out once also when both come at the same moment', async () => {
    const caseId = await opened();
    const input = { body: 'Sama hoitaja kävisi', idempotencyKey: 'click-0001' };
    const results = await Promise.all(
      Array.from({ length: 5 }, () => engine.contribute(caseId, citizen, input)),
    );
    const answers = results.map((result) => done(result).decided);
    expect(new Set(answers.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
  });

  it('is refused when the key comes with something else', async () => {
    const caseId = await opened();
    done(await engine.contribute(caseId, citizen, { body: 'Yksi', idempotencyKey: 'click-0001' }));
    const other = await engine.contribute(caseId, citizen, { body: 'Toinen', idempotencyKey: 'click-0001' });
    expect(refusal(other)).toEqual({ id: 'idempotency_key_reused' });
    const send = {
      caseId,
      actor: staff,
      type: 'period.extended',
      idempotencyKey: 'click-0002',
      ...reasonFor('Loma'),
    };
    done(await engine.send({ ...send, data: { closesAt: inDays(20) } }));
    const repeated = done(await engine.send({ ...send, data: { closesAt: inDays(20) } })).decided;
    expect(repeated.repeated).toBe(true);
    expect(refusal(await engine.send({ ...send, data: { closesAt: inDays(21) } }))).toEqual({
      id: 'idempotency_key_reused',
    });
  });

  it('opens one case', async () => {
    const [first, second] = await Promise.all([
      raised({ idempotencyKey: 'click-0001' }),
      raised({ idempotencyKey: 'click-0001' }),
    ]);
    expect(second.caseId).toBe(first.caseId);
    expect(second.answer).toEqual(first.answer);
    expect(await stores.reader.caseIds()).toEqual([first.caseId]);
  });
});

describe('an event is refused', () => {
  it('when the sender looked at an older version', async () => {
    const caseId = await opened();
    const sent = await engine.send({
      caseId,
      actor: staff,
      type: 'case.paused',
      expectedVersion: 0,
      ...reasonFor('Loma'),
    });
    expect(refusal(sent)).toEqual({ id: 'case_changed', version: 1 });
  });

  it('from who has no role for it', async () => {
    const caseId = await opened();
    const sent = { caseId, type: 'case.paused', ...reasonFor('Loma') };
    expect(refusal(await engine.send({ ...sent, actor: citizen }))).toEqual({ id: 'forbidden' });
    expect(refusal(await engine.send({ ...sent, actor: guest }))).toEqual({ id: 'forbidden' });
    const readOnly = { ...staff, readOnly: true } as Actor;
    expect(refusal(await engine.send({ ...sent, actor: readOnly }))).toEqual({ id: 'forbidden' });
  });

  it.each([
    'need.forgotten',
    'xstate.init',
    'xstate.done.state.fixture',
    'xstate.after.1000.x',
    '*',
    '__proto__',
    'constructor',
    '',
  ])('that no workflow has: %s', async (type) => {
    const caseId = await opened();
    const before = await logOf(caseId);
    expect(refusal(await engine.send({ caseId, actor: staff, type }))).toEqual({
      id: 'unknown_event',
      event: type,
    });
    expect(await logOf(caseId)).toEqual(before);
  });

  it('when requirements are missing, and each is named', async () => {
    const { caseId } = await raised();
    expect(refusal(await engine.send({ caseId, actor: staff, type: 'need.accepted' }))).toEqual({
      id: 'requirements_missing',
      step: 'need',
      missing: [{ requirement: 'themeTold' }],
    });
    done(await engine.describe(caseId, staff, { texts: { theme: 'Kotihoito' } }));
    done(await engine.send({ caseId, actor: staff, type: 'need.accepted', data: { closesAt: inDays(1) } }));
    clock.forward({ days: 1 });
    done(await engine.send({ caseId, actor: staff, type: 'period.closed' }));
    expect(refusal(await engine.send({ caseId, actor: staff, type: 'summary.published' }))).toEqual({
      id: 'requirements_missing',
      step: 'summary',
      missing: [{ requirement: 'allAccounted', count: 1 }],
    });
  });

  it('with data that it does not carry', async () => {
    const caseId = await opened();
    const sent = { caseId, actor: staff, type: 'period.extended', ...reasonFor('Loma') };
    expect(refusal(await engine.send({ ...sent, data: { closesAt: 'huomenna' } }))).toMatchObject({
      id: 'invalid',
    });
    expect(refusal(await engine.send({ ...sent, data: { closesAt: inDays(20), more: 1 } }))).toMatchObject({
      id: 'invalid',
      fields: [{ path: 'data.more', problem: 'unknown_field' }],
    });
    expect(refusal(await engine.send({ ...sent, data: { closesAt: inDays(5) } }))).toEqual({
      id: 'invalid',
      fields: [{ path: 'data.closesAt', problem: 'must_be_later' }],
    });
  });

  it('in a step that has no way for it', async () => {
    const { caseId } = await raised();
    const sent = await engine.send({ caseId, actor: staff, type: 'case.resumed', ...reasonFor('Jatkuu') });
    expect(refusal(sent)).toEqual({ id: 'not_in_this_step', step: 'need', what: 'case.resumed' });
    expect(refusal(await engine.contribute(caseId, staff, { body: 'Liian aikaisin' }))).toEqual({
      id: 'not_in_this_step',
      step: 'need',
      what: 'contribute',
    });
  });
});

describe('a need that nobody has accepted', () => {
  it('is not there for others', async () => {
    const { caseId, answer } = await raised();
    const card: Actor = { kind: 'guest', participantId: answer.participantId as string };
    for (const actor of [guest, citizen]) {
      expect(refusal(await engine.look(caseId, actor))).toEqual({ id: 'not_found' });
      expect(refusal(await engine.send({ caseId, actor, type: 'need.accepted' }))).toEqual({
        id: 'not_found',
      });
      expect(refusal(await engine.contribute(caseId, actor, { body: 'Arvaus' }))).toEqual({
        id: 'not_found',
      });
    }
    expect(done(await engine.look(caseId, card)).view.step).toBe('need');
    expect(done(await engine.look(caseId, staff)).view.events).toContain('need.accepted');
    expect(refusal(await engine.look(build.id(), staff))).toEqual({ id: 'not_found' });
  });
});

describe('many at once', () => {
  it('are all heard, and the chain holds', async () => {
    const caseId = await opened();
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => engine.contribute(caseId, guest, { body: `Puheenvuoro ${i}` })),
    );
    results.forEach(done);
    const { case: record, content } = await logOf(caseId);
    expect(content.contributions).toHaveLength(51);
    expect(new Set(content.participants.map((row) => row.pseudonym)).size).toBe(51);
    expect(record.seq).toBe(53);
    expect(await verifyCase(engine, stores.reader, caseId)).toBeNull();
  });
});

describe('the log', () => {
  it('holds nobody’s words', async () => {
    const canary = 'Kanarialintu-7391';
    const { caseId } = await raised({ title: `${canary} a`, need: `${canary} b`, concerns: `${canary} c` });
    done(await engine.describe(caseId, staff, { texts: { theme: `${canary} d`, question: `${canary} e` } }));
    done(
      await engine.nameMember(caseId, staff, { name: `${canary} f`, role: 'decider', capacity: 'decider' }),
    );
    done(await engine.send({ caseId, actor: staff, type: 'need.accepted', data: { closesAt: inDays(1) } }));
    done(await engine.contribute(caseId, citizen, { body: `${canary} g`, idempotencyKey: 'click-0001' }));
    const note = { body: `${canary} h`, origin: 'table', originNote: `${canary} i` };
    done(await engine.record(caseId, staff, note));
    done(await engine.state(caseId, citizen, { body: `${canary} j` }));
    done(await engine.send({ caseId, actor: staff, type: 'case.paused', ...reasonFor(`${canary} k`) }));
    const { log, logTexts, content } = await logOf(caseId);
    expect(JSON.stringify(log)).not.toContain(canary);
    expect(JSON.stringify([logTexts, content])).toContain(canary);
  });

  it('holds also when words are erased, and not when they are changed', async () => {
    const caseId = await opened();
    done(await engine.send({ caseId, actor: staff, type: 'case.paused', ...reasonFor('Loma') }));
    const { case: record, log, logTexts } = await logOf(caseId);
    expect(logTexts.length).toBeGreaterThan(2);
    expect(firstBreak(caseId, log, logTexts, record.head)).toBeNull();
    expect(firstBreak(caseId, log, logTexts.slice(1), record.head)).toBeNull();
    expect(firstBreak(caseId, log, [], record.head)).toBeNull();
    const changed = logTexts.map((text) => (text.field === 'reason' ? { ...text, body: 'Muu syy' } : text));
    expect(firstBreak(caseId, log, changed, record.head)).toEqual({ caseId, seq: record.seq, why: 'words' });
  });

  it('shows any row that was changed, taken away, doubled or moved', async () => {
    const caseId = await opened();
    for (let i = 0; i < 5; i++) done(await engine.contribute(caseId, guest, { body: `Puheenvuoro ${i}` }));
    const { case: record, log, logTexts } = await logOf(caseId);
    const place = fc.nat({ max: log.length - 1 });
    const field = fc.constantFrom('body', 'prev', 'hash', 'type', 'kind', 'actor', 'at', 'seq');
    const flip = (value: string | number, at: number) => {
      if (typeof value === 'number') return value + 1;
      const i = at % value.length;
      return value.slice(0, i) + (value[i] === 'x' ? 'y' : 'x') + value.slice(i + 1);
    };
    const holds = (rows: typeof log) => firstBreak(caseId, rows, logTexts, record.head) === null;
    expect(holds(log)).toBe(true);
    fc.assert(
      fc.property(place, field, fc.nat(), (i, name, at) => {
        const row = log[i]!;
        return !holds(log.with(i, { ...row, [name]: flip(row[name as 'body' | 'seq'], at) }));
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(place, (i) => !holds(log.toSpliced(i, 1))));
    fc.assert(fc.property(place, (i) => !holds(log.toSpliced(i, 0, log[i]!))));
    fc.assert(fc.property(place, place, (i, j) => i === j || !holds(log.with(i, log[j]!).with(j, log[i]!))));
  });
});

describe('a case in a file', () => {
  it('becomes the same case in another store', async () => {
    const caseId = await opened();
    done(
      await engine.contribute(caseId, citizen, { body: 'Sama hoitaja kävisi', idempotencyKey: 'click-0001' }),
    );
    done(await engine.send({ caseId, actor: staff, type: 'case.paused', ...reasonFor('Loma') }));
    const whole = await logOf(caseId);
    const file = JSON.parse(JSON.stringify(caseFile(whole))) as unknown;
    const elsewhere = memoryStores({ clock });
    const other = createEngine({
      store: elsewhere.store,
      entropy: seededEntropy(2),
      workflows: [fixtureWorkflow],
    });
    expect(refusal(await other.adopt(citizen, file))).toEqual({ id: 'forbidden' });
    expect(done(await other.adopt({ kind: 'operator' }, file)).adopted.caseId).toBe(caseId);
    expect(await elsewhere.reader.whole(caseId)).toEqual(whole);
    expect(refusal(await other.adopt({ kind: 'operator' }, file))).toEqual({ id: 'case_exists' });
    done(
      await other.send({ caseId, actor: { kind: 'operator' }, type: 'case.resumed', ...reasonFor('Jatkuu') }),
    );
    expect(await verifyCase(other, elsewhere.reader, caseId)).toBeNull();
  });
});

describe('what is due', () => {
  const worked = () =>
    work({ engine, ...stores, briefLink: async (caseId, personId) => `/brief/${caseId}/${personId}` });
  const stepOf = async (caseId: string) => (await stores.store.read(caseId))!.case.step;

  it('closes the period on its day, and not before an extension is over', async () => {
    const caseId = await opened();
    clock.forward({ days: 9 });
    await worked();
    expect(await stepOf(caseId)).toBe('open');
    const extended = { caseId, actor: staff, type: 'period.extended', ...reasonFor('Vähän vielä') };
    done(await engine.send({ ...extended, data: { closesAt: inDays(5) } }));
    clock.forward({ days: 4 });
    await worked();
    expect(await stepOf(caseId)).toBe('open');
    clock.forward({ days: 1 });
    expect((await worked()).deadlines).toBe(1);
    expect(await stepOf(caseId)).toBe('summary');
    expect((await stores.reader.overview(caseId)).deadlines).toEqual([]);
    expect((await logOf(caseId)).log.at(-1)?.actor).toBe('clock');
  });

  it('of an earlier visit to a step does not count', async () => {
    const caseId = await opened();
    const visit = (await stores.store.read(caseId))!.case.visit;
    clock.forward({ days: 10 });
    done(await engine.send({ caseId, actor: staff, type: 'period.closed' }));
    done(
      await engine.send({
        caseId,
        actor: staff,
        type: 'period.reopened',
        data: { closesAt: inDays(3) },
        ...reasonFor('Uusi tieto'),
      }),
    );
    const late = await engine.send({ caseId, actor: { kind: 'clock' }, type: 'period.closed', visit });
    expect(refusal(late)).toEqual({ id: 'not_in_this_step', step: 'open', what: 'period.closed' });
  });

  it('lies still while the case is paused', async () => {
    const caseId = await opened();
    done(await engine.send({ caseId, actor: staff, type: 'case.paused', ...reasonFor('Loma') }));
    clock.forward({ days: 11 });
    expect((await worked()).deadlines).toBe(0);
    done(await engine.send({ caseId, actor: staff, type: 'case.resumed', ...reasonFor('Jatkuu') }));
    expect((await worked()).deadlines).toBe(1);
  });

  it('becomes messages, once each', async () => {
    const { caseId } = await raised({}, citizen);
    done(await engine.describe(caseId, staff, { texts: { theme: 'Kotihoito' } }));
    done(await engine.send({ caseId, actor: staff, type: 'need.accepted' }));
    expect((await worked()).effects).toBe(1);
    expect((await worked()).effects).toBe(0);
    const { items } = await stores.people.messages({ limit: 10 });
    expect(items).toMatchObject([{ template: 'accepted', values: { title: 'Kotihoidon reitit' } }]);
  });
});
