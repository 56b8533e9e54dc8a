import { describe, expect, it } from 'vitest';
import { noFacts, standings } from '@lakeus/engine';
import type { Facts, RoleId, Task } from '@lakeus/engine';
import { words } from '#lib/i18n.ts';
import { deskOf, firstSteps } from './desk.ts';
import type { FirstCase } from './desk.ts';

const now = '2026-03-08T10:00:00.000Z';
const runners: readonly RoleId[] = ['facilitator', 'coordinator', 'admin'];
let made = 0;

/** A case as one of a role meets it. */
function task(
  role: RoleId,
  step: string,
  more: Partial<Omit<Task, 'facts'>> & { facts?: Partial<Facts> } = {},
): Task {
  const id = `case-${++made}`;
  const { facts, ...rest } = more;
  return {
    ...{ id, title: id, step, held: standings({ kind: 'person', personId: 'p' }, [role]) },
    ...{ runs: runners.includes(role), own: true, onward: step === 'paused' ? null : 'onward', missing: [] },
    ...{ due: null, facts: { ...noFacts, ...facts }, ...rest },
  };
}
const lacking = (count: number, requirement = 'themeTold'): Task['missing'] =>
  Array.from({ length: count }, () => ({ requirement, role: 'facilitator', met: false }));
const due = (at: string, what = 'answerDueAt') => ({ what, at });

const line = (one: Task, everywhere = false) => {
  const { waiting, resting } = deskOf([one], everywhere, now);
  return [...waiting, ...resting][0]!;
};
const t = words('fi');

describe('why something waits', () => {
  it.each<[string, Task, boolean, string, string]>([
    ['a need', task('facilitator', 'need', { missing: lacking(2) }), true, 'desk.why.need', 'control'],
    ['a plan', task('facilitator', 'planning', { missing: lacking(2) }), true, 'desk.why.missing', 'control'],
    ['a plan that is whole', task('facilitator', 'planning'), true, 'desk.why.ready', 'control'],
    [
      'a workshop to hold',
      task('facilitator', 'workshop', { missing: lacking(1, 'workshopHeld') }),
      true,
      'desk.why.workshopHeld',
      'workshop',
    ],
    [
      'an open period',
      task('facilitator', 'open', { missing: lacking(1) }),
      false,
      'desk.why.open',
      'discussion',
    ],
    [
      'a summary',
      task('facilitator', 'summary', { missing: lacking(2), facts: { contributionsUnaccounted: 5 } }),
      true,
      'desk.why.summary',
      'summary',
    ],
    ['a summary to publish', task('facilitator', 'summary'), true, 'desk.why.ready', 'control'],
    ['answers awaited', task('facilitator', 'review'), false, 'desk.why.review', 'review'],
    [
      'a late answer',
      task('facilitator', 'review', { due: due('2026-03-01') }),
      true,
      'desk.why.late',
      'control',
    ],
    ['a pause', task('facilitator', 'paused'), false, 'desk.why.paused', 'control'],
    [
      'proposals to answer',
      task('decider', 'review', { facts: { proposals: 5, proposalsUnanswered: 3 } }),
      true,
      'desk.why.answer',
      'review',
    ],
    [
      'answers to give out',
      task('decider', 'review', { facts: { proposals: 5 } }),
      true,
      'desk.why.giveOut',
      'review',
    ],
    ['what a decider waits for', task('decider', 'summary'), false, 'desk.why.deciderLater', ''],
    ['a discussion to an agent', task('agent', 'open'), true, 'desk.why.discuss', 'discussion'],
    ['a discussion to an expert', task('expert', 'open'), true, 'desk.why.discuss', 'discussion'],
    [
      'a workshop ahead to an agent',
      task('agent', 'workshop', { due: due('2026-03-12', 'workshopOn') }),
      true,
      'desk.why.cards',
      'cards',
    ],
    [
      'the day of a workshop to an agent',
      task('agent', 'workshop', { due: due('2026-03-08', 'workshopOn') }),
      true,
      'desk.why.record',
      'workshop',
    ],
    ['a workshop to an expert', task('expert', 'workshop'), false, 'desk.why.workshopSoon', ''],
    ['a plan to an agent', task('agent', 'planning'), false, 'desk.why.helperLater', ''],
  ])('%s', (_, one, waits, why, at) => {
    const said = line(one);
    expect(said).toMatchObject({ waits, why, href: `/cases/${one.id}${at && `/${at}`}` });
    expect(t(said.why, said.values)).not.toBe(said.why);
    expect(said.doing === null).toBe(!waits);
    if (said.doing) expect(t(said.doing)).not.toBe(said.doing);
  });

  it('counts in words a person would use', () => {
    const plan = line(task('facilitator', 'planning', { missing: lacking(2) }));
    expect(t(plan.why, plan.values)).toBe('Kaksi asiaa puuttuu ennen työpajaa.');
  });

  it('leaves the work of facilitators to them, on the desk of those who look after all cases', () => {
    for (const step of ['planning', 'workshop', 'summary', 'feedback']) {
      expect(line(task('coordinator', step, { own: false, missing: lacking(1) }), true).waits, step).toBe(
        false,
      );
      expect(line(task('coordinator', step, { own: true, missing: lacking(1) }), true).waits, step).toBe(
        true,
      );
    }
    for (const one of [
      task('coordinator', 'need', { own: false }),
      task('coordinator', 'review', { own: false, due: due('2026-03-01') }),
    ])
      expect(line(one, true).waits).toBe(true);
  });

  it('lets whoever both runs a case and answers it answer first', () => {
    const both = { ...task('facilitator', 'review'), held: ['anyone', 'facilitator', 'decider'] as const };
    expect(line(both).why).toBe('desk.why.giveOut');
  });
});

