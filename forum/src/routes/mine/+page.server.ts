import { fail } from '@sveltejs/kit';
import { fieldsOf, given, problemsOf, submit } from '#lib/server/forms.ts';
import type { Labels } from '#lib/server/forms.ts';
import { impactOf } from '#lib/server/impact.ts';
import { heldCodes } from '#lib/server/visitor.ts';
import type { Actions, PageServerLoad } from './$types';

const shownCases = 20;

/** Everything this visitor gave, case by case: by their account, or by the cards in their browser. */
export const load: PageServerLoad = async ({ locals, cookies, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { lakeus, person } = locals;
  const { reader, people } = lakeus;
  const participants = person
    ? await reader.participantsOf(person.id)
    : await Promise.all(heldCodes(cookies).map((code) => reader.participantByCode(code)));
  const impacts = await Promise.all(
    participants
      .filter((participant) => participant !== null)
      .slice(0, shownCases)
      .map((participant) => {
        const guest = { kind: 'guest', participantId: participant.id } as const;
        return impactOf(lakeus, participant, person ? { kind: 'person', personId: person.id } : guest);
      }),
  );
  const messages = person ? await people.messages({ personId: person.id, limit: 20 }) : null;
  return { impacts: impacts.filter((impact) => impact !== null), messages: messages?.items ?? [] };
};

const labels: Labels = { body: 'heard.body', answer: 'heard.question' };

export const actions: Actions = {
  hear: async (event) => {
    const fields = await fieldsOf(event);
    const caseId = event.url.searchParams.get('case') ?? '';
    const actor = await event.locals.actorIn(caseId);
    const input = given(fields, 'answer', 'body', 'idempotencyKey');
    if (!caseId)
      return fail(400, { problems: problemsOf(event.locals.locale, { id: 'not_found' }), values: fields });
    const hear = () => event.locals.lakeus.engine.hear(caseId, actor, input);
    return submit(event, fields, hear, '/mine', { key: 'heard' }, labels);
  },
};
