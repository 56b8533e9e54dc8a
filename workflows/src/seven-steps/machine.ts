import { assign, setup } from 'xstate';
import type { StepMeta, WorkflowEvent } from '@lakeus/engine';
import { mustProduce, requirements } from './requirements.ts';
import type { Context } from './requirements.ts';

/** Co-development in seven steps, as the pilot in South Ostrobothnia worked it out in 2017. Pure: time, facts and dates
 * arrive in the event; deadlines are data that the engine turns into rows.
 * @source domain.md, 'The seven steps'; rules with ids in SPEC.md */

const empty: Context = {
  acceptedAt: null,
  workshopOn: null,
  opensAt: null,
  closesAt: null,
  answerDueAt: null,
  answerLateSince: null,
  answeredAt: null,
  pausedAt: null,
  mergedInto: null,
  workshopsBefore: 0,
};

const meta = (step: StepMeta): StepMeta => step;
const given = (value: unknown, otherwise: string | null): string | null =>
  typeof value === 'string' ? value : otherwise;

/** A date moved on by as long as the case lay still, if it was still ahead when the pause began. */
function afterPause(date: string | null, pausedAt: string | null, resumedAt: string): string | null {
  if (!date || !pausedAt || date <= pausedAt) return date;
  const pauseMs = Date.parse(resumedAt) - Date.parse(pausedAt);
  return new Date(Date.parse(date) + pauseMs).toISOString();
}

