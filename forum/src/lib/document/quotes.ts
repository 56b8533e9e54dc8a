import type { Node } from 'prosemirror-model';
import type { Passage } from '@lakeus/engine';

/** Words that a remark is about: taken from a document, and found in it again. Knows of no editor and no Yjs, so that
 * pages made on the server use it too. */

export type Anchored = Pick<Passage, 'anchor' | 'quote' | 'prefix' | 'suffix'>;

/** A stretch of the text, in ProseMirror positions. */
export type Place = { readonly from: number; readonly to: number };

/** Letters kept of what stands before and after. */
export const around = 32;
export const longestQuote = 1_000;

type Flat = { readonly text: string; readonly positions: readonly number[] };
const flattened = new WeakMap<Node, Flat>();

/** The words of a document in one text, a line for each block, and the position of each of its letters. What stands
 * for words, such as a mention, has those words at its own position. */
function flat(doc: Node): Flat {
  const known = flattened.get(doc);
  if (known) return known;
  let text = '';
  const positions: number[] = [];
  const add = (words: string, at: (i: number) => number) => {
    for (let i = 0; i < words.length; i++) positions.push(at(i));
    text += words;
  };
  doc.descendants((node, pos) => {
    if (node.isTextblock && text) add('\n', () => pos);
    if (node.isText) add(node.text!, (i) => pos + i);
    else if (node.type.name === 'hard_break') add('\n', () => pos);
    else if (node.isInline && node.type.spec.leafText) add(node.type.spec.leafText(node), () => pos);
  });
  const made = { text, positions };
  flattened.set(doc, made);
  return made;
}

/** Half a letter at an end is no letter. */
const whole = (text: string): string => text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');

/** The words of a place and those around it. */
export function quoteOf(doc: Node, { from, to }: Place): Omit<Anchored, 'anchor'> {
  const { text, positions } = flat(doc);
  const indexOf = (pos: number) => {
    const found = positions.findIndex((at) => at >= pos);
    return found < 0 ? text.length : found;
  };
  const [start, end] = [indexOf(from), indexOf(to)];
  return {
    quote: whole(text.slice(start, Math.min(end, start + longestQuote))),
    prefix: whole(text.slice(Math.max(0, start - around), start)),
    suffix: whole(text.slice(end, end + around)),
  };
}

const alikeAtEnd = (a: string, b: string): number => {
  let n = 0;
  while (n < Math.min(a.length, b.length) && a.at(-1 - n) === b.at(-1 - n)) n++;
  return n;
};
const alikeAtStart = (a: string, b: string): number => {
  let n = 0;
  while (n < Math.min(a.length, b.length) && a[n] === b[n]) n++;
  return n;
};

/** As short a quote as this is found again only where the words around it are the same. */
const tellsLittle = 4;

/** Finds quoted words again: of several places the one whose surroundings are most like they were. */
export function findQuote(doc: Node, { quote, prefix, suffix }: Omit<Anchored, 'anchor'>): Place | null {
  if (!quote.trim()) return null;
  const { text, positions } = flat(doc);
  let best: { at: number; alike: number } | null = null;
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    const before = alikeAtEnd(text.slice(Math.max(0, at - around), at), prefix);
    const after = alikeAtStart(text.slice(at + quote.length, at + quote.length + around), suffix);
    if (!best || before + after > best.alike) best = { at, alike: before + after };
  }
  if (!best || (quote.length < tellsLittle && best.alike < Math.min(4, prefix.length + suffix.length))) {
    return null;
  }
  return { from: positions[best.at]!, to: positions[best.at + quote.length - 1]! + 1 };
}

export type RemarkPiece = { readonly text: string; readonly mention: boolean };

/** The words of a remark in pieces: '@' with the name of somebody who takes part is a mention. */
export function mentionsIn(body: string, pseudonyms: readonly string[]): RemarkPiece[] {
  const names = pseudonyms.toSorted((a, b) => b.length - a.length);
  const pieces: RemarkPiece[] = [];
  let plain = '';
  for (let i = 0; i < body.length;) {
    const rest = body.slice(i + 1);
    const name =
      body[i] === '@' && !/\w$/u.test(plain)
        ? names.find((each) => rest.startsWith(each) && !/^[\p{L}\p{N}]/u.test(rest.slice(each.length)))
        : undefined;
    if (name === undefined) {
      plain += body[i++];
      continue;
    }
    if (plain) pieces.push({ text: plain, mention: false });
    plain = '';
    pieces.push({ text: `@${name}`, mention: true });
    i += name.length + 1;
  }
  if (plain) pieces.push({ text: plain, mention: false });
  return pieces;
}
