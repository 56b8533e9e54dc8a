import { dropCursor } from 'prosemirror-dropcursor';
import { gapCursor } from 'prosemirror-gapcursor';
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from 'prosemirror-inputrules';
import { keydownHandler, keymap } from 'prosemirror-keymap';
import { Fragment, Slice } from 'prosemirror-model';
import type { MarkType, Node } from 'prosemirror-model';
import { EditorState, Plugin } from 'prosemirror-state';
import type { Command } from 'prosemirror-state';
import { tableEditing } from 'prosemirror-tables';
import { EditorView } from 'prosemirror-view';
import type { NodeViewConstructor } from 'prosemirror-view';
import { yCursorPlugin, ySyncPlugin, ySyncPluginKey, yUndoPlugin } from 'y-prosemirror';
import { documentLimits, fragmentName, schema } from '@lakeus/engine/document';
import { depthOf, keys, newId, toCellBefore, toNextCell } from './commands.ts';
import type { Connection } from './connection.ts';
import { cleanPasted, cleanText, pasteLimit, pastedMarkupLimit } from './paste.ts';

/** The editor without its page: the state bound to the shared document, its keys, and how things look in it. */

/** What the page around the editor does when the editor cannot do it alone. */
export type EditorEvents = {
  /** after every change of the text or of the selection */
  readonly onChange: (view: EditorView) => void;
  /** something that the server would not take was not let in */
  readonly onRefused: (reason: 'paste_too_large' | 'too_deep') => void;
  readonly onAsk: (what: 'link' | 'picture' | 'keys', file?: File) => void;
  readonly onToolbar: () => void;
};

export type EditorOptions = EditorEvents & {
  readonly connection: Connection;
  readonly label: string;
  /** ids of elements that explain the text box */
  readonly describedBy: string;
  readonly editable: () => boolean;
  readonly plugins: readonly Plugin[];
  /** the address of a contribution's page */
  readonly hrefOf: (contribution: string) => string;
  readonly noteView: NodeViewConstructor;
};

const { nodes, marks } = schema;

/** Text between two signs becomes marked: **so**. */
const marked = (pattern: RegExp, type: MarkType) =>
  new InputRule(pattern, (state, match, start, end) => {
    const [whole, , text = ''] = match;
    const from = start + whole.indexOf(text);
    if (state.doc.rangeHasMark(start, end, marks.link)) return null;
    const tr = state.tr;
    if (from + text.length < end) tr.delete(from + text.length, end);
    if (from > start) tr.delete(start, from);
    return tr.addMark(start, start + text.length, type.create()).removeStoredMark(type);
  });

const typing = inputRules({
  rules: [
    textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, ([, signs = '']) => ({ level: signs.length })),
    wrappingInputRule(/^\s*[-*•]\s$/, nodes.bullet_list),
    wrappingInputRule(
      /^(\d{1,3})[.)]\s$/,
      nodes.ordered_list,
      ([, number]) => ({ order: Number(number) }),
      ([, number], node) => node.childCount + (node.attrs.order as number) === Number(number),
    ),
    wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
    new InputRule(/^---$/, (state, _match, start, end) => {
      const $at = state.doc.resolve(start);
      if ($at.depth !== 1) return null;
      return state.tr.delete(start, end).insert($at.before(), nodes.horizontal_rule.create());
    }),
    marked(/(\*\*)([^*\s](?:[^*]*[^*\s])?)\*\*$/, marks.strong),
    marked(/(~~)([^~\s](?:[^~]*[^~\s])?)~~$/, marks.strike),
  ],
});

/** Tab goes from cell to cell, and out of the text everywhere else; after Escape it goes out of a table too. */
function tabs(): Plugin {
  let leaving = false;
  const move: Record<string, Command> = { Tab: toNextCell, 'Shift-Tab': toCellBefore };
  const inTable = keydownHandler(move);
  return new Plugin({
    props: {
      handleKeyDown: (view, event) => {
        if (event.key === 'Escape') {
          leaving = true;
          return false;
        }
        if (event.key !== 'Tab') {
          if (event.key !== 'Shift') leaving = false;
          return false;
        }
        if (leaving) {
          leaving = false;
          return false;
        }
        return inTable(view, event);
      },
    },
  });
}

/** A note that is pasted beside its original is another note. */
function withOwnNotes(slice: Slice, doc: Node): Slice {
  const taken = new Set<string>();
  doc.descendants((node) => {
    if (node.type === nodes.note) taken.add(node.attrs.id as string);
    return node.isBlock && !node.isTextblock;
  });
  const renew = (node: Node): Node => {
    if (node.isText || node.isLeaf) return node;
    const content = Fragment.from(node.content.content.map(renew));
    if (node.type !== nodes.note || !taken.has(node.attrs.id as string)) return node.copy(content);
    return nodes.note.create({ id: newId() }, content, node.marks);
  };
  return new Slice(Fragment.from(slice.content.content.map(renew)), slice.openStart, slice.openEnd);
}

