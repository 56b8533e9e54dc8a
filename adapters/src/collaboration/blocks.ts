import type { BlockKind } from '@lakeus/engine';
import { fragmentName } from '@lakeus/engine/document';
import * as Y from 'yjs';

/** A Yjs document as a reader sees it, block by block, where every letter still knows the item that it lies in: an item
 * bears the id of who wrote it. */

/** Letters of one item. `clock` is that of the first; each further letter counts one more. */
export type Run = { readonly text: string; readonly client: number; readonly clock: number };

export type Block = {
  readonly kind: BlockKind;
  /** the words of all runs */
  readonly text: string;
  readonly runs: readonly Run[];
  /** of the element: whoever has typed into it since, it stays the same block */
  readonly id: string;
  /** who made the element */
  readonly client: number;
  readonly clock: number;
  /** looks, beside the words: depth, level, marks, the picture itself */
  readonly shape: string;
};

type Around = { readonly kind: BlockKind; readonly shape: string };

const betweenCells = ' | ';

/** All blocks, in order. What was let in is not deep, so going down is safe. */
export function blocksOf(doc: Y.Doc): Block[] {
  const blocks: Block[] = [];
  const fragment = doc.getXmlFragment(fragmentName);
  for (const child of childrenOf(fragment)) collect(child, { kind: 'paragraph', shape: '' }, blocks);
  return blocks;
}

type Child = { readonly item: Y.Item; readonly element: Y.XmlElement | Y.XmlText };

function* childrenOf(parent: Y.XmlFragment): Generator<Child> {
  for (let item = parent._start; item; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentType)) continue;
    const element = item.content.type;
    if (element instanceof Y.XmlText || element instanceof Y.XmlElement) yield { item, element };
  }
}

const within: Readonly<Record<string, BlockKind>> = {
  list_item: 'item',
  blockquote: 'quote',
  note: 'note',
};

function collect({ item, element }: Child, around: Around, blocks: Block[]): void {
  if (element instanceof Y.XmlText) return;
  const { nodeName } = element;
  const attributes = JSON.stringify(element.getAttributes());
  const { client, clock } = item.id;
  const of = { id: `${client}:${clock}`, client, clock };
  const add = (kind: BlockKind, runs: readonly Run[], shape: string) =>
    blocks.push({
      ...of,
      kind,
      runs,
      text: runs.map(({ text }) => text).join(''),
      shape: around.shape + shape,
    });
  switch (nodeName) {
    case 'paragraph':
    case 'heading': {
      const { runs, marks } = inlineOf(element);
      add(nodeName === 'heading' ? 'heading' : around.kind, runs, nodeName + attributes + marks);
      break;
    }
    case 'image': {
      const alt = element.getAttribute('alt') as unknown;
      add('picture', typeof alt === 'string' && alt ? [{ text: alt, client, clock }] : [], attributes);
      break;
    }
    case 'horizontal_rule':
      add('rule', [], '');
      break;
    case 'table_row':
      addRow(element, add);
      break;
    default: {
      const kind = within[nodeName] ?? around.kind;
      const inner = { kind, shape: `${around.shape}${nodeName}/` };
      for (const child of childrenOf(element)) collect(child, inner, blocks);
    }
  }
}

/** A row is read across. */
function addRow(
  row: Y.XmlElement,
  add: (kind: BlockKind, runs: readonly Run[], shape: string) => void,
): void {
  const runs: Run[] = [];
  let shape = '';
  let cells = 0;
  for (const cell of childrenOf(row)) {
    if (cells++ > 0) runs.push({ text: betweenCells, ...cell.item.id });
    const inside: Block[] = [];
    if (cell.element instanceof Y.XmlElement) shape += cell.element.nodeName;
    collect(cell, { kind: 'row', shape: '' }, inside);
    for (const [i, block] of inside.entries()) {
      if (i > 0) runs.push({ text: ' ', client: block.client, clock: block.clock });
      runs.push(...block.runs);
      shape += block.shape;
    }
  }
  add('row', runs, shape);
}

/** The letters of a line, and a word for how they are marked. */
function inlineOf(line: Y.XmlElement): { runs: Run[]; marks: string } {
  const runs: Run[] = [];
  let marks = '';
  for (const { item, element } of childrenOf(line)) {
    if (element instanceof Y.XmlText) {
      for (let part = element._start; part; part = part.right) {
        if (part.deleted) continue;
        if (part.content instanceof Y.ContentString) runs.push({ text: part.content.str, ...idOf(part) });
      }
      marks += marksOf(element);
      continue;
    }
    const label = element.getAttribute('label') as unknown;
    const text = element.nodeName === 'hard_break' ? '\n' : typeof label === 'string' ? label : '';
    if (text) runs.push({ text, ...idOf(item) });
    marks += element.nodeName;
  }
  return { runs, marks };
}

const idOf = ({ id: { client, clock } }: Y.Item) => ({ client, clock });

/** Which marks stand where, so that emboldening shows even though no word changes. */
function marksOf(text: Y.XmlText): string {
  let at = 0;
  const marked: string[] = [];
  for (const { insert, attributes } of text.toDelta() as { insert: unknown; attributes?: object }[]) {
    const { length } = typeof insert === 'string' ? insert : ' ';
    if (attributes) marked.push(`${at}-${at + length}${JSON.stringify(attributes)}`);
    at += length;
  }
  return marked.join();
}
