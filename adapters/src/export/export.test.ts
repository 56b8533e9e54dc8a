import { isSafeHref, schema } from '@lakeus/engine/document';
import type { Node } from 'prosemirror-model';
import { describe, expect, it } from 'vitest';
import { exportDocument, exportFormats } from './index.ts';
import type { ExportFormat, ExportSource } from './index.ts';
import { heardOf } from './testing/read-pdf.ts';
import * as make from './testing/sample.ts';
import { unzip } from './testing/unzip.ts';

const { doc, p, h, text, table, tr, td, th, ul, ol, li, note, mention, id, br, image, link, sourceOf } = make;

const written = async (format: ExportFormat, content: Node, more: Partial<ExportSource> = {}) =>
  Buffer.from((await exportDocument(format, sourceOf(content, more))).bytes);
const html = async (content: Node, more = {}) => (await written('html', content, more)).toString();
const markdown = async (content: Node) =>
  (await written('markdown', content)).toString().split('\n---\n\n').slice(1).join('\n---\n\n').trimEnd();
const docx = async (content: Node, more: Partial<ExportSource> = {}) =>
  unzip(await written('docx', content, more));
const part = (files: Map<string, Buffer>, name: string) => files.get(name)?.toString() ?? '';

/** The text nodes of XML, entities read. */
const xmlText = (xml: string) =>
  [...xml.matchAll(/<w:t[ >][^<]*<\/w:t>|<w:t>[^<]*<\/w:t>/g)]
    .map(([tag]) => tag.replace(/<[^>]+>/g, ''))
    .join('')
    .replace(
      /&(lt|gt|quot|apos|amp);/g,
      (_, name) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name as 'lt'],
    );

describe('every format', () => {
  it('has the words of everything', async () => {
    const words = [
      'Mitä tiedämme',
      'sijaisista',
      'Kolmas numerolla',
      'Luettelo lainauksessa',
      'Sen toinen kappale',
    ];
    const content = make.everything();
    const pdf = await heardOf(await written('pdf', content));
    const texts = [
      await html(content),
      (await written('markdown', content)).toString(),
      xmlText(part(await docx(content), 'word/document.xml')),
      pdf.text,
    ];
    for (const said of texts)
      for (const word of [...words, 'Kotihoidon reitit', 'Poistettu kuva']) expect(said).toContain(word);
  });

  it.each(['html', 'markdown', 'pdf'] as const)(
    'gives the same bytes for the same text: %s',
    async (format) => {
      const content = make.everything();
      expect((await written(format, content)).equals(await written(format, content))).toBe(true);
    },
  );

  it.each(exportFormats)('can be written of nothing: %s', async (format) => {
    const { bytes, type, extension } = await exportDocument(format, sourceOf(doc(p()), { title: '' }));
    expect(bytes.length).toBeGreaterThan(50);
    expect([type.includes('/'), extension.length > 1]).toEqual([true, true]);
  });
});

