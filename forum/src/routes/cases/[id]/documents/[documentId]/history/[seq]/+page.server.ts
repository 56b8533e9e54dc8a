import { error } from '@sveltejs/kit';
import { accessTo, editNumber } from '#lib/server/document-history.ts';
import type { PageServerLoad } from './$types';

/** A text as it stood at a moment, and the way to bring that back. */
export const load: PageServerLoad = async ({ locals, params }) => {
  const { document, mayRestore } = await accessTo(locals, params.id, params.documentId);
  const ref = { caseId: params.id, documentId: params.documentId };
  const seq = editNumber(params.seq);
  const { history } = locals.lakeus;
  const [content, points] = await Promise.all([history.at(ref, seq), history.points(ref)]);
  if (!content) error(404, { message: 'not_found', status: 404 });
  const newest = points[0]?.seq ?? 0;
  const { name = null, at = null } = points.find((point) => point.seq === seq) ?? {};
  return { document, content, seq, newest, name, at, mayRestore: mayRestore && seq < newest };
};
