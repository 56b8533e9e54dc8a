import { error, redirect } from '@sveltejs/kit';
import { fieldsOf } from '#lib/server/forms.ts';
import type { RequestHandler } from './$types';

const dayMs = 86_400_000;

/** Moves the demonstration's clock forward, and does what came due meanwhile. */
export const POST: RequestHandler = async (event) => {
  const { lakeus } = event.locals;
  if (!lakeus.demo) error(404, { message: 'not_found', status: 404 });
  const days = Number((await fieldsOf(event)).days);
  if (!(days > 0 && days <= 365)) error(400, { message: 'unexpected', status: 400 });
  const offsetMs = lakeus.clock.offsetMs + days * dayMs;
  await lakeus.people.saveSetting('demo.offsetMs', String(offsetMs));
  lakeus.clock.moveTo(offsetMs);
  await lakeus.workNow();
  redirect(303, '/demo');
};
