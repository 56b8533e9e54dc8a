import { noFacts } from '@lakeus/engine';
import type { Facts, Position } from '@lakeus/engine';
import { describe, expect, test } from 'vitest';
import { sevenSteps } from './index.ts';
import type { SevenStepsEvent } from './index.ts';
import type { RequirementId } from './requirements.ts';
import { accepts, from, moves, refuses, sentBy } from './testing/rules.ts';
import {
  agreed,
  allSteps,
  day,
  event,
  eventTypes,
  otherCase,
  process,
  ready,
  sevenInOrder,
  specs,
  standing,
  walked,
  without,
} from './testing/steps.ts';

/** The rules of SPEC.md, one table; each line is one case, titled with the rule's id. */

/** The clock's events of a step, as `name event instant`. */
const deadlines = ({ meta, context }: Position): string[] =>
  (meta?.deadlines ?? []).flatMap(({ name, at, event: type, unless }) =>
    unless && context[unless] != null ? [] : [`${name} ${type} ${String(context[at])}`],
  );

const but = (facts: Partial<Facts>): { facts: Facts } => ({ facts: { ...ready, ...facts } });

const accepted = standing('planning');
const dated = walked(accepted, event('plan.dated'));
const late = walked(standing('review'), event('answer.overdue'));
const clarifying = walked(standing('review'), event('clarification.requested'));

describe('step 1, need', () => {
  test('W1.1 a new case begins in need', () => expect(process.initial().position.step).toBe('need'));
  accepts('W1.2', 'need', 'caseTexts', 'members');
  sentBy('W1.3', 'need.accepted', 'facilitator');
  moves('W1.3', 'need', event('need.accepted'), 'planning', {
    context: { acceptedAt: day(1) },
    effects: ['notify participants need.accepted'],
  });
  refuses('W1.4', 'need', event('need.accepted', { facts: without('theme') }), 'themeTold');
  refuses('W1.4', 'need', event('need.accepted', { facts: without('concerns') }), 'concernsTold');
  refuses('W1.4', 'need', event('need.accepted', { facts: without('service') }), 'serviceTold');
  refuses('W1.4', 'need', event('need.accepted', but({ deciders: 0 })), 'deciderNamed');
  test('W1.5 only an accepted need is shown to everybody', () => {
    const cancelled = walked(standing('need'), event('case.cancelled'));
    const hidden = [standing('need'), cancelled, walked(standing('need'), event('case.paused'))];
    expect(hidden.map(({ context }) => sevenSteps.isPublic(context))).toEqual([false, false, false]);
    const shownSteps = allSteps.filter((step) => sevenSteps.isPublic(standing(step).context));
    expect(shownSteps).toEqual(allSteps.filter((step) => step !== 'need'));
  });
});

describe('step 2, planning', () => {
  const ordered = from('a dated plan', dated);
  accepts('W2.1', 'planning', 'caseTexts', 'members', 'cards', 'preparedDocuments');
  sentBy('W2.2', 'plan.dated', 'facilitator');
  moves('W2.2', 'planning', event('plan.dated'), 'planning', { context: agreed, effects: [] });
  moves('W2.2', ordered, event('plan.dated', { data: { workshopOn: '2026-03-18' } }), 'planning', {
    context: { workshopOn: '2026-03-18' },
  });
  moves('W2.2', ordered, event('plan.dated', { data: { answerDueAt: day(70) } }), 'planning', {
    context: { answerDueAt: day(70) },
  });
  refuses('W2.3', 'planning', event('plan.dated', { at: day(40) }));
  refuses('W2.3', 'planning', event('plan.dated', { data: { ...agreed, opensAt: day(40) } }));
  refuses('W2.3', 'planning', event('plan.dated', { data: { ...agreed, answerDueAt: day(40) } }));
  refuses('W2.3', 'planning', event('plan.dated', { data: { opensAt: day(20), answerDueAt: day(20) } }));
  refuses('W2.3', ordered, event('plan.dated', { data: { opensAt: day(41) } }));
  refuses('W2.3', ordered, event('plan.dated', { data: { closesAt: day(60) } }));
  sentBy('W2.4', 'planning.completed', 'facilitator');
  moves('W2.4', ordered, event('planning.completed'), 'workshop', {
    effects: ['notify everyone workshop.invited'],
  });
  const refusesPlan = (facts: Facts, missing: RequirementId) =>
    refuses('W2.5', ordered, event('planning.completed', { facts }), missing);
  refusesPlan({ ...ready, clients: 0 }, 'clientsInGroup');
  refusesPlan({ ...ready, workers: 0 }, 'workersInGroup');
  refusesPlan({ ...ready, deciders: 0 }, 'deciderNamed');
  refusesPlan(without('question'), 'questionTold');
  refusesPlan(without('canInfluence'), 'canInfluenceTold');
  refusesPlan(without('cannotInfluence'), 'cannotInfluenceTold');
  refusesPlan(without('workshopTheme'), 'workshopPlanned');
  refuses(
    'W2.5',
    'planning',
    event('planning.completed'),
    'workshopPlanned',
    'periodDated',
    'answerPromised',
  );
});

