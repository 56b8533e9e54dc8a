import { noFacts, startProcess } from '@lakeus/engine';
import type { EventSpec, Facts, MachineEffect, Position, WorkflowEvent } from '@lakeus/engine';
import { sevenSteps } from '../index.ts';
import type { SevenStepsEvent } from '../index.ts';
import { mustProduce, requirements } from '../requirements.ts';
import type { RequirementId } from '../requirements.ts';

/** A case that goes well, event by event at fixed instants, for tests to start from and to spoil. */

export const process = startProcess(sevenSteps);
export const specs = sevenSteps.events as Readonly<Record<SevenStepsEvent, EventSpec>>;
export const eventTypes = Object.keys(specs) as SevenStepsEvent[];

/** Nine o'clock on the n-th day of the case. */
export const day = (n: number): string => new Date(Date.UTC(2026, 1, 28, 9) + n * 86_400_000).toISOString();

/** Everything that any step may ask for. */
export const ready: Facts = {
  ...noFacts,
  texts: [
    'canInfluence',
    'cannotInfluence',
    'concerns',
    'question',
    'service',
    'theme',
    'title',
    'workshopTheme',
  ],
  clients: 2,
  workers: 2,
  deciders: 1,
  workshops: 1,
  contributions: 30,
  proposals: 4,
  participants: 25,
};

export const without = (...names: string[]): Facts => {
  return { ...ready, texts: ready.texts.filter((name) => !names.includes(name)) };
};

export const otherCase = '00000000-0000-4000-8000-000000000002';

/** What each kind of event carries when nothing else is said: the agreed dates, and when things happen. */
export const agreed = { workshopOn: '2026-03-15', opensAt: day(20), closesAt: day(40), answerDueAt: day(60) };
const usually: Readonly<Record<SevenStepsEvent, { at: string; data?: WorkflowEvent['data'] }>> = {
  'need.accepted': { at: day(1) },
  'plan.dated': { at: day(2), data: agreed },
  'planning.completed': { at: day(3) },
  'workshop.repeated': { at: day(16) },
  'period.opened': { at: day(20) },
  'period.extended': { at: day(30), data: { closesAt: day(50) } },
  'period.closed': { at: day(40) },
  'summary.published': { at: day(50) },
  'clarification.requested': { at: day(51) },
  'answer.overdue': { at: day(60) },
  'answer.promised': { at: day(61), data: { answerDueAt: day(80) } },
  'review.completed': { at: day(55) },
  'case.closed': { at: day(58) },
  'case.paused': { at: day(30) },
  'case.resumed': { at: day(37) },
  'case.merged': { at: day(30), data: { intoCaseId: otherCase } },
  'case.cancelled': { at: day(30) },
};

/** The engine reads no facts for an event that does not ask for them; neither may a guard. */
const unread = new Proxy({} as Facts, {
  get: (_, name) => {
    throw new Error(`The event does not say that it needs facts, but ${String(name)} was read.`);
  },
});

export type Told = { readonly at?: string; readonly facts?: Facts; readonly data?: WorkflowEvent['data'] };

export function event(type: SevenStepsEvent, told: Told = {}): WorkflowEvent {
  const { at, data = {} } = usually[type];
  const { texts = [], needsFacts } = specs[type];
  return { type, at, data, texts, ...told, facts: needsFacts ? (told.facts ?? ready) : unread };
}

/** Walks events that must all be accepted. */
export function walked(from: Position, ...events: readonly WorkflowEvent[]): Position {
  return events.reduce((position, sent) => {
    const next = process.next(position.snapshot, sent);
    if (!next) throw new Error(`${position.step} does not accept ${sent.type} at ${sent.at}.`);
    return next.position;
  }, from);
}

const onward = [
  ['planning', ['need.accepted']],
  ['workshop', ['plan.dated', 'planning.completed']],
  ['open', ['period.opened']],
  ['summary', ['period.closed']],
  ['review', ['summary.published']],
  ['feedback', ['review.completed']],
  ['closed', ['case.closed']],
] as const;

export const sevenInOrder = ['need', ...onward.map(([step]) => step).filter((step) => step !== 'closed')];

const positions = new Map<string, Position>([['need', process.initial().position]]);
{
  let position = positions.get('need')!;
  for (const [step, types] of onward) {
    position = walked(position, ...types.map((type) => event(type)));
    positions.set(step, position);
  }
  positions.set('paused', walked(positions.get('open')!, event('case.paused')));
  positions.set('merged', walked(positions.get('open')!, event('case.merged')));
  positions.set('cancelled', walked(positions.get('open')!, event('case.cancelled')));
}

/** A case that has come to this step with all going well; `paused`, `merged` and `cancelled` come from `open`. */
export function standing(step: string): Position {
  const position = positions.get(step);
  if (!position) throw new Error(`No case stands in ${step}.`);
  return position;
}

export const allSteps: readonly string[] = [...positions.keys()];

/** The requirements of a step that do not hold, as the refusal would list them. */
export function missingFor(position: Position, sent: WorkflowEvent): RequirementId[] {
  if (position.meta?.onward !== sent.type) return [];
  const names = mustProduce[position.step as keyof typeof mustProduce] as readonly RequirementId[];
  return names.filter((name) => !requirements[name].holds(sent.facts, position.context, sent.at));
}

/** An effect in one line: what is done, for whom, with which words. */
export const shown = ({ kind, payload }: MachineEffect): string =>
  `${kind} ${String(payload.audience)} ${String(payload.template)}`;
