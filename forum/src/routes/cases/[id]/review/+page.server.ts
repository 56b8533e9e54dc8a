import { error } from '@sveltejs/kit';
import { answerProposal, askBack, giveOut } from '#lib/server/answering.ts';
import type { Actions, PageServerLoad } from './$types';

/** The brief for those who are signed in: the decision-maker answers, staff see how it goes. */
export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { view, can } = await parent();
  if (!can.seeDrafts) error(404, { message: 'not_found', status: 404 });
  const proposals = view.step === 'review' ? await locals.lakeus.reader.proposals(params.id, 2) : [];
  return { proposals };
};

export const actions: Actions = {
  respond: async (event) => {
    const { id } = event.params;
    return answerProposal(event, id, await event.locals.actorIn(id), `/cases/${id}/review`);
  },
  askBack: async (event) => {
    const { id } = event.params;
    return askBack(event, id, await event.locals.actorIn(id), `/cases/${id}`);
  },
  giveOut: async (event) => {
    const { id } = event.params;
    return giveOut(event, id, await event.locals.actorIn(id), `/cases/${id}/results`);
  },
};
