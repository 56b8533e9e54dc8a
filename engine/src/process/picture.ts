import type { Instant, RoleId } from '../case.ts';
import type { Transition } from '../ports.ts';
import type { DeadlineSpec, StepMeta, Workflow } from '../workflow.ts';
import { chartOf } from './chart.ts';
import type { Chart, ChartState, ChartWay } from './chart.ts';

/** The living picture of a case: its statechart with what has happened on it. Everything is read from the machine and
 * the log, so a process with other steps draws itself. */

/** A stay in a state. A pause does not end the visit that it interrupts. */
export type Visit = {
  readonly enteredAt: Instant;
  /** null while it lasts */
  readonly leftAt: Instant | null;
  /** the event that brought the case here; null for where it began */
  readonly by: string | null;
};

export type PictureDeadline = {
  readonly name: string;
  readonly event: string;
  /** null when no date has been agreed on */
  readonly dueAt: Instant | null;
};

/** `unfinished`: the case ended, or went past, before this step was carried through. */
export type PictureStepState = 'done' | 'now' | 'ahead' | 'unfinished';

export type PictureStep = {
  readonly id: string;
  readonly order: number;
  readonly lead: RoleId;
  readonly state: PictureStepState;
  readonly visits: readonly Visit[];
  /** names of what must come out before the case goes onward */
  readonly mustProduce: readonly string[];
  /** what the clock does here */
  readonly deadlines: readonly PictureDeadline[];
};

/** `onward` leads ahead, `back` to an earlier step, `stay` nowhere else; `aside` leads off the line and `return` back
 * onto it; `end` ends the case otherwise than by finishing it. */
export type PictureWayKind = 'onward' | 'back' | 'stay' | 'aside' | 'return' | 'end';

export type PictureWay = {
  readonly event: string;
  readonly kind: PictureWayKind;
  readonly from: readonly string[];
  /** null for `stay`, and for a `return` to the step that was left */
  readonly to: string | null;
  /** who may decide it; empty when only the clock does */
  readonly by: readonly RoleId[];
  readonly byClock: boolean;
  readonly needsReason: boolean;
  /** how many times the case has gone this way */
  readonly taken: number;
  readonly lastTakenAt: Instant | null;
};

export type PictureAside = { readonly id: string; readonly visits: readonly Visit[] };

export type PictureEnd = {
  readonly id: string;
  /** whether it is where the last step leads when all goes well */
  readonly finishes: boolean;
  readonly reachedAt: Instant | null;
};

export type ProcessPicture = {
  readonly workflow: string;
  /** where the case stands: a step, an aside or an end */
  readonly at: string;
  /** while the case is aside: the step that it left and will go on from */
  readonly resumesAt: string | null;
  /** the line, in order */
  readonly steps: readonly PictureStep[];
  /** every way of the machine, once */
  readonly ways: readonly PictureWay[];
  readonly asides: readonly PictureAside[];
  readonly ends: readonly PictureEnd[];
};

export type PicturedCase = {
  readonly step: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly createdAt: Instant;
};

/** What a state is on the picture: the line is made of the states that say how they lead onward. */
const kindOf = ({ meta, final }: ChartState): 'step' | 'aside' | 'end' =>
  final ? 'end' : meta?.onward === undefined ? 'aside' : 'step';

type Lived = {
  readonly visits: ReadonlyMap<string, readonly Visit[]>;
  readonly taken: ReadonlyMap<ChartWay, { readonly count: number; readonly lastAt: Instant }>;
  /** the step of the line that the case is at, was at when it went aside, or was at when it ended */
  readonly lastStep: string;
};

/** Walks the log over the chart. A row whose way the machine no longer has still counts as a visit. */
function liveThrough(chart: Chart, createdAt: Instant, log: readonly Transition[]): Lived {
  const kinds = new Map(chart.states.map((state) => [state.id, kindOf(state)]));
  const visits = new Map<string, Visit[]>();
  const taken = new Map<ChartWay, { count: number; lastAt: Instant }>();
  let at = chart.initial;
  let lastStep = chart.initial;
  const enter = (id: string, visit: Visit) => visits.set(id, [...(visits.get(id) ?? []), visit]);
  const leave = (id: string, leftAt: Instant) => {
    const stays = visits.get(id) ?? [];
    visits.set(id, [...stays.slice(0, -1), { ...stays.at(-1)!, leftAt }]);
  };
  enter(at, { enteredAt: createdAt, leftAt: null, by: null });

  for (const { type, step, at: instant } of log) {
    const way = chart.ways.find(({ event, from, to, toLast }) => {
      if (event !== type || !from.includes(at)) return false;
      return toLast ? step === lastStep : to === null ? step === at : to === step;
    });
    if (way) taken.set(way, { count: (taken.get(way)?.count ?? 0) + 1, lastAt: instant });
    if (step === at) continue;
    const interrupts = kinds.get(at) === 'step' && kinds.get(step) === 'aside';
    const resumes = kinds.get(at) === 'aside' && step === lastStep;
    if (!interrupts) leave(at, instant);
    // What a pause held open ends with it when the case does not come back.
    if (kinds.get(at) === 'aside' && !resumes && kinds.get(step) !== 'aside') leave(lastStep, instant);
    if (!resumes) enter(step, { enteredAt: instant, leftAt: null, by: type });
    at = step;
    if (kinds.get(step) === 'step') lastStep = step;
  }
  return { visits, taken, lastStep };
}

