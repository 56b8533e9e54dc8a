import { redirect } from '@sveltejs/kit';
import { sha256 } from '@lakeus/engine';
import { sessionCookie } from '#lib/server/visitor.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ cookies, locals }) => {
  const session = cookies.get(sessionCookie);
  if (session) await locals.lakeus.people.endSession(sha256(session));
  cookies.delete(sessionCookie, { path: '/' });
  redirect(303, '/');
};
