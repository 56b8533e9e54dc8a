import { error } from '@sveltejs/kit';
import { accessTo, calledIn, editNumber } from '#lib/server/document-history.ts';
import type { PageServerLoad } from './$types';

/** What changed in a text between two moments. */
export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { document } = await accessTo(locals, params.id, params.documentId);
  const ref = { caseId: params.id, documentId: params.documentId };
  const [from, to] = [editNumber(url.searchParams.get('from')), editNumber(url.searchParams.get('to'))];
  const { history } = locals.lakeus;
  const [difference, points] = await Promise.all([history.compare(ref, from, to), history.points(ref)]);
  if (!difference) error(404, { message: 'not_found', status: 404 });
  const { fromSeq, toSeq, blocks, authors } = difference;
  const hands = blocks.flatMap(({ pieces }) => pieces.flatMap(({ author }) => author ?? []));
  const nameOf = await calledIn(locals, params.id, [...authors, ...hands]);
  const momentOf = (seq: number) => points.find((point) => point.seq === seq)?.at ?? null;
  return {
    ...{ document, blocks, from: momentOf(fromSeq), to: momentOf(toSeq), isFromStart: fromSeq === 0 },
    hands: [...new Set([...authors, ...hands])].map((author) => ({ author, name: nameOf(author) })),
    changed: authors,
  };
};
