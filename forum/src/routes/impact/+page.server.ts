import { fail, redirect } from '@sveltejs/kit';
import { readCode } from '@lakeus/engine';
import { words } from '#lib/i18n.ts';
import { fieldsOf } from '#lib/server/forms.ts';
import type { Actions } from './$types';

export const actions: Actions = {
  default: async (event) => {
    const fields = await fieldsOf(event);
    const code = readCode(fields.code ?? '');
    const participant = code ? await event.locals.lakeus.reader.participantByCode(code) : null;
    if (participant) redirect(303, `/impact/${participant.code}`);
    const text = words(event.locals.locale)('impact.unknownCode');
    return fail(404, { problems: [{ field: 'code', text }], values: fields });
  },
};
