import { error } from '@sveltejs/kit';
import { fieldsOf, given, submitAsParticipant } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { reader } = locals.lakeus;
  const contribution = await reader.contribution(params.id, params.contributionId);
  if (!contribution) error(404, { message: 'not_found', status: 404 });
  const cursor = url.searchParams.get('after') ?? undefined;
  const replies = await reader.contributions(params.id, { parentId: contribution.id, cursor, limit: 100 });
  return { contribution, replies };
};

export const actions: Actions = {
  default: async (event) => {
    const fields = await fieldsOf(event);
    const { id, contributionId } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = { ...given(fields, 'body', 'idempotencyKey'), parentId: contributionId };
    return submitAsParticipant(
      event,
      id,
      fields,
      () => event.locals.lakeus.engine.contribute(id, actor, input),
      (answer) => `/cases/${id}/receipt?contribution=${String(answer.contributionId)}`,
      undefined,
      { body: 'thread.reply' },
    );
  },
};
