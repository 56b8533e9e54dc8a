import { beforeEach, describe, expect, it } from 'vitest';
import { createEngine } from '@lakeus/engine';
import type { Actor, Engine, Result } from '@lakeus/engine';
import { builders, fixtureWorkflow, memoryStores, seededEntropy, virtualClock } from '@lakeus/engine/testing';
import type { MemoryStores, VirtualClock } from '@lakeus/engine/testing';
import { accountInSteps, accountedAsBefore, memberAsBefore, withdrawnProposal } from './undo.ts';

/** What was done is done for real, and the inverse as well: afterwards things stand as they stood. */

let clock: VirtualClock;
let stores: MemoryStores;
let engine: Engine;
let staff: Actor;
let somebody: string;
let caseId: string;
let said: string[];
let forms = 0;

function done<T extends object>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result;
}

beforeEach(async () => {
  clock = virtualClock();
  const build = builders('people', clock);
  stores = memoryStores({ clock });
  engine = createEngine({ ...stores, entropy: seededEntropy(), workflows: [fixtureWorkflow], clock });
  const [facilitator, other] = [build.person({ roles: ['facilitator'] }), build.person()];
  await stores.people.savePerson(facilitator);
  await stores.people.savePerson(other);
  staff = { kind: 'person', personId: facilitator.id };
  somebody = other.id;
  caseId = done(await engine.raise(staff, { title: 'Reitit', need: 'Milloin sattuu' })).decided.caseId;
  done(await engine.describe(caseId, staff, { texts: { theme: 'Kotihoito' } }));
});

const members = async () => (await stores.reader.overview(caseId)).members;

describe('a part in the group', () => {
  const place = { role: 'expert', capacity: 'client' } as const;
  const fieldsOf = (undo: { fields: Readonly<Record<string, string>> }) => {
    const { form: _, ...fields } = undo.fields;
    return fields;
  };

  it('is given back to whoever was removed', async () => {
    done(await engine.nameMember(caseId, staff, { personId: somebody, ...place }));
    const before = await members();
    done(await engine.removeMember(caseId, staff, { personId: somebody, role: 'expert' }));
    const undo = memberAsBefore(caseId, { personId: somebody, role: 'expert' }, before);
    expect(undo.action).toBe(`/cases/${caseId}/planning?/member`);
    done(await engine.nameMember(caseId, staff, fieldsOf(undo)));
    expect(await members()).toEqual(before);
  });

  it('is taken from whoever was named', async () => {
    const undo = memberAsBefore(caseId, { personId: somebody, role: 'expert' }, await members());
    done(await engine.nameMember(caseId, staff, { personId: somebody, ...place }));
    expect(undo.action).toBe(`/cases/${caseId}/planning?/remove`);
    done(await engine.removeMember(caseId, staff, fieldsOf(undo)));
    expect(await members()).toEqual([]);
  });

  it('has its former point of view again when it was named anew', async () => {
    done(await engine.nameMember(caseId, staff, { personId: somebody, ...place }));
    const before = await members();
    done(await engine.nameMember(caseId, staff, { personId: somebody, ...place, capacity: 'worker' }));
    done(
      await engine.nameMember(
        caseId,
        staff,
        fieldsOf(memberAsBefore(caseId, { personId: somebody, role: 'expert' }, before)),
      ),
    );
    expect(await members()).toEqual(before);
  });
});

