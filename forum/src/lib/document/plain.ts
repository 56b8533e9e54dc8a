import type { DocumentJson } from '@lakeus/engine/document';
import { shownOf, textAttribute } from './shown.ts';
import type { Shown } from './shown.ts';

/** A document for those who write in plain text fields: block by block, and so that what others wrote meanwhile stays.
 * Everything is JSON: no editor, no server. */

type Json = Readonly<Record<string, unknown>>;
type Mutable = Record<string, unknown>;

export type BlockKind = 'paragraph' | 'heading' | 'item' | 'cell' | 'quote' | 'note';
/** A run of words that is edited as one: a paragraph or a heading, wherever it stands. */
export type PlainBlock = {
  readonly index: number;
  readonly kind: BlockKind;
  readonly text: string;
};

const kindWithin: Readonly<Record<string, BlockKind>> = {
  list_item: 'item',
  table_cell: 'cell',
  table_header: 'cell',
  blockquote: 'quote',
  note: 'note',
};
const isTextblock = ({ type }: Shown) => type === 'paragraph' || type === 'heading';

const inlineText = (node: Shown): string =>
  node.type === 'hard_break' ? '\n' : node.type === 'mention' ? textAttribute(node, 'label') : node.text;

/** The blocks of a document in the order of the text. */
export function plainBlocks(content: DocumentJson): PlainBlock[] {
  const blocks: PlainBlock[] = [];
  const walk = (node: Shown, within: BlockKind | null): void => {
    if (!isTextblock(node)) {
      for (const child of node.content) walk(child, kindWithin[node.type] ?? within);
      return;
    }
    const kind = node.type === 'heading' ? 'heading' : (within ?? 'paragraph');
    blocks.push({ index: blocks.length, kind, text: node.content.map(inlineText).join('') });
  };
  walk(shownOf(content), null);
  return blocks;
}

/** Words and the blanks between them. */
const pieces = (text: string): string[] => text.match(/\s+|[^\s]+/g) ?? [];

/** A run of the old pieces and what stands in its place. */
type Edit = { readonly from: number; readonly to: number; readonly put: readonly string[] };

const longestCompared = 3_000;

/** What changes one list of pieces into another: the runs outside their longest common subsequence. */
function editsBetween(old: readonly string[], now: readonly string[]): Edit[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  )
    end += 1;
  const [a, b] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  if (a.length === 0 && b.length === 0) return [];
  const whole = [{ from: start, to: start + a.length, put: b }];
  if (a.length === 0 || b.length === 0 || a.length > longestCompared || b.length > longestCompared)
    return whole;

  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);

  const edits: { from: number; to: number; put: string[] }[] = [];
  let [i, j] = [0, 0];
  let open: { from: number; to: number; put: string[] } | null = null;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      open = null;
      i += 1;
      j += 1;
      continue;
    }
    if (!open) {
      open = { from: start + i, to: start + i, put: [] };
      edits.push(open);
    }
    const takeNew =
      i === a.length || (j < b.length && common[i * width + j + 1]! > common[(i + 1) * width + j]!);
    if (takeNew) open.put.push(b[j++]!);
    else open.to = start + ++i;
  }
  return edits;
}

function apply(base: readonly string[], edits: readonly Edit[]): string {
  const made: string[] = [];
  let at = 0;
  for (const { from, to, put } of edits) {
    made.push(...base.slice(at, from), ...put);
    at = to;
  }
  return [...made, ...base.slice(at)].join('');
}

const sameEdit = (one: Edit, other: Edit) =>
  one.from === other.from && one.to === other.to && one.put.join('') === other.put.join('');

/** Brings together two changes of one text, word by word. Null when both touched the same words: only a person can tell
 * then what it should say. */
export function mergeWords(before: string, mine: string, theirs: string): string | null {
  if (mine === theirs || theirs === before) return mine;
  if (mine === before) return theirs;
  const base = pieces(before);
  const [my, their] = [editsBetween(base, pieces(mine)), editsBetween(base, pieces(theirs))];
  const both = my.filter((edit) => !their.some((other) => sameEdit(edit, other)));
  const touches = both.some((one) => their.some((other) => one.from <= other.to && other.from <= one.to));
  return touches
    ? null
    : apply(
        base,
        [...both, ...their].sort((a, b) => a.from - b.from),
      );
}

/** How alike two texts are, by their words: 0–1. */
function likeness(one: string, other: string): number {
  const [a, b] = [new Set(pieces(one)), new Set(pieces(other))];
  const shared = [...a].filter((piece) => b.has(piece) && piece.trim()).length;
  const all = [...new Set([...a, ...b])].filter((piece) => piece.trim()).length;
  return all === 0 ? 1 : shared / all;
}
const stillTheSame = 0.5;

/** The block that somebody began to change: the one with the same words nearest to where it was, else the one most
 * like it. Null when it is gone. */