describe('step 3, workshop', () => {
  const again = walked(standing('workshop'), event('workshop.repeated'));
  const tooLate = event('period.opened', { at: day(40) });
  accepts(
    'W3.1',
    'workshop',
    ...(['caseTexts', 'members', 'cards', 'recordedContributions', 'workshops'] as const),
    ...(['preparedDocuments', 'tableDocuments'] as const),
  );
  moves('W3.2', 'workshop', event('plan.dated', { data: { opensAt: day(22) } }), 'workshop', {
    context: { opensAt: day(22) },
  });
  refuses('W3.2', 'workshop', event('plan.dated', { data: { opensAt: day(40) } }));
  sentBy('W3.3', 'workshop.repeated', 'facilitator');
  moves('W3.3', 'workshop', event('workshop.repeated'), 'workshop', {
    context: { workshopsBefore: 1, workshopOn: null },
  });
  moves('W3.3', 'workshop', event('workshop.repeated', { data: { workshopOn: '2026-03-19' } }), 'workshop', {
    context: { workshopsBefore: 1, workshopOn: '2026-03-19' },
  });
  refuses('W3.4', from('a workshop once more', again), event('period.opened'), 'workshopHeld');
  moves('W3.4', from('a workshop once more', again), event('period.opened', but({ workshops: 2 })), 'open');
  sentBy('W3.5', 'period.opened', 'facilitator', 'clock');
  moves('W3.5', 'workshop', event('period.opened'), 'open', {
    context: {},
    effects: ['notify everyone period.opened'],
  });
  refuses('W3.6', 'workshop', event('period.opened', but({ workshops: 0 })), 'workshopHeld');
  refuses('W3.6', 'workshop', event('period.opened', but({ deciders: 0 })), 'deciderNamed');
  refuses('W3.6', 'workshop', event('period.opened', { facts: without('canInfluence') }), 'canInfluenceTold');
  refuses(
    'W3.6',
    'workshop',
    event('period.opened', { facts: without('cannotInfluence') }),
    'cannotInfluenceTold',
  );
  refuses('W3.6', 'workshop', tooLate, 'periodNotOver');
  refuses(
    'W3.6',
    'workshop',
    { ...tooLate, facts: noFacts },
    'workshopHeld',
    'deciderNamed',
    'canInfluenceTold',
    'cannotInfluenceTold',
    'periodNotOver',
  );
  test('W3.6 the answer date is asked for again, although planning has it', () =>
    expect(standing('workshop').meta!.mustProduce).toContain('answerPromised'));
  moves('W3.7', 'workshop', event('period.opened', { at: day(18) }), 'open', {
    context: { opensAt: day(18) },
  });
  moves('W3.7', 'workshop', event('period.opened', { at: day(21) }), 'open', {
    context: { opensAt: day(20) },
  });
});

describe('step 4, open', () => {
  const extended = (closesAt: string, at = day(30)) => event('period.extended', { at, data: { closesAt } });
  accepts(
    'W4.1',
    'open',
    'contributions',
    'recordedContributions',
    'statements',
    'votes',
    'cards',
    'members',
    'preparedDocuments',
    'documents',
  );
  sentBy('W4.2', 'period.extended', 'facilitator');
  moves('W4.2', 'open', extended(day(50)), 'open', {
    context: { closesAt: day(50) },
    effects: ['notify everyone period.extended'],
  });
  refuses('W4.3', 'open', extended(day(50), day(40)));
  refuses('W4.3', 'open', extended(day(50), day(45)));
  refuses('W4.3', 'open', extended(day(40)));
  refuses('W4.3', 'open', extended(day(35)));
  moves('W4.4', 'open', extended(day(59)), 'open', { context: { closesAt: day(59), answerDueAt: day(60) } });
  moves('W4.5', 'open', extended(day(60)), 'open', { context: { closesAt: day(60), answerDueAt: day(80) } });
  moves('W4.5', 'open', extended(day(75)), 'open', { context: { closesAt: day(75), answerDueAt: day(95) } });
  sentBy('W4.6', 'period.closed', 'clock');
  moves('W4.6', 'open', event('period.closed'), 'summary', {
    context: {},
    effects: ['notify facilitators period.closed'],
  });
  refuses('W4.7', 'open', event('period.closed', { at: day(39) }), 'periodOver');
  refuses(
    'W4.7',
    from('an extended period', walked(standing('open'), extended(day(50)))),
    event('period.closed'),
    'periodOver',
  );
});

