import { error } from '@sveltejs/kit';
import { namesOf } from '@lakeus/engine';
import type { DocumentAccess } from '@lakeus/engine';
import { found } from './forms.ts';

/** What the pages about the past of a shared document have in common. */

type Locals = Pick<App.Locals, 'lakeus' | 'actorIn'>;

/** What the visitor may do in the document; one of another case is not found. */
export async function accessTo(
  { lakeus, actorIn }: Locals,
  caseId: string,
  documentId: string,
): Promise<DocumentAccess> {
  const { access } = found(await lakeus.engine.document(documentId, await actorIn(caseId)));
  if (access.document.caseId !== caseId) error(404, { message: 'not_found', status: 404 });
  return access;
}

/** What authors are called, in the order of the ids; null where nobody knows any more. */
export async function calledIn(
  { lakeus }: Pick<App.Locals, 'lakeus'>,
  caseId: string,
  authors: readonly string[],
): Promise<(author: string) => string | null> {
  const names = await namesOf(lakeus, caseId, authors);
  return (author) => names.get(author) ?? null;
}

/** The number of an edit from an address. */
export function editNumber(text: string | null | undefined): number {
  if (!text || !/^\d{1,9}$/.test(text)) error(404, { message: 'not_found', status: 404 });
  return Number(text);
}

/** What somebody has missed since they were last shown the document; null where that is nothing. Keeps that they are
 * shown it now.
 * @param newest - number of the newest edit */
export async function missedSince(
  { lakeus }: Pick<App.Locals, 'lakeus'>,
  { document: { caseId, id }, author }: Pick<DocumentAccess, 'document' | 'author'>,
  newest: number,
): Promise<{ from: number; to: number; people: number; blocks: number } | null> {
  if (author === 'guest' || author === 'server') return null;
  const ref = { caseId, documentId: id };
  const before = await lakeus.history.seen(ref, author, newest);
  if (!before || before.seq >= newest) return null;
  const changed = await lakeus.history.changedSince(ref, before.seq);
  const others = changed?.authors.filter((each) => each !== author) ?? [];
  if (!changed || others.length === 0 || changed.blocks === 0) return null;
  return { from: before.seq, to: changed.seq, people: others.length, blocks: changed.blocks };
}
