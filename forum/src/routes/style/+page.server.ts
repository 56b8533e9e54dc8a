import { error } from '@sveltejs/kit';
import { qrPath } from '#lib/server/qr.ts';
import { contributions, deadlines, longTitle, now, outcome, proposals, threads } from './examples.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
  if (!locals.lakeus.demo) error(404, { message: 'not_found', status: 404 });
  const link = `${locals.lakeus.origin}/k/7F3K9Q2M`;
  return {
    at: now,
    deadlines,
    contributions,
    proposals,
    threads,
    outcome,
    longTitle,
    link,
    qr: qrPath(link),
  };
};
