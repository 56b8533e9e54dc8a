import { isSafeHref } from '@lakeus/engine/document';
import type { DocumentJson } from '@lakeus/engine/document';

/** Document JSON as a page walks along it: typed where it is read, and nothing taken on trust. */

export type Shown = {
  readonly type: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly marks: readonly { readonly type: string; readonly attrs: Readonly<Record<string, unknown>> }[];
  readonly content: readonly Shown[];
};

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Reads a node and all in it. */
export function shownOf(json: DocumentJson | Readonly<Record<string, unknown>>): Shown {
  return {
    type: typeof json.type === 'string' ? json.type : '',
    attrs: record(json.attrs),
    text: typeof json.text === 'string' ? json.text : '',
    marks: list(json.marks).map((mark) => {
      const { type, attrs } = record(mark);
      return { type: typeof type === 'string' ? type : '', attrs: record(attrs) };
    }),
    content: list(json.content).map((child) => shownOf(record(child))),
  };
}

/** The address of a link mark; null when it may not be followed. */
export function hrefOf({ marks }: Shown): string | null {
  const href = marks.find(({ type }) => type === 'link')?.attrs.href;
  return isSafeHref(href) ? href : null;
}

export const hasMark = ({ marks }: Shown, type: string): boolean => marks.some((mark) => mark.type === type);

/** An attribute that is a text, or nothing. */
export const textAttribute = ({ attrs }: Shown, name: string): string =>
  typeof attrs[name] === 'string' ? attrs[name] : '';

/** An attribute that is a number above one, as tables and lists want it. */
export const numberAttribute = ({ attrs }: Shown, name: string): number | undefined =>
  typeof attrs[name] === 'number' && attrs[name] !== 1 ? attrs[name] : undefined;

/** All words in it. */
export const wordsIn = (node: Shown): string =>
  node.text || (node.type === 'mention' ? textAttribute(node, 'label') : node.content.map(wordsIn).join(' '));

/** Whether there is anything to read. */
export const isBlank = (node: Shown): boolean =>
  !wordsIn(node).trim() && !node.content.some(({ type }) => type === 'image' || type === 'table');