describe('step 5, summary', () => {
  const publishes = (facts: Partial<Facts>) => event('summary.published', but(facts));
  accepts(
    'W5.1',
    'summary',
    'caseTexts',
    'recordedContributions',
    'themes',
    'accountings',
    'proposals',
    'members',
    'summaryDocument',
  );
  sentBy('W5.2', 'summary.published', 'facilitator');
  moves('W5.2', 'summary', event('summary.published'), 'review', {
    context: {},
    effects: ['notify deciders brief.ready'],
  });
  refuses('W5.3', 'summary', publishes({ proposals: 0 }), 'proposalWritten');
  refuses('W5.3', 'summary', publishes({ proposalsWithoutSource: 1 }), 'everyProposalHasSource');
  refuses('W5.3', 'summary', publishes({ contributionsUnaccounted: 14 }), 'everyContributionAccountedFor');
  refuses('W5.3', 'summary', publishes({ deciders: 0 }), 'deciderNamed');
});

describe('step 6, review', () => {
  accepts('W6.1', 'review', 'responses', 'members');
  sentBy('W6.2', 'review.completed', 'decider', 'facilitator');
  moves('W6.2', 'review', event('review.completed'), 'feedback', {
    context: { answeredAt: day(55) },
    effects: ['deliverFeedback participants feedback.ready'],
  });
  refuses(
    'W6.3',
    'review',
    event('review.completed', but({ proposalsUnanswered: 1 })),
    'everyProposalAnswered',
  );
});

describe('step 7, feedback', () => {
  accepts('W7.1', 'feedback', 'heard', 'followUps');
  sentBy('W7.2', 'case.closed', 'facilitator');
  moves('W7.2', 'feedback', event('case.closed'), 'closed', { context: {}, effects: [] });
  test('W7.2 closed is the end', () => expect(standing('closed').done).toBe(true));
  const waiting = event('case.closed', but({ participantsWithoutFeedback: 1 }));
  refuses('W7.3', 'feedback', waiting, 'everyParticipantHasFeedback');
  accepts('W7.4', 'closed', 'heard', 'followUps');
  for (const type of eventTypes) refuses('W7.4', 'closed', event(type));
});

describe('B ways back, aside and out', () => {
  sentBy('B1', 'clarification.requested', 'decider');
  moves('B1', 'review', event('clarification.requested'), 'summary', {
    effects: ['notify facilitators clarification.requested'],
  });
  moves('B2', 'review', event('clarification.requested'), 'summary', { context: {} });
  moves('B2', from('a late review', late), event('clarification.requested', { at: day(62) }), 'summary', {
    context: {},
  });
  moves(
    'B2',
    from('a clarified summary', clarifying),
    event('summary.published', { at: day(53) }),
    'review',
    { context: {} },
  );
  sentBy('B3', 'case.paused', 'facilitator');
  sentBy('B5', 'case.resumed', 'facilitator');
  for (const step of sevenInOrder) {
    const at = day(30);
    moves('B3', step, event('case.paused', { at }), 'paused', {
      context: { pausedAt: at },
      effects: ['notify everyone case.paused'],
    });
    const paused = walked(standing(step), event('case.paused', { at }));
    moves('B5', from(`a pause in ${step}`, paused), event('case.resumed', { at }), step, {
      context: standing(step).context,
      effects: ['notify everyone case.resumed'],
    });
  }
  accepts('B4', 'paused');
  for (const type of eventTypes) {
    if (!['case.resumed', 'case.cancelled'].includes(type)) refuses('B4', 'paused', event(type));
  }
  const pause = (position: Position, at: string) =>
    from(`a pause at ${at.slice(0, 10)}`, walked(position, event('case.paused', { at })));
  const moved = (...names: (keyof typeof agreed)[]) =>
    Object.fromEntries(names.map((name) => [name, movedBySeven(agreed[name])]));
  const movedBySeven = (date: string) => new Date(Date.parse(date) + 7 * 86_400_000).toISOString();
  moves('B6', pause(standing('workshop'), day(10)), event('case.resumed', { at: day(17) }), 'workshop', {
    context: { pausedAt: null, ...moved('opensAt', 'closesAt', 'answerDueAt') },
  });
  moves('B6', pause(standing('open'), day(30)), event('case.resumed', { at: day(37) }), 'open', {
    context: { pausedAt: null, ...moved('closesAt', 'answerDueAt') },
  });
  moves('B6', pause(standing('review'), day(51)), event('case.resumed', { at: day(58) }), 'review', {
    context: { pausedAt: null, ...moved('answerDueAt') },
  });
  moves('B7', pause(standing('open'), day(40)), event('case.resumed', { at: day(47) }), 'open', {
    context: { pausedAt: null, closesAt: day(40), ...moved('answerDueAt') },
  });
  moves('B7', pause(late, day(60)), event('case.resumed', { at: day(67) }), 'review', {
    context: { pausedAt: null, ...agreed, answerLateSince: day(60) },
  });
  sentBy('B8', 'case.merged', 'facilitator');
  sentBy('B9', 'case.cancelled', 'facilitator');
  test('B8 the other case is named', () =>
    expect(specs['case.merged'].data).toEqual({ intoCaseId: 'caseId' }));
  for (const step of sevenInOrder.filter((name) => name !== 'feedback')) {
    moves('B8', step, event('case.merged'), 'merged', {
      context: { mergedInto: otherCase },
      effects: ['notify everyone case.merged'],
    });
    moves('B9', step, event('case.cancelled'), 'cancelled', {
      context: {},
      effects: ['notify everyone case.cancelled'],
    });
    moves('B9', pause(standing(step), day(30)), event('case.cancelled'), 'cancelled', {
      effects: ['notify everyone case.cancelled'],
    });
  }
  test('B8 B9 merged and cancelled are ends', () =>
    expect([standing('merged').done, standing('cancelled').done]).toEqual([true, true]));
  refuses('B10', 'feedback', event('case.merged'));
  refuses('B10', 'feedback', event('case.cancelled'));
  refuses('B10', pause(standing('feedback'), day(56)), event('case.cancelled'));
  for (const step of ['merged', 'cancelled']) {
    accepts('B11', step);
    for (const type of eventTypes) refuses('B11', step, event(type));
  }
  for (const step of sevenInOrder) {
    const ways = process.ways(standing(step).snapshot);
    for (const type of eventTypes) if (!ways.includes(type)) refuses('B12', step, event(type));
  }
  test('B13 the public reasons', () => {
    const reasoned = eventTypes.filter((type) => specs[type].texts?.includes('reason'));
    expect(reasoned).toEqual([
      'workshop.repeated',
      'period.extended',
      'clarification.requested',
      'answer.promised',
      'case.paused',
      'case.resumed',
      'case.merged',
      'case.cancelled',
    ]);
  });
});

