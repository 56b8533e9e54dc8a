import type { DocumentJson, StoredDocument } from '@lakeus/engine';
import { emptyDocument, fragmentName, readDocument, repairDocument } from '@lakeus/engine/document';
import type { Node } from 'prosemirror-model';
import { updateYFragment } from 'y-prosemirror';
import * as Y from 'yjs';

/** Between a Yjs document and a ProseMirror one. */

type Piece = { readonly insert: unknown; readonly attributes?: Readonly<Record<string, unknown>> };

const textJson = (text: Y.XmlText): DocumentJson[] =>
  (text.toDelta() as readonly Piece[])
    .filter(({ insert }) => typeof insert === 'string' && insert !== '')
    .map(({ insert, attributes }) => ({
      type: 'text',
      text: insert,
      ...(attributes && {
        marks: Object.entries(attributes)
          .filter(([, attrs]) => attrs !== null)
          .map(([type, attrs]) => ({ type, attrs })),
      }),
    }));

/** What was let in is not deep, so going down is safe. */
const elementJson = (element: Y.XmlElement): DocumentJson => ({
  type: element.nodeName,
  attrs: element.getAttributes(),
  content: childrenJson(element),
});

const childrenJson = (parent: Y.XmlFragment): DocumentJson[] =>
  parent.toArray().flatMap((child) => {
    if (child instanceof Y.XmlText) return textJson(child);
    return child instanceof Y.XmlElement ? [elementJson(child)] : [];
  });

/** What stands in it, right or not. */
export function contentOf(doc: Y.Doc): DocumentJson {
  const fragment = doc.getXmlFragment(fragmentName);
  if (fragment.length === 0) return emptyDocument().toJSON() as DocumentJson;
  return { type: 'doc', content: childrenJson(fragment) };
}

/** Makes the Yjs document say what `node` says, by the smallest change that the binding knows. */
export function writeContent(doc: Y.Doc, node: Node, origin: unknown): void {
  const fragment = doc.getXmlFragment(fragmentName);
  doc.transact(
    () => updateYFragment(doc, fragment, node, { mapping: new Map(), isOMark: new Map() }),
    origin,
  );
}

/** What the document is to be instead, if it is not of the schema; null when it is right. */
export function repairOf(doc: Y.Doc): Node | null {
  const json = contentOf(doc);
  try {
    readDocument(json);
    return null;
  } catch {
    return repairDocument(json);
  }
}

/** The Yjs document of what is stored. In one transaction: one for each edit costs several times as much. */
export function documentOf({ folded, edits }: StoredDocument): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    if (folded) Y.applyUpdate(doc, folded);
    for (const { update } of edits) Y.applyUpdate(doc, update);
  });
  return doc;
}

/** Whether updates, applied in order, are the whole of a shared document: nothing in them waits for what is not there,
 * and nothing stands beside the text. What it says may still want repair. */
export function isDocument(updates: readonly Uint8Array[]): boolean {
  const doc = new Y.Doc();
  try {
    doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)));
    const { pendingStructs, pendingDs } = doc.store;
    if (pendingStructs !== null || pendingDs !== null) return false;
    if ([...doc.share.keys()].some((root) => root !== fragmentName)) return false;
    contentOf(doc);
    return true;
  } catch {
    return false;
  } finally {
    doc.destroy();
  }
}

/** A Yjs id under which nobody has written in the document. */
export function freshId(doc: Y.Doc, owners: ReadonlyMap<number, string>): number {
  let id: number;
  do id = Math.floor(Math.random() * 0xffff_ffff);
  while (owners.has(id) || Y.getState(doc.store, id) > 0);
  return id;
}
