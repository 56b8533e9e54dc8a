/** Where each thing that a step must produce is done, as a path under the case. */
const places: Readonly<Record<string, string>> = {
  themeTold: 'planning?part=texts#texts-theme',
  concernsTold: 'planning?part=texts#texts-concerns',
  serviceTold: 'planning?part=texts#texts-service',
  questionTold: 'planning?part=texts#texts-question',
  canInfluenceTold: 'planning?part=texts#texts-canInfluence',
  cannotInfluenceTold: 'planning?part=texts#texts-cannotInfluence',
  deciderNamed: 'planning?part=people',
  clientsInGroup: 'planning?part=people',
  workersInGroup: 'planning?part=people',
  workshopPlanned: 'planning?part=dates',
  periodDated: 'planning?part=dates',
  answerPromised: 'planning?part=dates',
  periodNotOver: 'planning?part=dates',
  workshopHeld: 'workshop#held',
  periodOver: 'discussion',
  proposalWritten: 'summary?part=proposals',
  everyProposalHasSource: 'summary?part=material',
  everyContributionAccountedFor: 'summary?part=material',
  everyProposalAnswered: 'review',
};

/** The path under the case where a requirement is met; undefined when nobody's page does it. */
export const placeOf = (requirement: string): string | undefined => places[requirement];

export const planningParts = ['texts', 'dates', 'people'] as const;
export type PlanningPart = (typeof planningParts)[number];
export const summaryParts = ['material', 'proposals', 'text'] as const;
export type SummaryPart = (typeof summaryParts)[number];

/** The part of a page that an address asks for, or the first. */
export const partOf = <Part extends string>(parts: readonly [Part, ...Part[]], asked: string | null): Part =>
  parts.find((part) => part === asked) ?? parts[0];
