import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { fixtureWorkflow } from '../testing/index.ts';
import type { Workflow } from '../workflow.ts';
import { chartOf } from './chart.ts';
import { pictureOf } from './picture.ts';
import type { PicturedCase } from './picture.ts';

/** The picture of any process, drawn from its machine and a log. */

const day = (n: number): string => new Date(Date.UTC(2026, 2, 1, 9) + n * 86_400_000).toISOString();
const log = (...rows: [type: string, step: string, day: number][]) =>
  rows.map(([type, step, n]) => ({ type, step, at: day(n) }));
const standing = (step: string, context: object = {}): PicturedCase => {
  return { step, context: { ...context }, createdAt: day(0) };
};

const step = (order: number, onward: string) => {
  return { order, lead: 'expert' as const, onward, mustProduce: [], accepts: [] };
};

/** A process nothing like ours: two steps, one of them with steps inside, and a way that skips. */
const panel: Workflow = {
  id: 'panel',
  version: 1,
  requirements: {},
  events: {
    called: { by: ['expert', 'clock'] },
    heard: { by: ['agent'] },
    again: { by: ['expert'], texts: ['reason'] },
    note: { by: 'clock' },
  },
  isPublic: () => true,
  machine: createMachine({
    id: 'panel',
    initial: 'call',
    states: {
      call: { meta: step(1, 'called'), on: { called: 'meeting', note: {} } },
      meeting: {
        initial: 'talk',
        on: { again: 'call' },
        states: {
          talk: {
            meta: step(2, 'heard'),
            on: { heard: [{ guard: 'all', target: '#end' }, { target: 'vote' }] },
          },
          vote: { meta: step(3, 'heard'), on: { heard: '#end' } },
        },
      },
      end: { id: 'end', type: 'final' },
    },
  }),
};

describe('the picture of a process', () => {
  it('is drawn from the machine, whatever its steps', () => {
    const picture = pictureOf(panel, standing('talk'), log(['called', 'talk', 2]));
    expect(picture.steps.map(({ id, state }) => [id, state])).toEqual([
      ['call', 'done'],
      ['talk', 'now'],
      ['vote', 'ahead'],
    ]);
    expect(picture.asides).toEqual([]);
    expect(picture.ends).toEqual([{ id: 'end', finishes: true, reachedAt: null }]);
    expect(picture.ways.map(({ event, kind, from, to, taken }) => [event, kind, ...from, to, taken])).toEqual(
      [
        ['called', 'onward', 'call', 'talk', 1],
        ['note', 'stay', 'call', null, 0],
        ['again', 'back', 'talk', 'vote', 'call', 0],
        ['heard', 'onward', 'talk', 'end', 0],
        ['heard', 'onward', 'talk', 'vote', 0],
        ['heard', 'onward', 'vote', 'end', 0],
      ],
    );
  });

  it('says who may decide on a way, whether the clock may, and whether a reason is asked', () => {
    const { ways } = pictureOf(panel, standing('call'), []);
    const of = (name: string) => ways.find(({ event }) => event === name);
    expect(of('called')).toMatchObject({ by: ['expert'], byClock: true, needsReason: false });
    expect(of('note')).toMatchObject({ by: [], byClock: true });
    expect(of('again')).toMatchObject({ by: ['expert'], byClock: false, needsReason: true });
  });

  it('tells by which of two ways with one name the case went', () => {
    const { ways } = pictureOf(panel, standing('end'), log(['called', 'talk', 1], ['heard', 'end', 2]));
    expect(ways.filter(({ event }) => event === 'heard').map(({ taken }) => taken)).toEqual([1, 0, 0]);
  });

  it('calls a step that was skipped unfinished', () => {
    const { steps } = pictureOf(panel, standing('end'), log(['called', 'talk', 1], ['heard', 'end', 2]));
    expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'unfinished']);
  });

  it('keeps a visit open over a pause, and ends it when the case ends in the pause', () => {
    const rows = log(['need.accepted', 'open', 1], ['case.paused', 'paused', 2], ['case.resumed', 'open', 5]);
    const visits = (n: number, at: string) => {
      const picture = pictureOf(fixtureWorkflow, standing(at), rows.slice(0, n));
      return picture.steps.find(({ id }) => id === 'open')?.visits;
    };
    const visit = { enteredAt: day(1), leftAt: null, by: 'need.accepted' };
    expect(visits(2, 'paused')).toEqual([visit]);
    expect(visits(3, 'open')).toEqual([visit]);
    const closed = [...rows, ...log(['period.closed', 'summary', 8])];
    expect(pictureOf(fixtureWorkflow, standing('summary'), closed).steps[1]?.visits).toEqual([
      { ...visit, leftAt: day(8) },
    ]);
  });

  it('counts a way that leads to the step left, and says where the case goes on', () => {
    const rows = log(['need.accepted', 'open', 1], ['case.paused', 'paused', 2]);
    const paused = pictureOf(fixtureWorkflow, standing('paused'), rows);
    expect(paused).toMatchObject({ at: 'paused', resumesAt: 'open' });
    expect(paused.asides).toEqual([
      { id: 'paused', visits: [{ enteredAt: day(2), leftAt: null, by: 'case.paused' }] },
    ]);
    const resumed = [...rows, ...log(['case.resumed', 'open', 5])];
    const picture = pictureOf(fixtureWorkflow, standing('open'), resumed);
    const way = picture.ways.find(({ event }) => event === 'case.resumed');
    expect(way).toMatchObject({ kind: 'return', to: null, taken: 1, lastTakenAt: day(5) });
    expect(picture.resumesAt).toBeNull();
  });

  it('takes the date of a deadline from the context', () => {
    const dated = pictureOf(fixtureWorkflow, standing('need', { closesAt: day(9) }), []);
    expect(dated.steps[1]?.deadlines).toEqual([{ name: 'closes', event: 'period.closed', dueAt: day(9) }]);
    const undated = pictureOf(fixtureWorkflow, standing('need', { closesAt: null }), []);
    expect(undated.steps[1]?.deadlines[0]?.dueAt).toBeNull();
  });

  it('does not fall over a log row that the machine has no way for', () => {
    const rows = log(['long.gone', 'summary', 3]);
    const picture = pictureOf(fixtureWorkflow, standing('summary'), rows);
    expect(picture.ways.every(({ taken }) => taken === 0)).toBe(true);
    expect(picture.steps[2]).toMatchObject({ state: 'now', visits: [{ enteredAt: day(3) }] });
  });
});

