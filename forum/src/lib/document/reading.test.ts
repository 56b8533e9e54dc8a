import { describe, expect, it } from 'vitest';
import { prosemirrorJSONToYDoc } from 'y-prosemirror';
import { fragmentName, readDocument, schema } from '@lakeus/engine/document';
import type { DocumentJson } from '@lakeus/engine/document';
import { jsonOf } from './reading.ts';
import { hrefOf, isBlank, shownOf, wordsIn } from './shown.ts';

/** What the shared text holds, read without the editor, is what the editor would read. */

const hash = 'ab'.repeat(32);
const id = '0198a3f0-0000-7000-8000-000000000001';
const paragraph = (...content: object[]) => ({ type: 'paragraph', content });
const text = (words: string, ...marks: object[]) => ({
  type: 'text',
  text: words,
  ...(marks[0] && { marks }),
});
const everything: DocumentJson = {
  type: 'doc',
  content: [
    { type: 'heading', attrs: { level: 2 }, content: [text('Reitit')] },
    paragraph(
      text('Katso '),
      text('täältä', { type: 'link', attrs: { href: 'https://seinajoki.fi/' } }, { type: 'strong' }),
      { type: 'hard_break' },
      { type: 'mention', attrs: { contribution: id, label: 'Vieno' } },
    ),
    {
      type: 'ordered_list',
      attrs: { order: 3 },
      content: [{ type: 'list_item', content: [paragraph(text('a'))] }],
    },
    {
      type: 'table',
      content: [
        {
          type: 'table_row',
          content: [
            {
              type: 'table_header',
              attrs: { colspan: 2, rowspan: 1, colwidth: null },
              content: [paragraph(text('x'))],
            },
          ],
        },
      ],
    },
    { type: 'image', attrs: { picture: hash, alt: 'Lato' } },
    { type: 'note', attrs: { id, contribution: null }, content: [paragraph(text('valot', { type: 'em' }))] },
    { type: 'horizontal_rule' },
  ],
};
const read = (json: DocumentJson) =>
  jsonOf(prosemirrorJSONToYDoc(schema, json, fragmentName).getXmlFragment(fragmentName));

describe('a shared text read without the editor', () => {
  it('is of the schema, and the same document', () => {
    const back = readDocument(read(everything));
    expect(back.toJSON()).toEqual(readDocument(everything).toJSON());
  });

  it('tells its words, and when there are none', () => {
    expect(wordsIn(shownOf(everything))).toMatch(/Reitit.*täältä.*Vieno.*valot/);
    expect(isBlank(shownOf(everything))).toBe(false);
    expect(isBlank(shownOf({ type: 'doc', content: [{ type: 'paragraph' }] }))).toBe(true);
  });

  it('leads nowhere that runs something', () => {
    const link = (href: string) => shownOf(text('x', { type: 'link', attrs: { href } }));
    expect(hrefOf(link('https://seinajoki.fi/'))).toBe('https://seinajoki.fi/');
    expect(hrefOf(link('javascript:alert(1)'))).toBeNull();
  });
});
