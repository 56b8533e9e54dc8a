import { Schema } from 'prosemirror-model';
import type { AttributeSpec, DOMOutputSpec, Node } from 'prosemirror-model';

/** What a shared document may hold. The browser edits by it, the collaboration server admits by it, and every export
 * is written from it. A document is a Yjs `XmlFragment` named `fragmentName`; its elements bear these names. */

export const fragmentName = 'prosemirror';

/** Raised whenever an older editor could not show all that a newer one writes: an editor that does not know a node
 * deletes it for everybody, so older ones are turned away.
 * @source shared documents' known failures: a client with the older schema wipes what it does not know */
export const schemaVersion = 1;

export const documentLimits = {
  /** how deep elements may stand in one another */
  depth: 12,
  /** letters of a picture's description or a mention's label */
  label: 300,
  href: 2_000,
  tableCells: 2_000,
} as const;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const picture = /^[0-9a-f]{64}$/;
const schemes = new Set(['https:', 'http:', 'mailto:', 'tel:']);

/** Whether an address may stand in a link: absolute, of a scheme that runs nothing, without blanks or control
 * characters that a browser would drop before it reads the scheme. */
export function isSafeHref(href: unknown): href is string {
  if (typeof href !== 'string' || href.length === 0 || href.length > documentLimits.href) return false;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff]/.test(href) || !href.isWellFormed()) return false;
  const address = URL.parse(href);
  return address !== null && schemes.has(address.protocol) && address.password === '';
}

/** A check as ProseMirror's `validate` wants it: throws when the value may not stand there. */
const must = (what: string, holds: (value: unknown) => boolean) => (value: unknown) => {
  if (!holds(value)) throw new RangeError(`must be ${what}`);
};
const whole = (from: number, to: number) =>
  must(
    `a whole number ${from}–${to}`,
    (v) => Number.isInteger(v) && (v as number) >= from && (v as number) <= to,
  );
const isId = (value: unknown): value is string => typeof value === 'string' && uuid.test(value);
const id = must('an id', isId);
const label = must(
  'a short text',
  (v) => typeof v === 'string' && v.length <= documentLimits.label && v.isWellFormed(),
);

const cellAttributes: Record<string, AttributeSpec> = {
  colspan: { default: 1, validate: whole(1, 50) },
  rowspan: { default: 1, validate: whole(1, 200) },
  colwidth: {
    default: null,
    validate: must(
      'a list of widths',
      (v) =>
        v === null ||
        (Array.isArray(v) && v.length <= 50 && v.every((w) => Number.isInteger(w) && w >= 0 && w <= 5_000)),
    ),
  },
};
/** What is read of an element of a page; the engine knows no browser. */
type Tag = {
  getAttribute(name: string): string | null;
  readonly textContent: string | null;
  readonly style: { readonly fontWeight: string };
};

const spans = (cell: Tag) => ({
  colspan: Number(cell.getAttribute('colspan') ?? 1),
  rowspan: Number(cell.getAttribute('rowspan') ?? 1),
});
const spanned = ({ attrs }: Node): Record<string, string> => ({
  ...(attrs.colspan !== 1 && { colspan: String(attrs.colspan) }),
  ...(attrs.rowspan !== 1 && { rowspan: String(attrs.rowspan) }),
});

const flow = '(paragraph | bullet_list | ordered_list)';

