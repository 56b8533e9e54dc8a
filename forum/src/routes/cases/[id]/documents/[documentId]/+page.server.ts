import { missedSince } from '#lib/server/document-history.ts';
import { messagesFor, readingOf } from '#lib/server/documents.ts';
import type { PageServerLoad } from './$types';

/** One shared text as it stands, and what the visitor may do to it. */
export const load: PageServerLoad = async ({ locals, params }) => {
  const { access, content } = await readingOf(locals, params.id, params.documentId);
  const { document, right, author } = access;
  const shown = (await locals.lakeus.reader.documents(params.id)).find(({ id }) => id === document.id);
  const missed = await missedSince(locals, access, shown?.edits ?? 0);
  return {
    missed,
    ...{ document, right, author, content },
    openThreads: shown?.openThreads ?? 0,
    messages: messagesFor(locals.locale, ['threads', 'hidden', 'sees', 'history.door']),
  };
};
