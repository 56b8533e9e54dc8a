import { keepCard } from '#lib/server/visitor.ts';
import type { RequestHandler } from './$types';

/** A ticket for the visitor as their browser knows them. The API gives it; what is added here is that a guest who had no
 * part in the case until now keeps the card that comes with it. */
export const POST: RequestHandler = async ({ locals, params, cookies, url, request }) => {
  const { lakeus } = locals;
  const actor = await locals.actorIn(params.id);
  const asked = new Request(new URL(`/api/v1/documents/${params.documentId}/ticket`, url), {
    method: 'POST',
    headers: { accept: request.headers.get('accept') ?? '*/*' },
  });
  const answer = await lakeus.api.fetch(asked, actor);
  if (!answer.ok || locals.person) return answer;
  const { author } = (await answer.clone().json()) as { author: string };
  const participantId = /^participant:(.+)$/.exec(author)?.[1];
  if (participantId)
    await keepCard(lakeus.reader, cookies, params.id, participantId, url.protocol === 'https:');
  // The code of the card is for the cookie alone.
  const { card: _, ...ticket } = (await answer.json()) as Record<string, unknown>;
  return Response.json(ticket, { status: answer.status, headers: { 'cache-control': 'no-store' } });
};
