import { picturesOf } from '@lakeus/engine/document';
import PDFDocument from 'pdfkit';
import type { Node } from 'prosemirror-model';
import { embedded } from './pictures.ts';
import type { EmbeddedPicture } from './pictures.ts';
import {
  asArtifact,
  body,
  drawLine,
  flow,
  indent,
  leading,
  page,
  pageHeight,
  textWidth,
} from './pdf-page.ts';
import type { Box, Element } from './pdf-page.ts';
import { columnWidths, drawRule, padding, tableRow } from './pdf-table.ts';
import type { FilledCell } from './pdf-table.ts';
import { clean, gridOf, languageTags, runOf, runsOf } from './source.ts';
import type { ExportSource, Run } from './source.ts';
import { Typesetter, plainFont } from './type.ts';
import type { Face } from './type.ts';

/** A PDF that can be read aloud: every piece of text belongs to a heading, paragraph, list, table or link, in order, and
 * pictures have their descriptions.
 * @source ISO 14289-1 (PDF/UA); WCAG 2.2 PDF techniques */

const sizes = [17, 14.5, 12.5] as const;
const gap = 8;

type Place = {
  readonly x: number;
  readonly width: number;
  readonly parent: Element;
  /** face of plain text; that of headings in a table */
  readonly face?: Face;
};

class PdfWriter {
  readonly #source: ExportSource;
  readonly #pictures: ReadonlyMap<string, EmbeddedPicture | null>;
  readonly #doc: PDFKit.PDFDocument;
  readonly type: Typesetter;

  constructor(doc: PDFKit.PDFDocument, source: ExportSource, pictures: PdfWriter['pictures']) {
    this.#doc = doc;
    this.#source = source;
    this.#pictures = pictures;
    this.type = new Typesetter(doc);
  }

  get pictures(): ReadonlyMap<string, EmbeddedPicture | null> {
    return this.#pictures;
  }

  element(tag: string, parent: Element | null, options: object = {}): Element {
    const made = this.#doc.struct(tag, options) as Element;
    parent?.add(made);
    return made;
  }