function pasting({ onRefused, onAsk }: EditorEvents): Plugin {
  const tooLarge = () => {
    onRefused('paste_too_large');
    return true;
  };
  return new Plugin({
    props: {
      handleDOMEvents: {
        paste: (_view, event) => {
          const text = event.clipboardData?.getData('text/plain').length ?? 0;
          const markup = event.clipboardData?.getData('text/html').length ?? 0;
          if (text <= pasteLimit && markup <= pastedMarkupLimit) return false;
          event.preventDefault();
          return tooLarge();
        },
      },
      transformPastedHTML: (html) => cleanPasted(html),
      transformPastedText: cleanText,
      transformPasted: (slice, view) => withOwnNotes(slice, view.state.doc),
      handlePaste: (_view, event, slice) => {
        const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
        if (file && slice.size === 0) {
          onAsk('picture', file);
          return true;
        }
        return slice.size > pasteLimit && tooLarge();
      },
      handleDrop: (_view, event) => {
        const file = [...(event.dataTransfer?.files ?? [])].find(({ type }) => type.startsWith('image/'));
        if (!file) return false;
        event.preventDefault();
        onAsk('picture', file);
        return true;
      },
    },
    // What the server would not take must not look as if it had been taken.
    filterTransaction: (tr) => {
      if (!tr.docChanged || tr.getMeta(ySyncPluginKey) !== undefined) return true;
      const large = tr.getMeta('paste') === true || tr.getMeta('uiEvent') === 'drop';
      if (!large || depthOf(tr.doc) <= documentLimits.depth) return true;
      onRefused('too_deep');
      return false;
    },
  });
}

type Writer = { readonly name?: unknown; readonly colour?: unknown };
const colourOf = ({ colour }: Writer): number =>
  typeof colour === 'number' && Number.isInteger(colour) && colour >= 0 && colour <= 7 ? colour : 0;

/** Where somebody else is: a thin line with a name, which those who listen hear from the list of who is here instead. */
function caret(user: unknown): HTMLElement {
  const writer = user as Writer;
  const line = document.createElement('span');
  line.className = `caret caret-${colourOf(writer)}`;
  line.setAttribute('aria-hidden', 'true');
  const name = document.createElement('span');
  name.textContent = typeof writer.name === 'string' ? writer.name : '';
  // Word joiners keep the line from being a place to break, and the cursor from falling into it.
  line.append('\u2060', name, '\u2060');
  return line;
}

const mentionView =
  (hrefOf: EditorOptions['hrefOf']): NodeViewConstructor =>
  (node) => {
    const dom = document.createElement('a');
    dom.className = 'mention';
    dom.href = hrefOf(node.attrs.contribution as string);
    dom.dataset.contribution = node.attrs.contribution as string;
    dom.textContent = node.attrs.label as string;
    return { dom };
  };

/** A wide table scrolls by itself instead of the page. */
const tableView: NodeViewConstructor = () => {
  const dom = document.createElement('div');
  dom.className = 'table-scroll';
  const table = document.createElement('table');
  const contentDOM = document.createElement('tbody');
  table.append(contentDOM);
  dom.append(table);
  return { dom, contentDOM, ignoreMutation: ({ target }) => target === dom };
};

/** Mounts an editor of a connection's document into `place`. The caller destroys it. */
export function mountEditor(place: HTMLElement, options: EditorOptions): EditorView {
  const { connection, editable } = options;
  const fragment = connection.doc.getXmlFragment(fragmentName);
  const ask =
    (what: 'link' | 'keys'): Command =>
    () => {
      options.onAsk(what);
      return true;
    };
  const toolbar: Command = () => {
    options.onToolbar();
    return true;
  };
  const state = EditorState.create({
    schema,
    plugins: [
      ySyncPlugin(fragment) as Plugin,
      yUndoPlugin() as Plugin,
      yCursorPlugin(connection.awareness, {
        cursorBuilder: caret,
        selectionBuilder: (user: unknown) => ({ class: `chosen-by caret-${colourOf(user as Writer)}` }),
      }) as Plugin,
      ...options.plugins,
      typing,
      keymap({ 'Alt-F10': toolbar, 'Mod-k': ask('link'), 'Mod-/': ask('keys') }),
      keymap(keys),
      tabs(),
      pasting(options),
      dropCursor({ class: 'drop-here', color: false }),
      gapCursor(),
      tableEditing(),
    ],
  });
  return new EditorView(place, {
    state,
    editable,
    attributes: () => ({
      role: 'textbox',
      'aria-multiline': 'true',
      'aria-label': options.label,
      'aria-describedby': options.describedBy,
      ...(!editable() && { 'aria-readonly': 'true' }),
      class: 'document-text',
      spellcheck: 'true',
    }),
    nodeViews: { mention: mentionView(options.hrefOf), table: tableView, note: options.noteView },
    // The shared text comes in while the view is being made, so there is no name for the view yet.
    dispatchTransaction(this: EditorView, tr) {
      this.updateState(this.state.apply(tr));
      options.onChange(this);
    },
  });
}
