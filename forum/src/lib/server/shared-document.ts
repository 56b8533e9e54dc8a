import type { Actor, Document, DocumentRef, DocumentRight, LiveDocuments, Result } from '@lakeus/engine';
import type { Lakeus } from './compose.ts';

/** A shared document on the way of the pages around it: what somebody may do to it, and what stands in it. */

export type Access = { readonly document: Document; readonly right: DocumentRight; readonly author: string };

type Knowing = {
  readonly engine: { document(documentId: string, actor: Actor): Promise<Result<{ access: Access }>> };
  readonly documents: LiveDocuments;
};

/** What the actor may do to this document of this case; null when there is none that they may see. */
export async function accessTo(lakeus: Lakeus, ref: DocumentRef, actor: Actor): Promise<Access | null> {
  const result = await (lakeus as unknown as Knowing).engine.document(ref.documentId, actor);
  return result.ok && result.access.document.caseId === ref.caseId ? result.access : null;
}

/** What stands in it now; null when there is no such document. */
export const contentOf = (lakeus: Lakeus, ref: DocumentRef) =>
  (lakeus as unknown as Knowing).documents.read(ref);
