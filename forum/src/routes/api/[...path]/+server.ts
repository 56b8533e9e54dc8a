import type { RequestHandler } from './$types';

/** The API answers for everything under /api; the session of the forum counts there too. */
export const fallback: RequestHandler = ({ request, locals }) =>
  locals.lakeus.api.fetch(
    request,
    locals.person ? { kind: 'person', personId: locals.person.id } : undefined,
  );