describe('in the summary', () => {
  beforeEach(async () => {
    const closesAt = new Date(clock.now().getTime() + 86_400_000).toISOString();
    done(await engine.send({ caseId, actor: staff, type: 'need.accepted', data: { closesAt } }));
    for (const body of ['Yksi', 'Kaksi', 'Kolme', 'Neljä']) {
      done(await engine.contribute(caseId, { kind: 'guest' }, { body }));
      clock.forward({ minutes: 1 });
    }
    clock.forward({ days: 2 });
    done(await engine.send({ caseId, actor: staff, type: 'period.closed' }));
    said = (await stores.store.rows(caseId, 'contributions')).map(({ id }) => id);
  });

  const propose = async (title: string, contributionIds: readonly string[] = []) =>
    done(await engine.propose(caseId, staff, { title, body: 'Miksi', contributionIds })).decided.answer
      .proposalId as string;
  const account = async (contributionIds: readonly string[], as: object) =>
    done(await engine.account(caseId, staff, { contributionIds, as }));
  const standing = async () =>
    (await stores.reader.contributions(caseId, { limit: 50 })).items.map(
      ({ id, proposalNumbers, accounting }) => ({
        id,
        proposalNumbers,
        accounting,
      }),
    );

  /** Accounts, takes it back, and tells how things stood before and after. */
  async function thereAndBack(contributionIds: readonly string[], as: object) {
    const before = await standing();
    const chosen = before.filter(({ id }) => contributionIds.includes(id));
    const steps = JSON.stringify(accountedAsBefore(chosen, await stores.reader.proposals(caseId, 0)));
    await account(contributionIds, as);
    const between = await standing();
    done(await accountInSteps(engine, caseId, staff, { steps, idempotencyKey: `form-${++forms}:undo` }));
    return { before, between, after: await standing() };
  }

  it('contributions that were used, merged or left out wait again', async () => {
    const proposalId = await propose('Soita');
    const [one = '', two = '', three = ''] = said;
    for (const as of [
      { outcome: 'used', proposalId },
      { outcome: 'merged', intoId: three },
      { outcome: 'leftOut', reason: 'Muualla' },
    ]) {
      const { before, between, after } = await thereAndBack([one, two], as);
      expect(between).not.toEqual(before);
      expect(after).toEqual(before);
    }
  });

  it('each goes back to what it was, when they were not alike', async () => {
    const [first, second] = [await propose('Soita'), await propose('Kirjoita')];
    const [one = '', two = '', three = '', four = ''] = said;
    await account([one], { outcome: 'used', proposalId: first });
    await account([one], { outcome: 'used', proposalId: second });
    await account([two], { outcome: 'leftOut', reason: 'Muualla' });
    await account([three], { outcome: 'merged', intoId: said[4] });
    const { before, between, after } = await thereAndBack([one, two, three, four], { outcome: 'waiting' });
    expect(between.filter(({ accounting }) => accounting)).toEqual([]);
    expect(after).toEqual(before);
  });

  it('a contribution that stood behind one proposal stands behind that one alone again', async () => {
    const [first, second] = [await propose('Soita', [said[0]!]), await propose('Kirjoita')];
    expect(first).not.toBe(second);
    const { before, after } = await thereAndBack([said[0]!], { outcome: 'used', proposalId: second });
    expect(after).toEqual(before);
  });

  it.each([undefined, '', '{', '[]', '{"a":1}', '"x"'])(
    'steps that are none (%s) are refused',
    async (steps) => {
      const result = await accountInSteps(engine, caseId, staff, steps === undefined ? {} : { steps });
      expect(result.ok).toBe(false);
    },
  );

  it('steps that somebody made up are checked like any other command', async () => {
    const steps = JSON.stringify([{ contributionIds: said, as: { outcome: 'nothing' } }]);
    expect(await accountInSteps(engine, caseId, staff, { steps })).toMatchObject({
      ok: false,
      refusal: { id: 'invalid' },
    });
    const guest = await accountInSteps(
      engine,
      caseId,
      { kind: 'guest' },
      {
        steps: JSON.stringify([{ contributionIds: said, as: { outcome: 'waiting' } }]),
      },
    );
    expect(guest).toMatchObject({ ok: false, refusal: { id: 'forbidden' } });
  });

  it('a withdrawn proposal comes back with its words and its contributions', async () => {
    const proposalId = await propose('Soita', said.slice(0, 2));
    const before = await standing();
    const [was] = await stores.reader.proposals(caseId, 9);
    done(await engine.withdrawProposal(caseId, staff, { proposalId }));
    expect(await stores.reader.proposals(caseId)).toEqual([]);
    const gone = await withdrawnProposal(stores.reader, caseId, proposalId);
    expect(gone).toMatchObject({ number: 1, responses: 0, title: 'Soita', body: 'Miksi' });
    const { title, body, contributionIds } = gone!;
    done(await engine.propose(caseId, staff, { title, body, contributionIds }));
    const [back] = await stores.reader.proposals(caseId, 9);
    expect(back).toEqual({ ...was, id: back!.id });
    expect(await standing()).toEqual(before);
  });

  it('nothing comes back that was never withdrawn', async () => {
    const proposalId = await propose('Soita');
    expect(await withdrawnProposal(stores.reader, caseId, proposalId)).toBeNull();
    expect(await withdrawnProposal(stores.reader, caseId, undefined)).toBeNull();
  });
});
