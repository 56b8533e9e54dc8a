import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyDocument, readDocument, textOf } from './read.ts';
import type { DocumentJson } from './read.ts';
import { repairDocument } from './repair.ts';
import { schema } from './schema.ts';

const text = (words: string) => ({ type: 'text', text: words });
const paragraph = (...words: string[]) => ({ type: 'paragraph', content: words.map(text) });
const doc = (...content: object[]): DocumentJson => ({ type: 'doc', content });
const cell = (words: string) => ({ type: 'table_cell', content: [paragraph(words)] });
const id = '00000000-0000-7000-8000-000000000001';

const repairs: Readonly<Record<string, readonly [DocumentJson, DocumentJson]>> = {
  'nothing becomes an empty paragraph': [doc(), doc({ type: 'paragraph' })],
  'a table without rows goes': [doc(paragraph('a'), { type: 'table', content: [] }), doc(paragraph('a'))],
  'a row without cells goes': [
    doc({ type: 'table', content: [{ type: 'table_row' }, { type: 'table_row', content: [cell('a')] }] }),
    doc({ type: 'table', content: [{ type: 'table_row', content: [cell('a')] }] }),
  ],
  'a cell outside a table gets one': [
    doc(cell('a')),
    doc({ type: 'table', content: [{ type: 'table_row', content: [cell('a')] }] }),
  ],
  'words outside a paragraph get one': [doc(text('a'), text('b')), doc(paragraph('ab'))],
  'an item outside a list gets one': [
    doc({ type: 'list_item', content: [paragraph('a')] }),
    doc({ type: 'bullet_list', content: [{ type: 'list_item', content: [paragraph('a')] }] }),
  ],
  'a paragraph straight in a list becomes an item': [
    doc({ type: 'bullet_list', content: [paragraph('a')] }),
    doc({ type: 'bullet_list', content: [{ type: 'list_item', content: [paragraph('a')] }] }),
  ],
  'an unknown node leaves its words': [
    doc({ type: 'marquee', content: [paragraph('a')] }),
    doc(paragraph('a')),
  ],
  'a picture without a picture goes': [doc(paragraph('a'), { type: 'image' }), doc(paragraph('a'))],
  'a wrong level becomes the usual one': [
    doc({ type: 'heading', attrs: { level: 9 }, content: [text('a')] }),
    doc({ type: 'heading', attrs: { level: 1 }, content: [text('a')] }),
  ],
  'a wrong mark goes, a right one stays': [
    doc({
      type: 'paragraph',
      content: [
        {
          ...text('a'),
          marks: [{ type: 'strong' }, { type: 'blink' }, { type: 'link', attrs: { href: 'javascript:x' } }],
        },
      ],
    }),
    doc({ type: 'paragraph', content: [{ ...text('a'), marks: [{ type: 'strong' }] }] }),
  ],
  'a note keeps its words where it can be one': [
    doc({ type: 'note', attrs: { id }, content: [text('a')] }),
    doc({ type: 'note', attrs: { id, contribution: null }, content: [paragraph('a')] }),
  ],
};

describe('a document that is wrong is made right', () => {
  test.each(Object.entries(repairs))('%s', (_name, [wrong, right]) => {
    const made = repairDocument(wrong);
    made.check();
    expect(made.toString()).toBe(schema.nodeFromJSON(right).toString());
  });

  test('one that is right comes back as it is', () => {
    const right = doc(
      { type: 'heading', attrs: { level: 2 }, content: [text('Otsikko')] },
      paragraph('a'),
      { type: 'table', content: [{ type: 'table_row', content: [cell('a'), cell('b')] }] },
      { type: 'blockquote', content: [paragraph('c')] },
    );
    expect(repairDocument(right).eq(readDocument(right))).toBe(true);
  });
});

const names = [...Object.keys(schema.nodes), 'script', '__proto__', ''];
const anyNode = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    fc.record({ type: fc.constant('text'), text: fc.string({ maxLength: 8 }) }),
    fc.record({
      type: fc.constantFrom(...names),
      attrs: fc.oneof(
        fc.constant(undefined),
        fc.dictionary(fc.constantFrom('level', 'id', 'order', 'href'), fc.jsonValue()),
      ),
      content: fc.array(tie('node'), { maxLength: 5 }),
    }),
  ),
})).node;

test('anything at all becomes a document of the schema, the same one each time, and then stays as it is', () => {
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 6 }), (content) => {
      const once = repairDocument({ type: 'doc', content });
      once.check();
      expect(repairDocument({ type: 'doc', content }).eq(once)).toBe(true);
      expect(repairDocument(once.toJSON() as DocumentJson).eq(once)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('no words are lost', () => {
  const wordsIn = (node: unknown): string => {
    const { text: own = '', content = [] } = node as { text?: string; content?: unknown[] };
    return own + content.map(wordsIn).join('');
  };
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 6 }), (content) => {
      const letters = (s: string) => [...s.replace(/\s/g, '')].sort().join('');
      const made = repairDocument({ type: 'doc', content });
      expect(letters(textOf(made).replaceAll('\n', ''))).toBe(letters(wordsIn({ content })));
    }),
    { numRuns: 400 },
  );
});

test('the empty document is of the schema', () => emptyDocument().check());