describe('D deadlines', () => {
  const stand = (id: string, label: string, position: Position, ...lines: string[]) =>
    test(`${id} ${label} has ${lines.join(', ') || 'no deadline'}`, () =>
      expect(deadlines(position)).toEqual(lines));
  const promised = event('answer.promised');
  stand('D1', 'workshop', standing('workshop'), `opens period.opened ${day(20)}`);
  stand('D2', 'open', standing('open'), `closes period.closed ${day(40)}`);
  stand(
    'D2',
    'an extended period',
    walked(standing('open'), event('period.extended')),
    `closes period.closed ${day(50)}`,
  );
  stand('D3', 'review', standing('review'), `answerDue answer.overdue ${day(60)}`);
  stand('D3', 'a late review', late);
  test('D3 the three are sent by the clock', () =>
    expect(
      allSteps
        .flatMap((step) => standing(step).meta?.deadlines ?? [])
        .map(({ event: type }) => [type, [specs[type as SevenStepsEvent].by].flat().includes('clock')]),
    ).toEqual([
      ['period.opened', true],
      ['period.closed', true],
      ['answer.overdue', true],
    ]));
  sentBy('D4', 'answer.overdue', 'clock');
  moves('D4', 'review', event('answer.overdue'), 'review', {
    context: { answerLateSince: day(60) },
    effects: ['notify deciders answer.overdue'],
  });
  refuses('D4', 'review', event('answer.overdue', { at: day(59) }));
  refuses('D5', from('a late review', late), event('answer.overdue', { at: day(61) }));
  const anew = walked(late, promised);
  refuses('D5', from('a review promised anew', anew), event('answer.overdue', { at: day(79) }));
  moves('D5', from('a review promised anew', anew), event('answer.overdue', { at: day(80) }), 'review', {
    context: { answerLateSince: day(80) },
  });
  sentBy('D6', 'answer.promised', 'decider', 'facilitator');
  moves('D6', from('a late review', late), promised, 'review', {
    context: { answerDueAt: day(80), answerLateSince: null },
  });
  moves('D6', 'review', event('answer.promised', { at: day(52) }), 'review', {
    context: { answerDueAt: day(80) },
  });
  moves('D6', 'summary', event('answer.promised', { at: day(45) }), 'summary', {
    context: { answerDueAt: day(80) },
  });
  for (const at of [day(80), day(81)]) {
    refuses('D7', 'review', event('answer.promised', { at }));
    refuses('D7', 'summary', event('answer.promised', { at }));
  }
  for (const step of allSteps) {
    if (!['workshop', 'open', 'review'].includes(step)) stand('D8', step, standing(step));
  }
});
