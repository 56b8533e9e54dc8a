import { error } from '@sveltejs/kit';
import { fieldsOf, given, submit } from '#lib/server/forms.ts';
import type { Labels } from '#lib/server/forms.ts';
import { impactOf, participantBy } from '#lib/server/impact.ts';
import type { Actions, PageServerLoad } from './$types';

/** What became of what was given under a card: no account, no name, only the code. */
export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { lakeus } = locals;
  const participant = await participantBy(lakeus, params.code);
  const impact = await impactOf(lakeus, participant, { kind: 'guest', participantId: participant.id });
  if (!impact) error(404, { message: 'not_found', status: 404 });
  return impact;
};

const labels: Labels = { body: 'heard.body', answer: 'heard.question' };

export const actions: Actions = {
  hear: async (event) => {
    const fields = await fieldsOf(event);
    const { lakeus } = event.locals;
    const participant = await participantBy(lakeus, event.params.code);
    const actor = { kind: 'guest', participantId: participant.id } as const;
    const input = given(fields, 'answer', 'body', 'idempotencyKey');
    const hear = () => lakeus.engine.hear(participant.caseId, actor, input);
    return submit(event, fields, hear, `/impact/${participant.code}`, { key: 'heard' }, labels);
  },
};
