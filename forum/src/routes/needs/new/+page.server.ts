import { fail, redirect } from '@sveltejs/kit';
import { contentLanguage } from '#lib/i18n.ts';
import { fieldsOf, given, problemsOf } from '#lib/server/forms.ts';
import type { Labels } from '#lib/server/forms.ts';
import { keepCard } from '#lib/server/visitor.ts';
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
    const raised = await lakeus.engine.raise(actor, input);
    if (!raised.ok) {
      const labels: Labels = { concerns: 'raise.concerns', service: 'raise.service' };
      return fail(400, { problems: problemsOf(locale, raised.refusal, labels), values: fields });
    }
    const { caseId, participantId, contributionId } = raised.decided.answer as Record<string, string>;
    if (!person) {
      await keepCard(lakeus.reader, event.cookies, caseId!, participantId!, event.url.protocol === 'https:');
    }
    redirect(303, `/cases/${caseId}/receipt?contribution=${contributionId}`);
  },
};