/** The one schema of shared documents. Headings begin at level 1, below the document's own title. */
export const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: {
      group: 'block',
      content: 'inline*',
      parseDOM: [{ tag: 'p' }],
      toDOM: (): DOMOutputSpec => ['p', 0],
    },
    heading: {
      group: 'block',
      content: 'inline*',
      defining: true,
      attrs: { level: { default: 1, validate: whole(1, 3) } },
      parseDOM: [
        { tag: 'h1', attrs: { level: 1 } },
        { tag: 'h2', attrs: { level: 1 } },
        { tag: 'h3', attrs: { level: 2 } },
        { tag: 'h4', attrs: { level: 3 } },
        { tag: 'h5', attrs: { level: 3 } },
        { tag: 'h6', attrs: { level: 3 } },
      ],
      toDOM: ({ attrs }): DOMOutputSpec => [`h${(attrs.level as number) + 1}`, 0],
    },
    blockquote: {
      group: 'block',
      content: `${flow}+`,
      defining: true,
      parseDOM: [{ tag: 'blockquote' }],
      toDOM: (): DOMOutputSpec => ['blockquote', 0],
    },
    bullet_list: {
      group: 'block',
      content: 'list_item+',
      parseDOM: [{ tag: 'ul' }],
      toDOM: (): DOMOutputSpec => ['ul', 0],
    },
    ordered_list: {
      group: 'block',
      content: 'list_item+',
      attrs: { order: { default: 1, validate: whole(0, 9_999) } },
      parseDOM: [
        {
          tag: 'ol',
          getAttrs: (list: Tag) => ({ order: Number.parseInt(list.getAttribute('start') ?? '1', 10) || 1 }),
        },
      ],
      toDOM: ({ attrs }): DOMOutputSpec =>
        attrs.order === 1 ? ['ol', 0] : ['ol', { start: String(attrs.order) }, 0],
    },
    list_item: {
      content: `paragraph ${flow}*`,
      defining: true,
      parseDOM: [{ tag: 'li' }],
      toDOM: (): DOMOutputSpec => ['li', 0],
    },
    table: {
      group: 'block',
      content: 'table_row+',
      tableRole: 'table',
      isolating: true,
      parseDOM: [{ tag: 'table' }],
      toDOM: (): DOMOutputSpec => ['table', ['tbody', 0]],
    },
    table_row: {
      content: '(table_cell | table_header)+',
      tableRole: 'row',
      parseDOM: [{ tag: 'tr' }],
      toDOM: (): DOMOutputSpec => ['tr', 0],
    },
    table_cell: {
      content: `${flow}+`,
      attrs: cellAttributes,
      tableRole: 'cell',
      isolating: true,
      parseDOM: [{ tag: 'td', getAttrs: spans }],
      toDOM: (node): DOMOutputSpec => ['td', spanned(node), 0],
    },
    table_header: {
      content: `${flow}+`,
      attrs: cellAttributes,
      tableRole: 'header_cell',
      isolating: true,
      parseDOM: [{ tag: 'th', getAttrs: spans }],
      toDOM: (node): DOMOutputSpec => ['th', spanned(node), 0],
    },
    /** A picture that was uploaded here, by the hash of its content: no address of anybody else's ever loads. */
    image: {
      group: 'block',
      draggable: true,
      attrs: {
        picture: { validate: must('a picture of ours', (v) => typeof v === 'string' && picture.test(v)) },
        /** what it shows, for those who do not see it; empty when it is there for looks only */
        alt: { default: '', validate: label },
      },
      parseDOM: [
        {
          tag: 'img[data-picture]',
          getAttrs: (image: Tag) => {
            const hash = image.getAttribute('data-picture') ?? '';
            return picture.test(hash) && { picture: hash, alt: image.getAttribute('alt') ?? '' };
          },
        },
      ],
      toDOM: ({ attrs }): DOMOutputSpec => [
        'img',
        {
          'data-picture': attrs.picture as string,
          src: `/pictures/${attrs.picture}`,
          alt: attrs.alt as string,
        },
      ],
    },
    /** A sticky note: words that are to become a contribution, and have, once `contribution` is known. */
    note: {
      group: 'block',
      content: 'paragraph+',
      isolating: true,
      defining: true,
      attrs: {
        id: { validate: id },
        contribution: { default: null, validate: must('an id', (v) => v === null || isId(v)) },
      },
      parseDOM: [
        {
          tag: 'aside[data-note]',
          getAttrs: (note: Tag) => {
            const own = note.getAttribute('data-note');
            const contribution = note.getAttribute('data-contribution');
            return isId(own) && { id: own, contribution: isId(contribution) ? contribution : null };
          },
        },
      ],
      toDOM: ({ attrs }): DOMOutputSpec => [
        'aside',
        {
          'data-note': attrs.id as string,
          ...(attrs.contribution && { 'data-contribution': attrs.contribution as string }),
        },
        0,
      ],
    },
    horizontal_rule: {
      group: 'block',
      parseDOM: [{ tag: 'hr' }],
      toDOM: (): DOMOutputSpec => ['hr'],
    },
    text: { group: 'inline' },
    hard_break: {
      group: 'inline',
      inline: true,
      selectable: false,
      parseDOM: [{ tag: 'br' }],
      toDOM: (): DOMOutputSpec => ['br'],
    },
    /** Points at a contribution, which thereby is a source of the text. `label` is how it is called in it. */
    mention: {
      group: 'inline',
      inline: true,
      atom: true,
      attrs: { contribution: { validate: id }, label: { default: '', validate: label } },
      parseDOM: [
        {
          tag: 'a[data-contribution]',
          priority: 60,
          getAttrs: (mention: Tag) => {
            const contribution = mention.getAttribute('data-contribution');
            return isId(contribution) && { contribution, label: mention.textContent ?? '' };
          },
        },
      ],
      toDOM: ({ attrs }): DOMOutputSpec => [
        'a',
        { 'data-contribution': attrs.contribution as string, href: `/contributions/${attrs.contribution}` },
        attrs.label as string,
      ],
      leafText: ({ attrs }) => attrs.label as string,
    },
  },
  marks: {
    link: {
      attrs: { href: { validate: must('an address of the web, mail or telephone', isSafeHref) } },
      inclusive: false,
      parseDOM: [
        {
          tag: 'a[href]:not([data-contribution])',
          getAttrs: (link: Tag) => {
            const href = link.getAttribute('href');
            return isSafeHref(href) && { href };
          },
        },
      ],
      toDOM: ({ attrs }): DOMOutputSpec => [
        'a',
        { href: attrs.href as string, rel: 'noopener nofollow ugc' },
        0,
      ],
    },
    em: {
      parseDOM: [{ tag: 'i' }, { tag: 'em' }, { style: 'font-style=italic' }],
      toDOM: (): DOMOutputSpec => ['em', 0],
    },
    strong: {
      parseDOM: [
        { tag: 'strong' },
        // Google Docs wraps everything in <b style="font-weight:normal">.
        { tag: 'b', getAttrs: (bold: Tag) => bold.style.fontWeight !== 'normal' && null },
        { style: 'font-weight', getAttrs: (weight) => /^(bold(er)?|[6-9]\d{2})$/.test(weight) && null },
      ],
      toDOM: (): DOMOutputSpec => ['strong', 0],
    },
    strike: {
      parseDOM: [{ tag: 's' }, { tag: 'del' }, { style: 'text-decoration=line-through' }],
      toDOM: (): DOMOutputSpec => ['s', 0],
    },
  },
});
