import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { StepMeta } from '../workflow.ts';

/** A statechart read as a drawing: the states that a case can stand in, and the ways between them. Read from the machine
 * itself, so that what is drawn of it and written about it cannot differ from what it does. */

export type ChartState = {
  readonly id: string;
  readonly meta: StepMeta | null;
  readonly final: boolean;
};

/** One transition of the machine, written down once however many states have it from what they stand in. */
export type ChartWay = {
  readonly event: string;
  readonly from: readonly string[];
  /** null when the state does not change, or when the way leads to the state that was left last */
  readonly to: string | null;
  readonly toLast: boolean;
  /** name of the guard that may hold it back */
  readonly guard: string | null;
};

export type Chart = {
  /** the state that a new case stands in */
  readonly initial: string;
  readonly states: readonly ChartState[];
  readonly ways: readonly ChartWay[];
};

type Transition = NonNullable<ReturnType<AnyStateNode['transitions']['get']>>[number];

const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states);

function leavesOf(node: AnyStateNode): AnyStateNode[] {
  if (node.type === 'atomic' || node.type === 'final') return [node];
  return childrenOf(node).flatMap(leavesOf);
}

/** Where a case comes to rest when it enters the node. */
function restIn(node: AnyStateNode): AnyStateNode {
  const [first] = node.initial.target ?? [];
  return first && node.type !== 'atomic' && node.type !== 'final' ? restIn(first) : node;
}

/** Whether a state between the leaf and the node takes the event for itself whatever happens. */
function shadowed(leaf: AnyStateNode, node: AnyStateNode, event: string): boolean {
  for (let at: AnyStateNode | undefined = leaf; at && at !== node; at = at.parent) {
    if (at.transitions.get(event)?.some(({ guard }) => guard === undefined)) return true;
  }
  return false;
}

const guardOf = ({ guard }: Transition): string | null => {
  if (guard === undefined) return null;
  return typeof guard === 'object' ? guard.type : String(guard);
};

function wayOf(node: AnyStateNode, event: string, transition: Transition): ChartWay {
  const from = leavesOf(node).filter((leaf) => !shadowed(leaf, node, event));
  const [target] = transition.target ?? [];
  const toLast = target?.type === 'history';
  const to = target && !toLast ? restIn(target) : undefined;
  const stays = to !== undefined && from.length === 1 && from[0] === to;
  return {
    event,
    from: from.map(({ key }) => key),
    to: to === undefined || stays ? null : to.key,
    toLast,
    guard: guardOf(transition),
  };
}

/** Reads a machine: outer ways before inner ones, states in the order they are written in. */
export function chartOf({ root }: AnyStateMachine): Chart {
  const waysOf = (node: AnyStateNode): ChartWay[] => [
    ...[...node.transitions]
      .filter(([event]) => !event.startsWith('xstate.'))
      .flatMap(([event, transitions]) => transitions.map((transition) => wayOf(node, event, transition))),
    ...childrenOf(node).flatMap(waysOf),
  ];
  return {
    initial: restIn(root).key,
    states: leavesOf(root).map(({ key, meta, type }) => {
      return { id: key, meta: (meta as StepMeta | undefined) ?? null, final: type === 'final' };
    }),
    ways: waysOf(root),
  };
}
