import type { Requirement } from '@lakeus/engine';

/** What must come out of each step. This one list guards the way onward, words the refusal and makes the to-do list.
 * @source domain.md, 'The seven steps'; rules R1–R20 of SPEC.md */

export type Context = {
  acceptedAt: string | null;
  /** the workshop that the planning group agreed on, calendar date */
  workshopOn: string | null;
  opensAt: string | null;
  closesAt: string | null;
  /** when the decision-makers promised to answer */
  answerDueAt: string | null;
  answerLateSince: string | null;
  /** when the decision-makers' answers were published; from then on the case can no longer be merged or cancelled */
  answeredAt: string | null;
  pausedAt: string | null;
  mergedInto: string | null;
  /** number of workshops held before the last 'once more', so that a repeat asks for a new one */
  workshopsBefore: number;
};

const requirement = (made: Requirement<Context>): Requirement => made as unknown as Requirement;
const told = (name: string) =>
  requirement({ role: 'facilitator', holds: (facts) => facts.texts.includes(name) });

export const requirements = {
  themeTold: told('theme'),
  concernsTold: told('concerns'),
  serviceTold: told('service'),
  deciderNamed: requirement({ role: 'facilitator', holds: (facts) => facts.deciders > 0 }),
  clientsInGroup: requirement({ role: 'facilitator', holds: (facts) => facts.clients > 0 }),
  workersInGroup: requirement({ role: 'facilitator', holds: (facts) => facts.workers > 0 }),
  questionTold: told('question'),
  workshopPlanned: requirement({
    role: 'facilitator',
    holds: (facts, context) => facts.texts.includes('workshopTheme') && context.workshopOn !== null,
  }),
  periodDated: requirement({
    role: 'facilitator',
    holds: (_, context) => context.opensAt !== null && context.closesAt !== null,
  }),
  answerPromised: requirement({ role: 'facilitator', holds: (_, context) => context.answerDueAt !== null }),
  canInfluenceTold: told('canInfluence'),
  cannotInfluenceTold: told('cannotInfluence'),
  workshopHeld: requirement({
    role: 'facilitator',
    holds: (facts, context) => facts.workshops > context.workshopsBefore,
  }),
  periodNotOver: requirement({
    role: 'facilitator',
    holds: (_, context, at) => context.closesAt !== null && at < context.closesAt,
  }),
  periodOver: requirement({
    role: 'agent',
    holds: (_, context, at) => context.closesAt !== null && at >= context.closesAt,
  }),
  proposalWritten: requirement({ role: 'facilitator', holds: (facts) => facts.proposals > 0 }),
  everyProposalHasSource: requirement({
    role: 'facilitator',
    holds: (facts) => facts.proposalsWithoutSource === 0,
    count: (facts) => facts.proposalsWithoutSource,
  }),
  everyContributionAccountedFor: requirement({
    role: 'facilitator',
    holds: (facts) => facts.contributionsUnaccounted === 0,
    count: (facts) => facts.contributionsUnaccounted,
  }),
  everyProposalAnswered: requirement({
    role: 'decider',
    holds: (facts) => facts.proposalsUnanswered === 0,
    count: (facts) => facts.proposalsUnanswered,
  }),
  everyParticipantHasFeedback: requirement({
    role: 'facilitator',
    holds: (facts) => facts.participantsWithoutFeedback === 0,
    count: (facts) => facts.participantsWithoutFeedback,
  }),
} as const satisfies Record<string, Requirement>;

export type RequirementId = keyof typeof requirements;

/** What each step must produce before the case goes onward. */
export const mustProduce = {
  need: ['themeTold', 'concernsTold', 'serviceTold', 'deciderNamed'],
  planning: [
    'clientsInGroup',
    'workersInGroup',
    'deciderNamed',
    'questionTold',
    'canInfluenceTold',
    'cannotInfluenceTold',
    'workshopPlanned',
    'periodDated',
    'answerPromised',
  ],
  workshop: [
    'workshopHeld',
    'deciderNamed',
    'canInfluenceTold',
    'cannotInfluenceTold',
    'answerPromised',
    'periodNotOver',
  ],
  open: ['periodOver'],
  summary: ['proposalWritten', 'everyProposalHasSource', 'everyContributionAccountedFor', 'deciderNamed'],
  review: ['everyProposalAnswered'],
  feedback: ['everyParticipantHasFeedback'],
} as const satisfies Record<string, readonly RequirementId[]>;
