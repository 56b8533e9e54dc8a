import { schema } from '@lakeus/engine/document';
import type { Node } from 'prosemirror-model';
import sharp from 'sharp';
import type { ExportSource } from '../source.ts';

/** Makings of documents, and one that has everything in it. */

const n = schema.nodes;
const m = schema.marks;
export const id = (digit: number) => `00000000-0000-4000-8000-${String(digit).padStart(12, '0')}`;
export const text = (words: string, ...marks: (keyof typeof m)[]) =>
  schema.text(
    words,
    marks.map((mark) => m[mark]!.create()),
  );
export const link = (words: string, href: string) => schema.text(words, [m.link.create({ href })]);
export const p = (...inline: (Node | string)[]) =>
  n.paragraph.create(
    null,
    inline.map((one) => (typeof one === 'string' ? text(one) : one)),
  );
export const h = (level: number, words: string) => n.heading.create({ level }, text(words));
export const li = (...blocks: Node[]) => n.list_item.create(null, blocks);
export const ul = (...items: Node[]) => n.bullet_list.create(null, items);
export const ol = (order: number, ...items: Node[]) => n.ordered_list.create({ order }, items);
export const td = (...blocks: Node[]) => n.table_cell.create(null, blocks);
export const th = (...blocks: Node[]) => n.table_header.create(null, blocks);
export const tr = (...cells: Node[]) => n.table_row.create(null, cells);
export const table = (...rows: Node[]) => n.table.create(null, rows);
export const image = (picture: string, alt: string) => n.image.create({ picture, alt });
export const note = (contribution: string | null, ...blocks: Node[]) =>
  n.note.create({ id: id(1), contribution }, blocks);
export const mention = (contribution: string, label: string) => n.mention.create({ contribution, label });
export const br = () => n.hard_break.create();
export const doc = (...blocks: Node[]) => n.doc.create(null, blocks);

export const jpegHash = 'aa'.repeat(32);
export const webpHash = 'bb'.repeat(32);
export const goneHash = 'cc'.repeat(32);

const shot = (format: 'jpeg' | 'webp') =>
  sharp({ create: { width: 900, height: 500, channels: 3, background: { r: 90, g: 140, b: 90 } } })
    .toFormat(format)
    .toBuffer();

export function sourceOf(content: Node, more: Partial<ExportSource> = {}): ExportSource {
  return {
    title: 'Pöytä 2: Kotihoidon käynnit',
    language: 'fi',
    caseTitle: 'Kotihoidon reitit',
    at: new Date('2017-09-12T12:00:00.000Z'),
    content,
    pictures: async (hash) => (hash === jpegHash ? shot('jpeg') : hash === webpHash ? shot('webp') : null),
    addressOf: (contributionId) => `https://lakeus.example.fi/contributions/${contributionId}`,
    words: {
      ofCase: 'Kehittämistapaus: Kotihoidon reitit',
      asOf: 'Teksti 12.9.2017 klo 15.00',
      note: 'Muistilappu',
      noteGiven: 'Muistilappu, josta tuli puheenvuoro',
      picture: 'Kuva',
      pictureMissing: 'Kuvaa ei enää ole',
      page: (number, of) => `Sivu ${number}/${of}`,
      unshown: 'Kaikkia merkkejä ei voi näyttää tässä tiedostossa.',
    },
    ...more,
  };
}

const long =
  'Käynnit vaihtelevat päivästä toiseen, eikä kukaan kerro, kuka tulee. Aamukäynti on välillä kahdeksalta ja välillä puoliltapäivin. ';

/** A document with one of everything, several pages long. */
export const everything = (): Node =>
  doc(
    h(1, 'Mitä tiedämme'),
    p(
      'Pöydässä puhuttiin ',
      text('sijaisista', 'strong'),
      ', ',
      text('reiteistä', 'em'),
      ' ja ',
      text('kaikesta muusta', 'strong', 'em'),
      '. ',
      text('Tämä jäi pois.', 'strike'),
      ' Katso ',
      link('sosiaali- ja terveysministeriön ohje käynneistä', 'https://example.fi/ohje?a=1&b=2'),
      ' ja ',
      mention(id(7), 'Pihlaja 12: ”Sijainen ei tiennyt”'),
      '.',
      br(),
      'Toinen rivi samassa kappaleessa. Šiega, čuolbma ja ruoŋgu kuuluvat myös, ja Привет. Hymiö 😀 ja العربية jäävät näyttämättä.',
    ),
    h(2, 'Luettelot'),
    ul(
      li(
        p(
          'Ensimmäinen kohta, jossa on niin paljon sanottavaa, että se jatkuu toiselle riville asti ja vielä vähän.',
        ),
      ),
      li(p('Toinen'), ol(3, li(p('Kolmas numerolla'), p('Saman kohdan toinen kappale.')), li(p('Neljäs')))),
    ),
    h(3, 'Lainaus'),
    schema.nodes.blockquote.create(null, [p(long.repeat(2).trim()), ul(li(p('Luettelo lainauksessa')))]),
    note(id(9), p('Muistilapun teksti, josta tuli puheenvuoro.')),
    note(null, p('Toinen lappu.'), p('Sen toinen kappale.')),
    image(jpegHash, 'Kartta, jossa on kotihoidon kolme reittiä'),
    image(webpHash, ''),
    image(goneHash, 'Poistettu kuva'),
    schema.nodes.horizontal_rule.create(),
    h(1, 'Taulukko'),
    table(
      tr(th(p('Asia')), th(p('Kuka')), th(p('Mitä tehdään'))),
      ...Array.from({ length: 14 }, (_, i) =>
        tr(
          i % 5 === 0 ? th(p(`Asia ${i + 1}`)) : td(p(`Asia ${i + 1}`)),
          td(p('Kotihoidonesimies')),
          td(p(long.repeat(1 + (i % 3)).trim()), ...(i === 2 ? [ul(li(p('yksi')), li(p('kaksi')))] : [])),
        ),
      ),
      tr(td(p('Pitkä')), td(p('x')), td(...Array.from({ length: 12 }, () => p(long.repeat(3).trim())))),
      tr(
        schema.nodes.table_cell.create({ colspan: 2, rowspan: 1 }, p('Kahden levyinen')),
        td(p('Pitkäsana'.repeat(20))),
      ),
      tr(
        schema.nodes.table_cell.create({ colspan: 1, rowspan: 2 }, p('Kahden korkuinen')),
        td(p('a')),
        td(p('b')),
      ),
      tr(td(p('c')), td(p('d'))),
    ),
    h(2, 'Lopuksi'),
    p(long.repeat(6).trim()),
    p('Lyhyt rivi ilman välejä: ', 'äö'.repeat(120)),
    p(),
  );
