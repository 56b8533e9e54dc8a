import type { DifferenceBlock, DifferencePiece } from '@lakeus/engine';
import { align, rising } from './align.ts';
import type { Match } from './align.ts';
import type { Block, Run } from './blocks.ts';

/** A readable difference of two texts: which blocks became which, and within each what was said otherwise, word by
 * word. Words are compared as they read, and each tells by its item who wrote it. */

/** Who wrote and who took out, by Yjs items. */
export type Hands = {
  readonly wrote: (client: number) => string | null;
  /** whether the letter was not in the older text: one that was, in a word that is new, is not whose change it is */
  readonly isNew: (client: number, clock: number) => boolean;
  /** who took out the letters at `clock`, and how many letters from there on that holds for */
  readonly removed: (
    client: number,
    clock: number,
  ) => { readonly author: string | null; readonly letters: number };
};

/** Blocks of which less is shared are two, and not one that was changed. */
const likeEnough = 0.4;
/** Above this many comparisons blocks are told by their element alone. */
const mostComparisons = 250_000;
/** Fewer letters elsewhere are no move, e.g. 'Kyllä' in two cells. */
const lettersToMove = 12;

export function differenceOf(
  before: readonly Block[],
  after: readonly Block[],
  hands: Hands,
): DifferenceBlock[] {
  const same = align(before.map(wholeOf), after.map(wholeOf));
  const became = becameOf(before, after, same);
  const moved = movedOf(before, after, became);
  const wentTo = new Set(moved.values());
  const blocks: DifferenceBlock[] = [];
  let i = 0;
  const goneUpTo = (to: number) => {
    for (; i < to; i += 1) if (!wentTo.has(i)) blocks.push(goneBlock(before[i]!, hands));
  };
  // Where something took the place of something else, what is gone is read first.
  const nextKept = nextOf(became, before.length, after.length);
  for (const [j, block] of after.entries()) {
    const was = became.get(j);
    if (was !== undefined) {
      goneUpTo(was);
      i = was + 1;
      blocks.push(keptBlock(before[was]!, block, hands));
      continue;
    }
    goneUpTo(nextKept[j]!);
    if (moved.has(j)) blocks.push({ kind: block.kind, change: 'moved', pieces: asIs(block.text) });
    else blocks.push(newBlock(block, hands));
  }
  goneUpTo(before.length);
  return blocks;
}

/** For each newer block the older place of the next one that stayed. */
function nextOf(became: ReadonlyMap<number, number>, end: number, length: number): number[] {
  const next: number[] = [];
  for (let j = length - 1, was = end; j >= 0; j -= 1) next[j] = was = became.get(j) ?? was;
  return next;
}

const wholeOf = ({ kind, shape, text }: Block): string => `${kind} ${shape} ${text}`;
const lineOf = ({ kind, text }: Block): string => `${kind} ${text}`;

/** For each newer block the older one that it is, changed or not; ascending. */
function becameOf(
  before: readonly Block[],
  after: readonly Block[],
  same: readonly Match[],
): Map<number, number> {
  const became = new Map<number, number>();
  let [a, b] = [0, 0];
  for (const [i, j] of [...same, [before.length, after.length] as const]) {
    for (const [was, is] of paired(before.slice(a, i), after.slice(b, j))) became.set(b + is, a + was);
    if (j < after.length) became.set(j, i);
    [a, b] = [i + 1, j + 1];
  }
  return became;
}

/** Which blocks of a stretch that is otherwise in both are the same ones, changed. */
function paired(before: readonly Block[], after: readonly Block[]): Match[] {
  if (before.length === 0 || after.length === 0) return [];
  if (before.length * after.length > mostComparisons) {
    const at = new Map(after.map(({ id }, j) => [id, j]));
    const matches = before.flatMap(({ id }, i): Match[] => (at.has(id) ? [[i, at.get(id)!]] : []));
    return rising(matches);
  }
  const bags = after.map(bagOf);
  return best(
    before.map((block) => {
      const bag = bagOf(block);
      return after.map((other, j) => {
        if (block.id === other.id) return 1;
        if ((block.kind === 'row') !== (other.kind === 'row')) return 0;
        const like = likeness(bag, bags[j]!);
        return like >= likeEnough ? like : 0;
      });
    }),
  );
}

