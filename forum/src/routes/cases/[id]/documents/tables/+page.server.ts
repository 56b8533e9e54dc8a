import { contentOf, messagesFor } from '#lib/server/documents.ts';
import type { PageServerLoad } from './$types';

/** The notes of all tables of a workshop, beside one another. */
export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { view } = await parent();
  const right = view.documents.table;
  const documents = right
    ? (await locals.lakeus.reader.documents(params.id)).filter(({ kind }) => kind === 'table')
    : [];
  const actor = await locals.actorIn(params.id);
  const [first] = documents;
  const access = first ? await locals.lakeus.engine.document(first.id, actor) : null;
  return {
    right: right ?? 'read',
    author: access?.ok ? access.access.author : 'guest',
    tables: await Promise.all(
      documents.map(async ({ id, title }) => ({
        id,
        title,
        content: await contentOf(locals.lakeus, { caseId: params.id, id }),
      })),
    ),
    messages: messagesFor(locals.locale),
  };
};
