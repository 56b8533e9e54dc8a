import { describe, expect, it } from 'vitest';
import { readDocument } from '@lakeus/engine/document';
import type { DocumentJson } from '@lakeus/engine/document';
import { addText, changeBlock, mergeWords, plainBlocks } from './plain.ts';

const text = (words: string, ...marks: object[]) => ({
  type: 'text',
  text: words,
  ...(marks.length > 0 && { marks }),
});
const p = (...content: object[]) => ({ type: 'paragraph', content });
const doc = (...content: object[]): DocumentJson => ({ type: 'doc', content });
const id = '0198a3f0-0000-7000-8000-000000000001';
const mention = { type: 'mention', attrs: { contribution: id, label: 'Vieno: sauna' } };
const strong = { type: 'strong' };

const texts = (content: DocumentJson) => plainBlocks(content).map((block) => block.text);
function changed(content: DocumentJson, index: number, before: string, mine: string): DocumentJson {
  const result = changeBlock(content, index, before, mine);
  if (result.kind !== 'changed') throw new Error(result.kind);
  readDocument(result.content);
  return result.content;
}

describe('the blocks of a document', () => {
  it('are its paragraphs and headings, wherever they stand', () => {
    const content = doc(
      { type: 'heading', attrs: { level: 1 }, content: [text('Reitit')] },
      p(text('Talvella '), text('liukasta', strong), { type: 'hard_break' }, mention),
      { type: 'bullet_list', content: [{ type: 'list_item', content: [p(text('hiekkaa'))] }] },
      { type: 'blockquote', content: [p(text('”Kaaduin.”'))] },
      {
        type: 'table',
        content: [{ type: 'table_row', content: [{ type: 'table_cell', content: [p(text('ma'))] }] }],
      },
      { type: 'note', attrs: { id, contribution: null }, content: [p(text('valot'))] },
    );
    expect(plainBlocks(content).map(({ kind, text: words }) => [kind, words])).toEqual([
      ['heading', 'Reitit'],
      ['paragraph', 'Talvella liukasta\nVieno: sauna'],
      ['item', 'hiekkaa'],
      ['quote', '”Kaaduin.”'],
      ['cell', 'ma'],
      ['note', 'valot'],
    ]);
  });
});

describe('two changes of one text', () => {
  it.each([
    [
      'of different words come together',
      'yksi kaksi kolme neljä',
      'YKSI kaksi kolme neljä',
      'yksi kaksi kolme NELJÄ',
      'YKSI kaksi kolme NELJÄ',
    ],
    ['where only one changed is that one', 'a b', 'a b', 'a c', 'a c'],
    ['that are the same are one', 'a b', 'a c', 'a c', 'a c'],
    ['one at the beginning, one at the end', 'b c', 'a b c', 'b c d', 'a b c d'],
    ['the same in one place, apart in another', 'a b c d e', 'A b c d E', 'A b c d e', 'A b c d E'],
  ])('%s', (_what, before, mine, theirs, merged) => {
    expect(mergeWords(before, mine, theirs)).toBe(merged);
    expect(mergeWords(before, theirs, mine)).toBe(merged);
  });

  it.each([
    ['of the same word', 'yksi kaksi', 'yksi KAKSI', 'yksi toinen'],
    ['put in at the same place', 'a b', 'a x b', 'a y b'],
    ['where one took away what the other changed', 'a b c', 'a c', 'a B c'],
  ])('%s are for a person to settle', (_what, before, mine, theirs) => {
    expect(mergeWords(before, mine, theirs)).toBeNull();
  });
});

describe('a block that is changed', () => {
  const long = 'Reitti on liukas talvella ja hämärä';

  it('takes the new text, and the rest stays', () => {
    const content = doc(p(text('yksi')), p(text('kaksi')));
    expect(texts(changed(content, 1, 'kaksi', 'kaksi ja puoli'))).toEqual(['yksi', 'kaksi ja puoli']);
  });

  it('keeps looks, links and references of words that stay', () => {
    const content = doc(p(text('Meillä on '), text('liian', strong), text(' vähän aikaa, sanoi '), mention));
    const after = changed(
      content,
      0,
      'Meillä on liian vähän aikaa, sanoi Vieno: sauna',
      'Heillä on liian vähän aikaa, sanoi Vieno: sauna',
    );
    expect(after).toMatchObject({
      content: [
        {
          content: [
            text('Heillä'),
            text(' on '),
            text('liian', strong),
            text(' vähän aikaa, sanoi '),
            mention,
          ],
        },
      ],
    });
  });

  it('goes together with what others did to other words', () => {
    const content = doc(p(text('Reitti on hyvin liukas talvella ja hämärä')));
    const after = changed(content, 0, long, 'Reitti on liukas talvella ja pimeä');
    expect(texts(after)).toEqual(['Reitti on hyvin liukas talvella ja pimeä']);
  });

  it('asks when others changed the same words', () => {
    const content = doc(p(text('Reitti on liukas keväällä ja hämärä')));
    expect(changeBlock(content, 0, long, 'Reitti on liukas syksyllä ja hämärä')).toEqual({
      kind: 'conflict',
      theirs: 'Reitti on liukas keväällä ja hämärä',
    });
  });

  it('is found when others put paragraphs before it', () => {
    const content = doc(p(text('uusi')), p(text('alku')), p(text(long)));
    expect(texts(changed(content, 1, long, 'Poistettu'))).toEqual(['uusi', 'alku', 'Poistettu']);
  });

  it('may be gone', () => {
    expect(changeBlock(doc(p(text('aivan muuta'))), 0, long, 'jotain')).toEqual({ kind: 'gone' });
  });

  it('goes away when nothing is left in it, unless it is all there is', () => {
    const content = doc(p(text('yksi')), p(text('kaksi')));
    expect(texts(changed(content, 0, 'yksi', ' '))).toEqual(['kaksi']);
    expect(texts(changed(doc(p(text('yksi'))), 0, 'yksi', ''))).toEqual(['']);
  });

  it('holds lines apart', () => {
    const after = changed(doc(p(text('yksi'))), 0, 'yksi', 'yksi\nkaksi');
    expect(after).toMatchObject({
      content: [{ content: [text('yksi'), { type: 'hard_break' }, text('kaksi')] }],
    });
  });
});

describe('what is added at the end', () => {
  it('becomes paragraphs, and takes the place of an empty beginning', () => {
    expect(texts(addText(doc({ type: 'paragraph' }), 'Yksi\nrivi\r\n\r\nKaksi'))).toEqual([
      'Yksi\nrivi',
      'Kaksi',
    ]);
    expect(texts(addText(doc(p(text('alku'))), 'loppu'))).toEqual(['alku', 'loppu']);
  });
});
