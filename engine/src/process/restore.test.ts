import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialTransition, transition } from 'xstate';
import type { AnyMachineSnapshot } from 'xstate';
import { noFacts } from '../case.ts';
import type { SnapshotEnvelope } from '../case.ts';
import { fixtureWorkflow } from '../testing/index.ts';
import type { WorkflowEvent } from '../workflow.ts';
import { startProcess } from './restore.ts';

/** Snapshots are kept, read and moved on by parts of XState that are not its front door: here they are held against
 * the front door. */

const { machine } = fixtureWorkflow;
const process = startProcess(fixtureWorkflow);

const day = (n: number) => new Date(Date.UTC(2017, 8, 1 + n)).toISOString();

const events = fc.record({
  type: fc.constantFrom(...Object.keys(fixtureWorkflow.events), 'nothing.known'),
  at: fc.nat({ max: 60 }).map(day),
  closesAt: fc.option(fc.nat({ max: 60 }).map(day), { nil: undefined }),
  themeTold: fc.boolean(),
  unaccounted: fc.nat({ max: 1 }),
});
type Drawn = typeof events extends fc.Arbitrary<infer T> ? T : never;

const eventOf = ({ type, at, closesAt, themeTold, unaccounted }: Drawn): WorkflowEvent => ({
  type,
  at,
  facts: { ...noFacts, texts: themeTold ? ['theme'] : [], contributionsUnaccounted: unaccounted },
  texts: [],
  data: closesAt ? { closesAt } : {},
});

const written = (envelope: SnapshotEnvelope): SnapshotEnvelope =>
  JSON.parse(JSON.stringify(envelope)) as SnapshotEnvelope;

describe('a process', () => {
  it('goes where XState’s own transition() goes, on any walk', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 30 }), (walk) => {
        let [expected] = initialTransition(machine) as [AnyMachineSnapshot, unknown];
        let { snapshot } = process.initial().position;
        for (const event of walk.map(eventOf)) {
          const [after, actions] = transition(machine, expected, event as never) as [
            AnyMachineSnapshot,
            { type: string; params: unknown }[],
          ];
          const step = process.next(written(snapshot), event);
          expect(step === null).toBe(after === expected);
          if (!step) continue;
          expect(written(step.position.snapshot).snapshot).toEqual(
            JSON.parse(JSON.stringify(machine.getPersistedSnapshot(after))),
          );
          expect(step.effects).toEqual(
            actions.map(({ type, params }) => ({ kind: type, payload: params ?? {} })),
          );
          expect(step.position.done).toBe(after.status === 'done');
          expected = after;
          snapshot = step.position.snapshot;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stands in the same place after writing and reading', () => {
    const accepted = process.next(process.initial().position.snapshot, {
      ...{ type: 'need.accepted', at: day(0), texts: [], data: { closesAt: day(9) } },
      facts: { ...noFacts, texts: ['theme'] },
    });
    const { position } = accepted!;
    expect(process.restore(written(position.snapshot))).toEqual({
      ...position,
      snapshot: written(position.snapshot),
    });
    expect(position).toMatchObject({
      step: 'open',
      done: false,
      context: { openedAt: day(0), closesAt: day(9) },
    });
    expect(process.ways(position.snapshot)).toEqual(
      expect.arrayContaining(['period.extended', 'period.closed', 'case.paused', 'case.merged']),
    );
  });

  it('comes back from a pause to the step it was in', () => {
    const next = (snapshot: SnapshotEnvelope, type: string) =>
      process.next(written(snapshot), {
        type,
        at: day(1),
        facts: { ...noFacts, texts: ['theme'] },
        texts: [],
        data: {},
      })!;
    const open = next(process.initial().position.snapshot, 'need.accepted');
    const paused = next(open.position.snapshot, 'case.paused');
    expect(paused.position.step).toBe('paused');
    expect([open.position.left, paused.position.left?.order]).toEqual([null, 2]);
    expect(next(paused.position.snapshot, 'case.resumed').position.left).toBeNull();
    expect(next(paused.position.snapshot, 'case.resumed').position.step).toBe('open');
  });

  it('reads no snapshot of another process or version, nor of a step that is gone', () => {
    const { snapshot } = process.initial().position;
    const gone = { ...snapshot, snapshot: { ...(snapshot.snapshot as object), value: { underway: 'gone' } } };
    for (const other of [{ ...snapshot, version: 2 }, { ...snapshot, workflow: 'other' }, gone]) {
      expect(() => process.restore(other)).toThrow(/^snapshot_unreadable/);
    }
  });
});
