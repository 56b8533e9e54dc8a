import type { ContentTable, ContentTables, Facts } from '../case.ts';

export type CaseContent = { readonly [T in ContentTable]: readonly ContentTables[T][] };

/** The facts of a case from its rows. The database computes the same in SQL; the contract suite holds them together. */
export function factsOf(content: CaseContent): Facts {
  const used = new Set(content.proposalSources.map((row) => row.contributionId));
  const accounted = new Set(content.accountings.map((row) => row.contributionId));
  const sourced = new Set(content.proposalSources.map((row) => row.proposalId));
  const answered = new Set(content.responses.map((row) => row.proposalId));
  const spoke = new Set(content.contributions.map((row) => row.participantId));
  const fed = new Set(content.feedbacks.map((row) => row.participantId));
  const members = (...capacities: string[]) =>
    new Set(content.members.filter((row) => capacities.includes(row.capacity)).map((row) => row.personId))
      .size;
  return {
    texts: content.caseTexts.map((row) => row.key).sort(),
    clients: members('client', 'relative', 'expert'),
    workers: members('worker'),
    deciders: new Set(content.members.filter((row) => row.role === 'decider').map((row) => row.personId))
      .size,
    workshops: content.workshops.length,
    contributions: content.contributions.length,
    contributionsUnaccounted: content.contributions.filter(
      (row) => !used.has(row.id) && !accounted.has(row.id),
    ).length,
    proposals: content.proposals.length,
    proposalsWithoutSource: content.proposals.filter((row) => !sourced.has(row.id)).length,
    proposalsUnanswered: content.proposals.filter((row) => !answered.has(row.id)).length,
    participants: spoke.size,
    participantsWithoutFeedback: [...spoke].filter((id) => !fed.has(id)).length,
  };
}