function findBlock(blocks: readonly PlainBlock[], index: number, before: string): PlainBlock | null {
  const nearest = (some: readonly PlainBlock[]) =>
    some.toSorted((a, b) => Math.abs(a.index - index) - Math.abs(b.index - index))[0] ?? null;
  const same = nearest(blocks.filter(({ text }) => text === before));
  if (same) return same;
  const alike = blocks.map((block) => ({ block, like: likeness(block.text, before) }));
  const most = Math.max(0, ...alike.map(({ like }) => like));
  return most >= stillTheSame
    ? nearest(alike.filter(({ like }) => like === most).map(({ block }) => block))
    : null;
}

export type Changed =
  | { readonly kind: 'changed'; readonly content: DocumentJson }
  /** others changed the same words; `theirs` is how the block stands now */
  | { readonly kind: 'conflict'; readonly theirs: string }
  | { readonly kind: 'gone' };

/** Changes one block from what somebody saw to what they wrote, around what others did to it meanwhile. An empty text
 * takes a paragraph away. */
export function changeBlock(now: DocumentJson, index: number, before: string, mine: string): Changed {
  const blocks = plainBlocks(now);
  const block = findBlock(blocks, index, before);
  if (!block) return { kind: 'gone' };
  const text = mergeWords(before, mine, block.text);
  if (text === null) return { kind: 'conflict', theirs: block.text };
  const content = structuredClone(now) as Mutable;
  const place = placeOf(content, block.index);
  if (place) {
    const { siblings, at, alone } = place;
    if (!text.trim() && !alone) siblings.splice(at, 1);
    else siblings[at] = { ...siblings[at], content: rewritten(siblings[at]!, block.text, text) };
  }
  return { kind: 'changed', content: content as DocumentJson };
}

/** Where the n-th block stands, and whether its parent must keep it. */
function placeOf(doc: Mutable, index: number): { siblings: Mutable[]; at: number; alone: boolean } | null {
  let left = index;
  const search = (parent: Mutable): { siblings: Mutable[]; at: number; alone: boolean } | null => {
    const siblings = (Array.isArray(parent.content) ? parent.content : []) as Mutable[];
    for (const [at, child] of siblings.entries()) {
      if (child.type === 'paragraph' || child.type === 'heading') {
        if (left-- === 0) return { siblings, at, alone: parent.type !== 'doc' || siblings.length === 1 };
        continue;
      }
      const found = search(child);
      if (found) return found;
    }
    return null;
  };
  return search(doc);
}

const withBreaks = (text: string, marks: unknown): Mutable[] =>
  text
    .split('\n')
    .flatMap((line, i) => [
      ...(i > 0 ? [{ type: 'hard_break' }] : []),
      ...(line ? [{ type: 'text', text: line, ...(marks ? { marks } : {}) }] : []),
    ]);

/** The inline content of a block with another text: words that stay keep their looks, links and references. */
function rewritten(block: Json, old: string, now: string): Mutable[] {
  const inline = (Array.isArray(block.content) ? block.content : []) as Mutable[];
  const base = pieces(old);
  const starts: number[] = [];
  let length = 0;
  for (const piece of base) {
    starts.push(length);
    length += piece.length;
  }
  const offset = (piece: number) => starts[piece] ?? length;

  /** the inline nodes between two letters of the old text; a reference that is cut becomes words */
  const between = (from: number, to: number): Mutable[] => {
    const cut: Mutable[] = [];
    let at = 0;
    for (const node of inline) {
      const text = inlineText(shownOf(node));
      const [begin, end] = [Math.max(from, at), Math.min(to, at + text.length)];
      if (begin < end) {
        const part = text.slice(begin - at, end - at);
        if (part === text) cut.push(node);
        else cut.push({ type: 'text', text: part, ...(node.marks ? { marks: node.marks } : {}) });
      }
      at += text.length;
    }
    return cut;
  };
  const marksAt = (letter: number) => between(letter, letter + 1)[0]?.marks;

  const made: Mutable[] = [];
  let at = 0;
  for (const { from, to, put } of editsBetween(base, pieces(now))) {
    made.push(...between(at, offset(from)));
    // New words look like those they replace.
    made.push(...withBreaks(put.join(''), from < to ? marksAt(offset(from)) : undefined));
    at = offset(to);
  }
  return [...made, ...between(at, length)];
}

/** Adds what somebody wrote at the end: empty lines part paragraphs. */
export function addText(now: DocumentJson, text: string): DocumentJson {
  const paragraphs = text
    .replaceAll('\r\n', '\n')
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => ({ type: 'paragraph', content: withBreaks(part, undefined) }));
  const present = Array.isArray(now.content) ? (now.content as Json[]) : [];
  const blank = present.length === 1 && present[0]!.type === 'paragraph' && !present[0]!.content;
  return { ...now, content: [...(blank ? [] : present), ...paragraphs] };
}