/** Pairs in order with the highest sum. */
function best(scores: readonly (readonly number[])[]): Match[] {
  const width = scores[0]!.length;
  const sums = Array.from({ length: scores.length + 1 }, () => new Float64Array(width + 1));
  for (let i = scores.length - 1; i >= 0; i -= 1) {
    for (let j = width - 1; j >= 0; j -= 1) {
      const score = scores[i]![j]!;
      const both = score > 0 ? score + sums[i + 1]![j + 1]! : 0;
      sums[i]![j] = Math.max(both, sums[i + 1]![j]!, sums[i]![j + 1]!);
    }
  }
  const matches: Match[] = [];
  for (let i = 0, j = 0; i < scores.length && j < width;) {
    const score = scores[i]![j]!;
    if (score > 0 && sums[i]![j] === score + sums[i + 1]![j + 1]!) matches.push([i++, j++]);
    else if (sums[i]![j] === sums[i + 1]![j]) i += 1;
    else j += 1;
  }
  return matches;
}

type Bag = { readonly words: ReadonlyMap<string, number>; readonly size: number };

function bagOf({ text }: Block): Bag {
  const words = new Map<string, number>();
  let size = 0;
  for (const word of text.match(/[\p{L}\p{N}]+/gu) ?? []) {
    words.set(word, (words.get(word) ?? 0) + 1);
    size += 1;
  }
  return { words, size };
}

/** 0–1: how much of the words is in both. */
function likeness(one: Bag, other: Bag): number {
  if (one.size + other.size === 0) return 0;
  let shared = 0;
  for (const [word, times] of one.words) shared += Math.min(times, other.words.get(word) ?? 0);
  return (2 * shared) / (one.size + other.size);
}

/** Newer blocks that stood elsewhere before, each by where it stood. */
function movedOf(
  before: readonly Block[],
  after: readonly Block[],
  became: ReadonlyMap<number, number>,
): Map<number, number> {
  const stayed = new Set(became.values());
  const left = new Map<string, number[]>();
  for (const [i, block] of before.entries()) {
    if (stayed.has(i) || block.text.length < lettersToMove) continue;
    left.set(lineOf(block), [...(left.get(lineOf(block)) ?? []), i]);
  }
  return new Map(
    [...after.entries()].flatMap(([j, block]): Match[] => {
      const from = became.has(j) ? undefined : left.get(lineOf(block))?.shift();
      return from === undefined ? [] : [[j, from]];
    }),
  );
}

const asIs = (text: string): DifferencePiece[] =>
  text === '' ? [] : [{ text, change: 'same', author: null, removedBy: null }];

const isSame = (one: DifferencePiece, other: DifferencePiece): boolean =>
  one.change === other.change && one.author === other.author && one.removedBy === other.removedBy;

/** Puts together what is of one fate and hand. */
class Pieces {
  readonly list: DifferencePiece[] = [];

  add(piece: DifferencePiece): void {
    const last = this.list.at(-1);
    if (piece.text === '') return;
    if (last && isSame(last, piece))
      this.list[this.list.length - 1] = { ...last, text: last.text + piece.text };
    else this.list.push(piece);
  }
}

const newBlock = (block: Block, hands: Hands): DifferenceBlock => {
  const pieces = new Pieces();
  addAdded(pieces, block, 0, block.text.length, hands);
  return { kind: block.kind, change: 'added', pieces: pieces.list };
};

const goneBlock = (block: Block, hands: Hands): DifferenceBlock => {
  const pieces = new Pieces();
  addRemoved(pieces, block, 0, block.text.length, hands);
  return { kind: block.kind, change: 'removed', pieces: pieces.list };
};

