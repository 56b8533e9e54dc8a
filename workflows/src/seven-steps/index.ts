import type { EventSpec, Workflow } from '@lakeus/engine';
import { machine } from './machine.ts';
import { requirements } from './requirements.ts';

/** Who sends each event and what it carries; every way back carries a public reason. */
const events = {
  'need.accepted': { by: ['facilitator'], needsFacts: true },
  'plan.dated': {
    by: ['facilitator'],
    data: { workshopOn: 'date?', opensAt: 'instant?', closesAt: 'instant?', answerDueAt: 'instant?' },
  },
  'planning.completed': { by: ['facilitator'], needsFacts: true },
  'workshop.repeated': {
    by: ['facilitator'],
    data: { workshopOn: 'date?' },
    texts: ['reason'],
    needsFacts: true,
  },
  'period.opened': { by: ['facilitator', 'clock'], needsFacts: true },
  'period.extended': { by: ['facilitator'], data: { closesAt: 'instant' }, texts: ['reason'] },
  'period.closed': { by: 'clock', needsFacts: true },
  'summary.published': { by: ['facilitator'], needsFacts: true },
  'clarification.requested': { by: ['decider'], texts: ['reason'] },
  'answer.overdue': { by: 'clock' },
  'answer.promised': { by: ['decider', 'facilitator'], data: { answerDueAt: 'instant' }, texts: ['reason'] },
  'review.completed': { by: ['decider', 'facilitator'], needsFacts: true },
  'case.closed': { by: ['facilitator'], needsFacts: true },
  'case.paused': { by: ['facilitator'], texts: ['reason'] },
  'case.resumed': { by: ['facilitator'], texts: ['reason'] },
  'case.merged': { by: ['facilitator'], data: { intoCaseId: 'caseId' }, texts: ['reason'] },
  'case.cancelled': { by: ['facilitator'], texts: ['reason'] },
} as const satisfies Record<string, EventSpec>;

export type SevenStepsEvent = keyof typeof events;

export const sevenSteps: Workflow = {
  id: 'seven-steps',
  version: 1,
  machine,
  requirements,
  events,
  isPublic: (context) => context.acceptedAt !== null,
};
