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
import { findQuote, quoteOf } from './quotes.ts';
import type { Anchored, Place } from './quotes.ts';

/** Where remarks stand in a text that others are writing. A place is kept as two Yjs positions, which go along with
 * every edit; when what they point at is gone, the quoted words are looked for; when those are gone too, the passage
 * was removed. Nothing of this is in the document itself: who may remark need not be let to write. */

export type ThreadPassage = Anchored & Pick<Passage, 'contributionId' | 'resolvedAt'>;

/** How y-prosemirror remembers which node is which part of the Yjs document. */
type Mapping = Parameters<typeof relativePositionToAbsolutePosition>[3];
/** The Yjs document as an editor is bound to it. */
export type Bound = { readonly doc: Doc; readonly type: XmlFragment; readonly mapping: Mapping };

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