export const machine = setup({
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- this is how setup() learns its types
  types: {} as { context: Context; events: WorkflowEvent },
  guards: {
    produced: ({ context, event }, { step }: { step: keyof typeof mustProduce }) =>
      mustProduce[step].every((name) =>
        requirements[name].holds(event.facts, context as unknown as Record<string, unknown>, event.at),
      ),
    datesInOrder: ({ context, event }) => {
      const opens = given(event.data.opensAt, context.opensAt);
      const closes = given(event.data.closesAt, context.closesAt);
      const answer = given(event.data.answerDueAt, context.answerDueAt);
      if (closes !== null && closes <= event.at) return false;
      const told = [opens, closes, answer].filter((date) => date !== null);
      return told.every((date, i) => i === 0 || told[i - 1]! < date);
    },
    extends: ({ context, event }) => {
      const closes = given(event.data.closesAt, null);
      const before = context.closesAt;
      return closes !== null && before !== null && event.at < before && closes > before;
    },
    answerStillDue: ({ context, event }) => {
      return (
        context.answerLateSince === null && context.answerDueAt !== null && event.at >= context.answerDueAt
      );
    },
    answersNotPublished: ({ context }) => context.answeredAt === null,
    promisesLater: ({ event }) => {
      const answer = given(event.data.answerDueAt, null);
      return answer !== null && answer > event.at;
    },
  },
  actions: {
    rememberAccepted: assign(({ event }) => ({ acceptedAt: event.at })),
    rememberOpening: assign(({ context, event }) => ({
      opensAt: context.opensAt && context.opensAt < event.at ? context.opensAt : event.at,
    })),
    setDates: assign(({ context, event }) => ({
      workshopOn: given(event.data.workshopOn, context.workshopOn),
      opensAt: given(event.data.opensAt, context.opensAt),
      closesAt: given(event.data.closesAt, context.closesAt),
      answerDueAt: given(event.data.answerDueAt, context.answerDueAt),
    })),
    extendPeriod: assign(({ context, event }) => {
      const closesAt = given(event.data.closesAt, context.closesAt)!;
      const movedMs = Date.parse(closesAt) - Date.parse(context.closesAt!);
      const answerDueAt =
        context.answerDueAt && context.answerDueAt <= closesAt
          ? new Date(Date.parse(context.answerDueAt) + movedMs).toISOString()
          : context.answerDueAt;
      return { closesAt, answerDueAt };
    }),
    askForAnotherWorkshop: assign(({ event }) => ({
      workshopsBefore: event.facts.workshops,
      workshopOn: given(event.data.workshopOn, null),
    })),
    rememberPause: assign(({ event }) => ({ pausedAt: event.at })),
    moveDatesByPause: assign(({ context, event }) => ({
      opensAt: afterPause(context.opensAt, context.pausedAt, event.at),
      closesAt: afterPause(context.closesAt, context.pausedAt, event.at),
      answerDueAt: afterPause(context.answerDueAt, context.pausedAt, event.at),
      pausedAt: null,
    })),
    markLate: assign(({ event }) => ({ answerLateSince: event.at })),
    promiseAnew: assign(({ event }) => ({
      answerDueAt: given(event.data.answerDueAt, null),
      answerLateSince: null,
    })),
    rememberAnswered: assign(({ event }) => ({ answeredAt: event.at })),
    rememberTarget: assign(({ event }) => ({ mergedInto: given(event.data.intoCaseId, null) })),
    notify: (_, _params: { audience: string; template: string }) => undefined,
    deliverFeedback: (_, _params: { audience: string; template: string }) => undefined,
  },
}).createMachine({
  id: 'seven-steps',
  context: empty,
  initial: 'underway',
  states: {
    underway: {
      initial: 'need',
      on: {
        'case.paused': {
          target: 'paused',
          actions: [
            'rememberPause',
            { type: 'notify', params: { audience: 'everyone', template: 'case.paused' } },
          ],
        },
        'case.merged': {
          guard: 'answersNotPublished',
          target: 'merged',
          actions: [
            'rememberTarget',
            { type: 'notify', params: { audience: 'everyone', template: 'case.merged' } },
          ],
        },
        'case.cancelled': {
          guard: 'answersNotPublished',
          target: 'cancelled',
          actions: { type: 'notify', params: { audience: 'everyone', template: 'case.cancelled' } },
        },
      },
      states: {
        need: {
          description:
            'Somebody has raised a need; the facilitator finds out whom it concerns and who will answer.',
          meta: meta({
            order: 1,
            lead: 'facilitator',
            onward: 'need.accepted',
            mustProduce: mustProduce.need,
            accepts: ['caseTexts', 'members'],
          }),
          on: {
            'need.accepted': {
              guard: { type: 'produced', params: { step: 'need' } },
              target: 'planning',
              actions: [
                'rememberAccepted',
                { type: 'notify', params: { audience: 'participants', template: 'need.accepted' } },
              ],
            },
          },
        },
        planning: {
          description:
            'Clients, experts by experience, workers and decision-makers plan the workshop and the open period.',
          meta: meta({
            order: 2,
            lead: 'facilitator',
            onward: 'planning.completed',
            mustProduce: mustProduce.planning,
            accepts: ['caseTexts', 'members', 'cards', 'preparedDocuments'],
          }),
          on: {
            'plan.dated': { guard: 'datesInOrder', actions: 'setDates' },
            'planning.completed': {
              guard: { type: 'produced', params: { step: 'planning' } },
              target: 'workshop',
              actions: { type: 'notify', params: { audience: 'everyone', template: 'workshop.invited' } },
            },
          },
        },
        workshop: {
          description:
            'People meet, on site and remotely; what they say is written down with the table or the card it came from.',
          meta: meta({
            order: 3,
            lead: 'facilitator',
            onward: 'period.opened',
            mustProduce: mustProduce.workshop,
            accepts: [
              ...(['caseTexts', 'members', 'cards', 'recordedContributions', 'workshops'] as const),
              ...(['preparedDocuments', 'tableDocuments'] as const),
            ],
            deadlines: [{ name: 'opens', at: 'opensAt', event: 'period.opened' }],
          }),
          on: {
            'period.opened': {
              guard: { type: 'produced', params: { step: 'workshop' } },
              target: 'open',
              actions: [
                'rememberOpening',
                { type: 'notify', params: { audience: 'everyone', template: 'period.opened' } },
              ],
            },
            'workshop.repeated': {
              actions: [
                'askForAnotherWorkshop',
                { type: 'notify', params: { audience: 'everyone', template: 'dates.changed' } },
              ],
            },
            'plan.dated': {
              guard: 'datesInOrder',
              actions: [
                'setDates',
                { type: 'notify', params: { audience: 'everyone', template: 'dates.changed' } },
              ],
            },
          },
        },
        open: {
          description:
            'Everybody can tell, discuss and take a stand, with a name or as a guest, until the period closes.',
          meta: meta({
            order: 4,
            lead: 'agent',
            onward: 'period.closed',
            mustProduce: mustProduce.open,
            accepts: [
              ...(['contributions', 'recordedContributions', 'statements', 'votes', 'cards'] as const),
              ...(['members', 'preparedDocuments', 'documents'] as const),
            ],
            deadlines: [{ name: 'closes', at: 'closesAt', event: 'period.closed' }],
          }),
          on: {
            'period.extended': {
              guard: 'extends',
              actions: [
                'extendPeriod',
                { type: 'notify', params: { audience: 'everyone', template: 'period.extended' } },
              ],
            },
            'period.closed': {
              guard: { type: 'produced', params: { step: 'open' } },
              target: 'summary',
              actions: { type: 'notify', params: { audience: 'facilitators', template: 'period.closed' } },
            },
          },
        },
        summary: {
          description: 'The facilitator writes up what was said; nothing is left out without a reason.',
          meta: meta({
            order: 5,
            lead: 'facilitator',
            onward: 'summary.published',
            mustProduce: mustProduce.summary,
            accepts: [
              ...(['caseTexts', 'recordedContributions', 'themes', 'accountings'] as const),
              ...(['proposals', 'members', 'summaryDocument'] as const),
            ],
          }),
          on: {
            'summary.published': {
              guard: { type: 'produced', params: { step: 'summary' } },
              target: 'review',
              actions: { type: 'notify', params: { audience: 'deciders', template: 'brief.ready' } },
            },
            'answer.promised': { guard: 'promisesLater', actions: 'promiseAnew' },
          },
        },
        review: {
          description:
            'The decision-makers answer every proposal: what is done about it, why, and what happens next.',
          meta: meta({
            order: 6,
            lead: 'decider',
            onward: 'review.completed',
            mustProduce: mustProduce.review,
            accepts: ['responses', 'members'],
            deadlines: [
              { name: 'answerDue', at: 'answerDueAt', event: 'answer.overdue', unless: 'answerLateSince' },
            ],
          }),
          on: {
            'clarification.requested': {
              target: 'summary',
              actions: {
                type: 'notify',
                params: { audience: 'facilitators', template: 'clarification.requested' },
              },
            },
            'answer.overdue': {
              guard: 'answerStillDue',
              actions: [
                'markLate',
                { type: 'notify', params: { audience: 'deciders', template: 'answer.overdue' } },
              ],
            },
            'answer.promised': { guard: 'promisesLater', actions: 'promiseAnew' },
            'review.completed': {
              guard: { type: 'produced', params: { step: 'review' } },
              target: 'feedback',
              actions: [
                'rememberAnswered',
                { type: 'deliverFeedback', params: { audience: 'participants', template: 'feedback.ready' } },
              ],
            },
          },
        },
        feedback: {
          description:
            'Everyone who took part sees what became of what they gave, and says whether they were heard.',
          meta: meta({
            order: 7,
            lead: 'facilitator',
            onward: 'case.closed',
            mustProduce: mustProduce.feedback,
            accepts: ['heard', 'followUps'],
          }),
          on: {
            'case.closed': {
              guard: { type: 'produced', params: { step: 'feedback' } },
              target: '#seven-steps.closed',
            },
          },
        },
        last: { type: 'history', history: 'shallow' },
      },
    },
    paused: {
      description:
        'The case lies still for a public reason; its dates move on by as long as the pause lasts.',
      meta: meta({ order: 0, lead: 'facilitator', mustProduce: [], accepts: [] }),
      on: {
        'case.resumed': {
          target: 'underway.last',
          actions: [
            'moveDatesByPause',
            { type: 'notify', params: { audience: 'everyone', template: 'case.resumed' } },
          ],
        },
        'case.cancelled': {
          guard: 'answersNotPublished',
          target: 'cancelled',
          actions: { type: 'notify', params: { audience: 'everyone', template: 'case.cancelled' } },
        },
      },
    },
    closed: {
      type: 'final',
      description: 'Everyone has heard what came of it; follow-ups come back on the promised dates.',
      meta: meta({ order: 8, lead: 'facilitator', mustProduce: [], accepts: ['heard', 'followUps'] }),
    },
    merged: {
      type: 'final',
      description: 'The case goes on as part of another one.',
      meta: meta({ order: 8, lead: 'facilitator', mustProduce: [], accepts: [] }),
    },
    cancelled: {
      type: 'final',
      description: 'The case ended before an answer, for a public reason.',
      meta: meta({ order: 8, lead: 'facilitator', mustProduce: [], accepts: [] }),
    },
  },
});
