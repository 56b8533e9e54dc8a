import type { Facts, Position, WorkflowEvent } from '@lakeus/engine';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { getShortestPaths, getSimplePaths } from 'xstate/graph';
import type { StatePath } from 'xstate/graph';
import type { SevenStepsEvent } from './index.ts';
import { machine } from './machine.ts';
import type { Context } from './requirements.ts';
import { agreed, day, event, eventTypes, process, ready, sevenInOrder, specs } from './testing/steps.ts';

/** What holds along every walk (A1–A8 of SPEC.md): walks at random, and every path that the machine's graph has. */

const contextOf = (position: Position): Context => position.context as unknown as Context;
const later = (at: string, days: number): string =>
  new Date(Date.parse(at) + days * 86_400_000).toISOString();
const changed = (before: Position, after: Position): (keyof Context)[] => {
  const [a, b] = [contextOf(before), contextOf(after)];
  return (Object.keys(b) as (keyof Context)[]).filter((key) => a[key] !== b[key]);
};

// — at random —

vi.setConfig({ testTimeout: 60_000 });
/** So many walks, or as many as there is time for; a failing walk is shortened no longer than that either. */
const runs = (numRuns: number) => ({ numRuns, interruptAfterTimeLimit: 15_000 });

/** Mostly there, now and then missing: a walk must be able to get far and to be held back anywhere. */
const mostly = <T>(there: fc.Arbitrary<T>, missing: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 14, arbitrary: there }, { weight: 1, arbitrary: missing });
const some = mostly(fc.integer({ min: 1, max: 5 }), fc.constant(0));
const none = mostly(fc.constant(0), fc.integer({ min: 1, max: 5 }));
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  texts: mostly(fc.constant(ready.texts), fc.subarray([...ready.texts])),
  clients: some,
  workers: some,
  deciders: some,
  workshops: some,
  contributions: some,
  contributionsUnaccounted: none,
  proposals: some,
  proposalsWithoutSource: none,
  proposalsUnanswered: none,
  participants: some,
  participantsWithoutFeedback: none,
});

const daysAhead = fc.integer({ min: -3, max: 40 });
type Move = {
  /** which event, of those that the step has a way for, or of all */
  readonly pick: number;
  readonly stray: boolean;
  readonly days: number;
  readonly facts: Facts;
  readonly ahead: Readonly<Record<keyof typeof agreed, number | undefined>>;
};
const anyMove: fc.Arbitrary<Move> = fc.record({
  pick: fc.nat(1_000),
  stray: mostly(fc.constant(false), fc.constant(true)),
  days: fc.integer({ min: 0, max: 15 }),
  facts: anyFacts,
  ahead: fc.record({
    workshopOn: fc.option(daysAhead, { nil: undefined }),
    opensAt: fc.option(daysAhead, { nil: undefined }),
    closesAt: fc.option(
      daysAhead.map((n) => n + 10),
      { nil: undefined },
    ),
    answerDueAt: fc.option(
      daysAhead.map((n) => n + 30),
      { nil: undefined },
    ),
  }),
});

/** The event that a move comes to, for a case that stands here at this time. */
function sentBy({ pick, stray, facts, ahead }: Move, position: Position, at: string): WorkflowEvent {
  const ways = process.ways(position.snapshot) as readonly SevenStepsEvent[];
  const onward = position.meta?.onward as SevenStepsEvent | undefined;
  // the way onward again, so that walks get to the end; the ways out once in a while, so that they do not end at once
  const likely = ways.filter((type) => !['case.merged', 'case.cancelled'].includes(type) || pick % 20 === 0);
  const choice =
    stray || likely.length === 0 ? eventTypes : [...likely, ...(onward ? [onward, onward, onward] : [])];
  const type = choice[pick % choice.length]!;
  const data = Object.fromEntries(
    Object.keys(specs[type].data ?? {}).flatMap((name) => {
      if (name === 'intoCaseId') return [[name, 'another']];
      const days = ahead[name as keyof typeof agreed];
      if (days === undefined) return specs[type].data?.[name]?.endsWith('?') ? [] : [[name, later(at, 1)]];
      return [[name, name === 'workshopOn' ? later(at, days).slice(0, 10) : later(at, days)]];
    }),
  );
  return event(type, { at, facts, data });
}

