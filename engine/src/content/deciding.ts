import type { z } from 'zod';
import type { ContentTable, ContentTables } from '../case.ts';
import { invalid } from '../errors.ts';
import type { FieldProblem, Result } from '../errors.ts';
import type { Action } from '../people/policy.ts';
import type { Entropy } from '../ports.ts';
import type { contentCommands } from '../process/commands.ts';
import type { Decision, Situation } from '../process/decide.ts';
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
  readonly accepts: Accepts;
  readonly decide: Decide<Name>;
};

export const decided = (decision: Decision): Result<{ decision: Decision }> => ({ ok: true, decision });
export const problem = (path: string, what: FieldProblem['problem']) => invalid({ path, problem: what });

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