describe('what people wrote is never taken for marks of the format', () => {
  const payloads = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '</title><svg onload=alert(1)>',
    '--><b>&lt;i&gt;',
    '&amp;#x3c;script&#62;',
    ']]></w:t></w:r><w:br/>',
    '{{constructor.constructor("alert(1)")()}}',
    '[click](javascript:alert(1))',
    '![x](https://example.fi/track.png)',
    '<https://example.fi/>',
    '`code` **bold** _em_ ~~s~~ $x$',
    '# heading',
    '- item',
    '+ item',
    '1. item',
    '12) item',
    '> quote',
    '===',
    '---',
    '| a | b |',
    '    code',
    '\\',
    'a\\|b',
    '(/JavaScript /S /JS (app.alert(1)))',
    '\u202ekäännös\u202c',
    'null\u0000 bell\u0007 esc\u001b vt\u000b \ufffe',
    '\ud83d\ude00',
  ];
  const seen = (payload: string) =>
    payload
      // eslint-disable-next-line no-control-regex -- control characters are what is taken away
      .replace(/[\u000b]/g, ' ')
      // eslint-disable-next-line no-control-regex -- as above
      .replace(/[\u0000-\u001f\ufffe]/g, '');
  const everywhere = (payload: string) =>
    doc(
      h(1, payload),
      p(payload, br(), payload),
      ul(li(p(payload))),
      note(null, p(text(payload, 'strong'))),
      table(tr(th(p(payload))), tr(td(p(payload)))),
      image(make.goneHash, payload),
      image(make.jpegHash, payload),
      p(mention(id(3), payload), link(payload, 'https://example.fi/')),
    );

  it.each(payloads)('in HTML: %j', async (payload) => {
    const page = await html(everywhere(payload), { title: payload, caseTitle: payload });
    const tags = [...page.matchAll(/<\/?([a-z!][a-z0-9]*)/gi)].map(([, tag]) => tag!.toLowerCase());
    const ours = [
      '!doctype',
      'html',
      'head',
      'meta',
      'title',
      'style',
      'body',
      'main',
      'h1',
      'h2',
      'p',
      'br',
      'ul',
      'li',
    ];
    const more = ['aside', 'strong', 'div', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'img', 'a'];
    expect([...new Set(tags)].filter((tag) => ![...ours, ...more].includes(tag))).toEqual([]);
    const attributes = [...page.matchAll(/<[a-z][^>]*>/gi)].join('');
    expect(attributes.replace(/"[^"]*"/g, '""')).not.toMatch(/\son\w+=|javascript:/i);
    expect([...page.matchAll(/ (?:src|href)="([^"]{5})/g)].map(([, start]) => start)).toEqual([
      'data:',
      'https',
      'https',
    ]);
  });

  it.each(payloads)('in DOCX: %j', async (payload) => {
    const files = await docx(everywhere(payload), { title: payload, caseTitle: payload });
    const said = xmlText(part(files, 'word/document.xml'));
    expect(said.split(seen(payload)).length - 1).toBeGreaterThanOrEqual(9);
    for (const [name, content] of files) {
      if (!/\.(xml|rels)$/.test(name)) continue;
      const opened: string[] = [];
      for (const [, close, tag, own] of content.toString().matchAll(/<(\/?)([\w:]+)[^>]*?(\/?)>/g)) {
        if (close) expect(opened.pop()).toBe(tag);
        else if (!own) opened.push(tag!);
      }
      expect(opened).toEqual([]);
    }
  });

  it('in PDF', async () => {
    const shown = payloads.filter((one) => !/[\u202e\ud83d]/.test(one));
    const content = doc(...shown.flatMap((payload) => everywhere(payload).children));
    const { text: said, urls } = await heardOf(await written('pdf', content));
    const bare = (some: string) => some.replace(/\s+/g, '');
    for (const payload of shown) {
      expect(bare(said).split(bare(seen(payload))).length - 1).toBeGreaterThanOrEqual(8);
    }
    expect(new Set(urls)).toEqual(
      new Set(['https://example.fi/', `https://lakeus.example.fi/contributions/${id(3)}`]),
    );
  });
});