type Taken = { readonly before: Position; readonly sent: WorkflowEvent; readonly after: Position };

/** Walks the moves that are accepted; `visit` sees every place on the way, with the time. */
function walk(
  moves: readonly Move[],
  visit: (position: Position, at: string, move: Move) => void = () => undefined,
): Taken[] {
  let { position } = process.initial();
  let at = day(0);
  const taken: Taken[] = [];
  for (const move of moves) {
    at = later(at, move.days);
    visit(position, at, move);
    const sent = sentBy(move, position, at);
    const next = process.next(position.snapshot, sent);
    if (!next) continue;
    taken.push({ before: position, sent, after: next.position });
    position = next.position;
  }
  return taken;
}

const anyWalk = fc.array(anyMove, { minLength: 40, maxLength: 90 });
const stepsSeen = new Map<string, number>();

/** Every arrival in a step by the machine's own way onward. */
const arrivals = (moves: readonly Move[], step: string): Taken[] =>
  walk(moves).filter(({ before, after }) => {
    if (before.step !== after.step) stepsSeen.set(after.step, 1 + (stepsSeen.get(after.step) ?? 0));
    return after.step === step && before.step !== step && before.step !== 'paused';
  });

describe('walks at random', () => {
  const always = (title: string, step: string, holds: (taken: Taken) => void) =>
    test(title, () => {
      fc.assert(
        fc.property(anyWalk, (moves) => arrivals(moves, step).forEach(holds)),
        runs(200),
      );
    });

  always('A1 no walk reaches open without influence, decider and answer date', 'open', ({ sent, after }) => {
    expect(sent.facts.texts).toEqual(expect.arrayContaining(['canInfluence', 'cannotInfluence']));
    expect(sent.facts.deciders).toBeGreaterThan(0);
    expect(contextOf(after).answerDueAt).not.toBeNull();
    expect(sent.at < contextOf(after).closesAt!).toBe(true);
  });
  always('A2 no walk reaches review with a contribution unaccounted for', 'review', ({ sent }) =>
    expect(sent.facts.contributionsUnaccounted).toBe(0),
  );
  always('A3 no walk reaches feedback with a proposal unanswered', 'feedback', ({ sent }) =>
    expect(sent.facts.proposalsUnanswered).toBe(0),
  );
  always('A4 no walk reaches closed with a participant without feedback', 'closed', ({ sent }) =>
    expect(sent.facts.participantsWithoutFeedback).toBe(0),
  );
  test('A1 A2 A3 A4 the walks did get everywhere', () => {
    const everywhere = [...sevenInOrder.slice(1), 'paused', 'closed', 'merged', 'cancelled'];
    expect(everywhere.filter((step) => (stepsSeen.get(step) ?? 0) < 20)).toEqual([]);
  });

  test('A5 pausing and resuming anywhere returns to the same step with nothing but dates changed', () => {
    const property = fc.property(anyWalk, fc.integer({ min: 0, max: 90 }), (moves, days) => {
      walk(moves, (position, at) => {
        const paused = process.next(position.snapshot, event('case.paused', { at }))?.position;
        expect(paused !== undefined).toBe(sevenInOrder.includes(position.step));
        if (!paused) return;
        const resumed = process.next(
          paused.snapshot,
          event('case.resumed', { at: later(at, days) }),
        )!.position;
        expect(resumed.step).toBe(position.step);
        expect(process.ways(resumed.snapshot)).toEqual(process.ways(position.snapshot));
        for (const key of changed(position, resumed)) {
          expect(['opensAt', 'closesAt', 'answerDueAt']).toContain(key);
          const date = contextOf(position)[key] as string;
          expect(date > at).toBe(true);
          expect(contextOf(resumed)[key]).toBe(later(date, days));
        }
      });
    });
    fc.assert(property, runs(100));
  });

  test('A6 a snapshot that goes through JSON goes on exactly as one that did not', () => {
    const property = fc.property(anyWalk, (moves) => {
      walk(moves, (position, at, move) => {
        const copy = JSON.parse(JSON.stringify(position.snapshot)) as typeof position.snapshot;
        expect(copy).toEqual(position.snapshot);
        expect(process.restore(copy)).toEqual(process.restore(position.snapshot));
        expect(process.ways(copy)).toEqual(process.ways(position.snapshot));
        const next = eventTypes.map((_, pick) => sentBy({ ...move, pick, stray: true }, position, at));
        expect(next.map((sent) => process.next(copy, sent))).toEqual(
          next.map((sent) => process.next(position.snapshot, sent)),
        );
      });
    });
    fc.assert(property, runs(30));
  });

  test('A7 the dates of a case stay in order along every walk', () => {
    const property = fc.property(anyWalk, (moves) => {
      for (const { after } of walk(moves)) {
        const { opensAt, closesAt, answerDueAt } = contextOf(after);
        const told = [opensAt, closesAt, answerDueAt].filter((date) => date !== null);
        expect(told).toEqual([...new Set(told)].sort());
      }
    });
    fc.assert(property, runs(300));
  });
});

