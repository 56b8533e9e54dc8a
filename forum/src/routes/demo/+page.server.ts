import { error } from '@sveltejs/kit';
import { demoPeople } from '#lib/server/demo/people.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
  if (!locals.lakeus.demo) error(404, { message: 'not_found', status: 404 });
  return { people: demoPeople.map(({ id: _, ...person }) => person) };
};
