import type { z } from 'zod';
import type { ContentTable, ContentTables, Contribution } from '../case.ts';
import { invalid } from '../errors.ts';
import type { FieldProblem, Result } from '../errors.ts';
import type { Action } from '../people/policy.ts';
import type { Entropy } from '../ports.ts';
import type { contentCommands } from '../process/commands.ts';
import { newSalt } from '../process/decide.ts';
import type { Decision, Situation } from '../process/decide.ts';
import { commitment } from '../process/log.ts';
import type { Accepts } from '../workflow.ts';

/** What a content command is: who may give it, what the step must let in, and how it is decided. */

export type Inputs = { [Name in keyof typeof contentCommands]: z.output<(typeof contentCommands)[Name]> };
export type Decide<Name extends keyof Inputs> = (
  input: Inputs[Name],
  situation: Situation,
  entropy: Entropy,
) => Promise<Result<{ decision: Decision }>> | Result<{ decision: Decision }>;

export type Rule<Name extends keyof Inputs> = {
  readonly action: Action;
  /** null: it hangs on more than the step, and the rule itself looks */
  readonly accepts: Accepts | null;
  /** by what a repeat is known, whoever asks; else the key that came with the command, and the asker */
  readonly once?: (input: Inputs[Name]) => { readonly key: string; readonly about: unknown };
  readonly decide: Decide<Name>;
};

export const decided = (decision: Decision): Result<{ decision: Decision }> => ({ ok: true, decision });
export const problem = (path: string, what: FieldProblem['problem']) => invalid({ path, problem: what });

/** The person behind the actor, who is remembered as who wrote something down. */
export const staffId = ({ actor }: Situation): string | null =>
  actor.kind === 'person' ? actor.personId : null;

export function newContribution(
  situation: Situation,
  entropy: Entropy,
  given: Pick<
    Contribution,
    'participantId' | 'parentId' | 'origin' | 'originNote' | 'kind' | 'body' | 'recordedBy'
  >,
): Contribution {
  return {
    caseId: situation.case.id,
    id: entropy.uuid(situation.now),
    salt: newSalt(entropy),
    createdAt: situation.at,
    ...given,
  };
}

/** What the log keeps of words that stand in a row of their own. */
export const committed = (row: { salt: string; body: string }) => ({ body: commitment(row.salt, row.body) });

/** Which of the ids have no row in the case. */
export async function missingRows<T extends ContentTable>(
  situation: Situation,
  table: T,
  ids: readonly string[],
  idOf: (row: ContentTables[T]) => string,
): Promise<string[]> {
  const found = new Set((await situation.store.rows(situation.case.id, table, ids)).map(idOf));
  return ids.filter((id) => !found.has(id));
}
