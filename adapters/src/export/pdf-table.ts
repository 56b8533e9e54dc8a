import { asArtifact, body, indent, leading } from './pdf-page.ts';
import type { Box } from './pdf-page.ts';
import { clean } from './source.ts';
import type { Grid } from './source.ts';
import { boldFont } from './type.ts';
import type { Typesetter } from './type.ts';

/** Tables in the PDF: how wide their columns are, and rows that go on over several pages. */

export const padding = 5;
const rule = '#767676';
const shade = '#eeeeee';

/** A cell with what stands in it. */
export type FilledCell = {
  readonly left: number;
  readonly right: number;
  /** number of the last row that it reaches */
  readonly ends: number;
  readonly shaded: boolean;
  readonly boxes: readonly Box[];
};

type Ends = readonly [x: number, y: number, toX: number, toY: number];

/** Draws a straight line. */
export function drawRule(doc: PDFKit.PDFDocument, [x, y, toX, toY]: Ends, width: number): void {
  doc.lineWidth(width).strokeColor(rule).moveTo(x, y).lineTo(toX, toY).stroke();
}

type Column = { readonly least: number; readonly best: number };

/** How wide each column is: its longest word at least if there is room, and the rest by how much it has to say. */
export function columnWidths({ rows, columns: count }: Grid, width: number, type: Typesetter): number[] {
  const wanted: Column[] = Array.from({ length: count }, () => ({
    least: 2 * padding + 12,
    best: 2 * padding + 12,
  }));
  for (const { node, column, columns } of rows.flat()) {
    if (columns > 1) continue;
    let { least, best } = wanted[column]!;
    node.descendants((block) => {
      if (!block.isTextblock) return true;
      const text = clean(block.textContent);
      const measure = (some: string) => type.width(some, boldFont, body) + 2 * padding + indent;
      for (const word of text.split(' ')) least = Math.max(least, Math.min(measure(word), width / count));
      best = Math.max(best, Math.min(measure(text.slice(0, 400)), width));
      return false;
    });
    wanted[column] = { least, best: Math.max(least, best) };
  }
  const sum = (of: (column: Column) => number) => wanted.reduce((total, column) => total + of(column), 0);
  const [least, best] = [sum((c) => c.least), sum((c) => c.best)];
  if (least >= width) return wanted.map((column) => (column.least / least) * width);
  if (best <= width) return wanted.map((column) => (column.best / best) * width);
  const share = (width - least) / (best - least);
  return wanted.map((column) => column.least + (column.best - column.least) * share);
}

const heightOf = (boxes: readonly Box[]): number =>
  boxes.reduce((sum, box, i) => sum + box.height + (i > 0 ? box.before : 0), 0);

/** One row as a box.
 * @param above - cells of rows above that reach into this one */
export function tableRow(
  doc: PDFKit.PDFDocument,
  index: number,
  cells: readonly FilledCell[],
  above: readonly FilledCell[],
  headings: readonly Box[],
): Box {
  const heights = cells.map(({ boxes }) => heightOf(boxes));
  const height = Math.max(body * leading, ...heights) + 2 * padding;
  return {
    height,
    before: 0,
    headings,
    draw: (top, artifact) => {
      asArtifact(doc, () => {
        const below = top + height;
        for (const { left, right, shaded } of cells) {
          if (shaded)
            doc
              .rect(left, top, right - left, height)
              .fillColor(shade)
              .fill();
        }
        for (const { left, right, ends } of [...cells, ...above]) {
          for (const x of [left, right]) drawRule(doc, [x, top, x, below], 0.75);
          if (ends <= index) drawRule(doc, [left, below, right, below], 0.75);
        }
        for (const { left, right } of cells) {
          drawRule(doc, [left, top, right, top], 0.75);
        }
      });
      for (const { boxes } of cells) {
        let y = top + padding;
        boxes.forEach((box, i) => {
          if (i > 0) y += box.before;
          box.draw(y, artifact);
          y += box.height;
        });
      }
    },
    split: (room) => {
      const parts = cells.map((cell) => {
        let used = 2 * padding;
        let taken = 0;
        for (const box of cell.boxes) {
          const more = box.height + (taken > 0 ? box.before : 0);
          if (used + more > room) break;
          used += more;
          taken += 1;
        }
        return [
          { ...cell, boxes: cell.boxes.slice(0, taken) },
          { ...cell, boxes: cell.boxes.slice(taken) },
        ] as const;
      });
      if (parts.every(([taken]) => taken.boxes.length === 0)) return null;
      if (parts.every(([, rest]) => rest.boxes.length === 0)) return null;
      const [taken, rest] = [0, 1].map((part) => {
        const some = parts.map((both) => both[part]!);
        return tableRow(doc, index, some, above, headings);
      });
      return [taken!, rest!];
    },
  };
}
