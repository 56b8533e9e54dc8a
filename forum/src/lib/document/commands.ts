import {
  chainCommands,
  createParagraphNear,
  deleteSelection,
  joinBackward,
  joinForward,
  lift,
  liftEmptyBlock,
  newlineInCode,
  selectAll,
  selectNodeBackward,
  selectNodeForward,
  setBlockType,
  splitBlock,
  toggleMark,
  wrapIn,
} from 'prosemirror-commands';
import { undoInputRule } from 'prosemirror-inputrules';
import type { MarkType, Node, NodeType, ResolvedPos } from 'prosemirror-model';
import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list';
import { NodeSelection, TextSelection } from 'prosemirror-state';
import type { Command, EditorState, Transaction } from 'prosemirror-state';
import { goToNextCell, isInTable } from 'prosemirror-tables';
import { redoCommand, undoCommand } from 'y-prosemirror';
import { documentLimits, schema } from '@lakeus/engine/document';

/** What a person can do to a document, as commands; nothing here knows a page. */

const { nodes, marks } = schema;

/** An id of its own for a note; `crypto.randomUUID` is not there on a plain http address of a meeting room. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [0, 8, 12, 16, 20].map((from, i) => hex.slice(from, [8, 12, 16, 20, 32][i])).join('-');
}

/** How deep the deepest element of a node stands in it. */
export function depthOf(node: Node): number {
  let deepest = 0;
  node.forEach((child) => {
    if (!child.isText) deepest = Math.max(deepest, 1 + depthOf(child));
  });
  return deepest;
}

/** The nearest node around a place for which `is` holds. */
function around(
  $at: ResolvedPos,
  is: (node: Node) => boolean,
): { node: Node; pos: number; depth: number } | null {
  for (let depth = $at.depth; depth > 0; depth -= 1) {
    const node = $at.node(depth);
    if (is(node)) return { node, pos: $at.before(depth), depth };
  }
  return null;
}

export const isIn = (state: EditorState, type: NodeType): boolean =>
  around(state.selection.$from, (node) => node.type === type) !== null;

export function hasMark(state: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = state.selection;
  return empty
    ? type.isInSet(state.storedMarks ?? $from.marks()) !== undefined
    : state.doc.rangeHasMark(from, to, type);
}

/** What kind of block the selection stands in: `p`, or `h1`–`h3`. */
export function blockKind(state: EditorState): 'p' | 'h1' | 'h2' | 'h3' {
  const { parent } = state.selection.$from;
  return parent.type === nodes.heading ? (`h${parent.attrs.level as 1 | 2 | 3}` as const) : 'p';
}

export const setBlock = (kind: 'p' | 'h1' | 'h2' | 'h3'): Command =>
  kind === 'p' ? setBlockType(nodes.paragraph) : setBlockType(nodes.heading, { level: Number(kind[1]) });

const isList = (node: Node) => node.type === nodes.bullet_list || node.type === nodes.ordered_list;

/** Makes a list of what is selected, changes its kind, or takes it out of the list. */
export const toggleList =
  (type: NodeType): Command =>
  (state, dispatch, view) => {
    const list = around(state.selection.$from, isList);
    if (!list) return wrapInList(type)(state, dispatch, view);
    if (list.node.type === type) return liftListItem(nodes.list_item)(state, dispatch, view);
    dispatch?.(state.tr.setNodeMarkup(list.pos, type));
    return true;
  };

export const toggleQuote: Command = (state, dispatch, view) =>
  isIn(state, nodes.blockquote)
    ? lift(state, dispatch, view)
    : wrapIn(nodes.blockquote)(state, dispatch, view);

/** Puts a block after the top-level one in which the selection ends, and the cursor into it or after it. */
function putBlock(state: EditorState, node: Node): Transaction {
  const { $to } = state.selection;
  const empty = $to.depth === 1 && $to.parent.isTextblock && $to.parent.content.size === 0;
  const at = $to.depth > 0 ? (empty ? $to.before(1) : $to.after(1)) : $to.pos;
  const tr = empty ? state.tr.replaceWith(at, $to.after(1), node) : state.tr.insert(at, node);
  const end = at + node.nodeSize;
  if (tr.doc.resolve(end).nodeAfter === null) tr.insert(end, nodes.paragraph.create());
  const into = node.isAtom || node.isLeaf ? end : at;
  return tr.setSelection(TextSelection.near(tr.doc.resolve(into + 1))).scrollIntoView();
}

/** Puts a block of its own after the present one. A table, a note or a picture stands in no other. */
export const insertBlock =
  (make: () => Node): Command =>
  (state, dispatch) => {
    dispatch?.(putBlock(state, make()));
    return true;
  };

export const insertNote: Command = (state, dispatch, view) =>
  !isIn(state, nodes.note) &&
  (wrapIn(nodes.note, { id: newId() })(state, dispatch, view) ||
    insertBlock(() => nodes.note.create({ id: newId() }, nodes.paragraph.create()))(state, dispatch, view));

/** A table of three columns with a header row. */
export const insertTable: Command = (state, dispatch, view) => {
  if (isInTable(state)) return false;
  const row = (type: NodeType) =>
    nodes.table_row.create(
      null,
      [0, 1, 2].map(() => type.createAndFill()!),
    );
  const make = () =>
    nodes.table.create(null, [row(nodes.table_header), row(nodes.table_cell), row(nodes.table_cell)]);
  return insertBlock(make)(state, dispatch, view);
};

