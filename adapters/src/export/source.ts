import type { Language } from '@lakeus/engine';
import type { Node } from 'prosemirror-model';

/** What every export is written from, whichever format it goes into. */

export const exportFormats = ['html', 'markdown', 'docx', 'pdf'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What the file itself says, in the language of its reader. */
export type ExportWords = {
  /** which case the text belongs to */
  readonly ofCase: string;
  /** of when the text is */
  readonly asOf: string;
  readonly note: string;
  /** a note that has become a contribution */
  readonly noteGiven: string;
  /** stands before the description of a picture that the format does not hold */
  readonly picture: string;
  readonly pictureMissing: string;
  page(page: number, of: number): string;
  /** there are letters that the PDF's typeface has not */
  readonly unshown: string;
};

export type ExportSource = {
  readonly title: string;
  /** the language that the text is written in */
  readonly language: Language;
  readonly caseTitle: string;
  /** of when the text is; dates in the file are this one */
  readonly at: Date;
  readonly content: Node;
  /** content of a picture by its hash, or null when there is none any more */
  readonly pictures: (hash: string) => Promise<Uint8Array | null>;
  /** where a contribution can be read */
  readonly addressOf: (contributionId: string) => string;
  readonly words: ExportWords;
};

export const languageTags: Record<Language, string> = { fi: 'fi-FI', sv: 'sv-FI', en: 'en-GB' };

/** Text as a file may hold it: one line, without what is no letter. */
export const clean = (text: string): string =>
  text
    .toWellFormed()

    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ')
    // eslint-disable-next-line no-control-regex -- as above
    .replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g, '');

/** A stretch of text that looks the same throughout, or a line break. */
export type Run = {
  readonly text: string;
  readonly strong: boolean;
  readonly em: boolean;
  readonly strike: boolean;
  readonly href: string | null;
  readonly lineBreak: boolean;
};

const plain: Run = { text: '', strong: false, em: false, strike: false, href: null, lineBreak: false };
export const runOf = (text: string, more: Partial<Run> = {}): Run => ({
  ...plain,
  text: clean(text),
  ...more,
});

/** The inline content of a block. */
export function runsOf(block: Node, addressOf: ExportSource['addressOf']): Run[] {
  return block.children.map((node) => {
    const has = (mark: string) => node.marks.some(({ type }) => type.name === mark);
    const looks = { strong: has('strong'), em: has('em'), strike: has('strike') };
    if (node.type.name === 'hard_break') return { ...plain, lineBreak: true };
    if (node.type.name === 'mention') {
      const { label, contribution } = node.attrs as { label: string; contribution: string };
      const address = addressOf(contribution);
      return runOf(label || address, { ...looks, href: address });
    }
    const link = node.marks.find(({ type }) => type.name === 'link');
    return runOf(node.text ?? '', { ...looks, href: (link?.attrs.href as string | undefined) ?? null });
  });
}

/** A cell where it stands: cells that reach over several rows push those below to the right. */
export type Cell = {
  readonly node: Node;
  readonly column: number;
  readonly columns: number;
  readonly rows: number;
  /** of what it is the heading */
  readonly heads: 'column' | 'row' | null;
};
export type Grid = {
  readonly rows: readonly (readonly Cell[])[];
  readonly columns: number;
  /** how many rows at the top are headings throughout */
  readonly headRows: number;
};

/** A table as rows of cells with their places. */
export function gridOf(table: Node): Grid {
  /** for each column: how many rows below are still taken by a cell above */
  const taken: number[] = [];
  const rows = table.children.map((row) => {
    const whole = row.children.every(({ type }) => type.name === 'table_header');
    const cells: Cell[] = [];
    let column = 0;
    for (const node of row.children) {
      while ((taken[column] ?? 0) > 0) column += 1;
      const { colspan, rowspan } = node.attrs as { colspan: number; rowspan: number };
      const heads = node.type.name !== 'table_header' ? null : whole ? 'column' : 'row';
      cells.push({ node, column, columns: colspan, rows: rowspan, heads });
      for (let i = 0; i < colspan; i++) taken[column + i] = rowspan;
      column += colspan;
    }
    for (let i = 0; i < taken.length; i++) taken[i] = Math.max((taken[i] ?? 0) - 1, 0);
    return cells;
  });
  const firstOther = rows.findIndex((cells) => cells.some(({ heads }) => heads !== 'column'));
  return {
    rows,
    columns: Math.max(1, taken.length),
    headRows: firstOther === -1 ? Math.min(1, rows.length - 1) : firstOther,
  };
}

/** How the width of a table is shared: by the longest word and text of each column, none above a line. */
export function sharesOf({ rows, columns }: Grid): number[] {
  const longest = Array.from({ length: columns }, () => 8);
  for (const { node, column, columns: reach } of rows.flat()) {
    if (reach > 1) continue;
    const words = node.textContent.split(' ').map(({ length }) => Math.min(length, 20) * 1.8);
    longest[column] = Math.max(longest[column]!, ...words, Math.min(node.textContent.length, 60));
  }
  const all = longest.reduce((sum, length) => sum + length, 0);
  return longest.map((length) => length / all);
}
