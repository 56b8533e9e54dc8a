import { documentKinds, may } from '@lakeus/engine';
import { fieldsOf, given, submit } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

/** The shared texts of a case, and a form to begin one for those who may. */
export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { view } = await parent();
  const documents = await locals.lakeus.reader.documents(params.id);
  const opens = may(view.held, 'document.open');
  return {
    documents: documents.filter(({ kind }) => view.documents[kind] !== null),
    openable: opens
      ? documentKinds.filter(
          (kind) =>
            view.documents[kind] === 'edit' &&
            (kind !== 'summary' || !documents.some((document) => document.kind === 'summary')),
        )
      : [],
  };
};

export const actions: Actions = {
  open: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'kind', 'title', 'idempotencyKey');
    return submit(
      event,
      fields,
      () => event.locals.lakeus.engine.openDocument(id, actor, input),
      ({ decided }) => `/cases/${id}/documents/${String(decided.answer.documentId)}`,
      undefined,
      { kind: 'documents.kind', title: 'documents.name' },
    );
  },
};
