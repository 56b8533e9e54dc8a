import { refuse } from '@lakeus/engine';
import type { Actor, CaseReader, Engine, Member, Result, ShownContribution } from '@lakeus/engine';
import type { Notice } from './notice.ts';

/** How what was just done is taken back: the form that puts things as they stood, and what that form needs to do. */

type Undo = NonNullable<Notice['undo']>;
type Place = Pick<Member, 'personId' | 'role' | 'capacity'>;

/** Puts somebody's part in the group as it was before: in the former capacity, or not there at all. */
export function memberAsBefore(
  caseId: string,
  { personId, role }: Pick<Place, 'personId' | 'role'>,
  before: readonly Place[],
): Undo {
  const stood = before.find((member) => member.personId === personId && member.role === role);
  const form = stood ? 'member' : 'remove';
  return {
    action: `/cases/${caseId}/planning?/${form}`,
    fields: { form, personId, role, ...(stood && { capacity: stood.capacity }) },
  };
}

/** One step of putting contributions as they stood: what `engine.account` takes. */
export type AccountStep = {
  readonly contributionIds: readonly string[];
  readonly as: Readonly<Record<string, string>>;
};
type Stood = Pick<ShownContribution, 'id' | 'proposalNumbers' | 'accounting'>;

function stepsBack(stood: Stood, proposalIds: ReadonlyMap<number, string>): AccountStep['as'][] {
  const { accounting, proposalNumbers } = stood;
  if (accounting?.outcome === 'leftOut') return [{ outcome: 'leftOut', reason: accounting.reason ?? '' }];
  if (accounting?.outcome === 'merged') return [{ outcome: 'merged', intoId: accounting.intoId ?? '' }];
  const used = proposalNumbers.flatMap((number) => {
    const proposalId = proposalIds.get(number);
    return proposalId ? [{ outcome: 'used', proposalId }] : [];
  });
  return [{ outcome: 'waiting' }, ...used];
}

/** What puts contributions back as they stood, those that stood alike together. */
export function accountedAsBefore(
  chosen: readonly Stood[],
  proposals: readonly { readonly id: string; readonly number: number }[],
): AccountStep[] {
  const proposalIds = new Map(proposals.map(({ id, number }) => [number, id]));
  const alike = Map.groupBy(chosen, (one) => JSON.stringify(stepsBack(one, proposalIds)));
  return [...alike].flatMap(([steps, same]) =>
    (JSON.parse(steps) as AccountStep['as'][]).map((as) => ({
      contributionIds: same.map(({ id }) => id),
      as,
    })),
  );
}

/** Takes steps that a form brought; the engine checks each as it checks any other. */
export async function accountInSteps(
  engine: Pick<Engine, 'account'>,
  caseId: string,
  actor: Actor,
  { steps, idempotencyKey }: { readonly steps?: string; readonly idempotencyKey?: string },
): Promise<Result<object>> {
  const read = readSteps(steps);
  if (read.length === 0) return refuse({ id: 'not_found' });
  for (const [i, { contributionIds, as }] of read.entries()) {
    const key = idempotencyKey && { idempotencyKey: `${idempotencyKey}:${i}` };
    const done = await engine.account(caseId, actor, { contributionIds, as, ...key });
    if (!done.ok) return done;
  }
  return { ok: true };
}

const mostSteps = 50;

function readSteps(text: string | undefined): AccountStep[] {
  try {
    const read = JSON.parse(text ?? '') as unknown;
    return Array.isArray(read) ? (read as AccountStep[]).filter(Boolean).slice(0, mostSteps) : [];
  } catch {
    return [];
  }
}

const rowsLookedAt = 100;

/** What a proposal was when it was withdrawn, from the row that its withdrawal left in the log. */
export type Withdrawn = {
  readonly number: number;
  readonly responses: number;
  readonly title: string;
  readonly body: string;
  readonly contributionIds: readonly string[];
};

export async function withdrawnProposal(
  reader: Pick<CaseReader, 'log'>,
  caseId: string,
  proposalId: string | undefined,
): Promise<Withdrawn | null> {
  const { items } = await reader.log(caseId, { limit: rowsLookedAt });
  for (const { type, body, texts } of items) {
    if (type !== 'proposal.withdrawn') continue;
    const { data } = JSON.parse(body) as { data: Partial<Withdrawn> & { proposalId: string } };
    const { number, responses = 0, contributionIds } = data;
    // Rows from before withdrawals told what was withdrawn have no words to bring back.
    if (data.proposalId !== proposalId || !number || !contributionIds || !texts.title || !texts.body)
      continue;
    return { number, responses, contributionIds, title: texts.title, body: texts.body };
  }
  return null;
}
