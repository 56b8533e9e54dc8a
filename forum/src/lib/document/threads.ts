import type { Node } from 'prosemirror-model';
import { Plugin, PluginKey } from 'prosemirror-state';
import type { EditorState, Transaction } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';
import type { EditorView } from 'prosemirror-view';
import {
  absolutePositionToRelativePosition,
  relativePositionToAbsolutePosition,
  ySyncPluginKey,
} from 'y-prosemirror';
import {
  createAbsolutePositionFromRelativePosition,
  createRelativePositionFromTypeIndex,
  decodeRelativePosition,
  encodeRelativePosition,
} from 'yjs';
import type { Doc, RelativePosition, XmlFragment } from 'yjs';
import type { Passage } from '@lakeus/engine';

/** Where remarks stand in a text that others are writing. A place is kept as two Yjs positions, which go along with
 * every edit; when what they point at is gone, the quoted words are looked for; when those are gone too, the passage
 * was removed. Nothing of this is in the document itself: who may remark need not be let to write. */

export type Anchored = Pick<Passage, 'anchor' | 'quote' | 'prefix' | 'suffix'>;
export type ThreadPassage = Anchored & Pick<Passage, 'contributionId' | 'resolvedAt'>;

/** A stretch of the text, in ProseMirror positions. */
export type Place = { readonly from: number; readonly to: number };

/** How y-prosemirror remembers which node is which part of the Yjs document. */
type Mapping = Parameters<typeof relativePositionToAbsolutePosition>[3];
/** The Yjs document as an editor is bound to it. */
export type Bound = { readonly doc: Doc; readonly type: XmlFragment; readonly mapping: Mapping };

const around = 32;
const longestQuote = 1_000;

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

const encoded = (position: RelativePosition): string =>
  btoa(String.fromCharCode(...encodeRelativePosition(position)));
