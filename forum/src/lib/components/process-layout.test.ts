import { pictureOf } from '@lakeus/engine';
import type { PictureStep, PictureWay, ProcessPicture } from '@lakeus/engine';
import { sevenSteps } from '@lakeus/workflows';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutOf, mostLanes } from './process-layout.ts';
import type { Layout } from './process-layout.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 2, 1 + n, 9)).toISOString();
const lived = [
  ['need.accepted', 'planning'],
  ['planning.completed', 'workshop'],
  ['period.opened', 'open'],
  ['period.extended', 'open'],
  ['period.closed', 'summary'],
  ['summary.published', 'review'],
  ['clarification.requested', 'summary'],
] as const;

/** The seven steps after so many events. */
function drawn(count: number, ...more: (readonly [type: string, step: string])[]): ProcessPicture {
  const log = [...lived.slice(0, count), ...more].map(([type, step], i) => ({ type, step, at: day(i + 1) }));
  const step = log.at(-1)?.step ?? 'need';
  return pictureOf(sevenSteps, { step, context: {}, createdAt: day(0) }, log);
}

/** Figures of a path that are xs and ys by turns. */
const figures = (path: string): number[] => (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
const xs = (path: string) => figures(path).filter((_, i) => i % 2 === 0);
const ys = (path: string) => figures(path).filter((_, i) => i % 2 === 1);
const railsOf = ({ marks }: Layout, id: string) => marks.find((mark) => mark.id === id)?.rails;

describe('the layout of the seven steps', () => {
  it('sets seven marks and the barn on the horizon, as far from each other', () => {
    const { marks, width } = layoutOf(drawn(0));
    expect(marks.map(({ id }) => id).slice(-2)).toEqual(['feedback', 'closed']);
    expect(marks).toHaveLength(8);
    const gaps = marks.slice(1).map(({ x }, i) => x - marks[i]!.x);
    expect(new Set(gaps).size).toBe(1);
    expect(marks[0]!.x).toBe(gaps[0]! / 2);
    expect(width).toBe(gaps[0]! * 8);
  });

  it('lets the sun stand over where the case is, over where it will go on, or over the barn', () => {
    expect(layoutOf(drawn(3)).sunOver).toBe('open');
    expect(layoutOf(drawn(4, ['case.paused', 'paused'])).sunOver).toBe('open');
    expect(layoutOf(drawn(6, ['review.completed', 'feedback'], ['case.closed', 'closed'])).sunOver).toBe(
      'closed',
    );
    expect(layoutOf(drawn(3, ['case.cancelled', 'cancelled'])).sunOver).toBeNull();
  });

  it('draws the way back as an arc above the horizon that lands between the two marks', () => {
    const layout = layoutOf(drawn(3));
    expect(layout.arcs).toMatchObject([
      { event: 'clarification.requested', from: 'review', to: 'summary', taken: 0 },
    ]);
    const [arc] = layout.arcs;
    const [summary, review] = layout.marks.slice(4, 6).map(({ x }) => x);
    for (const x of xs(arc!.path)) expect(x > summary! && x < review!).toBe(true);
    expect(Math.max(...ys(arc!.path))).toBeLessThan(layout.horizon);
    expect(xs(arc!.path)[0]).toBeGreaterThan(xs(arc!.path).at(-1)!);
  });

  it('counts how often a way was gone', () => {
    const layout = layoutOf(drawn(7));
    expect(layout.arcs[0]?.taken).toBe(1);
    expect(layout.loops.find(({ step }) => step === 'open')?.taken).toBe(1);
    expect(layout.loops.find(({ step }) => step === 'planning')?.taken).toBe(0);
  });

  it('runs the arc of the upright picture from the one mark to the other', () => {
    const layout = layoutOf(drawn(7));
    expect(layout.lanes).toBe(1);
    expect(railsOf(layout, 'summary')).toEqual([{ lane: 0, part: 'upper', lands: true, taken: 1 }]);
    expect(railsOf(layout, 'review')).toEqual([{ lane: 0, part: 'lower', lands: false, taken: 1 }]);
    expect(railsOf(layout, 'open')).toEqual([]);
  });

  it('shows of an ended case only the ways that it went', () => {
    const closed = layoutOf(drawn(6, ['review.completed', 'feedback'], ['case.closed', 'closed']));
    expect(closed.arcs).toEqual([]);
    expect(closed.loops.map(({ step }) => step)).toEqual(['open']);
  });
});

describe('the layout of any process', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const step = (id: string, i: number): PictureStep => {
    const told = { id, order: i + 1, lead: 'facilitator', state: 'ahead' } as const;
    return { ...told, visits: [], mustProduce: [], deadlines: [] };
  };
  const picture = (steps: readonly string[], ways: readonly PictureWay[]): ProcessPicture => {
    const shown = { workflow: 'any', at: steps[0]!, resumesAt: null, asides: [], ends: [] };
    return { ...shown, steps: steps.map(step), ways };
  };
  const way = fc.record({
    event: fc.constantFrom('go', 'return', 'repeat'),
    kind: fc.constantFrom('onward', 'back', 'stay', 'aside', 'end'),
    from: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
    to: fc.option(fc.constantFrom(...names)),
    by: fc.constant([]),
    byClock: fc.boolean(),
    needsReason: fc.boolean(),
    taken: fc.nat(3),
    lastTakenAt: fc.constant(null),
  });
  const pictures = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.array(way, { maxLength: 8 }))
    .map(([count, ways]) => picture(names.slice(0, count), ways));

  it('keeps everything inside the picture', () => {
    fc.assert(
      fc.property(pictures, (given) => {
        const { width, height, horizon, arcs, loops } = layoutOf(given);
        for (const { path, head, countX, countY } of [...arcs, ...loops]) {
          for (const x of [...xs(path), ...xs(head), countX]) expect(x >= 0 && x <= width).toBe(true);
          // A handle may stand higher than the curve, which rises to three quarters of it.
          const curve = ys(path).map((y) => (y < horizon ? horizon - 8 + (y - horizon + 8) * 0.75 : y));
          for (const y of [...curve, ...ys(head), countY]) expect(y >= 0 && y <= height).toBe(true);
        }
      }),
    );
  });

  it('gives the upright picture both ends of each arc, and never more lanes than there is room for', () => {
    fc.assert(
      fc.property(pictures, (given) => {
        const { marks, arcs, lanes } = layoutOf(given);
        const rails = marks.flatMap(({ rails: here }) => here);
        expect(lanes).toBeLessThanOrEqual(mostLanes);
        expect(rails.filter(({ part }) => part === 'upper')).toHaveLength(arcs.length);
        expect(rails.filter(({ part }) => part === 'lower')).toHaveLength(arcs.length);
        expect(rails.filter(({ lands }) => lands)).toHaveLength(arcs.length);
      }),
    );
  });

  it('leads two arcs past each other in lanes of their own', () => {
    const back = (from: string, to: string): PictureWay => {
      const told = { event: `${from}${to}`, kind: 'back', from: [from], to, by: [], byClock: false } as const;
      return { ...told, needsReason: false, taken: 0, lastTakenAt: null };
    };
    const layout = layoutOf(picture(names, [back('e', 'a'), back('c', 'b'), back('f', 'e')]));
    expect(layout.lanes).toBe(2);
    expect(railsOf(layout, 'b')).toEqual([
      { lane: 1, part: 'through', lands: false, taken: 0 },
      { lane: 0, part: 'upper', lands: true, taken: 0 },
    ]);
  });
});
