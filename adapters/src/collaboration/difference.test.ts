import { fragmentName } from '@lakeus/engine/document';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { align } from './align.ts';
import { blocksOf } from './blocks.ts';
import { differenceOf } from './difference.ts';
import type { Hands } from './difference.ts';

/** What changed between two texts, as somebody reads it. */

type Change = (root: Y.XmlFragment, doc: Y.Doc) => void;

const element = (name: string, ...inside: (string | Y.XmlElement)[]): Y.XmlElement => {
  const made = new Y.XmlElement(name);
  made.insert(
    0,
    inside.map((each) => (typeof each === 'string' ? new Y.XmlText(each) : each)),
  );
  return made;
};
const p = (text: string) => element('paragraph', text);
const textIn = (root: Y.XmlFragment, at: number): Y.XmlText =>
  (root.get(at) as Y.XmlElement).get(0) as Y.XmlText;

/** Writes as Anna (1), then changes it as Bertta (2), and tells the difference. */
function changed(begin: Change, change: Change, hands: Partial<Hands> = {}) {
  const [before, after] = [new Y.Doc(), new Y.Doc()];
  [before.clientID, after.clientID] = [1, 2];
  before.transact(() => begin(before.getXmlFragment(fragmentName), before));
  Y.applyUpdate(after, Y.encodeStateAsUpdate(before));
  after.transact(() => change(after.getXmlFragment(fragmentName), after));
  const names: Record<number, string> = { 1: 'anna', 2: 'bertta' };
  return differenceOf(blocksOf(before), blocksOf(after), {
    wrote: (client) => names[client] ?? null,
    isNew: (client) => client === 2,
    removed: () => ({ author: 'bertta', letters: 1_000_000 }),
    ...hands,
  });
}

const told = (blocks: ReturnType<typeof changed>) =>
  blocks.map(({ kind, change, pieces }) => [
    kind,
    change,
    pieces
      .map(({ change: fate, text, author }) =>
        fate === 'same' ? text : fate === 'added' ? `[+${author}:${text}]` : `[-${author}:${text}]`,
      )
      .join(''),
  ]);