describe('Markdown', () => {
  const line = (words: string) => markdown(doc(p(words)));

  it.each([
    ['<script>', '\\<script\\>'],
    ['**ei** `näin`', '\\*\\*ei\\*\\* \\`näin\\`'],
    ['[a](javascript:x)', '\\[a\\](javascript:x)'],
    ['![x](y)', '\\!\\[x\\](y)'],
    ['# otsikko', '\\# otsikko'],
    ['- kohta', '\\- kohta'],
    ['1. kohta', '1\\. kohta'],
    ['===', '\\==='],
    ['a & b', 'a \\& b'],
    ['    koodia', 'koodia'],
    ['Hyvä: 5 + 3 - 1. Jaa!', 'Hyvä: 5 + 3 - 1. Jaa!'],
  ])('keeps %j as text', async (words, expected) => {
    expect(await line(words)).toBe(expected);
  });

  it('keeps the beginning of a line after a line break as text', async () => {
    expect(await markdown(doc(p('Otsikko', br(), '---', br(), '# x')))).toBe('Otsikko\\\n\\---\\\n\\# x');
  });

  it('writes headings below the title, lists, links and mentions', async () => {
    const content = doc(
      h(1, 'A'),
      p(text('b', 'strong'), ' ', link('c', 'https://example.fi/a_b(c)'), ' ', mention(id(1), 'd')),
      ul(li(p('e'), ol(1, li(p('f')))), li(p('g'))),
    );
    expect(await markdown(content)).toBe(
      [
        '## A',
        '',
        `**b** [c](<https://example.fi/a_b(c)>) [d](<https://lakeus.example.fi/contributions/${id(1)}>)`,
        '',
        '- e',
        '  1. f',
        '- g',
      ].join('\n'),
    );
  });

  it('writes tables with a heading row, whatever stands in their cells', async () => {
    const wide = schema.nodes.table_cell.create({ colspan: 2, rowspan: 1 }, p('leveä'));
    const content = doc(
      table(
        tr(th(p('a | b')), th(p('c'))),
        tr(td(p('1', br(), '2')), td(ul(li(p('x')), li(p('y'))))),
        tr(wide),
      ),
    );
    expect(await markdown(content)).toBe(
      ['| a \\| b | c |', '| --- | --- |', '| 1<br>2 | • x<br>• y |', '| leveä |  |'].join('\n'),
    );
    expect(await markdown(doc(table(tr(td(p('1')), td(p('2'))))))).toBe('|  |  |\n| --- | --- |\n| 1 | 2 |');
  });

  it('names pictures by what they show', async () => {
    expect(await markdown(doc(image(make.jpegHash, 'Kartta *')))).toBe('*Kuva: Kartta \\**');
  });
});