/** Puts a picture in, or changes what is said of the one that is selected. */
export const putPicture =
  (attrs: { picture: string; alt: string }): Command =>
  (state, dispatch, view) => {
    const { selection } = state;
    if (!(selection instanceof NodeSelection) || selection.node.type !== nodes.image)
      return insertBlock(() => nodes.image.create(attrs))(state, dispatch, view);
    dispatch?.(state.tr.setNodeMarkup(selection.from, null, attrs));
    return true;
  };

export const putMention =
  (contribution: string, label: string): Command =>
  (state, dispatch) => {
    const mention = nodes.mention.create({
      contribution,
      label: label.slice(0, documentLimits.label).toWellFormed(),
    });
    dispatch?.(state.tr.replaceSelectionWith(mention, false).insertText(' ').scrollIntoView());
    return true;
  };

/** Where the link around the selection begins and ends, and where it leads. */
export function linkAt(state: EditorState): { from: number; to: number; href: string } | null {
  const { $from, from, to, empty } = state.selection;
  if (!empty) {
    let href: string | null = null;
    state.doc.nodesBetween(from, to, (node) => {
      href ??= (marks.link.isInSet(node.marks)?.attrs.href as string | undefined) ?? null;
    });
    return href === null ? null : { from, to, href };
  }
  const mark =
    marks.link.isInSet($from.nodeAfter?.marks ?? []) ?? marks.link.isInSet($from.nodeBefore?.marks ?? []);
  if (!mark) return null;
  let [start, end] = [$from.start(), $from.start()];
  let found = false;
  $from.parent.forEach((node, offset) => {
    const at = $from.start() + offset;
    if (!mark.isInSet(node.marks)) return;
    if (!found || at > end) {
      if (found && end >= from) return;
      start = at;
    }
    found = true;
    end = at + node.nodeSize;
  });
  return { from: start, to: end, href: mark.attrs.href as string };
}

/** Makes a link of what is selected; where nothing is, of `text`, which is put in. */
export const setLink =
  (href: string, text: string): Command =>
  (state, dispatch) => {
    const now = linkAt(state);
    const { from, to, empty } = now ? { ...now, empty: false } : state.selection;
    const tr = empty ? state.tr.insertText(text || href, from) : state.tr.removeMark(from, to, marks.link);
    const end = empty ? from + (text || href).length : to;
    dispatch?.(
      tr.addMark(from, end, marks.link.create({ href })).removeStoredMark(marks.link).scrollIntoView(),
    );
    return true;
  };

export const removeLink: Command = (state, dispatch) => {
  const now = linkAt(state);
  if (!now) return false;
  dispatch?.(state.tr.removeMark(now.from, now.to, marks.link));
  return true;
};

/** Goes on below a table, note or quote, which Enter alone would not leave. */
export const goBelow: Command = (state, dispatch) => {
  const { $to } = state.selection;
  if ($to.depth < 1) return false;
  const at = $to.after(1);
  const tr = state.tr.insert(at, nodes.paragraph.create());
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView());
  return true;
};

/** Enter on an empty line at the end of a note goes on below it. */
const leaveNote: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parent.content.size > 0 || $from.depth < 2) return false;
  const note = $from.node(-1);
  if (note.type !== nodes.note || note.childCount < 2 || $from.index(-1) !== note.childCount - 1)
    return false;
  const below = $from.after(-1);
  const tr = state.tr.insert(below, nodes.paragraph.create());
  tr.setSelection(TextSelection.create(tr.doc, below + 1)).delete($from.before(), $from.after());
  dispatch?.(tr.scrollIntoView());
  return true;
};

const breakLine: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

/** A list may go no deeper than the server takes. */
const sink: Command = (state, dispatch, view) =>
  state.selection.$from.depth + 2 <= documentLimits.depth &&
  sinkListItem(nodes.list_item)(state, dispatch, view);

/** All keys of the text. Tab is none of them outside tables: it leaves, as everywhere on a page. */
export const keys: Readonly<Record<string, Command>> = {
  Enter: chainCommands(
    leaveNote,
    splitListItem(nodes.list_item),
    newlineInCode,
    createParagraphNear,
    liftEmptyBlock,
    splitBlock,
  ),
  'Shift-Enter': breakLine,
  'Mod-Enter': goBelow,
  Backspace: chainCommands(undoInputRule, deleteSelection, joinBackward, selectNodeBackward),
  'Mod-Backspace': chainCommands(deleteSelection, joinBackward, selectNodeBackward),
  'Shift-Backspace': chainCommands(deleteSelection, joinBackward, selectNodeBackward),
  Delete: chainCommands(deleteSelection, joinForward, selectNodeForward),
  'Mod-Delete': chainCommands(deleteSelection, joinForward, selectNodeForward),
  'Mod-a': selectAll,
  'Mod-z': undoCommand,
  'Mod-y': redoCommand,
  'Mod-Shift-z': redoCommand,
  'Mod-b': toggleMark(marks.strong),
  'Mod-i': toggleMark(marks.em),
  'Mod-Shift-x': toggleMark(marks.strike),
  'Mod-Alt-0': setBlock('p'),
  'Mod-Alt-1': setBlock('h1'),
  'Mod-Alt-2': setBlock('h2'),
  'Mod-Alt-3': setBlock('h3'),
  'Mod-Shift-7': toggleList(nodes.ordered_list),
  'Mod-Shift-8': toggleList(nodes.bullet_list),
  'Mod-Shift-9': toggleQuote,
  'Mod-]': sink,
  'Mod-[': liftListItem(nodes.list_item),
};

export const toNextCell: Command = goToNextCell(1);
export const toCellBefore: Command = goToNextCell(-1);
