import { beforeEach, describe, expect, it } from 'vitest';
import type { RoleId } from '../case.ts';
import type { Result } from '../errors.ts';
import type { Actor } from '../people/policy.ts';
import { builders, fixtureWorkflow, memoryStores, seededEntropy, virtualClock } from '../testing/index.ts';
import type { Builders, MemoryStores, VirtualClock } from '../testing/index.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { tasksOf } from './tasks.ts';

/** What waits for whom. */

let clock: VirtualClock;
let build: Builders;
let stores: MemoryStores;
let engine: Engine;
let staff: Actor;

function done<T extends object>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result;
}

async function somebody(...roles: RoleId[]): Promise<string> {
  const person = build.person({ roles });
  await stores.people.savePerson(person);
  return person.id;
}

beforeEach(async () => {
  clock = virtualClock();
  build = builders('people', clock);
  stores = memoryStores({ clock });
  engine = createEngine({ ...stores, entropy: seededEntropy(), workflows: [fixtureWorkflow], clock });
  staff = { kind: 'person', personId: await somebody('facilitator') };
});

const raised = async (title: string) => {
  const { caseId } = done(await engine.raise({ kind: 'guest' }, { title, need: 'Milloin sattuu' })).decided;
  clock.forward({ minutes: 1 });
  return caseId;
};

/** A case that is open for so many days. */
async function opened(title: string, days: number): Promise<string> {
  const caseId = await raised(title);
  done(await engine.describe(caseId, staff, { texts: { theme: 'Kotihoito' } }));
  const closesAt = new Date(clock.now().getTime() + days * 86_400_000).toISOString();
  done(await engine.send({ caseId, actor: staff, type: 'need.accepted', data: { closesAt } }));
  return caseId;
}

const take = async (caseId: string, personId: string, role: RoleId) =>
  done(await engine.nameMember(caseId, staff, { personId, role, capacity: 'worker' }));

const tasks = (personId: string, everywhere = false, limit = 10) =>
  tasksOf({ engine, ...stores }, personId, everywhere, limit, clock.now());
const titles = async (personId: string, everywhere = false) =>
  (await tasks(personId, everywhere)).map(({ title }) => title);

describe('a need that was raised', () => {
  it('waits for whoever may take it up, though nobody named them', async () => {
    await raised('Tarve');
    const facilitator = await somebody('facilitator');
    expect(await tasks(facilitator)).toMatchObject([
      { title: 'Tarve', step: 'need', runs: true, own: false, due: null, onward: 'need.accepted' },
    ]);
  });

  it('waits for nobody else', async () => {
    await raised('Tarve');
    for (const role of ['participant', 'expert', 'agent', 'decider'] as const) {
      expect(await titles(await somebody(role)), role).toEqual([]);
    }
  });

  it('is told once to whoever has a part in it already, and to those who look after all cases', async () => {
    const caseId = await raised('Tarve');
    const [facilitator, coordinator] = [await somebody('facilitator'), await somebody('coordinator')];
    await take(caseId, facilitator, 'facilitator');
    expect(await tasks(facilitator)).toMatchObject([{ title: 'Tarve', own: true }]);
    expect(await titles(coordinator, true)).toEqual(['Tarve']);
  });

  it('says what is missing before it can be accepted', async () => {
    const caseId = await raised('Tarve');
    const facilitator = await somebody('facilitator');
    expect((await tasks(facilitator))[0]!.missing.map(({ requirement }) => requirement)).toEqual([
      'themeTold',
    ]);
    done(await engine.describe(caseId, staff, { texts: { theme: 'Kotihoito' } }));
    expect((await tasks(facilitator))[0]!.missing).toEqual([]);
  });

  it('does not wait once it was accepted: the case belongs to those who were named', async () => {
    await opened('Avoin', 10);
    expect(await titles(await somebody('facilitator'))).toEqual([]);
  });
});

describe('what waits', () => {
  it('comes in the order of its dates, the undated last', async () => {
    const agent = await somebody();
    for (const [title, days] of [
      ['Myöhemmin', 20],
      ['Pian', 3],
    ] as const) {
      await take(await opened(title, days), agent, 'agent');
    }
    await take(await raised('Tarve'), agent, 'agent');
    expect(await titles(agent)).toEqual(['Pian', 'Myöhemmin', 'Tarve']);
    expect((await tasks(agent))[0]).toMatchObject({
      due: { what: 'closesAt' },
      missing: [{ requirement: 'periodOver', role: 'agent', met: false }],
      facts: { contributions: 1 },
    });
  });

  it('tells each only of what their own part can do', async () => {
    const caseId = await opened('Avoin', 10);
    const [agent, decider] = [await somebody(), await somebody()];
    await take(caseId, agent, 'agent');
    await take(caseId, decider, 'decider');
    expect((await tasks(agent))[0]!.missing).toHaveLength(1);
    expect((await tasks(decider))[0]!.missing).toEqual([]);
  });

  it('is nothing for whoever only takes part', async () => {
    const caseId = await opened('Avoin', 10);
    const citizen = await somebody();
    done(await engine.contribute(caseId, { kind: 'person', personId: citizen }, { body: 'Hei' }));
    await take(caseId, citizen, 'participant');
    expect(await titles(citizen)).toEqual([]);
  });
});
