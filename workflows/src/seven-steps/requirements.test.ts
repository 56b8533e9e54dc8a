import type { Facts, RoleId } from '@lakeus/engine';
import { describe, expect, test } from 'vitest';
import { sevenSteps } from './index.ts';
import { requirements } from './requirements.ts';
import type { Context, RequirementId } from './requirements.ts';
import { day, ready, standing, without } from './testing/steps.ts';

/** Each requirement by itself: who meets it, what spoils it, and how many then wait where that is counted. */
type Spoiled = { facts?: Partial<Facts>; context?: Partial<Context>; at?: string; count?: number };
const rules: readonly (readonly [id: string, name: RequirementId, role: RoleId, spoiled: Spoiled])[] = [
  ['R1', 'themeTold', 'facilitator', { facts: without('theme') }],
  ['R2', 'concernsTold', 'facilitator', { facts: without('concerns') }],
  ['R3', 'serviceTold', 'facilitator', { facts: without('service') }],
  ['R4', 'deciderNamed', 'facilitator', { facts: { deciders: 0 } }],
  ['R5', 'clientsInGroup', 'facilitator', { facts: { clients: 0 } }],
  ['R6', 'workersInGroup', 'facilitator', { facts: { workers: 0 } }],
  ['R7', 'questionTold', 'facilitator', { facts: without('question') }],
  ['R8', 'workshopPlanned', 'facilitator', { facts: without('workshopTheme') }],
  ['R8', 'workshopPlanned', 'facilitator', { context: { workshopOn: null } }],
  ['R9', 'periodDated', 'facilitator', { context: { opensAt: null } }],
  ['R9', 'periodDated', 'facilitator', { context: { closesAt: null } }],
  ['R10', 'answerPromised', 'facilitator', { context: { answerDueAt: null } }],
  ['R11', 'canInfluenceTold', 'facilitator', { facts: without('canInfluence') }],
  ['R12', 'cannotInfluenceTold', 'facilitator', { facts: without('cannotInfluence') }],
  ['R13', 'workshopHeld', 'facilitator', { facts: { workshops: 0 } }],
  ['R13', 'workshopHeld', 'facilitator', { context: { workshopsBefore: 1 } }],
  ['R14', 'periodNotOver', 'facilitator', { at: day(40) }],
  ['R14', 'periodNotOver', 'facilitator', { context: { closesAt: null } }],
  ['R15', 'periodOver', 'agent', { at: day(39) }],
  ['R15', 'periodOver', 'agent', { at: day(41), context: { closesAt: null } }],
  ['R16', 'proposalWritten', 'facilitator', { facts: { proposals: 0 } }],
  ['R17', 'everyProposalHasSource', 'facilitator', { facts: { proposalsWithoutSource: 2 }, count: 2 }],
  [
    'R18',
    'everyContributionAccountedFor',
    'facilitator',
    { facts: { contributionsUnaccounted: 14 }, count: 14 },
  ],
  ['R19', 'everyProposalAnswered', 'decider', { facts: { proposalsUnanswered: 3 }, count: 3 }],
  [
    'R20',
    'everyParticipantHasFeedback',
    'facilitator',
    { facts: { participantsWithoutFeedback: 5 }, count: 5 },
  ],
];

describe('R requirements', () => {
  test.each(rules)(
    '%s %s is met by the %s, and spoiled by %j',
    (_, name, role, { facts, context, at, count }) => {
      const requirement = sevenSteps.requirements[name]!;
      const met = { ...standing('workshop').context };
      const then = name === 'periodOver' ? day(40) : day(39);
      expect(requirement.role).toBe(role);
      expect(requirement.holds(ready, met, then)).toBe(true);
      expect(requirement.holds({ ...ready, ...facts }, { ...met, ...context }, at ?? then)).toBe(false);
      expect(requirement.count?.({ ...ready, ...facts })).toBe(count);
    },
  );

  test('the table has every requirement', () =>
    expect([...new Set(rules.map(([, name]) => name))]).toEqual(Object.keys(requirements)));
});