describe('what comes first', () => {
  const order = (tasks: readonly Task[], everywhere: boolean) =>
    deskOf(tasks, everywhere, now).waiting.map(({ title }) => title);
  const cases = [
    task('coordinator', 'need', { title: 'tarve' }),
    task('coordinator', 'summary', { title: 'pian', due: due('2026-03-12'), missing: lacking(1) }),
    task('coordinator', 'planning', { title: 'joskus', missing: lacking(1) }),
    task('coordinator', 'workshop', { title: 'huomenna', due: due('2026-03-09', 'workshopOn') }),
    task('coordinator', 'review', { title: 'myöhässä', due: due('2026-03-01T10:00:00.000Z') }),
    task('coordinator', 'open', { title: 'auki' }),
  ];

  it('is what is late, then the nearest date, then what has none', () => {
    expect(order(cases, false)).toEqual(['myöhässä', 'huomenna', 'pian', 'tarve', 'joskus']);
  });

  it('is a new need for those who look after all cases', () => {
    expect(order(cases, true)).toEqual(['tarve', 'myöhässä', 'huomenna', 'pian', 'joskus']);
  });

  it('is nothing of what does not wait', () => {
    expect(deskOf(cases, false, now).resting.map(({ title }) => title)).toEqual(['auki']);
  });
});

describe('the first steps of a new instance', () => {
  const first: FirstCase = {
    ...{ id: '1', accepted: false, facilitator: false, decider: false, dated: false, cards: false },
  };
  const ticks = (one: FirstCase | null) => firstSteps(false, one)!.map(({ done }) => done);
  const links = (one: FirstCase | null) => firstSteps(false, one)!.map(({ href }) => href);

  it('begin with a need, and lead nowhere else before there is one', () => {
    expect(ticks(null)).toEqual([false, false, false, false]);
    expect(links(null)).toEqual(['/needs/new', null, null, null]);
  });

  it('lead to the people of the need, and to its acceptance when they are named', () => {
    expect(ticks(first)).toEqual([true, false, false, false]);
    expect(links(first)[1]).toBe('/cases/1/planning?part=people');
    expect(links({ ...first, facilitator: true, decider: true })[1]).toBe('/cases/1/control');
  });

  it('are ticked when it is so, and only then', () => {
    const accepted = { ...first, accepted: true, decider: true };
    expect(ticks(accepted)).toEqual([true, false, false, false]);
    expect(ticks({ ...accepted, facilitator: true })).toEqual([true, true, false, false]);
    expect(ticks({ ...accepted, facilitator: true, dated: true })).toEqual([true, true, true, false]);
    expect(ticks({ ...accepted, facilitator: true, dated: true, cards: true })).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(links(accepted).slice(2)).toEqual(['/cases/1/planning?part=dates', '/cases/1/cards']);
  });

  it('are gone once a case has reached its workshop', () => {
    expect(firstSteps(true, first)).toBeNull();
  });
});
