import { picturesOf } from '@lakeus/engine/document';
import {
  AlignmentType,
  BorderStyle,
  Document,
  ExternalHyperlink,
  HeadingLevel,
  ImageRun,
  LevelFormat,
  LineRuleType,
  Packer,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from 'docx';
import type { IParagraphOptions, ParagraphChild } from 'docx';
import type { Node } from 'prosemirror-model';
import { embedded } from './pictures.ts';
import type { EmbeddedPicture } from './pictures.ts';
import { clean, gridOf, languageTags, runOf, runsOf, sharesOf } from './source.ts';
import type { ExportSource, Run } from './source.ts';

/** A document for word processors, by their own headings, lists and tables, so that theirs work on. */

const headings = [HeadingLevel.HEADING_2, HeadingLevel.HEADING_3, HeadingLevel.HEADING_4] as const;
const typeface = 'Arial';
/** twentieths of a point */
const listStep = 560;
const textWidth = 9_026;
/** pixels at 96 to the inch */
const pictureWidth = 600;
const pictureHeight = 750;
const levels = 9;

type Placed = Pick<IParagraphOptions, 'indent' | 'border' | 'numbering' | 'style'>;
type Writing = {
  readonly source: ExportSource;
  readonly pictures: ReadonlyMap<string, EmbeddedPicture | null>;
  /** where each numbered list begins, by the name of its numbering */
  readonly numberings: Map<string, number>;
};
/** Where a block stands. `mark` numbers the next paragraph and only that. */
type Place = {
  readonly inset: number;
  readonly depth: number;
  readonly barred: boolean;
  readonly strong: boolean;
  mark?: Placed['numbering'];
};

const top: Place = { inset: 0, depth: 0, barred: false, strong: false };

const textRun = ({ text, strong, em, strike, lineBreak }: Run, style?: string): TextRun =>
  lineBreak
    ? new TextRun({ break: 1 })
    : new TextRun({
        text,
        ...(strong && { bold: true }),
        ...(em && { italics: true }),
        ...(strike && { strike: true }),
        ...(style && { style }),
      });

const inline = (runs: readonly Run[]): ParagraphChild[] =>
  runs.map((run) =>
    run.href
      ? new ExternalHyperlink({ link: run.href, children: [textRun(run, 'Hyperlink')] })
      : textRun(run),
  );

function paragraph(runs: readonly Run[], place: Place, more: IParagraphOptions = {}): Paragraph {
  const numbering = place.mark;
  delete place.mark;
  return new Paragraph({
    children: inline(place.strong ? runs.map((run) => ({ ...run, strong: true })) : runs),
    ...(numbering && { numbering }),
    ...(place.inset > 0 && { indent: { left: place.inset, ...(numbering && { hanging: 360 }) } }),
    ...(place.barred && {
      border: { left: { style: BorderStyle.SINGLE, size: 18, space: 8, color: 'auto' } },
    }),
    ...more,
  });
}

function blocks(parent: Node, place: Place, writing: Writing): (Paragraph | Table)[] {
  return parent.children.flatMap((node) => block(node, place, writing));
}

function block(node: Node, place: Place, writing: Writing): (Paragraph | Table)[] {
  const { source, pictures, numberings } = writing;
  const { words, addressOf } = source;
  switch (node.type.name) {
    case 'heading': {
      const heading = headings[(node.attrs.level as number) - 1] ?? HeadingLevel.HEADING_4;
      return [paragraph(runsOf(node, addressOf), place, { heading })];
    }
    case 'blockquote':
      return blocks(node, { ...place, inset: place.inset + listStep, barred: true }, writing);
    case 'bullet_list':
    case 'ordered_list': {
      const depth = Math.min(place.depth, levels - 1);
      const numbered = node.type.name === 'ordered_list';
      const reference = numbered ? `numbers-${numberings.size}` : 'bullets';
      if (numbered) numberings.set(reference, node.attrs.order as number);
      return node.children.flatMap((item) => {
        const inset = place.inset + listStep;
        const within: Place = { ...place, inset, depth: depth + 1, mark: { reference, level: depth } };
        return blocks(item, within, writing);
      });
    }
    case 'table':
      return [table(node, writing), new Paragraph({ children: [] })];
    case 'image': {
      const alt = clean(node.attrs.alt as string);
      const picture = pictures.get(node.attrs.picture as string);
      if (!picture) return [paragraph([runOf(`[${words.pictureMissing}${alt && `: ${alt}`}]`)], place)];
      const scale = Math.min(1, pictureWidth / picture.width, pictureHeight / picture.height);
      const { type, data, width, height } = picture;
      const image = new ImageRun({
        type,
        data,
        transformation: { width: Math.round(width * scale), height: Math.round(height * scale) },
        altText: { name: words.picture, title: '', description: alt },
      });
      return [
        new Paragraph({
          children: [image],
          indent: { left: place.inset },
          spacing: { line: 240, lineRule: LineRuleType.AUTO },
        }),
      ];
    }
    case 'note': {
      const given = node.attrs.contribution as string | null;
      const href = given && addressOf(given);
      const label = runOf(given ? words.noteGiven : words.note, { strong: true, href });
      const within: Place = { ...place, inset: place.inset + listStep, barred: true };
      return [paragraph([label], within, { keepNext: true }), ...blocks(node, within, writing)];
    }
    case 'horizontal_rule': {
      const line = { style: BorderStyle.SINGLE, size: 6, space: 1, color: 'auto' };
      return [new Paragraph({ children: [], border: { bottom: line } })];
    }
    default:
      return [paragraph(runsOf(node, addressOf), place)];
  }
}

function table(node: Node, writing: Writing): Table {
  const { rows, columns, headRows } = gridOf(node);
  const widths = sharesOf({ rows, columns, headRows }).map((share) => Math.floor(textWidth * share));
  const reach = (from: number, count: number) =>
    widths.slice(from, from + count).reduce((sum, width) => sum + width, 0);
  return new Table({
    width: { size: reach(0, columns), type: WidthType.DXA },
    columnWidths: widths,
    rows: rows.map(
      (cells, i) =>
        new TableRow({
          tableHeader: i < headRows,
          cantSplit: cells.every(({ node: cell }) => cell.textContent.length < 800),
          children: cells.map((cell) => {
            const inner = blocks(cell.node, { ...top, strong: cell.heads !== null }, writing);
            return new TableCell({
              columnSpan: cell.columns,
              rowSpan: cell.rows,
              width: { size: reach(cell.column, cell.columns), type: WidthType.DXA },
              margins: { top: 60, bottom: 60, left: 100, right: 100 },
              children: inner,
              ...(cell.heads && { shading: { fill: 'EEEEEE' } }),
            });
          }),
        }),
    ),
  });
}

const inListAt = (level: number) => ({
  style: { paragraph: { indent: { left: listStep * (level + 1), hanging: 360 } } },
});
const everyLevel = Array.from({ length: levels }, (_, level) => level);

export async function writeDocx(source: ExportSource): Promise<Buffer> {
  const pictures = new Map<string, EmbeddedPicture | null>();
  for (const hash of picturesOf(source.content))
    pictures.set(hash, await embedded(await source.pictures(hash)));
  const writing: Writing = { source, pictures, numberings: new Map() };
  const body = blocks(source.content, { ...top }, writing);
  const { words } = source;
  const heading = (size: number) => ({
    run: { font: typeface, size, bold: true, color: '000000' },
    paragraph: { spacing: { before: 280, after: 100 }, keepNext: true },
  });
  const document = new Document({
    title: clean(source.title),
    subject: clean(source.caseTitle),
    creator: 'Lakeus',
    lastModifiedBy: 'Lakeus',
    styles: {
      default: {
        document: {
          run: { font: typeface, size: 24, language: { value: languageTags[source.language] } },
          paragraph: { spacing: { after: 140, line: 300, lineRule: LineRuleType.AUTO } },
        },
        title: { run: { font: typeface, size: 44, bold: true }, paragraph: { spacing: { after: 120 } } },
        heading1: heading(40),
        heading2: heading(34),
        heading3: heading(30),
        heading4: heading(26),
      },
    },
    numbering: {
      config: [
        {
          reference: 'bullets',
          levels: everyLevel.map((level) => ({
            level,
            format: LevelFormat.BULLET,
            text: ['•', '–', '▪'][level % 3]!,
            alignment: AlignmentType.START,
            ...inListAt(level),
          })),
        },
        ...[...writing.numberings].map(([reference, start]) => ({
          reference,
          levels: everyLevel.map((level) => ({
            level,
            format: LevelFormat.DECIMAL,
            text: `%${level + 1}.`,
            start,
            alignment: AlignmentType.START,
            ...inListAt(level),
          })),
        })),
      ],
    },
    sections: [
      {
        properties: { page: { size: { width: 11_906, height: 16_838 } } },
        children: [
          new Paragraph({ heading: HeadingLevel.HEADING_1, children: inline([runOf(source.title)]) }),
          new Paragraph({
            children: inline([runOf(words.ofCase), runOf('', { lineBreak: true }), runOf(words.asOf)]),
          }),
          ...body,
        ],
      },
    ],
  });
  return Packer.toBuffer(document);
}
