import { EditorState, NodeSelection, TextSelection } from 'prosemirror-state';
import type { Command } from 'prosemirror-state';
import { describe, expect, it } from 'vitest';
import { schema } from '@lakeus/engine/document';
import type { Node } from 'prosemirror-model';
import {
  blockKind,
  depthOf,
  insertNote,
  insertTable,
  keys,
  linkAt,
  newId,
  putMention,
  putPicture,
  removeLink,
  setBlock,
  setLink,
  toggleList,
  toggleQuote,
} from './commands.ts';

const { nodes, marks } = schema;
const p = (text = '') => nodes.paragraph.create(null, text ? schema.text(text) : null);
const hash = 'ab'.repeat(32);
const contribution = '0198a3f0-0000-7000-8000-000000000001';

/** A state whose cursor stands at `at`. */
function stateOf(at: number, ...blocks: Node[]): EditorState {
  const doc = nodes.doc.create(null, blocks);
  return EditorState.create({ doc, selection: TextSelection.near(doc.resolve(at)) });
}
function after(state: EditorState, command: Command): EditorState {
  let next: EditorState | null = null;
  command(state, (tr) => {
    next = state.apply(tr);
  });
  if (!next) throw new Error('nothing was done');
  (next as EditorState).doc.check();
  return next;
}
const shape = ({ doc }: EditorState) => doc.toString();

describe('commands of the text', () => {
  it('make a heading and body text again', () => {
    const heading = after(stateOf(1, p('a')), setBlock('h2'));
    expect([blockKind(heading), shape(heading)]).toEqual(['h2', 'doc(heading("a"))']);
    expect(blockKind(after(heading, setBlock('p')))).toBe('p');
  });

  it('make a list, change its kind, and take out of it', () => {
    const list = after(stateOf(1, p('a')), toggleList(nodes.bullet_list));
    expect(shape(list)).toBe('doc(bullet_list(list_item(paragraph("a"))))');
    const numbered = after(list, toggleList(nodes.ordered_list));
    expect(shape(numbered)).toBe('doc(ordered_list(list_item(paragraph("a"))))');
    expect(shape(after(numbered, toggleList(nodes.ordered_list)))).toBe('doc(paragraph("a"))');
  });

  it('quote and take the quote away', () => {
    const quote = after(stateOf(1, p('a')), toggleQuote);
    expect(shape(quote)).toBe('doc(blockquote(paragraph("a")))');
    expect(shape(after(quote, toggleQuote))).toBe('doc(paragraph("a"))');
  });

  it('make a note of the paragraph, with an id of its own, and go on below it', () => {
    const note = after(stateOf(1, p('a')), insertNote);
    expect(shape(note)).toBe('doc(note(paragraph("a")))');
    expect(note.doc.firstChild!.attrs.id).toMatch(/^[0-9a-f-]{36}$/);
    const end = note.apply(note.tr.setSelection(TextSelection.create(note.doc, 3)));
    const below = after(after(end, keys.Enter!), keys.Enter!);
    expect(shape(below)).toBe('doc(note(paragraph("a")), paragraph)');
    expect(below.selection.$from.depth).toBe(1);
  });

  it('put a table with a header row where a line was empty, and no table into a table', () => {
    const table = after(stateOf(4, p('a'), p()), insertTable);
    expect(table.doc.child(1).type).toBe(nodes.table);
    expect(table.doc.child(1).firstChild!.firstChild!.type).toBe(nodes.table_header);
    expect(table.doc.lastChild!.type).toBe(nodes.paragraph);
    expect(table.selection.$from.depth).toBeGreaterThan(1);
    expect(insertTable(table)).toBe(false);
  });

  it('put a picture after the block, and change what is said of one', () => {
    const put = after(stateOf(1, p('a')), putPicture({ picture: hash, alt: 'Lato' }));
    expect(shape(put)).toBe('doc(paragraph("a"), image, paragraph)');
    const chosen = put.apply(put.tr.setSelection(NodeSelection.create(put.doc, 3)));
    const said = after(chosen, putPicture({ picture: hash, alt: 'Lato pellolla' }));
    expect(said.doc.child(1).attrs.alt).toBe('Lato pellolla');
  });

  it('point at a contribution', () => {
    const pointed = after(stateOf(2, p('a')), putMention(contribution, 'Vieno: sauna'));
    expect(shape(pointed)).toBe('doc(paragraph("a", mention, " "))');
  });

  it('break a list item no deeper than the server takes', () => {
    let inner = nodes.bullet_list.create(null, [
      nodes.list_item.create(null, p('x')),
      nodes.list_item.create(null, p('y')),
    ]);
    for (let i = 0; i < 4; i += 1)
      inner = nodes.bullet_list.create(null, nodes.list_item.create(null, [p('z'), inner]));
    const state = stateOf(0, inner);
    const atEnd = state.apply(state.tr.setSelection(TextSelection.atEnd(state.doc)));
    expect(depthOf(state.doc)).toBe(11);
    expect(keys['Mod-]']!(atEnd)).toBe(false);
  });
});

describe('links', () => {
  const href = 'https://seinajoki.fi/';
  it('are put on what is selected, found inside, changed and removed', () => {
    const state = stateOf(1, p('katso tästä nyt'));
    const chosen = state.apply(state.tr.setSelection(TextSelection.create(state.doc, 7, 12)));
    const linked = after(chosen, setLink(href, ''));
    const inside = linked.apply(linked.tr.setSelection(TextSelection.create(linked.doc, 9)));
    expect(linkAt(inside)).toEqual({ from: 7, to: 12, href });
    const other = after(inside, setLink('https://etela.fi/', ''));
    expect(linkAt(other)).toEqual({ from: 7, to: 12, href: 'https://etela.fi/' });
    expect(linkAt(after(other, removeLink))).toBeNull();
  });

  it('bring their own text where nothing is selected', () => {
    const linked = after(stateOf(1, p()), setLink(href, 'sivu'));
    expect(linked.doc.textContent).toBe('sivu');
    expect(marks.link.isInSet(linked.doc.firstChild!.firstChild!.marks)).toBeTruthy();
  });
});

describe('ids', () => {
  it('are such as the schema takes', () => {
    nodes.note.create({ id: newId() }, p('a')).check();
    expect(newId()).not.toBe(newId());
  });
});
