import { assign, setup } from 'xstate';
import type { StepMeta, Workflow, WorkflowEvent } from '../workflow.ts';

/** A process small enough to read at a glance, with one of everything that a real one has: a requirement, a deadline,
 * texts and data that come with events, effects, a way back, history and an end. */

type Context = {
  openedAt: string | null;
  closesAt: string | null;
  pausedAt: string | null;
  mergedInto: string | null;
};

const meta = (step: StepMeta): StepMeta => step;
const staff = { by: ['facilitator'] } as const;

const machine = setup({
  types: { context: {} as Context, events: {} as WorkflowEvent },
  guards: {
    themeTold: ({ event }) => event.facts.texts.includes('theme'),
    allAccounted: ({ event }) => event.facts.contributionsUnaccounted === 0,
    periodOver: ({ context, event }) => context.closesAt !== null && event.at >= context.closesAt,
    later: ({ context, event }) =>
      typeof event.data.closesAt === 'string' && event.data.closesAt > (context.closesAt ?? event.at),
  },
  actions: {
    open: assign(({ event }) => ({ openedAt: event.at })),
    date: assign(({ context, event }) => {
      const { closesAt } = event.data;
      return { closesAt: typeof closesAt === 'string' ? closesAt : context.closesAt };
    }),
    rememberPause: assign(({ event }) => ({ pausedAt: event.at })),
    forgetPause: assign({ pausedAt: null }),
    rememberTarget: assign(({ event }) => ({ mergedInto: String(event.data.intoCaseId) })),
    notify: (_, _params: { audience: string; template: string }) => undefined,
  },
}).createMachine({
  id: 'fixture',
  context: { openedAt: null, closesAt: null, pausedAt: null, mergedInto: null },
  initial: 'underway',
  states: {
    underway: {
      initial: 'need',
      on: {
        'case.paused': { target: 'paused', actions: 'rememberPause' },
        'case.merged': { target: 'merged', actions: 'rememberTarget' },
      },
      states: {
        need: {
          meta: meta({
            order: 1,
            lead: 'facilitator',
            onward: 'need.accepted',
            mustProduce: ['themeTold'],
            accepts: ['caseTexts', 'members', 'cards', 'workshops', 'preparedDocuments'],
          }),
          on: {
            'need.accepted': {
              guard: 'themeTold',
              target: 'open',
              actions: [
                'open',
                'date',
                { type: 'notify', params: { audience: 'participants', template: 'accepted' } },
              ],
            },
          },
        },
        open: {
          meta: meta({
            order: 2,
            lead: 'agent',
            onward: 'period.closed',
            mustProduce: ['periodOver'],
            accepts: [
              ...(['contributions', 'recordedContributions', 'statements', 'votes', 'cards'] as const),
              ...(['members', 'preparedDocuments', 'documents'] as const),
            ],
            deadlines: [{ name: 'closes', at: 'closesAt', event: 'period.closed' }],
          }),
          on: {
            'period.extended': {
              guard: 'later',
              actions: ['date', { type: 'notify', params: { audience: 'everyone', template: 'extended' } }],
            },
            'period.closed': { guard: 'periodOver', target: 'summary' },
          },
        },
        summary: {
          meta: meta({
            order: 3,
            lead: 'facilitator',
            onward: 'summary.published',
            mustProduce: ['allAccounted'],
            accepts: [
              ...(['caseTexts', 'themes', 'accountings', 'proposals', 'responses'] as const),
              ...(['followUps', 'heard', 'summaryDocument'] as const),
            ],
          }),
          on: {
            'summary.published': { guard: 'allAccounted', target: '#fixture.closed' },
            'period.reopened': { target: 'open', actions: 'date' },
          },
        },
        last: { type: 'history', history: 'shallow' },
      },
    },
    paused: {
      meta: meta({ order: 0, lead: 'facilitator', mustProduce: [], accepts: [] }),
      on: { 'case.resumed': { target: 'underway.last', actions: 'forgetPause' } },
    },
    merged: { type: 'final' },
    closed: { type: 'final' },
  },
});

export const fixtureWorkflow: Workflow = {
  id: 'fixture',
  version: 1,
  machine,
  requirements: {
    themeTold: { role: 'facilitator', holds: (facts) => facts.texts.includes('theme') },
    periodOver: {
      role: 'agent',
      holds: (_, context, at) => typeof context.closesAt === 'string' && at >= context.closesAt,
    },
    allAccounted: {
      role: 'facilitator',
      holds: (facts) => facts.contributionsUnaccounted === 0,
      count: (facts) => facts.contributionsUnaccounted,
    },
  },
  events: {
    'need.accepted': { ...staff, data: { closesAt: 'instant?' }, needsFacts: true },
    'period.extended': { ...staff, data: { closesAt: 'instant' }, texts: ['reason'] },
    'period.closed': { by: ['clock', 'facilitator'], needsFacts: true },
    'period.reopened': { ...staff, data: { closesAt: 'instant?' }, texts: ['reason'] },
    'summary.published': { ...staff, needsFacts: true },
    'case.paused': { ...staff, texts: ['reason'] },
    'case.resumed': { ...staff, texts: ['reason'] },
    'case.merged': { ...staff, data: { intoCaseId: 'caseId' }, texts: ['reason'] },
  },
  isPublic: (context) => context.openedAt !== null,
};
