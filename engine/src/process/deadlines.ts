import type { Deadline } from '../case.ts';
import type { Position } from './restore.ts';

/** The deadlines that stand while a case is where it is: made anew from the step's data and the dates in the
 * context, so that entering, leaving, pausing and re-dating a step need no bookkeeping of their own. */
export function plannedDeadlines(caseId: string, visit: number, position: Position): Deadline[] {
  const planned: Deadline[] = [];
  for (const { name, at, event, unless } of position.meta?.deadlines ?? []) {
    const dueAt = position.context[at];
    if (typeof dueAt !== 'string') continue;
    if (unless && position.context[unless] != null) continue;
    planned.push({ caseId, name, visit, dueAt, event });
  }
  return planned;
}

/** Whether two plans are the same, row for row. */
export function samePlan(a: readonly Deadline[], b: readonly Deadline[]): boolean {
  return a.length === b.length && a.every((row, i) => JSON.stringify(row) === JSON.stringify(b[i]));
}
