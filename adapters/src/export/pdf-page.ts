import type { Line } from './type.ts';

/** Pages of the PDF as a flow of boxes: what does not fit goes onto the next page, and tables take their headings along. */

export const page = { width: 595.28, height: 841.89, margin: 56, foot: 40 } as const;
export const textWidth = page.width - 2 * page.margin;
/** size of the text, points; its lines are `leading` times as high */
export const body = 12;
export const leading = 1.42;
export const indent = 20;

const bottom = page.height - page.margin - page.foot;
export const pageHeight = bottom - page.margin;

/** Something of a certain height. It is drawn once, or once more as an artifact, which is not read aloud. */
export type Box = {
  readonly height: number;
  /** space above, except at the top of a page */
  readonly before: number;
  /** must not be the last on its page */
  readonly keepWithNext?: boolean;
  /** what stands above it again when it comes to the top of a page */
  readonly headings?: readonly Box[];
  draw(top: number, artifact: boolean): void;
  /** the part that is at most as high, and the rest; null when nothing of it fits */
  split?(height: number): readonly [Box, Box] | null;
};

/** Puts boxes onto pages, from the top of the present one. */
export function flow(doc: PDFKit.PDFDocument, boxes: readonly Box[]): void {
  let y: number = page.margin;
  const queue = [...boxes];
  /** how much must fit so that a heading is not left alone */
  const together = (from: number): number => {
    let height = 0;
    for (let i = from; i < queue.length; i++) {
      const box = queue[i]!;
      height += (i > from ? box.before : 0) + (box.keepWithNext ? box.height : Math.min(box.height, 60));
      if (!box.keepWithNext) break;
    }
    return height;
  };
  const turn = () => {
    doc.addPage();
    y = page.margin;
  };
  for (let i = 0; i < queue.length; i++) {
    const box = queue[i]!;
    const fresh = y === page.margin;
    const above = fresh ? 0 : box.before;
    const room = bottom - y - above;
    const fits = box.height <= room && (!box.keepWithNext || fresh || together(i) <= room);
    if (!fits && box.split && (box.height > pageHeight / 2 || fresh)) {
      const parts = box.split(room);
      if (parts) {
        parts[0].draw(y + above, false);
        queue[i] = parts[1];
        turn();
        for (const heading of parts[1].headings ?? []) {
          heading.draw(y, true);
          y += heading.height;
        }
        i -= 1;
        continue;
      }
    }
    if (!fits && !fresh) {
      turn();
      for (const heading of box.headings ?? []) {
        heading.draw(y, true);
        y += heading.height;
      }
      box.draw(y, false);
      y += box.height;
      continue;
    }
    box.draw(y + above, false);
    y += above + box.height;
  }
}

/** Draws as something that is not part of the text. */
export function asArtifact(doc: PDFKit.PDFDocument, draw: () => void, type?: 'Pagination' | 'Layout'): void {
  doc.markContent('Artifact', { type: type ?? 'Layout' });
  draw();
  doc.endMarkedContent();
}

/** What becomes a PDF structure element, with what the typings of pdfkit do not tell. */
export type Element = PDFKit.PDFStructureElement & {
  readonly dictionary: { readonly data: Record<string, unknown> };
};

/** Draws one line. Its words belong to `element`, its links to elements of their own in it. */
export function drawLine(
  doc: PDFKit.PDFDocument,
  line: Line,
  element: Element,
  links: Map<object, Element>,
  at: { readonly x: number; readonly top: number; readonly artifact: boolean },
): void {
  const set = (piece: Line[number]) => {
    const x = at.x + piece.x;
    if (piece.actual !== null) doc.markContent('Span', { actual: piece.actual });
    doc.font(piece.font).fontSize(piece.size).fillColor('black');
    const baseline = at.top + piece.size;
    doc.text(piece.text, x, baseline, { lineBreak: false, baseline: 'alphabetic' });
    const across = (y: number) =>
      doc
        .lineWidth(piece.size / 16)
        .strokeColor('black')
        .moveTo(x, y)
        .lineTo(x + piece.width, y)
        .stroke();
    if (piece.link) across(baseline + piece.size / 6);
    if (piece.strike) across(baseline - piece.size / 3.5);
    if (piece.actual !== null) doc.endMarkedContent();
  };
  if (at.artifact) return asArtifact(doc, () => line.forEach(set));
  for (let i = 0; i < line.length;) {
    const { link } = line[i]!;
    let end = i;
    while (end < line.length && line[end]!.link === link) end += 1;
    const pieces = line.slice(i, end);
    i = end;
    let owner = element;
    if (link) {
      owner = links.get(link) ?? (doc.struct('Link') as Element);
      if (!links.has(link)) {
        links.set(link, owner);
        element.add(owner);
      }
    }
    const content = doc.markStructureContent(link ? 'Link' : 'Span');
    pieces.forEach(set);
    doc.endMarkedContent();
    owner.add(content);
    if (!link) continue;
    const [first, last] = [pieces[0]!, pieces.at(-1)!];
    const wide = last.x + last.width - first.x;
    // `link()` of pdfkit would take digits alone for the number of a page; an address given so stays one.
    doc.annotate(at.x + first.x, at.top, wide, first.size * 1.3, {
      Subtype: 'Link',
      A: { S: 'URI', URI: new String(link.href) },
      Contents: new String(
        pieces
          .map(({ text }) => text)
          .join('')
          .trim() || link.href,
      ),
      structParent: owner,
    } as never);
  }
}
