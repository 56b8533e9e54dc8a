import type { PictureWay, ProcessPicture } from '@lakeus/engine';
import { openOrGone } from './process-words.ts';

/** Where everything stands on the picture of a process. Pure: a picture in, figures and paths out. */

/** One way that does not simply lead to the next mark, drawn as an arc above the horizon. */
export type Arc = {
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** arrowhead at the landing */
  readonly head: string;
  readonly taken: number;
  /** where the count is written */
  readonly countX: number;
  readonly countY: number;
};

/** What was, or can be, done without leaving a step: one loop under the horizon for all such ways of the step. */
export type Loop = {
  readonly step: string;
  readonly path: string;
  readonly head: string;
  readonly taken: number;
  readonly countX: number;
  readonly countY: number;
};

/** A piece of an arc in one row of the upright picture. `upper` and `lower` are its ends. */
export type Rail = {
  readonly lane: number;
  readonly part: 'upper' | 'through' | 'lower';
  /** whether the way lands here */
  readonly lands: boolean;
  readonly taken: number;
};

export type Mark = {
  readonly id: string;
  readonly x: number;
  /** pieces of arcs beside this mark when the picture stands upright */
  readonly rails: readonly Rail[];
};

export type Layout = {
  readonly width: number;
  readonly height: number;
  /** y of the horizon */
  readonly horizon: number;
  /** the steps in order, and last the end that finishes the process, if there is one */
  readonly marks: readonly Mark[];
  readonly arcs: readonly Arc[];
  readonly loops: readonly Loop[];
  /** how many arcs run side by side at most when the picture stands upright */
  readonly lanes: number;
  /** the mark that the sun stands over */
  readonly sunOver: string | null;
};

const pitch = 140;
const ground = 46;
/** the tallest that stands on the horizon: the sun with its rays */
const sky = 164;
const foot = 31;
/** low enough to pass beside the sun, and where marks stand between, high enough to pass over it */
const besideSun = 84;
const overSun = 176;
const wider = 24;

const round = (n: number): number => Math.round(n * 10) / 10;

/** The most lanes that the upright picture has room for. */
export const mostLanes = 3;

type Span = { readonly way: PictureWay; readonly from: string; readonly start: number; readonly end: number };

/** The ways that an arc is drawn for: every way from mark to mark, but for those that lead to the very next one. */
function spansOf(picture: ProcessPicture, ids: readonly string[]): Span[] {
  return openOrGone(picture)
    .filter(({ kind }) => kind === 'back' || kind === 'onward')
    .flatMap((way) =>
      way.from.map((from) => ({ way, from, start: ids.indexOf(from), end: ids.indexOf(way.to ?? '') })),
    )
    .filter(({ start, end }) => start >= 0 && end >= 0 && end !== start && end !== start + 1);
}

const arcHeight = (span: number): number => (span === 1 ? besideSun : overSun + wider * (span - 2));

function arcOf({ way, from, start, end }: Span, horizon: number, xOf: (i: number) => number): Arc {
  const direction = Math.sign(end - start);
  const y = horizon - 8;
  const [fromX, toX] = [xOf(start) + direction * foot, xOf(end) - direction * foot];
  const rise = arcHeight(Math.abs(end - start));
  // A cubic curve rises to three quarters of where its handles are.
  const handleY = round(y - rise / 0.75);
  return {
    ...{ event: way.event, from, to: way.to ?? '', taken: way.taken },
    path: `M${fromX} ${y}C${fromX} ${handleY} ${toX} ${handleY} ${toX} ${y}`,
    head: `M${toX - 7} ${y - 10}L${toX} ${y}L${toX + 7} ${y - 10}`,
    countX: (fromX + toX) / 2,
    countY: round(y - rise - 8),
  };
}

function loopsOf(picture: ProcessPicture, horizon: number, xOf: (i: number) => number): Loop[] {
  const ways = openOrGone(picture);
  return picture.steps.flatMap(({ id }, i): Loop[] => {
    const own = ways.filter(({ kind, from }) => kind === 'stay' && from.includes(id));
    if (own.length === 0) return [];
    const [x, y] = [xOf(i), horizon + 5];
    return [
      {
        step: id,
        path: `M${x + 9} ${y}C${x + 34} ${y + 38} ${x - 34} ${y + 38} ${x - 9} ${y + 2}`,
        head: `M${x - 19} ${y + 5}L${x - 9} ${y + 1}L${x - 8} ${y + 12}`,
        taken: own.reduce((sum, { taken }) => sum + taken, 0),
        countX: x + 36,
        countY: y + 30,
      },
    ];
  });
}

/** Gives arcs that pass each other lanes of their own, the shortest nearest to the line. What has no room shares the
 * outermost lane: the text beside the picture tells them apart. */
function lanesOf(spans: readonly Span[]): number[] {
  const lengthOf = ({ start, end }: Span) => Math.abs(end - start);
  const order = spans.map((_, i) => i).sort((a, b) => lengthOf(spans[a]!) - lengthOf(spans[b]!));
  const lanes = spans.map(() => -1);
  const meets = (a: Span, b: Span) =>
    Math.min(a.start, a.end) <= Math.max(b.start, b.end) &&
    Math.min(b.start, b.end) <= Math.max(a.start, a.end);
  for (const i of order) {
    const near = spans.flatMap((span, j) => (lanes[j]! >= 0 && meets(span, spans[i]!) ? [lanes[j]!] : []));
    let lane = 0;
    while (near.includes(lane) && lane < mostLanes - 1) lane++;
    lanes[i] = lane;
  }
  return lanes;
}

function railsAt(row: number, spans: readonly Span[], lanes: readonly number[]): Rail[] {
  return spans.flatMap(({ start, end, way: { taken } }, i): Rail[] => {
    const [upper, lower] = [Math.min(start, end), Math.max(start, end)];
    if (row < upper || row > lower) return [];
    const part = row === upper ? 'upper' : row === lower ? 'lower' : 'through';
    return [{ lane: lanes[i]!, part, lands: row === end, taken }];
  });
}

/** Lays a process out on its horizon. */
export function layoutOf(picture: ProcessPicture): Layout {
  const { steps, ends, at, resumesAt } = picture;
  const finish = ends.find(({ finishes }) => finishes);
  const ids = [...steps.map(({ id }) => id), ...(finish ? [finish.id] : [])];
  const xOf = (i: number) => pitch / 2 + pitch * i;
  const spans = spansOf(picture, ids);
  const lanes = lanesOf(spans);
  const highest = Math.max(sky, ...spans.map(({ start, end }) => arcHeight(Math.abs(end - start)) + 36));
  const horizon = highest;
  const sunOver = resumesAt ?? at;
  return {
    width: pitch * ids.length,
    height: horizon + ground,
    horizon,
    marks: ids.map((id, i) => ({ id, x: xOf(i), rails: railsAt(i, spans, lanes) })),
    arcs: spans.map((span) => arcOf(span, horizon, xOf)),
    loops: loopsOf(picture, horizon, xOf),
    lanes: Math.max(0, ...lanes.map((lane) => lane + 1)),
    sunOver: ids.includes(sunOver) ? sunOver : null,
  };
}
