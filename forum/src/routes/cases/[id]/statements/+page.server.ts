import { figureOf, writtenPlace } from '#lib/server/live-hub.ts';
import { words } from '#lib/i18n.ts';
import { fieldsOf, given, submitAsParticipant } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

/** One statement at a time; figures show once one has answered, or when the period has closed. */
export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { view, can } = await parent();
  const statements = await locals.lakeus.reader.statements(params.id, view.participantId);
  const next = can.vote ? statements.find(({ own }) => own === null) : undefined;
  const answered = statements.filter(({ own }) => own !== null || !can.vote);
  return {
    next: next ?? null,
    answered,
    place: writtenPlace({
      seq: view.seq,
      votes: figureOf(statements.map(({ id, ...counts }) => ({ statementId: id, ...counts }))),
    }),
    left: can.vote ? statements.length - answered.length : 0,
  };
};

export const actions: Actions = {
  vote: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'statementId', 'value');
    const vote = () => event.locals.lakeus.engine.vote(id, actor, input);
    return submitAsParticipant(event, id, fields, vote, `/cases/${id}/statements`, {
      key: 'voted',
      values: { answer: words(event.locals.locale)(`vote.${fields.value ?? ''}`) },
    });
  },
  state: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'body', 'idempotencyKey');
    const state = () => event.locals.lakeus.engine.state(id, actor, input);
    const notice = { key: 'stated' };
    return submitAsParticipant(event, id, fields, state, `/cases/${id}/statements`, notice, {
      body: 'statements.body',
    });
  },
};
