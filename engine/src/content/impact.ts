import type { Instant, ResponseOutcome } from '../case.ts';
import type { ImpactReading } from '../ports.ts';

/** What became of one contribution. Every contribution has exactly one fate at any time. */
export const fates = [
  'hadEffect',
  'partly',
  'forwarded',
  'noChange',
  'leftOut',
  'waiting',
  'caseMerged',
  'caseCancelled',
] as const;
export type Fate = (typeof fates)[number];

const fateOf: Record<ResponseOutcome, Fate> = {
  adopted: 'hadEffect',
  partly: 'partly',
  forwarded: 'forwarded',
  notAdopted: 'noChange',
};
const strongestFirst: readonly ResponseOutcome[] = ['adopted', 'partly', 'forwarded', 'notAdopted'];

export type Thread = ImpactReading & {
  readonly fate: Fate;
  /** why, where the fate itself has a reason */
  readonly reason: string | null;
  /** until when the answer is promised, while it is waited for */
  readonly waitsUntil: Instant | null;
};

export type CaseStanding = {
  readonly step: string;
  readonly context: Readonly<Record<string, unknown>>;
};

/** Whether the answers have been given out. Once they have, no pause or end of the case takes them back. */
export const responsesPublished = ({ step, context }: CaseStanding): boolean =>
  typeof context.answeredAt === 'string' || step === 'feedback' || step === 'closed';

/** Follows a contribution to what it led to. Responses show once they are published; until then it waits.
 * @source domain.md, step 7; experience.md, fates */
export function threadOf(reading: ImpactReading, standing: CaseStanding): Thread {
  const { contribution } = reading;
  const shown = responsesPublished(standing);
  const proposals = reading.proposals.map((proposal) => (shown ? proposal : { ...proposal, response: null }));
  const ended = (fate: Fate, reason: string | null = null): Thread => {
    return { ...reading, proposals, fate, reason, waitsUntil: null };
  };
  const outcomes = proposals.flatMap((proposal) => (proposal.response ? [proposal.response.outcome] : []));
  const strongest = strongestFirst.find((outcome) => outcomes.includes(outcome));
  if (strongest) return ended(fateOf[strongest]);
  const { accounting } = reading.mergedInto ?? contribution;
  if (accounting?.outcome === 'leftOut' && proposals.length === 0 && (shown || standing.step === 'review')) {
    return ended('leftOut', accounting.reason);
  }
  if (standing.step === 'cancelled') return ended('caseCancelled');
  if (standing.step === 'merged') return ended('caseMerged');
  const { answerDueAt } = standing.context;
  return {
    ...reading,
    proposals,
    fate: 'waiting',
    reason: null,
    waitsUntil: typeof answerDueAt === 'string' ? answerDueAt : null,
  };
}