describe('a difference', () => {
  it('is told word by word, with who wrote what', () => {
    const blocks = changed(
      (root) => root.push([p('Bussi kulkee liian harvoin illalla.'), p('Jää.')]),
      (root) => {
        textIn(root, 0).delete(13, 13);
        textIn(root, 0).insert(13, 'joka tunti');
      },
    );
    expect(told(blocks)).toEqual([
      ['paragraph', 'changed', 'Bussi kulkee [-anna:liian harvoin][+bertta:joka tunti] illalla.'],
      ['paragraph', 'same', 'Jää.'],
    ]);
    expect(blocks[0]!.pieces[1]).toMatchObject({ author: 'anna', removedBy: 'bertta' });
  });

  it('tells blocks that came and went, each by what it is', () => {
    const picture = new Y.XmlElement('image');
    picture.setAttribute('picture', 'ab'.repeat(32));
    picture.setAttribute('alt', 'Silta keväällä');
    const row = (...cells: string[]) =>
      element('table_row', ...cells.map((text) => element('table_cell', p(text))));
    const blocks = changed(
      (root) =>
        root.push([
          element('heading', 'Reitit'),
          element('bullet_list', element('list_item', p('Lapua'))),
          element('table', row('Kunta', 'Vuorot'), row('Ilmajoki', 'kaksi')),
        ]),
      (root) => {
        (root.get(1) as Y.XmlElement).push([element('list_item', p('Kauhava'))]);
        (root.get(2) as Y.XmlElement).delete(1, 1);
        root.push([picture, new Y.XmlElement('horizontal_rule')]);
      },
    );
    expect(told(blocks)).toEqual([
      ['heading', 'same', 'Reitit'],
      ['item', 'same', 'Lapua'],
      ['item', 'added', '[+bertta:Kauhava]'],
      ['row', 'same', 'Kunta | Vuorot'],
      ['row', 'removed', '[-anna:Ilmajoki | kaksi]'],
      ['picture', 'added', '[+bertta:Silta keväällä]'],
      ['rule', 'added', ''],
    ]);
  });

  it('knows a block that only went elsewhere, and one that only looks otherwise', () => {
    const blocks = changed(
      (root) =>
        root.push([p('Tämä kappale menee loppuun.'), p('Ensimmäinen asia.'), p('Otsikoksi nouseva.')]),
      (root) => {
        root.delete(0, 1);
        root.delete(1, 1);
        root.insert(1, [element('heading', 'Otsikoksi nouseva.'), p('Tämä kappale menee loppuun.')]);
      },
    );
    expect(told(blocks)).toEqual([
      ['paragraph', 'same', 'Ensimmäinen asia.'],
      ['heading', 'restyled', 'Otsikoksi nouseva.'],
      ['paragraph', 'moved', 'Tämä kappale menee loppuun.'],
    ]);
  });

  it('takes a paragraph that was written anew for another one, and a changed one for the same', () => {
    const blocks = changed(
      (root) => root.push([p('Kuljettaja auttaa nousemaan kyytiin.'), p('Lippu maksaa kolme euroa.')]),
      (root) => {
        root.delete(0, 2);
        root.push([p('Kuljettaja auttaa aina nousemaan kyytiin.'), p('Aivan muuta.')]);
      },
    );
    expect(told(blocks)).toEqual([
      ['paragraph', 'changed', 'Kuljettaja auttaa [+bertta:aina ]nousemaan kyytiin.'],
      ['paragraph', 'removed', '[-anna:Lippu maksaa kolme euroa.]'],
      ['paragraph', 'added', '[+bertta:Aivan muuta.]'],
    ]);
  });

  it('leaves markup that somebody typed as the letters that it is', () => {
    const attack = '<img src=x onerror=alert(1)><script>1</script>';
    const [block] = changed(
      (root) => root.push([p('')]),
      (root) => textIn(root, 0).insert(0, attack),
    );
    expect(block!.pieces).toEqual([{ text: attack, change: 'added', author: 'bertta', removedBy: null }]);
  });

  it('of a long text that was written anew throughout is told in reasonable work', () => {
    const line = (i: number, word: string) =>
      `Kohta ${i}: ${Array.from({ length: 15 }, (_, k) => `${word}${(i * 7 + k * 3) % 97}`).join(' ')}.`;
    const many = Array.from({ length: 500 }, (_, i) => i);
    const blocks = changed(
      (root) => root.push(many.map((i) => p(line(i, 'vanha')))),
      (root) => {
        root.delete(0, root.length);
        root.push(many.map((i) => p(line(i, i % 2 ? 'vanha' : 'uusi'))));
      },
    );
    expect(blocks.filter(({ change }) => change === 'same')).toHaveLength(250);
    const one = changed(
      (root) => root.push([p(many.map((i) => line(i, 'vanha')).join(' '))]),
      (root) => {
        root.delete(0, 1);
        root.push([p(many.map((i) => line(i, i % 2 ? 'vanha' : 'uusi')).join(' '))]);
      },
    );
    expect(one.length).toBeLessThanOrEqual(2);
  });
});

describe('aligning', () => {
  it('pairs as much as it can, in order', () => {
    expect(align([...'abcabba'], [...'cbabac']).length).toBe(4);
    expect(align([], ['a'])).toEqual([]);
    expect(align(['a', 'b'], ['a', 'b'])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('of lists too long to try everything goes by what stands once in both', () => {
    const long = Array.from({ length: 3_000 }, (_, i) => (i % 3 === 0 ? `kerran ${i}` : 'usein'));
    const other = ['alku', ...long.filter((_, i) => i % 300 !== 0), 'loppu'];
    const matches = align(['eka', ...long, 'vika'], other);
    expect(matches.length).toBe(2_990);
    expect(matches.every(([i, j]) => ['eka', ...long, 'vika'][i] === other[j])).toBe(true);
  });
});
