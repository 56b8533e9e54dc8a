import type { RequestHandler } from './$types';

const ofCase = /^\/api\/v1\/cases\/([0-9a-f-]{36})(?:\/|$)/i;

/** The API answers for everything under /api; the session of the forum counts there too, and within a case the card
 * that a guest's browser holds for it. */
export const fallback: RequestHandler = async ({ request, locals, url }) => {
  const caseId = ofCase.exec(url.pathname)?.[1]?.toLowerCase();
  if (locals.person) return locals.lakeus.api.fetch(request, { kind: 'person', personId: locals.person.id });
  const says = request.headers.has('authorization') || request.headers.has('lakeus-card');
  const guest = caseId && !says ? await locals.actorIn(caseId) : undefined;
  const card = guest?.kind === 'guest' && guest.participantId ? guest : undefined;
  return locals.lakeus.api.fetch(request, card);
};