function kindOfWay(chart: Chart, way: ChartWay): PictureWayKind {
  const stateOf = (id: string) => chart.states.find((state) => state.id === id)!;
  const from = way.from.map(stateOf);
  const fromAside = from.length > 0 && from.every((state) => kindOf(state) === 'aside');
  if (way.toLast) return 'return';
  if (way.to === null) return 'stay';
  const to = stateOf(way.to);
  if (from.some(({ meta }) => meta?.onward === way.event)) return 'onward';
  if (kindOf(to) !== 'step') return kindOf(to) === 'end' ? 'end' : 'aside';
  if (fromAside) return 'return';
  const order = to.meta?.order ?? 0;
  return from.every(({ meta }) => (meta?.order ?? 0) < order) ? 'onward' : 'back';
}

/** Draws a case: its machine, with what the log says has happened.
 * @param log - the transitions of the case, oldest first */
export function pictureOf(
  workflow: Workflow,
  { step: at, context, createdAt }: PicturedCase,
  log: readonly Transition[],
): ProcessPicture {
  const chart = chartOf(workflow.machine);
  const { visits, taken, lastStep } = liveThrough(chart, createdAt, log);
  const visitsOf = (id: string) => visits.get(id) ?? [];
  const here = chart.states.find(({ id }) => id === at);
  const standing = here ? kindOf(here) : 'step';

  const line = chart.states
    .filter((state) => kindOf(state) === 'step')
    .map(({ id, meta }) => ({ id, meta: meta! }))
    .sort((a, b) => a.meta.order - b.meta.order);
  const ways = chart.ways.map((way): PictureWay => {
    const { by, texts = [] } = workflow.events[way.event] ?? { by: [] };
    const senders = [by].flat();
    const { event, from, to } = way;
    return {
      ...{ event, from, to },
      kind: kindOfWay(chart, way),
      by: senders.filter((sender) => sender !== 'clock'),
      byClock: senders.includes('clock'),
      needsReason: texts.includes('reason'),
      taken: taken.get(way)?.count ?? 0,
      lastTakenAt: taken.get(way)?.lastAt ?? null,
    };
  });
  const finishes = (id: string) => ways.some(({ kind, to }) => kind === 'onward' && to === id);
  const finished = standing === 'end' && finishes(at);
  const orderNow = line.find(({ id }) => id === lastStep)?.meta.order ?? 0;

  const stateOf = (id: string, { order }: StepMeta): PictureStepState => {
    if (finished || order < orderNow) return visitsOf(id).length > 0 ? 'done' : 'unfinished';
    if (standing === 'end') return 'unfinished';
    return id === lastStep ? 'now' : 'ahead';
  };
  const deadlineOf = ({ name, event, at: key }: DeadlineSpec): PictureDeadline => {
    const dueAt = context[key];
    return { name, event, dueAt: typeof dueAt === 'string' ? dueAt : null };
  };

  return {
    workflow: workflow.id,
    at,
    resumesAt: standing === 'aside' ? lastStep : null,
    steps: line.map(({ id, meta }) => ({
      ...{ id, order: meta.order, lead: meta.lead, state: stateOf(id, meta), visits: visitsOf(id) },
      mustProduce: meta.mustProduce,
      deadlines: (meta.deadlines ?? []).map(deadlineOf),
    })),
    ways,
    asides: chart.states
      .filter((state) => kindOf(state) === 'aside')
      .map(({ id }) => ({ id, visits: visitsOf(id) })),
    ends: chart.states
      .filter((state) => kindOf(state) === 'end')
      .map(({ id }) => ({
        id,
        finishes: finishes(id),
        reachedAt: visitsOf(id).at(-1)?.enteredAt ?? null,
      })),
  };
}
