import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { clean } from './source.ts';
import type { Run } from './source.ts';

/** Setting text for the PDF: typefaces, which letters they have, and breaking lines. */

export type Face = 'normal' | 'bold' | 'italic' | 'boldItalic';
const files: Record<Face, string> = {
  normal: '400-normal',
  bold: '700-normal',
  italic: '400-italic',
  boldItalic: '700-italic',
};
/** Which typefaces are asked for a letter, in this order: our own, and behind it one for Sámi, Russian and Greek. */
const typefaces = [
  ['atkinson-hyperlegible-next', 'latin'],
  ['atkinson-hyperlegible-next', 'latin-ext'],
  ['noto-sans', 'latin'],
  ['noto-sans', 'latin-ext'],
  ['noto-sans', 'cyrillic'],
  ['noto-sans', 'cyrillic-ext'],
  ['noto-sans', 'greek'],
  ['noto-sans', 'vietnamese'],
] as const;
const names = typefaces.map(([family, script]) => `${family}-${script}`);
export const plainFont = `${names[0]!}-400-normal`;
export const boldFont = `${names[0]!}-700-normal`;

type Typeface = { hasGlyphForCodePoint(point: number): boolean };

/** A stretch of a line in one typeface. */
export type Piece = {
  readonly text: string;
  readonly font: string;
  readonly size: number;
  readonly strike: boolean;
  /** one object for each link, however many pieces and lines it has */
  readonly link: { readonly href: string } | null;
  /** what the piece says where its letters could not be drawn */
  readonly actual: string | null;
};
export type PlacedPiece = Piece & { readonly x: number; readonly width: number };
export type Line = readonly PlacedPiece[];

const read = new Map<string, Buffer>();
function fontFile(name: string): Buffer {
  const known = read.get(name);
  if (known) return known;
  const family = typefaces.find(([start]) => name.startsWith(start))![0];
  const file = `@fontsource/${family}/files/${name}.woff`;
  const bytes = readFileSync(createRequire(import.meta.url).resolve(file));
  read.set(name, bytes);
  return bytes;
}

export const instead = '?';

/** Sets text in a PDF. `unshown` tells afterwards whether a letter was met that no typeface has. */
export class Typesetter {
  readonly #doc: PDFKit.PDFDocument;
  readonly #coverage = new Map<string, Map<number, boolean>>();
  readonly #registered = new Set<string>();
  readonly #widths = new Map<string, number>();
  readonly #graphemes = new Intl.Segmenter('fi', { granularity: 'grapheme' });
  unshown = false;

  constructor(doc: PDFKit.PDFDocument) {
    this.#doc = doc;
  }

  #ready(font: string): string {
    if (!this.#registered.has(font)) this.#doc.registerFont(font, fontFile(font));
    this.#registered.add(font);
    return font;
  }

  #has(font: string, point: number): boolean {
    const known = this.#coverage.get(font) ?? new Map<number, boolean>();
    this.#coverage.set(font, known);
    let has = known.get(point);
    if (has === undefined) {
      this.#doc.font(this.#ready(font));
      // What the typings leave out: the typeface that fontkit read.
      const typeface = (this.#doc as unknown as { _font: { font: Typeface } })._font.font;
      has = typeface.hasGlyphForCodePoint(point);
      known.set(point, has);
    }
    return has;
  }

  width(text: string, font: string, size: number): number {
    const key = `${font} ${text}`;
    let unit = this.#widths.get(key);
    if (unit === undefined) {
      unit = this.#doc.font(this.#ready(font)).fontSize(100).widthOfString(text) / 100;
      this.#widths.set(key, unit);
    }
    return unit * size;
  }

