import type { Actor, DocumentAccess, DocumentRef } from '@lakeus/engine';
import type { Lakeus } from './compose.ts';

/** What the actor may do to this document of this case; null when there is none that they may see. */
export async function accessTo(
  lakeus: Lakeus,
  { caseId, documentId }: DocumentRef,
  actor: Actor,
): Promise<DocumentAccess | null> {
  const result = await lakeus.engine.document(documentId, actor);
  return result.ok && result.access.document.caseId === caseId ? result.access : null;
}
