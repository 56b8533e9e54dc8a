import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { StepMeta } from '@lakeus/engine';
import { machine } from './machine.ts';
import { mustProduce, requirements } from './requirements.ts';
import { allSteps, eventTypes, process, specs, standing } from './testing/steps.ts';

/** The machine as data (A9–A12 of SPEC.md), and SPEC.md held against the tests. */

type Action = string | { readonly type: string; readonly params?: Readonly<Record<string, unknown>> };
type Transition = {
  readonly target?: string;
  readonly guard?: Action;
  readonly actions?: Action | readonly Action[];
};
type State = {
  readonly type?: string;
  readonly description?: string;
  readonly meta?: StepMeta;
  readonly on?: Readonly<Record<string, Transition>>;
  readonly states?: Readonly<Record<string, State>>;
};

const statesIn = (config: State): [name: string, state: State][] =>
  Object.entries(config.states ?? {}).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...statesIn(state),
  ]);
const states = statesIn(machine.config as unknown as State);
const leaves = states.filter(([, { states: inner, type }]) => !inner && type !== 'history');
const transitions = states.flatMap(([, { on = {} }]) => Object.entries(on));

describe('the machine as data', () => {
  test('A9 events and machine name the same events', () => {
    expect([...new Set(transitions.map(([type]) => type))].sort()).toEqual([...eventTypes].sort());
  });

  test('A9 an event guarded by what a step must produce says that it needs facts', () => {
    const guarded = transitions.filter(
      ([, { guard }]) => typeof guard === 'object' && guard.type === 'produced',
    );
    const counting = transitions.filter(([, { actions }]) =>
      [actions].flat().includes('askForAnotherWorkshop'),
    );
    const needing = eventTypes.filter((type) => specs[type].needsFacts);
    expect([...guarded, ...counting].map(([type]) => type).sort()).toEqual([...needing].sort());
  });

  test('A10 what leaves the machine is a message with an audience and a template', () => {
    const leaving = transitions
      .flatMap(([, { actions = [] }]) => actions)
      .filter((action) => typeof action !== 'string');
    expect(leaving.length).toBeGreaterThan(10);
    for (const { type, params } of leaving) {
      expect(['notify', 'deliverFeedback']).toContain(type);
      expect(Object.keys(params!).sort()).toEqual(['audience', 'template']);
      expect(['everyone', 'participants', 'facilitators', 'deciders']).toContain(params!.audience);
    }
  });

  test('A11 the states hold names only', () => {
    const allowed = [
      'actions',
      'description',
      'guard',
      'history',
      'initial',
      'meta',
      'on',
      'states',
      'target',
      'type',
    ];
    const faults: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (typeof value === 'function') faults.push(`${path} is a function`);
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`);
    };
    for (const [name, state] of states) {
      const keys = [
        ...Object.keys(state),
        ...Object.values(state.on ?? {}).flatMap((way) => Object.keys(way)),
      ];
      faults.push(...keys.filter((key) => !allowed.includes(key)).map((key) => `${name}.${key}`));
      look(state, name);
    }
    expect(faults).toEqual([]);
    expect(JSON.parse(JSON.stringify(machine.config.states))).toEqual(machine.config.states);
  });

  test('A12 every state has a description and meta', () => {
    expect(leaves.map(([name]) => name).sort()).toEqual([...allSteps].sort());
    for (const [name, { description, meta }] of leaves) {
      expect(description, name).toMatch(/^[A-Z].*\.$/);
      expect([typeof meta?.lead, Array.isArray(meta?.accepts)], name).toEqual(['string', true]);
    }
    const orders = leaves.map(([, { meta }]) => meta!.order).filter((order) => order >= 1 && order <= 7);
    expect(orders).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('A12 what meta says must be produced is what guards the way onward', () => {
    for (const [step, names] of Object.entries(mustProduce)) {
      const [, state] = states.find(([name]) => name === step)!;
      expect(state.meta!.mustProduce).toBe(names);
      expect(state.on![state.meta!.onward!]!.guard).toEqual({ type: 'produced', params: { step } });
    }
    const others = leaves.filter(([name]) => !Object.hasOwn(mustProduce, name));
    expect(others.flatMap(([, { meta }]) => [...meta!.mustProduce, meta!.onward ?? []].flat())).toEqual([]);
    expect([...new Set(Object.values(mustProduce).flat())].sort()).toEqual(Object.keys(requirements).sort());
  });

  test('A12 a deadline of a step sends an event that the step has a way for, at a date in the context', () => {
    for (const step of allSteps) {
      const { meta, snapshot, context } = standing(step);
      for (const deadline of meta?.deadlines ?? []) {
        expect(process.ways(snapshot)).toContain(deadline.event);
        expect(Object.keys(context)).toEqual(
          expect.arrayContaining([deadline.at, deadline.unless ?? deadline.at]),
        );
      }
    }
  });
});

describe('SPEC.md', () => {
  const here = new URL('.', import.meta.url);
  const spec = readFileSync(new URL('SPEC.md', here), 'utf8');
  const lines = spec.split('\n').filter((line) => line.startsWith('- '));
  const ids = lines.map((line) => /^- \*\*([A-Z]\d+(?:\.\d+)?)\*\* /.exec(line)?.[1]);

  test('each rule has an id of its own and is one sentence', () => {
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
    for (const line of lines) expect(line).toMatch(/^(?:[^.]|\.(?! ))*\.$/);
  });

  test('the ids are those in the titles of the tests', () => {
    const titled = readdirSync(here)
      .filter((name) => name.endsWith('.test.ts'))
      .flatMap((name) => [
        ...readFileSync(new URL(name, here), 'utf8').matchAll(/['`]((?:[WBDRA]\d+(?:\.\d+)?\b ?)+)/g),
      ])
      .flatMap(([, found]) => found!.trim().split(' '));
    expect([...new Set(titled)].sort()).toEqual([...(ids as string[])].sort());
  });

  test('the rules R name the requirements in their order', () => {
    const named = lines.flatMap((line) => /^- \*\*R\d+\*\* `(\w+)`/.exec(line)?.[1] ?? []);
    expect(named).toEqual(Object.keys(requirements));
  });
});
