import type { Node } from 'prosemirror-model';
import type { EditorView, NodeViewConstructor } from 'prosemirror-view';

/** A sticky note in the editor: its words, and below them how it becomes a contribution. */

export type NoteWords = { readonly note: string; readonly give: string; readonly given: string };

/** Finds a note by its id; it may have moved since it was drawn. */
export function findNote(doc: Node, id: string): { node: Node; pos: number } | null {
  let found: { node: Node; pos: number } | null = null;
  doc.descendants((node, pos) => {
    if (node.type.name === 'note' && node.attrs.id === id) found = { node, pos };
    return found === null && !node.isTextblock;
  });
  return found;
}

/** Writes into a note which contribution came of it. */
export function noteGiven(view: EditorView, id: string, contribution: string): void {
  const found = findNote(view.state.doc, id);
  if (found) view.dispatch(view.state.tr.setNodeMarkup(found.pos, null, { id, contribution }));
}

/** @param give - called with the id and the words of a note when somebody gives it as a contribution */
export const noteView =
  (
    words: NoteWords,
    hrefOf: (contribution: string) => string,
    mayGive: () => boolean,
    give: (id: string, text: string) => void,
  ): NodeViewConstructor =>
  (first, view) => {
    const dom = document.createElement('aside');
    dom.className = 'note';
    dom.setAttribute('aria-label', words.note);
    const contentDOM = document.createElement('div');
    const foot = document.createElement('p');
    foot.className = 'note-foot';
    foot.contentEditable = 'false';
    dom.append(contentDOM, foot);

    const draw = ({ attrs }: Node): void => {
      const id = attrs.id as string;
      const contribution = attrs.contribution as string | null;
      dom.dataset.note = id;
      if (contribution) {
        const link = document.createElement('a');
        link.className = 'target';
        link.href = hrefOf(contribution);
        link.textContent = words.given;
        foot.replaceChildren(link);
      } else if (mayGive()) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'plain';
        button.textContent = words.give;
        button.addEventListener('click', () => {
          const note = findNote(view.state.doc, id);
          if (note) give(id, note.node.textBetween(0, note.node.content.size, '\n').trim());
        });
        foot.replaceChildren(button);
      } else foot.replaceChildren();
    };
    draw(first);
    let drawn = first.attrs;
    return {
      dom,
      contentDOM,
      update: (node) => {
        if (node.type !== first.type) return false;
        if (node.attrs.id !== drawn.id || node.attrs.contribution !== drawn.contribution) draw(node);
        drawn = node.attrs;
        return true;
      },
      stopEvent: (event) => foot.contains(event.target as globalThis.Node | null),
      ignoreMutation: ({ target }) => target === dom || foot.contains(target),
    };
  };