describe('every way of a machine', () => {
  const names = ['a', 'b', 'c', 'd'];
  const ways = fc.array(
    fc.record({
      from: fc.constantFrom(...names, 'all'),
      event: fc.constantFrom('go', 'back', 'skip'),
      to: fc.option(fc.constantFrom(...names, 'end'), { nil: undefined }),
    }),
    { maxLength: 12 },
  );

  it('appears exactly once', () => {
    fc.assert(
      fc.property(ways, (made) => {
        const on = (from: string) => {
          const groups = Map.groupBy(
            made.filter((way) => way.from === from),
            ({ event }) => event,
          );
          const leadOn = ({ to }: { to: string | undefined }) => ({
            guard: 'some',
            ...(to && { target: `#${to}` }),
          });
          return Object.fromEntries([...groups].map(([event, group]) => [event, group.map(leadOn)]));
        };
        const states = names.map((id, i) => [id, { id, meta: step(i + 1, 'go'), on: on(id) }] as const);
        const machine = createMachine({
          initial: 'all',
          states: {
            all: { initial: 'a', on: on('all'), states: Object.fromEntries(states) },
            end: { id: 'end', type: 'final' },
          },
        });
        const drawn = pictureOf({ ...panel, machine }, standing('a'), []).ways;
        const shown = (from: readonly string[], event: string, to: string | null | undefined) =>
          `${from.join()} ${event} ${from.length === 1 && from[0] === to ? '' : (to ?? '')}`;
        const told = made.map(({ from, event, to }) => shown(from === 'all' ? names : [from], event, to));
        expect(drawn.map(({ from, event, to }) => shown(from, event, to)).toSorted()).toEqual(
          told.toSorted(),
        );
      }),
    );
  });

  it('is of those states only that do not take the event for themselves', () => {
    const machine = createMachine({
      initial: 'all',
      states: {
        all: {
          initial: 'a',
          on: { go: '#end' },
          states: { a: { on: { go: 'b' } }, b: { on: { go: { guard: 'some', target: 'a' } } }, c: {} },
        },
        end: { id: 'end', type: 'final' },
      },
    });
    expect(chartOf(machine).ways.map(({ from, to }) => [from, to])).toEqual([
      [['b', 'c'], 'end'],
      [['a'], 'b'],
      [['b'], 'a'],
    ]);
  });
});