  /** Text that belongs to one element, a box a line. */
  text(tag: string, runs: readonly Run[], place: Place, size: number = body, face?: Face): Box[] {
    const lines = this.type.lines(runs, size, place.width, face);
    if (lines.every((line) => line.length === 0)) return [];
    const element = this.element(tag, place.parent);
    const links = new Map<object, Element>();
    return lines.map((line, i) => ({
      height: size * leading,
      before: i === 0 ? gap : 0,
      draw: (top, artifact) => drawLine(this.#doc, line, element, links, { x: place.x, top, artifact }),
    }));
  }

  heading(level: number, runs: readonly Run[], place: Place): Box[] {
    const size = level === 0 ? 22 : (sizes[level - 1] ?? body);
    const lines = this.text(`H${level + 1}`, runs, place, size, 'bold');
    return lines.map((box, i) => ({ ...box, before: i === 0 ? size : 0, keepWithNext: true }));
  }

  blocks(parent: Node, place: Place): Box[] {
    return parent.children.flatMap((node) => this.block(node, place));
  }

  block(node: Node, place: Place): Box[] {
    const { addressOf, words } = this.#source;
    switch (node.type.name) {
      case 'heading':
        return this.heading(node.attrs.level as number, runsOf(node, addressOf), place);
      case 'blockquote': {
        const parent = this.element('BlockQuote', place.parent);
        return this.barred(this.blocks(node, inset(place, parent)), place.x, 1.5);
      }
      case 'bullet_list':
      case 'ordered_list':
        return this.list(node, place);
      case 'table':
        return this.table(node, place);
      case 'image':
        return this.image(node, place);
      case 'note': {
        const parent = this.element('Div', place.parent);
        const given = node.attrs.contribution as string | null;
        const href = given && addressOf(given);
        const label = this.text(
          'P',
          [runOf(given ? words.noteGiven : words.note, { href })],
          inset(place, parent),
          body,
          'bold',
        );
        const said = this.blocks(node, inset(place, parent));
        return this.barred([...label.map((box) => ({ ...box, keepWithNext: true })), ...said], place.x, 4);
      }
      case 'horizontal_rule':
        return [
          {
            height: 1,
            before: gap * 2,
            draw: (top) =>
              asArtifact(this.#doc, () => this.line(place.x, top, place.x + place.width, top, 0.75)),
          },
        ];
      default:
        return this.text('P', runsOf(node, addressOf), place, body, place.face);
    }
  }

  line(x: number, y: number, toX: number, toY: number, width: number): void {
    drawRule(this.#doc, [x, y, toX, toY], width);
  }

  /** The boxes with a bar beside them. */
  barred(boxes: readonly Box[], x: number, width: number): Box[] {
    return boxes.map((box, i): Box => {
      const above = i === 0 ? 0 : box.before;
      return {
        ...box,
        draw: (top, artifact) => {
          asArtifact(this.#doc, () => this.line(x + 4, top - above, x + 4, top + box.height, width));
          box.draw(top, artifact);
        },
        ...(box.split && {
          split: (height) => {
            const parts = box.split!(height);
            return parts && [this.barred([parts[0]], x, width)[0]!, this.barred([parts[1]], x, width)[0]!];
          },
        }),
      };
    });
  }

  list(node: Node, place: Place): Box[] {
    const list = this.element('L', place.parent);
    const from = node.attrs.order as number | undefined;
    const numbering = from === undefined ? 'Disc' : 'Decimal';
    list.dictionary.data.A = { O: 'List', ListNumbering: numbering };
    const labels = node.children.map((_, i) => (from === undefined ? '•' : `${from + i}.`));
    const wide = Math.max(indent, ...labels.map((label) => this.type.width(label, plainFont, body) + 8));
    return node.children.flatMap((item, i) => {
      const li = this.element('LI', list);
      const [lbl, lbody] = [this.element('Lbl', li), this.element('LBody', li)];
      const inner = this.blocks(item, {
        ...place,
        x: place.x + wide,
        width: place.width - wide,
        parent: lbody,
      });
      const [label] = this.type.lines([runOf(labels[i]!)], body, wide);
      const first: Box = inner[0] ?? { height: body * leading, before: gap, draw: () => undefined };
      const labelled: Box = {
        ...first,
        before: i === 0 ? gap : gap / 2,
        draw: (top, artifact) => {
          drawLine(this.#doc, label!, lbl, new Map(), { x: place.x, top, artifact });
          first.draw(top, artifact);
        },
      };
      return [labelled, ...inner.slice(1)];
    });
  }

  image(node: Node, place: Place): Box[] {
    const { words } = this.#source;
    const alt = clean(node.attrs.alt as string);
    const picture = this.#pictures.get(node.attrs.picture as string);
    if (!picture)
      return this.text('P', [runOf(`[${words.pictureMissing}${alt && `: ${alt}`}]`, { em: true })], place);
    // Points are larger than the pixels of a screen.
    const scale = Math.min(0.75, place.width / picture.width, (pageHeight * 0.6) / picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    const figure = alt ? this.element('Figure', place.parent, { alt }) : null;
    const draw = (top: number) => this.#doc.image(picture.data, place.x, top, { width, height });
    return [
      {
        height,
        before: gap,
        draw: (top, artifact) => {
          if (!figure || artifact) return asArtifact(this.#doc, () => void draw(top));
          const box = [place.x, page.height - top - height, place.x + width, page.height - top];
          figure.dictionary.data.A = { O: 'Layout', Placement: 'Block', BBox: box };
          const content = this.#doc.markStructureContent('Figure');
          draw(top);
          this.#doc.endMarkedContent();
          figure.add(content);
        },
      },
    ];
  }

  table(node: Node, place: Place): Box[] {
    const grid = gridOf(node);
    const table = this.element('Table', place.parent);
    const widths = columnWidths(grid, place.width, this.type);
    const edges = widths.reduce<number[]>((at, width) => [...at, at.at(-1)! + width], [place.x]);
    const rows: Box[] = [];
    /** cells that reach down into the rows below */
    let open: FilledCell[] = [];
    grid.rows.forEach((cells, i) => {
      const tr = this.element('TR', table);
      const filled = cells.map((cell) => {
        const element = this.element(cell.heads ? 'TH' : 'TD', tr);
        element.dictionary.data.A = {
          O: 'Table',
          ...(cell.heads && { Scope: cell.heads === 'column' ? 'Column' : 'Row' }),
          ...(cell.columns > 1 && { ColSpan: cell.columns }),
          ...(cell.rows > 1 && { RowSpan: cell.rows }),
        };
        const left = edges[cell.column]!;
        const right = edges[Math.min(cell.column + cell.columns, grid.columns)]!;
        const face = cell.heads ? { face: 'bold' as const } : {};
        const inner = { x: left + padding, width: right - left - 2 * padding, parent: element, ...face };
        const ends = i + cell.rows >= grid.rows.length ? grid.rows.length - 1 : i + cell.rows - 1;
        return { left, right, ends, shaded: cell.heads !== null, boxes: this.blocks(cell.node, inner) };
      });
      const head = rows.slice(0, grid.headRows);
      const small = head.reduce((sum, box) => sum + box.height, 0) < pageHeight / 3;
      const headings = i >= grid.headRows && small ? head : [];
      const above = open.filter(({ ends }) => ends >= i);
      open = [...above, ...filled.filter(({ ends }) => ends > i)];
      rows.push({
        ...tableRow(this.#doc, i, filled, above, headings),
        before: i === 0 ? gap * 1.5 : 0,
        keepWithNext: i < grid.headRows,
      });
    });
    return rows;
  }
}

const inset = ({ x, width }: Place, parent: Element): Place => ({
  x: x + indent,
  width: width - indent,
  parent,
});

export async function writePdf(source: ExportSource): Promise<Buffer> {
  const pictures = new Map<string, EmbeddedPicture | null>();
  for (const hash of picturesOf(source.content))
    pictures.set(hash, await embedded(await source.pictures(hash)));
  const { words, at } = source;
  const title = clean(source.title);
  const doc = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    bufferPages: true,
    tagged: true,
    pdfVersion: '1.7',
    subset: 'PDF/UA' as never,
    lang: languageTags[source.language],
    displayTitle: true,
    info: {
      Title: title,
      Subject: clean(source.caseTitle),
      Creator: 'Lakeus',
      Producer: 'Lakeus',
      CreationDate: at,
      ModDate: at,
    },
  });
  const parts: Buffer[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    doc
      .on('data', (part: Buffer) => parts.push(part))
      .on('end', resolve)
      .on('error', reject);
  });

  const writer = new PdfWriter(doc, source, pictures);
  const root = writer.element('Document', null);
  doc.addStructure(root);
  const place: Place = { x: page.margin, width: textWidth, parent: root };
  const boxes = [
    ...writer.heading(0, [runOf(title)], place),
    ...writer.text('P', [runOf(words.ofCase), runOf('', { lineBreak: true }), runOf(words.asOf)], place, 11),
    ...writer.blocks(source.content, place),
  ];
  const told = writer.type.unshown ? writer.text('P', [runOf(words.unshown, { em: true })], place) : [];
  flow(doc, [...boxes, ...told]);

  const { count } = doc.bufferedPageRange();
  for (let i = 0; i < count; i++) {
    doc.switchToPage(i);
    const [line] = writer.type.lines([runOf(words.page(i + 1, count))], 10, textWidth);
    const wide = line!.reduce((sum, piece) => sum + piece.width, 0);
    const left = (page.width - wide) / 2;
    asArtifact(
      doc,
      () => {
        for (const { text, font, size, x } of line!) {
          doc.font(font).fontSize(size).fillColor('black');
          doc.text(text, left + x, page.height - page.margin, { lineBreak: false });
        }
      },
      'Pagination',
    );
  }
  doc.end();
  await finished;
  return Buffer.concat(parts);
}