// — every path of the graph —

const aside: readonly string[] = ['case.paused', 'case.resumed'];

/** A bounded alphabet at fixed instants: each event as it goes well, and as content or time would hold it back. */
const alphabet: readonly (readonly [name: string, sent: WorkflowEvent])[] = [
  ...eventTypes.filter((type) => !aside.includes(type)).map((type) => [type, event(type)] as const),
  ['case.paused', event('case.paused', { at: day(10) })],
  ['case.resumed', event('case.resumed', { at: day(17) })],
  ['need.accepted, nothing told', event('need.accepted', { facts: { ...ready, texts: [] } })],
  ['plan.dated, out of order', event('plan.dated', { data: { ...agreed, closesAt: day(10) } })],
  ['planning.completed, no clients', event('planning.completed', { facts: { ...ready, clients: 0 } })],
  ['period.opened, no workshop', event('period.opened', { facts: { ...ready, workshops: 0 } })],
  ['period.opened, second workshop', event('period.opened', { facts: { ...ready, workshops: 2 } })],
  ['period.opened, too late', event('period.opened', { at: day(41) })],
  ['period.extended, past the answer', event('period.extended', { data: { closesAt: day(65) } })],
  ['period.closed, too early', event('period.closed', { at: day(39) })],
  ['period.closed, after an extension', event('period.closed', { at: day(80) })],
  [
    'summary.published, some wait',
    event('summary.published', { facts: { ...ready, contributionsUnaccounted: 1 } }),
  ],
  ['answer.overdue, too early', event('answer.overdue', { at: day(59) })],
  ['answer.overdue, once more', event('answer.overdue', { at: day(100) })],
  ['review.completed, some wait', event('review.completed', { facts: { ...ready, proposalsUnanswered: 1 } })],
  ['case.closed, some wait', event('case.closed', { facts: { ...ready, participantsWithoutFeedback: 1 } })],
];
const nameOf = new Map(alphabet.map(([name, sent]) => [sent, name]));

/** What a live snapshot and a stored one have in common. */
type Placed = {
  readonly value: unknown;
  readonly context: Context;
  readonly historyValue: Readonly<Record<string, readonly { readonly id: string }[]>>;
};

