import { assign, setup } from 'xstate';
import type { Workflow, WorkflowEvent } from '@lakeus/engine';

/** Seven steps in a ring, one message a transition, nothing to look up: what is measured is the engine alone. */

const ring = ['idea', 'triage', 'planning', 'building', 'review', 'releasing', 'done'] as const;
const verbs = ['submitted', 'accepted', 'planned', 'built', 'approved', 'released', 'reopened'] as const;

export const eventIn = (step: string): string => verbs[ring.findIndex((each) => each === step)]!;

const params = { audience: 'facilitators', template: 'step.changed', note: 'case CD-1 has moved on' };

const machine = setup({
  types: { context: {} as { n: number; [name: string]: unknown }, events: {} as WorkflowEvent },
  actions: {
    count: assign(({ context }) => ({ n: context.n + 1 })),
    notify: (_, _params: typeof params) => undefined,
  },
}).createMachine({
  id: 'ring',
  context: {
    ...{ n: 0, ref: 'CD-1', owner: 'eva@example.org', priority: 3 },
    ...{ title: 'Improve the intake form of the service desk', notes: 'x'.repeat(120) },
    watchers: ['a@example.org', 'b@example.org', 'c@example.org'],
  },
  initial: 'idea',
  states: Object.fromEntries(
    ring.map((step, i) => [
      step,
      {
        meta: { order: i + 1, lead: 'facilitator', mustProduce: [], accepts: [] },
        on: {
          [verbs[i]!]: {
            target: ring[(i + 1) % ring.length],
            actions: ['count', { type: 'notify', params }],
          },
        },
      },
    ]),
  ) as never,
});

export const ringWorkflow: Workflow = {
  id: 'ring',
  version: 1,
  machine: machine as unknown as Workflow['machine'],
  requirements: {},
  events: Object.fromEntries(verbs.map((verb) => [verb, { by: ['facilitator'] }])),
  isPublic: () => true,
};
