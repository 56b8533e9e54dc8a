import { toggleMark } from 'prosemirror-commands';
import type { Command, EditorState } from 'prosemirror-state';
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  deleteTable,
  isInTable,
  toggleHeaderRow,
} from 'prosemirror-tables';
import { redoCommand, undoCommand } from 'y-prosemirror';
import { schema } from '@lakeus/engine/document';
import type { IconName } from '#lib/components/Icon.svelte';
import type { MessageKey } from '#lib/i18n.ts';
import { hasMark, insertBlock, insertNote, insertTable, isIn, toggleList, toggleQuote } from './commands.ts';

/** What stands in the toolbar, in its order. */

const { nodes, marks } = schema;

export type Tool = {
  readonly id: string;
  readonly icon: IconName;
  readonly name: MessageKey;
  readonly run: Command;
  /** a tool that is on or off where the cursor stands */
  readonly isOn?: (state: EditorState) => boolean;
  /** as `aria-keyshortcuts` has it */
  readonly keys?: string;
};

export const histories: readonly Tool[] = [
  { id: 'undo', icon: 'undo', name: 'document.tool.undo', run: undoCommand, keys: 'Control+Z' },
  { id: 'redo', icon: 'redo', name: 'document.tool.redo', run: redoCommand, keys: 'Control+Y' },
];

export const letters: readonly Tool[] = [
  {
    id: 'strong',
    icon: 'bold',
    name: 'document.tool.strong',
    run: toggleMark(marks.strong),
    isOn: (state) => hasMark(state, marks.strong),
    keys: 'Control+B',
  },
  {
    id: 'em',
    icon: 'italic',
    name: 'document.tool.em',
    run: toggleMark(marks.em),
    isOn: (state) => hasMark(state, marks.em),
    keys: 'Control+I',
  },
  {
    id: 'strike',
    icon: 'strike',
    name: 'document.tool.strike',
    run: toggleMark(marks.strike),
    isOn: (state) => hasMark(state, marks.strike),
    keys: 'Control+Shift+X',
  },
];

export const shapes: readonly Tool[] = [
  {
    id: 'bullets',
    icon: 'bullets',
    name: 'document.tool.bullets',
    run: toggleList(nodes.bullet_list),
    isOn: (state) => isIn(state, nodes.bullet_list),
    keys: 'Control+Shift+8',
  },
  {
    id: 'numbers',
    icon: 'numbers',
    name: 'document.tool.numbers',
    run: toggleList(nodes.ordered_list),
    isOn: (state) => isIn(state, nodes.ordered_list),
    keys: 'Control+Shift+7',
  },
  {
    id: 'quote',
    icon: 'quote',
    name: 'document.tool.quote',
    run: toggleQuote,
    isOn: (state) => isIn(state, nodes.blockquote),
    keys: 'Control+Shift+9',
  },
];

export const insertions: readonly Tool[] = [
  { id: 'table', icon: 'grid', name: 'document.tool.table', run: insertTable },
  { id: 'note', icon: 'note', name: 'document.tool.note', run: insertNote },
  {
    id: 'rule',
    icon: 'divider',
    name: 'document.tool.rule',
    run: insertBlock(() => nodes.horizontal_rule.create()),
  },
];

/** Shown only while the cursor stands in a table, with their names written out. */
export const tableTools: readonly Omit<Tool, 'icon'>[] = [
  { id: 'rowBefore', name: 'document.table.rowBefore', run: addRowBefore },
  { id: 'rowAfter', name: 'document.table.rowAfter', run: addRowAfter },
  { id: 'columnBefore', name: 'document.table.columnBefore', run: addColumnBefore },
  { id: 'columnAfter', name: 'document.table.columnAfter', run: addColumnAfter },
  { id: 'headerRow', name: 'document.table.headerRow', run: toggleHeaderRow },
  { id: 'deleteRow', name: 'document.table.deleteRow', run: deleteRow },
  { id: 'deleteColumn', name: 'document.table.deleteColumn', run: deleteColumn },
  { id: 'deleteTable', name: 'document.table.deleteTable', run: deleteTable },
];

export { isInTable };
