import { EditorState, TextSelection } from 'prosemirror-state';
import type { Transaction } from 'prosemirror-state';
import { initProseMirrorDoc, updateYFragment, ySyncPlugin, ySyncPluginKey } from 'y-prosemirror';
import { describe, expect, it } from 'vitest';
import { Doc, UndoManager, applyUpdate, encodeStateAsUpdate } from 'yjs';
import { fragmentName, schema } from '@lakeus/engine/document';
import type { Node } from 'prosemirror-model';
import { findQuote, mentionsIn, quoteOf } from './quotes.ts';
import type { Anchored } from './quotes.ts';
import { anchorIn, anchorOf, placeOf, resolvePassage, threadDecorations, threadsIn } from './threads.ts';
import type { Bound, ThreadPassage } from './threads.ts';

/** Texts as writers have them: a Yjs document and what ProseMirror shows of it, without a browser. */
class Writer {
  readonly doc = new Doc();
  readonly type = this.doc.getXmlFragment(fragmentName);

  shown(): { node: Node; bound: Bound } {
    const { doc: node, meta } = initProseMirrorDoc(this.type, schema) as unknown as {
      doc: Node;
      meta: { mapping: Bound['mapping'] };
    };
    return { node, bound: { doc: this.doc, type: this.type, mapping: meta.mapping } };
  }
  /** Edits as the binding does: only the difference goes into the Yjs document. */
  edit(change: (tr: Transaction) => Transaction): void {
    const { doc: node, meta } = initProseMirrorDoc(this.type, schema) as unknown as {
      doc: Node;
      meta: never;
    };
    const { doc: after } = change(EditorState.create({ schema, doc: node }).tr);
    this.doc.transact(() => updateYFragment(this.doc, this.type, after, meta), 'own');
  }
  hear(other: Writer): void {
    applyUpdate(this.doc, encodeStateAsUpdate(other.doc));
  }
  words({ from, to }: { from: number; to: number }): string {
    return this.shown().node.textBetween(from, to, '|');
  }
}

const paragraph = (text: string) => schema.node('paragraph', null, text ? [schema.text(text)] : []);
const written = (...texts: string[]): Writer => {
  const writer = new Writer();
  writer.edit((tr) => tr.replaceWith(0, tr.doc.content.size, texts.map(paragraph)));
  return writer;
};
/** Where words stand, in ProseMirror positions. */
const at = (node: Node, words: string) => {
  const place = findQuote(node, { quote: words, prefix: '', suffix: '' });
  if (!place) throw new Error(`no ${words}`);
  return place;
};
const anchored = (writer: Writer, words: string): Anchored => {
  const { node, bound } = writer.shown();
  const place = at(node, words);
  return { anchor: anchorIn(bound, place), ...quoteOf(node, place) };
};
const found = (writer: Writer, passage: Anchored): string | null => {
  const { node, bound } = writer.shown();
  const place = resolvePassage(bound, node, passage);
  return place && writer.words(place);
};

