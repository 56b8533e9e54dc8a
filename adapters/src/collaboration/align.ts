/** Which members of two lists are the same, in order: what a difference is made of. */

/** A pair of places, one in each list. */
export type Match = readonly [before: number, after: number];

/** Above this many comparisons a stretch is first cut at members that stand once in both. */
const mostCells = 2_000_000;

/** Pairs equal members of two lists, both ascending; as many as there can be, where the lists are short enough to try
 * everything, and else whatever stands between members that occur once in each. */
export function align(before: readonly string[], after: readonly string[]): Match[] {
  const matches: Match[] = [];
  alignWithin(before, after, [0, before.length], [0, after.length], matches);
  return matches.sort((a, b) => a[0] - b[0]);
}

type Span = readonly [from: number, to: number];

function alignWithin(
  before: readonly string[],
  after: readonly string[],
  [beforeFrom, beforeTo]: Span,
  [afterFrom, afterTo]: Span,
  matches: Match[],
): void {
  let [a, b, aEnd, bEnd] = [beforeFrom, afterFrom, beforeTo, afterTo];
  while (a < aEnd && b < bEnd && before[a] === after[b]) matches.push([a++, b++]);
  while (a < aEnd && b < bEnd && before[aEnd - 1] === after[bEnd - 1]) matches.push([--aEnd, --bEnd]);
  if (a === aEnd || b === bEnd) return;
  if ((aEnd - a) * (bEnd - b) <= mostCells) {
    for (const [i, j] of longest(before.slice(a, aEnd), after.slice(b, bEnd))) matches.push([a + i, b + j]);
    return;
  }
  // Too long to try everything: what stands once in both says where the rest belongs. Where nothing does, the one
  // stretch took the place of the other.
  const fixed = anchors(before, after, [a, aEnd], [b, bEnd]);
  if (fixed.length === 0) return;
  for (const [i, j] of [...fixed, [aEnd, bEnd] as const]) {
    if (i < aEnd) matches.push([i, j]);
    alignWithin(before, after, [a, i], [b, j], matches);
    [a, b] = [i + 1, j + 1];
  }
}

/** The longest common subsequence. */
function longest(before: readonly string[], after: readonly string[]): Match[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const matches: Match[] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    if (before[i] === after[j]) matches.push([i++, j++]);
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i += 1;
    else j += 1;
  }
  return matches;
}

/** Members that stand once in each, those of them that are in the same order. */
function anchors(
  before: readonly string[],
  after: readonly string[],
  [beforeFrom, beforeTo]: Span,
  [afterFrom, afterTo]: Span,
): Match[] {
  const places = onceIn(after, afterFrom, afterTo);
  const both = [...onceIn(before, beforeFrom, beforeTo)].flatMap(([member, i]): Match[] => {
    const j = places.get(member);
    return j === undefined ? [] : [[i, j]];
  });
  return rising(both);
}

function onceIn(list: readonly string[], from: number, to: number): Map<string, number> {
  const found = new Map<string, number>();
  const again = new Set<string>();
  for (let i = from; i < to; i += 1) {
    if (found.has(list[i]!)) again.add(list[i]!);
    else found.set(list[i]!, i);
  }
  for (const member of again) found.delete(member);
  return found;
}

/** The longest part of the pairs, which ascend by the first, that ascends by the second too. */
export function rising(pairs: readonly Match[]): Match[] {
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [at, [, j]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < j) low = middle + 1;
      else high = middle;
    }
    previous[at] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = at;
  }
  const found: Match[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at]!) found.push(pairs[at]!);
  return found.reverse();
}
