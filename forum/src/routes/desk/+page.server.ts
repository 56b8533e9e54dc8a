import { redirect } from '@sveltejs/kit';
import type { RoleId } from '@lakeus/engine';
import type { PageServerLoad } from './$types';

const organisationRoles: readonly RoleId[] = ['coordinator', 'admin'];
const casesAtMost = 100;

/** What waits for this person, the nearest deadline first. */
export const load: PageServerLoad = async ({ locals, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { lakeus, person } = locals;
  if (!person) redirect(303, lakeus.demo ? '/demo' : '/');
  const everywhere = person.roles.some((role) => organisationRoles.includes(role));
  const [tasks, messages] = await Promise.all([
    lakeus.tasks(person.id, everywhere, casesAtMost),
    lakeus.people.messages({ personId: person.id, limit: 5 }),
  ]);
  return { tasks, messages: messages.items, everywhere };
};