describe('a passage', () => {
  const texts = ['Käynnit tekee sama hoitaja koko viikon.', 'Aika sovitaan viikko ennen.'] as const;

  it('is kept with its words and those around them', () => {
    const passage = anchored(written(...texts), 'sama hoitaja');
    expect(passage).toMatchObject({
      ...{ quote: 'sama hoitaja', prefix: 'Käynnit tekee ', suffix: ' koko viikon.\nAika sovitaan viik' },
      anchor: expect.stringMatching(/^[A-Za-z0-9+/=]{1,200}\.[A-Za-z0-9+/=]{1,200}$/) as string,
    });
  });

  it('stays where it is while others write before, after and in it', () => {
    const anna = written(...texts);
    const passage = anchored(anna, 'sama hoitaja');
    const bertil = new Writer();
    bertil.hear(anna);
    bertil.edit((tr) => tr.insertText('Viikolla: ', 1));
    bertil.edit((tr) => tr.insertText('tuttu ', at(tr.doc, 'hoitaja').from));
    bertil.edit((tr) => tr.insertText('!', at(tr.doc, 'hoitaja').to));
    bertil.edit((tr) => tr.insert(0, paragraph('Aivan uusi alku')));
    anna.hear(bertil);
    expect(anna.words(at(anna.shown().node, 'hoitaja!'))).toBe('hoitaja!');
    expect(found(anna, passage)).toBe('sama tuttu hoitaja');
    expect(found(bertil, passage)).toBe('sama tuttu hoitaja');
  });

  it('shrinks with what is taken out of it', () => {
    const anna = written(...texts);
    const passage = anchored(anna, 'sama hoitaja koko');
    anna.edit((tr) => tr.delete(at(tr.doc, ' koko').from, at(tr.doc, ' viikon').from));
    expect(found(anna, passage)?.trim()).toBe('sama hoitaja');
  });

  it('is found by its words when it was cut and put elsewhere', () => {
    const anna = written(...texts);
    const passage = anchored(anna, 'sama hoitaja');
    anna.edit((tr) => tr.delete(0, tr.doc.firstChild!.nodeSize));
    expect(found(anna, passage)).toBeNull();
    anna.edit((tr) => tr.insert(tr.doc.content.size, paragraph('Siis sama hoitaja koko viikon.')));
    expect(found(anna, passage)).toBe('sama hoitaja');
  });

  it('is found when its paragraph was cut in two before it', () => {
    const anna = written(...texts);
    const passage = anchored(anna, 'sama hoitaja');
    anna.edit((tr) => tr.split(at(tr.doc, 'sama').from));
    expect(anna.shown().node.childCount).toBe(3);
    expect(found(anna, passage)).toBe('sama hoitaja');
  });

  it('comes back when its removal is undone', () => {
    const anna = written(...texts);
    const passage = anchored(anna, 'sama hoitaja');
    const undo = new UndoManager(anna.type, { trackedOrigins: new Set(['own']) });
    anna.edit((tr) => tr.delete(at(tr.doc, 'sama').from, at(tr.doc, ' koko').from));
    expect(found(anna, passage)).toBeNull();
    undo.undo();
    expect(found(anna, passage)).toBe('sama hoitaja');
  });

  it('may span blocks', () => {
    const anna = written(...texts);
    const { node, bound } = anna.shown();
    const place = { from: at(node, 'koko').from, to: at(node, 'Aika').to };
    const passage = { anchor: anchorIn(bound, place), ...quoteOf(node, place) };
    expect(passage.quote).toBe('koko viikon.\nAika');
    anna.edit((tr) => tr.insertText('Hei. ', 1));
    expect(found(anna, passage)).toBe('koko viikon.|Aika');
  });

  it('may end with a mention', () => {
    const anna = new Writer();
    const mention = schema.node('mention', {
      contribution: '00000000-0000-7000-8000-000000000001',
      label: 'Kuovi 3',
    });
    const words = [schema.text('Niin sanoi '), mention, schema.text(' eilen.')];
    anna.edit((tr) => tr.replaceWith(0, tr.doc.content.size, schema.node('paragraph', null, words)));
    const passage = anchored(anna, 'sanoi Kuovi 3');
    anna.edit((tr) => tr.insertText('Juuri ', 1));
    const { node, bound } = anna.shown();
    const place = placeOf(bound, node, passage.anchor)!;
    expect(quoteOf(node, place).quote).toBe('sanoi Kuovi 3');
  });

  it('with an anchor that says nothing is looked for by its words alone', () => {
    const anna = written(...texts);
    const { node, bound } = anna.shown();
    for (const anchor of ['', '.', 'AAAA.AAAA', '????.!!!!', 'AAEC.AwQF']) {
      expect(placeOf(bound, node, anchor), anchor).toBeNull();
      const passage = { anchor, quote: 'sama hoitaja', prefix: '', suffix: '' };
      expect(found(anna, passage), anchor).toBe('sama hoitaja');
    }
  });
});

describe('quoted words', () => {
  const doc = (...texts: string[]) => schema.node('doc', null, texts.map(paragraph));

  it('that stand in several places are those with the surroundings they had', () => {
    const node = doc('Hoitaja vaihtuu usein.', 'Sama hoitaja kävisi.', 'Tuttu hoitaja kävisi.');
    const place = findQuote(node, { quote: 'hoitaja', prefix: 'Tuttu ', suffix: ' kävisi.' })!;
    expect(node.textBetween(place.from - 6, place.to)).toBe('Tuttu hoitaja');
  });

  it('that are very short are not taken for others', () => {
    const node = doc('Ja sitten ja taas.');
    expect(findQuote(node, { quote: 'ja', prefix: 'Ensin ', suffix: ' vasta' })).toBeNull();
    expect(findQuote(node, { quote: 'ja', prefix: 'sitten ', suffix: ' taas.' })).not.toBeNull();
    expect(findQuote(node, { quote: ' ', prefix: '', suffix: '' })).toBeNull();
  });

  it('hold what stands for words, and no half letters', () => {
    const mention = schema.node('mention', {
      contribution: '00000000-0000-7000-8000-000000000001',
      label: 'Kuovi 3',
    });
    const node = schema.node('doc', null, [
      schema.node('paragraph', null, [
        schema.text('Niin sanoi '),
        mention,
        schema.text(` 𝕏${'x'.repeat(31)}`),
      ]),
    ]);
    const place = at(node, 'sanoi Kuovi 3');
    expect(place).toEqual({ from: 6, to: 13 });
    expect(quoteOf(node, place)).toEqual({
      ...{ quote: 'sanoi Kuovi 3', prefix: 'Niin ' },
      suffix: ` 𝕏${'x'.repeat(29)}`,
    });
    const cut = quoteOf(node, { from: place.from, to: place.to + 2 });
    expect(cut.quote.isWellFormed() && cut.suffix.isWellFormed()).toBe(true);
  });
});

