import { redirect } from '@sveltejs/kit';
import { fieldsOf, given, submitAsParticipant } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

/** Words that came too late stay on the page, so that nobody loses what they wrote. */
export const load: PageServerLoad = async ({ parent, params, request }) => {
  const { can } = await parent();
  if (!can.contribute && request.method !== 'POST') redirect(303, `/cases/${params.id}`);
};

export const actions: Actions = {
  default: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'body', 'kind', 'idempotencyKey');
    return submitAsParticipant(
      event,
      id,
      fields,
      () => event.locals.lakeus.engine.contribute(id, actor, input),
      (answer) => `/cases/${id}/receipt?contribution=${String(answer.contributionId)}`,
      undefined,
      { body: 'contribute.body', kind: 'contribute.kind' },
    );
  },
};
