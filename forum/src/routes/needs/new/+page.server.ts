import { contentLanguage } from '#lib/i18n.ts';
import { fieldsOf, given, submitAsParticipant } from '#lib/server/forms.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async (event) => {
    const fields = await fieldsOf(event);
    const { lakeus, person, locale } = event.locals;
    const actor = person ? ({ kind: 'person', personId: person.id } as const) : ({ kind: 'guest' } as const);
    const input = {
      ...given(fields, 'title', 'need', 'concerns', 'service', 'idempotencyKey'),
      language: contentLanguage(locale),
    };
    return submitAsParticipant(
      event,
      null,
      fields,
      () => lakeus.engine.raise(actor, input),
      ({ caseId, contributionId }) =>
        `/cases/${String(caseId)}/receipt?contribution=${String(contributionId)}`,
      undefined,
      { concerns: 'raise.concerns', service: 'raise.service' },
    );
  },
};
