import { may } from '@lakeus/engine';
import type { PageServerLoad } from './$types';

const withReason = [
  'case.paused',
  'case.resumed',
  'case.cancelled',
  'case.merged',
  'period.extended',
  'clarification.requested',
];
const newestShown = 3;

/** What the first look at a case needs beyond the case itself: why it is where it is, and in the open period the newest
 * that people have said and how many statements wait for the visitor. */
export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { view, can } = await parent();
  const { reader } = locals.lakeus;
  const reasoned = ['paused', 'cancelled', 'merged', 'open', 'summary'].includes(view.step);
  const isOpen = view.step === 'open';
  const [log, newest, statements, documents] = await Promise.all([
    reasoned ? reader.log(params.id, { limit: 30 }) : null,
    isOpen
      ? reader.contributions(params.id, { limit: newestShown, parentId: null, newestFirst: true })
      : null,
    isOpen && can.vote ? reader.statements(params.id, view.participantId) : [],
    reader.documents(params.id),
  ]);
  const seen = documents.filter(({ kind }) => view.documents[kind] !== null);
  const opens = may(view.held, 'document.open') && Object.values(view.documents).includes('edit');
  const entry = log?.items.find(({ kind }) => kind === 'transition');
  return {
    reason: entry && withReason.includes(entry.type) ? (entry.texts.reason ?? null) : null,
    newest: newest?.items ?? [],
    /** how many shared texts there are to see; null when there is nothing to see or begin */
    writing: seen.length > 0 || opens ? seen.length : null,
    statementsLeft: statements.filter(({ own }) => own === null).length,
  };
};
