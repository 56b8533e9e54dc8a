import { z } from 'zod';
import { roleIds } from '../case.ts';
import type { ProcessPicture, Visit } from '../process/picture.ts';
import { answer } from './named.ts';
import { granted } from './problem.ts';
import { route } from './route.ts';
import type { Api } from './route.ts';

/** The process of a case as it was lived and may go on, for whoever draws a picture of their own. */

const instant = z.iso.datetime();
const visits = z.array(
  z.strictObject({ enteredAt: instant, leftAt: instant.nullable(), by: z.string().nullable() }),
);
const processSchema = answer(
  'Process',
  z.strictObject({
    workflow: z.string(),
    /** where the case stands: a step, an aside or an end */
    at: z.string(),
    /** while the case is aside: the step that it will go on from */
    resumesAt: z.string().nullable(),
    steps: z.array(
      z.strictObject({
        id: z.string(),
        order: z.int(),
        lead: z.enum(roleIds),
        state: z.enum(['done', 'now', 'ahead', 'unfinished']),
        visits,
        mustProduce: z.array(z.string()),
        deadlines: z.array(
          z.strictObject({ name: z.string(), event: z.string(), dueAt: instant.nullable() }),
        ),
      }),
    ),
    ways: z.array(
      z.strictObject({
        event: z.string(),
        kind: z.enum(['onward', 'back', 'stay', 'aside', 'return', 'end']),
        from: z.array(z.string()),
        /** null when the step does not change, and for a return to the step that was left */
        to: z.string().nullable(),
        by: z.array(z.enum(roleIds)),
        byClock: z.boolean(),
        needsReason: z.boolean(),
        taken: z.int().min(0),
        lastTakenAt: instant.nullable(),
      }),
    ),
    asides: z.array(z.strictObject({ id: z.string(), visits })),
    ends: z.array(z.strictObject({ id: z.string(), finishes: z.boolean(), reachedAt: instant.nullable() })),
  }),
);

const shownVisits = (of: readonly Visit[]): z.input<typeof visits> =>
  of.map(({ enteredAt, leftAt, by }) => ({ enteredAt, leftAt, by }));

const shownProcess = (of: ProcessPicture): z.input<typeof processSchema> => ({
  workflow: of.workflow,
  at: of.at,
  resumesAt: of.resumesAt,
  steps: of.steps.map(({ id, order, lead, state, visits: lived, mustProduce, deadlines }) => ({
    ...{ id, order, lead, state, visits: shownVisits(lived), mustProduce: [...mustProduce] },
    deadlines: deadlines.map(({ name, event, dueAt }) => ({ name, event, dueAt })),
  })),
  ways: of.ways.map(({ event, kind, from, to, by, byClock, needsReason, taken, lastTakenAt }) => ({
    ...{ event, kind, from: [...from], to, by: [...by], byClock, needsReason, taken, lastTakenAt },
  })),
  asides: of.asides.map(({ id, visits: lived }) => ({ id, visits: shownVisits(lived) })),
  ends: of.ends.map(({ id, finishes, reachedAt }) => ({ id, finishes, reachedAt })),
});

export function processRoutes(api: Api): void {
  route(api, {
    method: 'get',
    path: '/api/v1/cases/{id}/process',
    id: 'getProcess',
    summary:
      'The statechart of the case: which steps are done, every way on and back, and how often it was gone.',
    tag: 'cases',
    answer: processSchema,
    handle: async ({ caseId, actor }) =>
      shownProcess(granted(await api.engine.picture(caseId, actor)).picture),
  });
}
