import { error } from '@sveltejs/kit';
import { responsesPublished } from '@lakeus/engine';
import type { PageServerLoad } from './$types';

/** The published summary and, once given, the answers to it. */
export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { view, published } = await parent();
  const answered = responsesPublished(view);
  if (!published && !answered) error(404, { message: 'not_found', status: 404 });
  const proposals = await locals.lakeus.reader.proposals(params.id, 20);
  return { proposals: answered ? proposals : proposals.map((p) => ({ ...p, response: null })), answered };
};
