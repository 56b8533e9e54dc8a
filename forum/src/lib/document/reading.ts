import { XmlElement, XmlText } from 'yjs';
import type { XmlFragment } from 'yjs';
import type { DocumentJson } from '@lakeus/engine/document';

/** A shared document as JSON, for those who only read: without the editor, which they never load. */

type Run = { readonly insert: unknown; readonly attributes?: Readonly<Record<string, unknown>> };

/** Marks that may overlap have a suffix of their own in the shared text. */
const markName = (attribute: string) => attribute.replace(/--[a-zA-Z0-9+/=]{8}$/, '');

const textRuns = (text: XmlText): DocumentJson[] =>
  (text.toDelta() as Run[]).flatMap(({ insert, attributes }) => {
    if (typeof insert !== 'string') return [];
    const marks = Object.entries(attributes ?? {}).map(([name, attrs]) => ({ type: markName(name), attrs }));
    return [{ type: 'text', text: insert, ...(marks.length > 0 && { marks }) }];
  });

const childrenOf = (parent: XmlFragment): DocumentJson[] =>
  parent.toArray().flatMap((child) => {
    if (child instanceof XmlText) return textRuns(child);
    if (!(child instanceof XmlElement)) return [];
    return [{ type: child.nodeName, attrs: child.getAttributes(), content: childrenOf(child) }];
  });

/** The document that a fragment holds now. */
export const jsonOf = (fragment: XmlFragment): DocumentJson => ({
  type: 'doc',
  content: childrenOf(fragment),
});