function keptBlock(before: Block, after: Block, hands: Hands): DifferenceBlock {
  const { kind } = after;
  if (before.text === after.text) {
    const change = before.shape === after.shape && before.kind === kind ? 'same' : 'restyled';
    return { kind, change, pieces: asIs(after.text) };
  }
  const pieces = new Pieces();
  const [older, newer] = [wordsOf(before.text), wordsOf(after.text)];
  const same = withoutLooseBlanks(align(older, newer), older, newer);
  // Letters before each word, and after the last.
  let [a, b, aAt, bAt] = [0, 0, 0, 0];
  for (const [i, j] of [...same, [older.length, newer.length] as const]) {
    const [aTo, bTo] = [aAt + lettersOf(older, a, i), bAt + lettersOf(newer, b, j)];
    addRemoved(pieces, before, aAt, aTo, hands);
    addAdded(pieces, after, bAt, bTo, hands);
    for (const piece of asIs(newer[j] ?? '')) pieces.add(piece);
    [a, b] = [i + 1, j + 1];
    [aAt, bAt] = [aTo + (older[i]?.length ?? 0), bTo + (newer[j]?.length ?? 0)];
  }
  return { kind, change: 'changed', pieces: pieces.list };
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}]+|\s+|[^\p{L}\p{M}\p{N}\s]/gu) ?? [];

function lettersOf(words: readonly string[], from: number, to: number): number {
  let letters = 0;
  for (let i = from; i < to; i += 1) letters += words[i]!.length;
  return letters;
}

/** A blank between two words that are both others is no word that stayed: 'yksi kaksi' for 'eka toka' reads as one
 * change, not as two. */
function withoutLooseBlanks(
  same: readonly Match[],
  older: readonly string[],
  newer: readonly string[],
): Match[] {
  return same.filter(([i, j], at) => {
    if (older[i]!.trim() !== '') return true;
    const [before, after] = [same[at - 1], same[at + 1]];
    const changedBefore = i - (before?.[0] ?? -1) > 1 && j - (before?.[1] ?? -1) > 1;
    const changedAfter = (after?.[0] ?? older.length) - i > 1 && (after?.[1] ?? newer.length) - j > 1;
    return !(changedBefore && changedAfter);
  });
}

/** Each stretch of runs between two places, with the item it lies in. */
function* stretches(runs: readonly Run[], from: number, to: number): Generator<Run> {
  let at = 0;
  for (const { text, client, clock } of runs) {
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, text.length)];
    if (start < end) yield { text: text.slice(start, end), client, clock: clock + start };
    at += text.length;
    if (at >= to) return;
  }
}

function addAdded(pieces: Pieces, { runs }: Block, from: number, to: number, hands: Hands): void {
  const added = [...stretches(runs, from, to)].map(({ text, client, clock }) => ({
    text,
    author: hands.isNew(client, clock) ? hands.wrote(client) : null,
  }));
  // Old letters in a new word go with the new ones beside them.
  let author = added.find((each) => each.author !== null)?.author ?? null;
  for (const each of added) {
    author = each.author ?? author;
    pieces.add({ text: each.text, change: 'added', author, removedBy: null });
  }
}

function addRemoved(pieces: Pieces, { runs }: Block, from: number, to: number, hands: Hands): void {
  const removed: { text: string; author: string | null; removedBy: string | null }[] = [];
  for (const { text, client, clock } of stretches(runs, from, to)) {
    const author = hands.wrote(client);
    for (let at = 0; at < text.length;) {
      const { author: removedBy, letters } = hands.removed(client, clock + at);
      const end = at + Math.max(letters, 1);
      removed.push({ text: text.slice(at, end), author, removedBy });
      at = end;
    }
  }
  // Letters that stayed, of a word that did not, go with the others.
  let removedBy = removed.find((each) => each.removedBy !== null)?.removedBy ?? null;
  for (const each of removed) {
    removedBy = each.removedBy ?? removedBy;
    pieces.add({ ...each, change: 'removed', removedBy });
  }
}
