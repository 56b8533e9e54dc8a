import type { PageServerLoad } from './$types';

const withReason = [
  'case.paused',
  'case.resumed',
  'case.cancelled',
  'case.merged',
  'period.extended',
  'clarification.requested',
];

/** The newest public reason, where the step is as it is because of one. */
export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { view } = await parent();
  if (!['paused', 'cancelled', 'merged', 'open', 'summary'].includes(view.step)) return { reason: null };
  const log = await locals.lakeus.reader.log(params.id, { limit: 30 });
  const entry = log.items.find(({ kind }) => kind === 'transition');
  return { reason: entry && withReason.includes(entry.type) ? (entry.texts.reason ?? null) : null };
};