describe('discussions in an editor', () => {
  const id = '00000000-0000-7000-8000-000000000001';
  const opened = () => {
    const anna = written('Käynnit tekee sama hoitaja koko viikon.');
    const passage = { ...anchored(anna, 'sama hoitaja'), contributionId: id, resolvedAt: null };
    const { node, bound } = anna.shown();
    const plugin = threadDecorations({});
    const state = EditorState.create({
      doc: node,
      plugins: [ySyncPlugin(anna.type, { mapping: bound.mapping as never }), plugin],
    });
    const told = (of: EditorState, passages: ThreadPassage[], active: string | null = null) =>
      of.apply(of.tr.setMeta(plugin, { passages, active }));
    return { anna, passage, state: told(state, [passage]), told };
  };
  const marked = (state: EditorState) =>
    threadsIn(state)
      .decorations.find()
      .map(({ from, to }) => state.doc.textBetween(from, to));

  it('are marked while they are open, and when they are looked at', () => {
    const { passage, state, told } = opened();
    expect(marked(state)).toEqual(['sama hoitaja']);
    const settled = { ...passage, resolvedAt: '2026-11-22T10:00:00.000Z' };
    expect(marked(told(state, [settled]))).toEqual([]);
    expect(marked(told(state, [settled], id))).toEqual(['sama hoitaja']);
  });

  it('go along with one’s own writing before the Yjs document hears of it', () => {
    const { state } = opened();
    const typed = state.apply(state.tr.insertText('Siis: ', 1));
    expect(marked(typed)).toEqual(['sama hoitaja']);
    const { from, to } = threadsIn(typed).places.get(id)!;
    const cut = typed.apply(typed.tr.delete(from, to));
    expect(threadsIn(cut).places.get(id)).toBeNull();
    const pasted = cut.apply(cut.tr.insertText('sama hoitaja', 3));
    expect(marked(pasted)).toEqual(['sama hoitaja']);
  });

  it('are found anew when others have written', () => {
    const { anna, state } = opened();
    anna.edit((tr) => tr.insertText('Viikolla: ', 1));
    const { node, bound } = anna.shown();
    // As the binding does: the whole text is replaced, which maps no place.
    const binding = {
      ...(ySyncPluginKey.getState(state) as { binding: object }).binding,
      mapping: bound.mapping,
    };
    const replaced = state.tr
      .replaceWith(0, state.doc.content.size, node.content)
      .setMeta(ySyncPluginKey, { isChangeOrigin: true, binding });
    const after = state.apply(replaced);
    expect(marked(after)).toEqual(['sama hoitaja']);
    expect(threadsIn(after).places.get(id)!.from).toBe(threadsIn(state).places.get(id)!.from + 10);
  });

  it('begin at what is chosen, if it has words', () => {
    const { state } = opened();
    const chosen = state.apply(state.tr.setSelection(TextSelection.create(state.doc, 1, 8)));
    const { from, to } = chosen.selection;
    expect(anchorOf(chosen, from, to)).toMatchObject({
      quote: 'Käynnit',
      prefix: '',
      suffix: ' tekee sama hoitaja koko viikon.',
    });
    expect(anchorOf(chosen, 8, 9)).toBeNull();
    expect(anchorOf(chosen, 3, 3)).toBeNull();
  });
});

describe('a remark', () => {
  it('mentions those who take part, and nobody else', () => {
    const told = (body: string) =>
      mentionsIn(body, ['Kuovi 3', 'Kuovi 31'])
        .filter(({ mention }) => mention)
        .map(({ text }) => text);
    expect(told('@Kuovi 3, mitä sanot?')).toEqual(['@Kuovi 3']);
    expect(told('Niin kuin @Kuovi 31 sanoi.')).toEqual(['@Kuovi 31']);
    expect(told('@Kuovi 312 ja posti@Kuovi 3')).toEqual([]);
    expect(mentionsIn('Hei @Kuovi 3!', ['Kuovi 3'])).toEqual([
      { text: 'Hei ', mention: false },
      { text: '@Kuovi 3', mention: true },
      { text: '!', mention: false },
    ]);
  });
});