/** A place in the graph: the state's value, where a pause came from, and what the guards look at in the context. */
const place = ({ value, context, historyValue }: Placed): string => {
  if (['closed', 'merged', 'cancelled'].includes(value as string)) return JSON.stringify(value);
  const { workshopOn, opensAt, closesAt, answerDueAt, answerLateSince, answeredAt, workshopsBefore } =
    context;
  const left =
    value === 'paused' ? Object.values(historyValue).flatMap((nodes) => nodes.map(({ id }) => id)) : [];
  return JSON.stringify([
    value,
    left,
    workshopOn,
    opensAt,
    closesAt,
    answerDueAt,
    answerLateSince,
    answeredAt,
    workshopsBefore,
  ]);
};

/** Simple paths are many more than shortest ones: for them no detour is taken twice, and a pause has no length. */
const fewer = [
  'period.extended, past the answer',
  'answer.overdue, once more',
  'period.opened, second workshop',
  'case.resumed',
];
const shorter: typeof alphabet = [
  ...alphabet.filter(([name]) => !fewer.includes(name)),
  ['case.resumed', event('case.resumed', { at: day(10) })],
];

const options = (letters: typeof alphabet) => ({
  events: letters.map(([, sent]) => sent),
  limit: 100_000, // a graph without end is a fault to be told of, not to be walked
  // a second pause would move the dates on for ever
  filterEvents: ({ context }: Placed, { type }: WorkflowEvent) =>
    type !== 'case.paused' || (context.opensAt ?? day(20)) === day(20),
  serializeState: place as never,
  serializeEvent: ((sent: WorkflowEvent) => nameOf.get(sent) ?? sent.type) as never,
});

type Path = StatePath<ReturnType<(typeof machine)['transition']>, WorkflowEvent>;

/** Sends a path's events to the engine's own process; each must be accepted and come to the same place. */
function follow({ steps }: Path): Taken[] {
  let { position } = process.initial();
  const taken: Taken[] = [];
  for (const { event: sent, state } of steps) {
    if (sent.type === 'xstate.init') continue;
    const next = process.next(position.snapshot, sent);
    if (!next) throw new Error(`${position.step} refused ${nameOf.get(sent)}`);
    taken.push({ before: position, sent, after: next.position });
    position = next.position;
    if (place(position.snapshot.snapshot as Placed) !== place(state)) throw new Error('another place');
  }
  return taken;
}

/** Every transition of the machine's config, as `step event`; what stands on the parent counts for each step in it. */
function transitions(): string[] {
  const { underway, ...outside } = machine.config.states as Record<
    string,
    { on?: object; states?: Record<string, { on?: object }> }
  >;
  const shared = Object.keys(underway!.on!);
  const inside = Object.entries(underway!.states!).filter(([step]) => step !== 'last');
  return [
    ...inside.flatMap(([step, { on }]) => [...Object.keys(on!), ...shared].map((type) => `${step} ${type}`)),
    ...Object.entries(outside).flatMap(([step, { on = {} }]) =>
      Object.keys(on).map((type) => `${step} ${type}`),
    ),
  ];
}

describe('every path of the graph', () => {
  const steps = new Set<string>();
  const edges = new Set<string>();

  test.each([
    ['shortest', getShortestPaths, alphabet],
    ['simple', getSimplePaths, shorter],
  ] as const)('A8 the engine walks all %s paths to the same places', (_, pathsOf, letters) => {
    const found = pathsOf(machine, options(letters)) as unknown as Path[];
    for (const { before, sent, after } of found.flatMap(follow)) {
      edges.add(`${before.step} ${sent.type}`);
      steps.add(before.step).add(after.step);
    }
    expect(found.length).toBeGreaterThan(200);
  });

  test('A8 the paths cover every state and every transition', () => {
    const never = ['feedback case.merged', 'feedback case.cancelled']; // B10: their guard always holds them back there
    expect([...steps].sort()).toEqual([...sevenInOrder, 'paused', 'closed', 'merged', 'cancelled'].sort());
    expect([...edges].sort()).toEqual(
      transitions()
        .filter((edge) => !never.includes(edge))
        .sort(),
    );
  });
});