describe('HTML', () => {
  it('says its language, has its pictures within it, and runs and loads nothing', async () => {
    const page = await html(make.everything());
    expect(page).toContain('<html lang="fi-FI">');
    expect(page).toContain(`default-src 'none'`);
    expect(page).not.toMatch(/<script|<link|@import|url\(/);
    expect(page).toContain('alt="Kartta, jossa on kotihoidon kolme reittiä"');
    expect(page).toMatch(/<img src="data:image\/jpeg;base64,[\w+/=]+" alt="Kartta/);
    expect(page).toMatch(/<img src="data:image\/webp;base64,[\w+/=]+" alt="">/);
    expect(page).toContain('<p>[Kuvaa ei enää ole: Poistettu kuva]</p>');
  });

  it('says of what each heading of a table is the heading', async () => {
    const page = await html(doc(table(tr(th(p('a')), th(p('b'))), tr(th(p('c')), td(p('d'))))));
    expect(page.replace(/\n/g, '')).toContain(
      '<thead><tr><th scope="col"><p>a</p></th><th scope="col"><p>b</p></th></tr></thead><tbody><tr><th scope="row"><p>c</p></th><td><p>d</p></td></tr></tbody>',
    );
  });
});

describe('DOCX', () => {
  it('has real headings, lists, links, repeated heading rows, descriptions, language and title', async () => {
    const files = await docx(make.everything());
    const body = part(files, 'word/document.xml');
    for (const level of [1, 2, 3, 4]) expect(body).toContain(`<w:pStyle w:val="Heading${level}"/>`);
    expect(body).toContain('<w:numPr>');
    expect(body.match(/<w:tblHeader\/>/g)).toHaveLength(1);
    expect(body).toContain('descr="Kartta, jossa on kotihoidon kolme reittiä"');
    expect(body).toMatch(/<w:gridSpan w:val="2"\/>/);
    expect(body).toContain('<w:vMerge w:val="restart"/>');
    const numbering = part(files, 'word/numbering.xml');
    expect(numbering).toContain('<w:start w:val="3"/>');
    expect(part(files, 'word/_rels/document.xml.rels')).toContain(
      'Target="https://example.fi/ohje?a=1&amp;b=2"',
    );
    expect(part(files, 'word/styles.xml')).toContain('<w:lang w:val="fi-FI"/>');
    expect(part(files, 'docProps/core.xml')).toContain('<dc:title>Pöytä 2: Kotihoidon käynnit</dc:title>');
    expect(
      [...files.keys()]
        .filter((name) => name.startsWith('word/media/'))
        .map((name) => name.slice(-3))
        .sort(),
    ).toEqual(['jpg', 'png']);
  });

  it('says the language of the text', async () => {
    expect(part(await docx(doc(p('Hej')), { language: 'sv' }), 'word/styles.xml')).toContain('w:val="sv-FI"');
  });
});

describe('PDF', () => {
  it('is read aloud in order: headings, paragraphs, lists, tables, links, and pictures by what they show', async () => {
    const content = doc(
      h(1, 'Otsikko'),
      p('Teksti ', link('linkki', 'https://example.fi/')),
      ul(li(p('kohta'))),
      table(tr(th(p('a')), th(p('b'))), tr(th(p('c')), td(p('d')))),
      image(make.jpegHash, 'Kartta reitistä'),
      image(make.webpHash, ''),
      h(3, 'Alaotsikko'),
    );
    const { heard, urls, info, marked } = await heardOf(await written('pdf', content));
    const said = heard
      .filter(({ role }) => role !== 'Root' && role !== 'Document')
      .map(({ role, text: words, alt }) => [role, (alt ?? words.replace(/\s+/g, ' ')).trim()]);
    expect(said).toEqual([
      ['H1', 'Pöytä 2: Kotihoidon käynnit'],
      ['P', 'Kehittämistapaus: Kotihoidon reitit Teksti 12.9.2017 klo 15.00'],
      ['H2', 'Otsikko'],
      ['P', 'Teksti linkki'],
      ['Link', 'linkki'],
      ['L', '• kohta'],
      ['LI', '• kohta'],
      ['Lbl', '•'],
      ['LBody', 'kohta'],
      ['P', 'kohta'],
      ['Table', 'a b c d'],
      ['TR', 'a b'],
      ['TH', 'a'],
      ['P', 'a'],
      ['TH', 'b'],
      ['P', 'b'],
      ['TR', 'c d'],
      ['TH', 'c'],
      ['P', 'c'],
      ['TD', 'd'],
      ['P', 'd'],
      ['Figure', 'Kartta reitistä'],
      ['H4', 'Alaotsikko'],
    ]);
    expect(urls).toEqual(['https://example.fi/']);
    expect(info).toMatchObject({ Title: 'Pöytä 2: Kotihoidon käynnit', Language: 'fi-FI' });
    expect(marked.get('Marked')).toBe(true);
  });

  it('goes on over pages with the headings of its tables, which are read once', async () => {
    const { heard, pages, text: said } = await heardOf(await written('pdf', make.everything()));
    expect(pages).toBeGreaterThan(4);
    expect(said.split(/Mitä\s+tehdään/).length - 1).toBeGreaterThan(3);
    expect(
      heard.filter(({ role, text: words }) => role === 'TH' && words.trim() === 'Mitä tehdään'),
    ).toHaveLength(1);
    expect(said).toContain(`Sivu ${pages}/${pages}`);
    expect(heard.some(({ text: words }) => words.includes('Sivu 1'))).toBe(false);
  });

  it('says so when a letter cannot be shown, and only then', async () => {
    const told = async (words: string) =>
      (await heardOf(await written('pdf', doc(p(words))))).text.includes('Kaikkia merkkejä');
    expect(await told('Åå Ää Öö Šš Žž Čč Đđ Ŋŋ Ŧŧ – ”lainaus” € ½ Привет Γειά σου')).toBe(false);
    expect(await told('😀')).toBe(true);
    expect(await told('العربية')).toBe(true);
  });

  it('keeps a table of two thousand cells and a word of ten thousand letters on its pages', async () => {
    const rows = Array.from({ length: 200 }, (_, i) =>
      tr(...Array.from({ length: 10 }, (_, j) => td(p(`${i}.${j}`)))),
    );
    const { text: said } = await heardOf(await written('pdf', doc(table(...rows), p('x'.repeat(10_000)))));
    expect(said).toContain('199.9');
    expect(said.match(/x/g)).toHaveLength(10_000);
  });

  it('takes an address of digits for an address', async () => {
    expect(isSafeHref('tel:112')).toBe(true);
    const { urls } = await heardOf(await written('pdf', doc(p(link('soita', 'tel:112')))));
    expect(urls).toEqual(['tel:112']);
  });
});
