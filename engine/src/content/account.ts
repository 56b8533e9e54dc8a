import type { Accounting } from '../case.ts';
import type { Result } from '../errors.ts';
import type { Decision, Situation } from '../process/decide.ts';
import { decided, missingRows, problem } from './deciding.ts';
import type { Inputs } from './deciding.ts';

/** Uses, merges or leaves out contributions, or puts them under a theme. What was said of them before is replaced.
 * A contribution is merged into one that is not itself merged, so that every chain has one link. */
export async function account(
  { contributionIds, as }: Inputs['account'],
  situation: Situation,
): Promise<Result<{ decision: Decision }>> {
  const { store, case: at } = situation;
  const caseId = at.id;
  const ids = [...new Set(contributionIds)];
  if ((await missingRows(situation, 'contributions', ids, (row) => row.id)).length > 0) {
    return problem('contributionIds', 'not_found');
  }
  const told = (data: Record<string, unknown>, rest: Partial<Decision>): Result<{ decision: Decision }> =>
    decided({
      type: 'contributions.accounted',
      data: { contributionIds: ids, ...data },
      answer: { accounted: ids.length },
      ...rest,
    });

  if (as.outcome === 'theme') {
    if ((await store.rows(caseId, 'themes', [as.themeId])).length === 0)
      return problem('as.themeId', 'not_found');
    const contributionThemes = ids.map((contributionId) => ({ caseId, contributionId, themeId: as.themeId }));
    return told({ outcome: 'theme', themeId: as.themeId }, { put: { contributionThemes } });
  }

  const before = await store.rows(caseId, 'accountings');
  if (as.outcome === 'merged' && ids.includes(as.intoId)) return problem('as.intoId', 'circular');
  const merges = before.filter((row) => row.outcome === 'merged');
  const sources = (await store.rows(caseId, 'proposalSources')).filter((row) =>
    ids.includes(row.contributionId),
  );
  const earlier = before.filter((row) => ids.includes(row.contributionId));

  switch (as.outcome) {
    case 'used': {
      const [proposal] = await store.rows(caseId, 'proposals', [as.proposalId]);
      if (!proposal) return problem('as.proposalId', 'not_found');
      const proposalSources = ids.map((contributionId) => ({
        caseId,
        proposalId: proposal.id,
        contributionId,
      }));
      return told(
        { outcome: 'used', proposalId: proposal.id },
        { put: { proposalSources }, remove: { accountings: earlier } },
      );
    }
    case 'merged': {
      const [into] = await store.rows(caseId, 'contributions', [as.intoId]);
      if (!into) return problem('as.intoId', 'not_found');
      const intoIsMerged = merges.some((row) => row.contributionId === as.intoId);
      const othersMergedHere = merges.some(
        (row) => ids.includes(row.intoId!) && !ids.includes(row.contributionId),
      );
      if (intoIsMerged || othersMergedHere) return problem('as.intoId', 'circular');
      const accountings = ids.map((contributionId): Accounting => {
        return { caseId, contributionId, outcome: 'merged', intoId: as.intoId, reason: null };
      });
      return told(
        { outcome: 'merged', intoId: as.intoId },
        { put: { accountings }, remove: { proposalSources: sources } },
      );
    }
    case 'leftOut': {
      const accountings = ids.map((contributionId): Accounting => {
        return { caseId, contributionId, outcome: 'leftOut', intoId: null, reason: as.reason };
      });
      return told(
        { outcome: 'leftOut' },
        { words: { reason: as.reason }, put: { accountings }, remove: { proposalSources: sources } },
      );
    }
    case 'waiting':
      return told({ outcome: 'waiting' }, { remove: { accountings: earlier, proposalSources: sources } });
  }
}
