import { error, redirect } from '@sveltejs/kit';
import { caseTextKeys } from '@lakeus/engine';
import { instantInFinland } from '#lib/i18n.ts';
import { fieldsOf, given, submit } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

/** What is told of the case, when things happen, and who plans it together. */
export const load: PageServerLoad = async ({ locals, parent }) => {
  const { can } = await parent();
  if (!can.runs) error(403, { message: 'forbidden', status: 403 });
  const known = can.nameMembers ? await locals.lakeus.people.people() : [];
  const people = known.map(({ id, name, title }) => ({ id, name, title }));
  return { people: people.sort((a, b) => a.name.localeCompare(b.name, 'fi')) };
};

const instants = ['opensAt', 'closesAt', 'answerDueAt'];
const sameLines = (text: string) => text.replace(/\r\n?/g, '\n').trim();

export const actions: Actions = {
  /** Only what was changed is told anew, so that the log shows what changed. */
  texts: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const { engine, reader } = event.locals.lakeus;
    const actor = await event.locals.actorIn(id);
    const told = await engine.look(id, actor);
    const before = told.ok ? (await reader.overview(id)).texts : {};
    const changed = Object.entries(given(fields, ...caseTextKeys)).filter(
      ([key, text]) => sameLines(text) !== before[key],
    );
    const next = `/cases/${id}/planning#texts`;
    if (told.ok && changed.length === 0) redirect(303, next);
    const input = { ...given(fields, 'idempotencyKey'), texts: Object.fromEntries(changed) };
    return submit(event, fields, () => engine.describe(id, actor, input), next);
  },

  dates: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const typed = Object.entries(given(fields, ...instants)).map(([name, local]) => [
      name,
      instantInFinland(local) ?? local,
    ]);
    const input = {
      caseId: id,
      actor,
      type: 'plan.dated',
      data: { ...given(fields, 'workshopOn'), ...Object.fromEntries(typed) } as Record<string, string>,
      expectedVersion: Number(fields.expectedVersion),
      idempotencyKey: fields.idempotencyKey,
    };
    return submit(event, fields, () => event.locals.lakeus.engine.send(input), `/cases/${id}/planning#dates`);
  },

  member: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const who = fields.personId ? ['personId'] : ['name', 'title'];
    const input = given(fields, ...who, 'role', 'capacity', 'idempotencyKey');
    const name = () => event.locals.lakeus.engine.nameMember(id, actor, input);
    return submit(event, fields, name, `/cases/${id}/planning#members`);
  },

  remove: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'personId', 'role', 'idempotencyKey');
    const remove = () => event.locals.lakeus.engine.removeMember(id, actor, input);
    return submit(event, fields, remove, `/cases/${id}/planning#members`);
  },
};
