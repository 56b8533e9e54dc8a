import type { Accepts, Position, RoleId, WorkflowEvent } from '@lakeus/engine';
import { expect, test } from 'vitest';
import type { SevenStepsEvent } from '../index.ts';
import type { Context, RequirementId } from '../requirements.ts';
import { missingFor, process, shown, specs, standing } from './steps.ts';

/** One line of a test for one rule of SPEC.md, titled with the rule's id. */

export type From = string | readonly [told: string, position: Position];
type After = { readonly context?: Partial<Context>; readonly effects?: readonly string[] };

const origin = (from: From): Position => (typeof from === 'string' ? standing(from) : from[1]);
const told = (from: From): string => (typeof from === 'string' ? from : from[0]);

/** The event is accepted, the case is then in `to`, and of its context and effects what `after` says is true. */
export function moves(id: string, from: From, sent: WorkflowEvent, to: string, after: After = {}): void {
  test(`${id} ${sent.type} at ${sent.at.slice(0, 10)} takes ${told(from)} to ${to}`, () => {
    const before = origin(from);
    const next = process.next(before.snapshot, sent);
    expect(missingFor(before, sent)).toEqual([]);
    expect(next?.position.step).toBe(to);
    if (after.context) expect(next?.position.context).toEqual({ ...before.context, ...after.context });
    if (after.effects) expect(next?.effects.map(shown)).toEqual(after.effects);
  });
}

/** The event is refused, and the refusal of the step's own way onward lists exactly `missing`. */
export function refuses(id: string, from: From, sent: WorkflowEvent, ...missing: RequirementId[]): void {
  const because = missing.length > 0 ? ` without ${missing.join(', ')}` : '';
  test(`${id} ${told(from)} refuses ${sent.type} at ${sent.at.slice(0, 10)}${because}`, () => {
    const before = origin(from);
    expect(process.next(before.snapshot, sent)).toBeNull();
    expect(missingFor(before, sent)).toEqual(missing);
  });
}

export const accepts = (id: string, step: string, ...names: Accepts[]): void =>
  test(`${id} ${step} takes in ${names.join(', ') || 'nothing'}`, () => {
    expect([...standing(step).meta!.accepts].sort()).toEqual(names.sort());
  });

export const sentBy = (id: string, type: SevenStepsEvent, ...by: (RoleId | 'clock')[]): void =>
  test(`${id} ${by.join(' or ')} sends ${type}`, () => expect([specs[type].by].flat()).toEqual(by));

/** A place that no step's name tells: how it is called in titles. */
export const from = (label: string, position: Position): From => [label, position];
