import { initialTransition } from 'xstate';
import type { AnyActorScope, AnyMachineSnapshot, AnyStateNode, ExecutableActionObject } from 'xstate';
import type { SnapshotEnvelope } from '../case.ts';
import { EngineError } from '../errors.ts';
import type { StepMeta, Workflow, WorkflowEvent } from '../workflow.ts';

/** The only file that knows how XState keeps and restores a case. Another XState means another version of this file.
 * @source decisions/0002 */

/** Something the machine wants done outside, after the transition is stored. */
export type MachineEffect = { readonly kind: string; readonly payload: Readonly<Record<string, unknown>> };

/** Where a case stands. */
export type Position = {
  readonly step: string;
  readonly meta: StepMeta | null;
  /** of the step that the case was taken out of, while it lies still or after it has ended */
  readonly left: StepMeta | null;
  readonly context: Readonly<Record<string, unknown>>;
  readonly snapshot: SnapshotEnvelope;
  /** whether the process has ended; content such as follow-ups may still be let in by `meta` */
  readonly done: boolean;
};

export type Step = { readonly position: Position; readonly effects: readonly MachineEffect[] };

/** A workflow made ready to run. Pure: no clock, nothing kept between calls. */
export type Process = {
  readonly workflow: Workflow;
  initial(): Step;
  restore(snapshot: SnapshotEnvelope): Position;
  /** the events that the present step has a way for, whether or not a guard holds them back just now */
  ways(snapshot: SnapshotEnvelope): readonly string[];
  /** @returns null when the present step does not accept the event, or a guard held it back */
  next(snapshot: SnapshotEnvelope, event: WorkflowEvent): Step | null;
};

const nothing = () => undefined;

/** One inert scope per process: XState's own `transition()` builds an actor and walks the initial transition again
 * on every call, four times the cost. `restore.test.ts` holds the two against each other. */
function inertScope(collect: (action: ExecutableActionObject) => void): AnyActorScope {
  const system = {
    _relay: nothing,
    _register: nothing,
    _unregister: nothing,
    _set: nothing,
    get: nothing,
    inspect: () => ({ unsubscribe: nothing }),
    _sendInspectionEvent: nothing,
    _bookId: () => 'x:0',
    _snapshot: {},
    scheduler: { schedule: nothing, cancel: nothing },
    _logger: nothing,
    _clock: {},
  };
  const self = { id: '', sessionId: 'x:0', system, send: nothing, getSnapshot: nothing, _parent: undefined };
  return {
    self,
    id: '',
    sessionId: 'x:0',
    system,
    defer: nothing,
    logger: nothing,
    stopChild: nothing,
    emit: nothing,
    actionExecutor: collect,
  } as unknown as AnyActorScope;
}

/** Makes a workflow ready to run.
 * @throws {EngineError} workflow_faulty when a machine uses timers, invoked actors or inline actions */
export function startProcess(workflow: Workflow): Process {
  const { machine } = workflow;
  const actions: ExecutableActionObject[] = [];
  const scope = inertScope((action) => actions.push(action));

  const effects = (): MachineEffect[] =>
    actions.map((action) => {
      if (action.type.startsWith('xstate.') || action.type.startsWith('(')) {
        throw new EngineError('workflow_faulty', { workflow: workflow.id, action: action.type });
      }
      return { kind: action.type, payload: action.params ?? {} };
    });

  /** @param kept - where it was restored from: the same, without writing it down again */
  const position = (snapshot: AnyMachineSnapshot, kept?: SnapshotEnvelope): Position => {
    const leaf = snapshot._nodes.find((node) => node.type === 'atomic' || node.type === 'final');
    const remembered = Object.values(snapshot.historyValue as Record<string, AnyStateNode[]>).flat();
    const left = remembered.find((node) => !snapshot._nodes.includes(node.parent!));
    return {
      step: leaf?.key ?? machine.id,
      meta: (leaf?.meta as StepMeta | undefined) ?? null,
      left: (left?.meta as StepMeta | undefined) ?? null,
      context: snapshot.context as Record<string, unknown>,
      done: snapshot.status === 'done',
      snapshot: kept ?? {
        workflow: workflow.id,
        version: workflow.version,
        snapshot: machine.getPersistedSnapshot(snapshot),
      },
    };
  };

  // One command asks several things of one envelope; a restored snapshot never changes.
  const revived = new WeakMap<SnapshotEnvelope, AnyMachineSnapshot>();
  const revive = (envelope: SnapshotEnvelope): AnyMachineSnapshot => {
    const before = revived.get(envelope);
    if (before) return before;
    const snapshot = reviveAnew(envelope);
    revived.set(envelope, snapshot);
    return snapshot;
  };

  const reviveAnew = (envelope: SnapshotEnvelope): AnyMachineSnapshot => {
    if (envelope.workflow !== workflow.id || envelope.version !== workflow.version) {
      throw new EngineError('snapshot_unreadable', {
        found: `${envelope.workflow} ${envelope.version}`,
        expected: `${workflow.id} ${workflow.version}`,
      });
    }
    try {
      return machine.restoreSnapshot(envelope.snapshot as never, scope as never) as AnyMachineSnapshot;
    } catch (cause) {
      throw new EngineError('snapshot_unreadable', { workflow: workflow.id }, { cause });
    }
  };

  return {
    workflow,
    initial() {
      const [snapshot, initialActions] = initialTransition(machine);
      actions.splice(0, actions.length, ...(initialActions as ExecutableActionObject[]));
      return { position: position(snapshot as AnyMachineSnapshot), effects: effects() };
    },
    restore: (envelope) => position(revive(envelope), envelope),
    ways: (envelope) => [...new Set(revive(envelope)._nodes.flatMap((node) => node.ownEvents as string[]))],
    next(envelope, event) {
      const before = revive(envelope);
      actions.length = 0;
      const after = machine.transition(before, event, scope as never) as AnyMachineSnapshot;
      if (after === before) return null;
      return { position: position(after), effects: effects() };
    },
  };
}