  /** A run as pieces, each in a typeface that has its letters. */
  pieces(run: Run, size: number, face?: Face): Piece[] {
    const style = face ?? (run.strong ? (run.em ? 'boldItalic' : 'bold') : run.em ? 'italic' : 'normal');
    const fonts = names.map((name) => `${name}-${files[style]}`);
    const link = run.href === null ? null : { href: run.href };
    const pieces: { text: string; font: string; actual: string | null }[] = [];
    const text = clean(run.text)
      .normalize('NFC')
      .replaceAll('\u00ad', '')
      .replaceAll('\u2011', '-')
      .replaceAll('\u202f', '\u00a0');
    for (const { segment } of this.#graphemes.segment(text)) {
      const points = Array.from(segment, (letter) => letter.codePointAt(0)!);
      const font = fonts.find((name) => points.every((point) => this.#has(name, point)));
      const last = pieces.at(-1);
      if (!font) {
        this.unshown = true;
        if (last?.actual) last.actual += segment;
        else pieces.push({ text: instead, font: fonts[0]!, actual: segment });
      } else if (last?.font === font && last.actual === null) last.text += segment;
      else pieces.push({ text: segment, font, actual: null });
    }
    return pieces.map((piece) => ({ ...piece, size, strike: run.strike, link }));
  }

  /** Breaks pieces into lines no wider than `width`; a word that is wider is broken where it must be. */
  lines(runs: readonly Run[], size: number, width: number, face?: Face): Line[] {
    const lines: PlacedPiece[][] = [[]];
    let x = 0;
    const put = (piece: Piece, wide: number) => {
      lines.at(-1)!.push({ ...piece, x, width: wide });
      x += wide;
    };
    const next = () => {
      lines.push([]);
      x = 0;
    };
    const measured = (piece: Piece) => this.width(piece.text, piece.font, piece.size);
    /** the pieces that stand together without a space */
    let word: Piece[] = [];
    const flush = () => {
      const wide = word.reduce((sum, piece) => sum + measured(piece), 0);
      if (x > 0 && x + wide > width) next();
      for (const piece of word) {
        if (x + measured(piece) <= width) put(piece, measured(piece));
        else this.#broken(piece, width, () => x, next, put);
      }
      word = [];
    };
    for (const run of runs) {
      if (run.lineBreak) {
        flush();
        const last = lines.at(-1)!.at(-1);
        if (last) put({ ...last, text: ' ', actual: null, link: null, strike: false }, 0);
        next();
        continue;
      }
      for (const piece of this.pieces(run, size, face)) {
        for (const part of piece.actual === null
          ? piece.text.split(/(?<= )(?! )|(?<! )(?= )|(?<=[-/–—])/)
          : [piece.text]) {
          if (part === '') continue;
          const one = { ...piece, text: part };
          if (part.trim() === '') {
            flush();
            // The space stays at the end of its line, so that the words do not run together when they are read out.
            if (x > 0) put(one, measured(one));
          } else {
            word.push(one);
            if (/[-/–—]$/.test(part)) flush();
          }
        }
      }
    }
    flush();
    return lines.map((line) => joined(line));
  }

  #broken(
    piece: Piece,
    width: number,
    at: () => number,
    next: () => void,
    put: (piece: Piece, wide: number) => void,
  ) {
    let text = '';
    const measure = (some: string) => this.width(some, piece.font, piece.size);
    for (const { segment } of this.#graphemes.segment(piece.text)) {
      if (at() + measure(text + segment) > width && (text !== '' || at() > 0)) {
        if (text !== '') put({ ...piece, text }, measure(text));
        next();
        text = '';
      }
      text += segment;
    }
    if (text !== '') put({ ...piece, text }, measure(text));
  }
}

/** Neighbours that look the same as one piece: fewer marks in the file, and kerning across. */
function joined(line: readonly PlacedPiece[]): Line {
  const pieces: PlacedPiece[] = [];
  for (const piece of line) {
    const last = pieces.at(-1);
    const same =
      last &&
      last.font === piece.font &&
      last.link === piece.link &&
      last.strike === piece.strike &&
      last.actual === null &&
      piece.actual === null;
    if (same)
      pieces[pieces.length - 1] = { ...last, text: last.text + piece.text, width: last.width + piece.width };
    else pieces.push(piece);
  }
  return pieces;
}
