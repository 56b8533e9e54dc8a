import { error } from '@sveltejs/kit';
import { showCode } from '@lakeus/engine';
import { qrPath } from '#lib/server/qr.ts';
import type { PageServerLoad } from './$types';

/** What was given, and how to see later what it led to. Only the giver sees this page. */
export const load: PageServerLoad = async ({ locals, params, parent, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { view } = await parent();
  const { reader, origin } = locals.lakeus;
  const contribution = await reader.contribution(params.id, url.searchParams.get('contribution') ?? '');
  if (!contribution || !view.participantId || contribution.participantId !== view.participantId) {
    error(404, { message: 'not_found', status: 404 });
  }
  const participant = await reader.participant(params.id, view.participantId);
  if (!participant) error(404, { message: 'not_found', status: 404 });
  const link = `${origin}/k/${participant.code}`;
  return {
    contribution,
    code: showCode(participant.code),
    pseudonym: participant.pseudonym,
    link,
    qr: qrPath(link),
  };
};
