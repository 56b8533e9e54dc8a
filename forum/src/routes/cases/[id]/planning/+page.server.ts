import { error, redirect } from '@sveltejs/kit';
import { caseTextKeys } from '@lakeus/engine';
import type { Labels } from '#lib/server/forms.ts';
import type { MessageKey } from '#lib/i18n.ts';
import { fieldsOf, given, givenInstants, submit } from '#lib/server/forms.ts';
import { memberAsBefore } from '#lib/server/undo.ts';
import { partOf, planningParts } from '#lib/places.ts';
import type { Actions, PageServerLoad } from './$types';

/** What is told of the case, when things happen, and who plans it together: one part at a time. */
export const load: PageServerLoad = async ({ locals, parent, url }) => {
  const { can } = await parent();
  if (!can.runs) error(403, { message: 'forbidden', status: 403 });
  const known = can.nameMembers ? await locals.lakeus.people.people() : [];
  const people = known.map(({ id, name, title }) => ({ id, name, title }));
  return {
    part: partOf(planningParts, url.searchParams.get('part')),
    people: people.sort((a, b) => a.name.localeCompare(b.name, 'fi')),
  };
};

const instants = ['opensAt', 'closesAt', 'answerDueAt'];
const sameLines = (text: string) => text.replace(/\r\n?/g, '\n').trim();
const textLabels: Labels = Object.fromEntries(
  caseTextKeys.map((key) => [key, `caseText.${key}.name` as MessageKey]),
);
const memberLabels: Labels = {
  personId: 'planning.person',
  name: 'planning.newName',
  title: 'planning.newTitle',
  role: 'planning.role',
  capacity: 'planning.capacity',
};

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
    const next = `/cases/${id}/planning?part=texts`;
    if (told.ok && changed.length === 0) redirect(303, next);
    const input = { ...given(fields, 'idempotencyKey'), texts: Object.fromEntries(changed) };
    const describe = () => engine.describe(id, actor, input);
    return submit(event, fields, describe, next, { key: 'textsSaved' }, textLabels);
  },

  dates: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = {
      caseId: id,
      actor,
      type: 'plan.dated',
      data: { ...given(fields, 'workshopOn'), ...givenInstants(fields, ...instants) },
      expectedVersion: Number(fields.expectedVersion),
      idempotencyKey: fields.idempotencyKey,
    };
    const date = () => event.locals.lakeus.engine.send(input);
    return submit(event, fields, date, `/cases/${id}/planning?part=dates`, { key: 'datesSaved' });
  },

  member: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const { engine, reader, people } = event.locals.lakeus;
    const actor = await event.locals.actorIn(id);
    const who = fields.personId ? ['personId'] : ['name', 'title'];
    const input = given(fields, ...who, 'role', 'capacity', 'idempotencyKey');
    const { members } = await reader.overview(id);
    return submit(
      event,
      fields,
      () => engine.nameMember(id, actor, input),
      `/cases/${id}/planning?part=people`,
      async ({ decided }) => {
        const { personId } = decided.answer as { personId: string };
        const named = { personId, role: fields.role as (typeof members)[number]['role'] };
        const name = (await people.person(personId))?.name ?? '';
        return { key: 'memberNamed', values: { name }, undo: memberAsBefore(id, named, members) };
      },
      memberLabels,
    );
  },

  remove: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const { engine, reader } = event.locals.lakeus;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'personId', 'role', 'idempotencyKey');
    const { members } = await reader.overview(id);
    const gone = members.find(({ personId, role }) => personId === fields.personId && role === fields.role);
    return submit(
      event,
      fields,
      () => engine.removeMember(id, actor, input),
      `/cases/${id}/planning?part=people`,
      () =>
        gone
          ? {
              key: 'memberRemoved',
              values: { name: gone.name },
              undo: memberAsBefore(id, gone, members),
            }
          : null,
      memberLabels,
    );
  },
};
