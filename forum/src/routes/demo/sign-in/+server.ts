import { error, redirect } from '@sveltejs/kit';
import { roleIds } from '@lakeus/engine';
import type { RoleId } from '@lakeus/engine';
import { demoPeople } from '#lib/server/demo/people.ts';
import { fieldsOf } from '#lib/server/forms.ts';
import { signIn } from '#lib/server/session.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
  if (!event.locals.lakeus.demo) error(404, { message: 'not_found', status: 404 });
  const { as } = await fieldsOf(event);
  if (!roleIds.includes(as as RoleId)) error(400, { message: 'unexpected', status: 400 });
  const person = demoPeople.find(({ role }) => role === as);
  if (!person) error(404, { message: 'not_found', status: 404 });
  await signIn(event, person.id);
  redirect(303, as === 'participant' || as === 'expert' ? '/' : '/desk');
};