function decoded(text: string): RelativePosition | null {
  try {
    return decodeRelativePosition(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** The place as an anchor: it begins with its first letter and ends with its last, so that what is written right
 * before or after it stays outside. */
export function anchorIn({ doc, type, mapping }: Bound, { from, to }: Place): string {
  const start = absolutePositionToRelativePosition(from, type, mapping) as RelativePosition;
  let end = absolutePositionToRelativePosition(to, type, mapping) as RelativePosition;
  const at = createAbsolutePositionFromRelativePosition(end, doc);
  if (at && at.index > 0) end = createRelativePositionFromTypeIndex(at.type, at.index, -1);
  return `${encoded(start)}.${encoded(end)}`;
}

/** Where the anchored letters are now. Null when they are gone. */
export function placeOf({ doc, type, mapping }: Bound, node: Node, anchor: string): Place | null {
  const [start, end] = anchor.split('.').map(decoded);
  if (!start || !end) return null;
  let from: number | null, to: number | null;
  try {
    from = relativePositionToAbsolutePosition(doc, type, start, mapping);
    to = relativePositionToAbsolutePosition(doc, type, end, mapping);
  } catch {
    // The binding knows nothing of a node yet, or not any more.
    return null;
  }
  if (from === null || to === null || to > node.content.size || from >= to) return null;
  return node.textBetween(from, to, '', (leaf) => leaf.type.spec.leafText?.(leaf) ?? ' ')
    ? { from, to }
    : null;
}

/** Where a passage is now: where its letters are, else where its words are, else nowhere. */
export const resolvePassage = (bound: Bound | null, node: Node, passage: Anchored): Place | null =>
  (bound && placeOf(bound, node, passage.anchor)) ?? findQuote(node, passage);

type SyncState = {
  readonly doc: Doc | null;
  readonly type: XmlFragment;
  readonly binding: { readonly mapping: Mapping } | null;
  readonly isChangeOrigin: boolean;
};

function boundOf(state: EditorState): Bound | null {
  const sync = ySyncPluginKey.getState(state) as SyncState | undefined;
  if (!sync?.doc || !sync.binding) return null;
  return { doc: sync.doc, type: sync.type, mapping: sync.binding.mapping };
}

/** What is sent of a chosen passage to start a discussion at it. Null when nothing with words is chosen, or the editor
 * is not bound to its document yet. */
export function anchorOf(state: EditorState, from: number, to: number): Anchored | null {
  const bound = boundOf(state);
  const quoted = quoteOf(state.doc, { from, to });
  if (!bound || from >= to || !quoted.quote.trim()) return null;
  return { anchor: anchorIn(bound, { from, to }), ...quoted };
}

export type ThreadsState = {
  readonly passages: readonly ThreadPassage[];
  /** by the contribution that began it; null: the passage was removed */
  readonly places: ReadonlyMap<string, Place | null>;
  /** the discussion that is looked at */
  readonly active: string | null;
  readonly decorations: DecorationSet;
};

const threadsKey = new PluginKey<ThreadsState>('threads');
type Told = { readonly passages?: readonly ThreadPassage[]; readonly active?: string | null };

const noThreads: ThreadsState = {
  passages: [],
  places: new Map(),
  active: null,
  decorations: DecorationSet.empty,
};

/** Open discussions are marked in the text, and the one that is looked at, settled or not. */
function decorated(state: EditorState, threads: Omit<ThreadsState, 'decorations'>): ThreadsState {
  const marks = threads.passages.flatMap(({ contributionId: id, resolvedAt }) => {
    const place = threads.places.get(id);
    const isActive = id === threads.active;
    if (!place || (resolvedAt !== null && !isActive)) return [];
    const look = { nodeName: 'mark', class: isActive ? 'remarked active' : 'remarked', 'data-thread': id };
    return [Decoration.inline(place.from, place.to, look)];
  });
  return { ...threads, decorations: DecorationSet.create(state.doc, marks) };
}

const resolveAll = (state: EditorState, passages: readonly ThreadPassage[]): ThreadsState['places'] => {
  const bound = boundOf(state);
  return new Map(passages.map((each) => [each.contributionId, resolvePassage(bound, state.doc, each)]));
};

/** Own edits carry the places along: the Yjs document hears of them only afterwards. */
const mapAll = (tr: Transaction, { passages, places }: ThreadsState): ThreadsState['places'] =>
  new Map(
    passages.map((each) => {
      const place = places.get(each.contributionId);
      const from = place ? tr.mapping.map(place.from, 1) : 0;
      const to = place ? tr.mapping.map(place.to, -1) : 0;
      return [each.contributionId, from < to ? { from, to } : findQuote(tr.doc, each)];
    }),
  );

/** Shows discussions in the text.
 * @param options - `onPick`: somebody pointed at a marked passage; `onRemark`: the keys for a new remark were pressed;
 *   `onChange`: places have changed, or what is looked at */
export function threadDecorations(options: {
  readonly onPick?: (contributionId: string) => void;
  readonly onRemark?: () => void;
  readonly onChange?: (threads: ThreadsState) => void;
}): Plugin<ThreadsState> {
  return new Plugin<ThreadsState>({
    key: threadsKey,
    state: {
      init: () => noThreads,
      apply(tr, before, _, state) {
        const told = tr.getMeta(threadsKey) as Told | undefined;
        if (!told && !tr.docChanged) return before;
        const { passages = before.passages, active = before.active } = told ?? {};
        const sync = ySyncPluginKey.getState(state) as SyncState | undefined;
        const own = tr.docChanged && !told?.passages && !sync?.isChangeOrigin;
        const places = own ? mapAll(tr, before) : resolveAll(state, passages);
        return decorated(state, { passages, places, active });
      },
    },
    view: () => ({
      update({ state }, former) {
        const now = threadsKey.getState(state)!;
        if (now !== threadsKey.getState(former)) options.onChange?.(now);
      },
    }),
    props: {
      decorations: (state) => threadsKey.getState(state)?.decorations,
      handleClick(view, pos) {
        const { passages, places } = threadsIn(view.state);
        const picked = passages.find(({ contributionId, resolvedAt }) => {
          const place = places.get(contributionId);
          return resolvedAt === null && place && place.from <= pos && pos < place.to;
        });
        if (picked) options.onPick?.(picked.contributionId);
        return false;
      },
      handleKeyDown(_, event) {
        const pressed = event.code === 'KeyM' && event.altKey && (event.ctrlKey || event.metaKey);
        if (!pressed || event.shiftKey || !options.onRemark) return false;
        options.onRemark();
        return true;
      },
    },
  });
}

/** The discussions as the editor shows them now. */
export const threadsIn = (state: EditorState): ThreadsState => threadsKey.getState(state) ?? noThreads;

const tell = (view: EditorView, told: Told): void => view.dispatch(view.state.tr.setMeta(threadsKey, told));

/** Gives the editor the discussions that are to be shown. */
export const showThreads = (view: EditorView, passages: readonly ThreadPassage[]): void =>
  tell(view, { passages });

/** Marks one discussion as looked at, and brings its passage into sight. */
export function lookAt(view: EditorView, contributionId: string | null): void {
  tell(view, { active: contributionId });
  const place = contributionId ? threadsIn(view.state).places.get(contributionId) : null;
  if (!place) return;
  const { node } = view.domAtPos(place.from);
  const element = node instanceof Element ? node : node.parentElement;
  element?.scrollIntoView({ block: 'center' });
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
