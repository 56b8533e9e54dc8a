import { historyFor } from '@lakeus/engine';
import { accessTo, calledIn } from '#lib/server/document-history.ts';
import { fieldsOf, given, submit } from '#lib/server/forms.ts';
import { keepCard } from '#lib/server/visitor.ts';
import type { Actions, PageServerLoad } from './$types';

/** The moments of a text that one may want to look at again. */
export const load: PageServerLoad = async ({ locals, params }) => {
  const access = await accessTo(locals, params.id, params.documentId);
  const ref = { caseId: params.id, documentId: params.documentId };
  const points = await locals.lakeus.history.points(ref);
  const nameOf = await calledIn(
    locals,
    params.id,
    points.flatMap(({ authors }) => authors),
  );
  return {
    document: access.document,
    mayName: access.right === 'edit',
    mayRestore: access.mayRestore,
    newest: points[0]?.seq ?? 0,
    points: points.map((point) => ({
      ...point,
      authors: point.authors.flatMap((author) => nameOf(author) ?? []),
    })),
  };
};

const number = (text: string | undefined): unknown => (text && /^\d+$/.test(text) ? Number(text) : undefined);

export const actions: Actions = {
  name: async (event) => {
    const { locals, params, cookies, url } = event;
    const { engine, history, reader } = locals.lakeus;
    const fields = await fieldsOf(event);
    const actor = await locals.actorIn(params.id);
    const input = { ...given(fields, 'name'), seq: number(fields.seq) };
    return submit(
      event,
      fields,
      () => historyFor(engine, history).name(params.id, params.documentId, actor, input),
      async ({ access: { participantId } }) => {
        const isSecure = url.protocol === 'https:';
        if (!locals.person && participantId)
          await keepCard(reader, cookies, params.id, participantId, isSecure);
        return `/cases/${params.id}/documents/${params.documentId}/history`;
      },
      { key: 'versionNamed' },
      { name: 'history.name', seq: 'history.moment' },
    );
  },

  restore: async (event) => {
    const { locals, params } = event;
    const { engine, history } = locals.lakeus;
    const fields = await fieldsOf(event);
    const actor = await locals.actorIn(params.id);
    const place = `/cases/${params.id}/documents/${params.documentId}/history`;
    return submit(
      event,
      fields,
      () =>
        historyFor(engine, history).restore(params.id, params.documentId, actor, { seq: number(fields.seq) }),
      place,
      ({ before }) => ({
        key: 'textRestored',
        undo: { action: `${place}?/restore`, fields: { seq: String(before) } },
      }),
      { seq: 'history.moment' },
    );
  },
};
