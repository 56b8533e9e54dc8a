import { redirect } from '@sveltejs/kit';
import { secretHash } from '#lib/server/reach.ts';
import { sessionCookie } from '#lib/server/visitor.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ cookies, locals }) => {
  const session = cookies.get(sessionCookie);
  if (session) await locals.lakeus.people.endSession(secretHash(session));
  cookies.delete(sessionCookie, { path: '/' });
  redirect(303, '/');
};
