import { Node } from 'prosemirror-model';
import { schema } from './schema.ts';

/** A document read: from the JSON that a Yjs document gives, and what can be told of it without looking at it. */

/** A document as ProseMirror writes it in JSON. */
export type DocumentJson = { readonly type: string; readonly [key: string]: unknown };

/** The document that stands for 'nothing written yet'. */
export const emptyDocument = (): Node => schema.node('doc', null, [schema.node('paragraph')]);

/** Reads and checks a document, attributes and marks included.
 * @throws {RangeError} when it is not of the schema */
export function readDocument(json: DocumentJson): Node {
  const node = Node.fromJSON(schema, json);
  node.check();
  return node;
}

/** Its words, one block a line. */
export const textOf = (node: Node): string => node.textBetween(0, node.content.size, '\n');

/** Whether nobody has written anything into it. */
export function isEmpty(node: Node): boolean {
  let something = false;
  node.descendants(({ type, text }) => {
    if (text?.trim() || ['image', 'table', 'note', 'mention'].includes(type.name)) something = true;
    return !something;
  });
  return !something;
}

/** Contributions that the text points at, each once, in the order of the text: the sources it stands on. */
export function mentionsOf(node: Node): string[] {
  const ids = new Set<string>();
  node.descendants(({ type, attrs }) => {
    if (type.name === 'mention') ids.add(attrs.contribution as string);
    if (type.name === 'note' && attrs.contribution) ids.add(attrs.contribution as string);
  });
  return [...ids];
}

/** Hashes of the pictures that stand in it, each once. */
export function picturesOf(node: Node): string[] {
  const hashes = new Set<string>();
  node.descendants(({ type, attrs }) => {
    if (type.name === 'image') hashes.add(attrs.picture as string);
  });
  return [...hashes];
}
