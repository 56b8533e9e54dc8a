import { pictureOf } from '@lakeus/engine';
import type { ProcessPicture } from '@lakeus/engine';
import { describe, expect, it } from 'vitest';
import { sevenSteps } from './index.ts';
import { agreed, event, process, sevenInOrder } from './testing/steps.ts';
import type { SevenStepsEvent } from './index.ts';

/** The seven steps as a picture, at every step and on every way back. */

const createdAt = '2026-02-28T09:00:00.000Z';
const onward: readonly SevenStepsEvent[] = [
  'need.accepted',
  'plan.dated',
  'planning.completed',
  'period.opened',
  'period.closed',
  'summary.published',
  'review.completed',
  'case.closed',
];

/** Lives the events through and draws what came of it. */
function drawn(...types: readonly SevenStepsEvent[]): ProcessPicture {
  let { position } = process.initial();
  const log = types.map((type) => {
    const sent = event(type);
    const next = process.next(position.snapshot, sent);
    if (!next) throw new Error(`${position.step} does not accept ${type}`);
    position = next.position;
    return { at: sent.at, type, step: position.step };
  });
  return pictureOf(sevenSteps, { step: position.step, context: position.context, createdAt }, log);
}

const states = ({ steps }: ProcessPicture) => steps.map(({ state }) => state);
const wayOf = ({ ways }: ProcessPicture, type: SevenStepsEvent, from?: string) =>
  ways.find((way) => way.event === type && (!from || way.from.includes(from)));
const upTo = (n: number) => onward.slice(0, n);
const untilReview = upTo(6);

describe('the picture of the seven steps', () => {
  it.each(sevenInOrder.map((id, i) => [id, i] as const))('at %s', (id, i) => {
    // Dating the plan is a row of the log, but no step.
    const picture = drawn(...upTo(i === 0 ? 0 : i === 1 ? 1 : i + 1));
    expect(picture.at).toBe(id);
    expect(picture.steps.map((step) => step.id)).toEqual(sevenInOrder);
    expect(states(picture)).toEqual(
      sevenInOrder.map((_, at) => (at < i ? 'done' : at === i ? 'now' : 'ahead')),
    );
    expect(picture.steps.map(({ visits }) => visits.length)).toEqual(
      sevenInOrder.map((_, at) => (at <= i ? 1 : 0)),
    );
  });

  it('when all is done', () => {
    const picture = drawn(...onward);
    expect(states(picture)).toEqual(Array(7).fill('done'));
    expect(picture.ends.filter(({ reachedAt }) => reachedAt)).toMatchObject([
      { id: 'closed', finishes: true },
    ]);
    expect(picture.steps.flatMap(({ visits }) => visits).every(({ leftAt }) => leftAt !== null)).toBe(true);
  });

  it('after a clarification: the summary is visited twice, and the review lies ahead again', () => {
    const picture = drawn(...untilReview, 'clarification.requested');
    expect(states(picture)).toEqual(['done', 'done', 'done', 'done', 'now', 'ahead', 'ahead']);
    const [first, second] = picture.steps[4]!.visits;
    expect(first).toMatchObject({ by: 'period.closed', leftAt: event('summary.published').at });
    expect(second).toMatchObject({ by: 'clarification.requested', leftAt: null });
    expect(picture.steps[5]?.visits).toHaveLength(1);
    expect(wayOf(picture, 'clarification.requested')).toMatchObject({
      ...{ kind: 'back', from: ['review'], to: 'summary', by: ['decider'], byClock: false },
      ...{ needsReason: true, taken: 1, lastTakenAt: event('clarification.requested').at },
    });
  });

  it('paused: it will go on from the step that it left', () => {
    const picture = drawn(...upTo(4), 'case.paused');
    expect(picture).toMatchObject({ at: 'paused', resumesAt: 'open' });
    expect(states(picture)).toEqual(['done', 'done', 'done', 'now', 'ahead', 'ahead', 'ahead']);
    expect(picture.asides).toMatchObject([{ id: 'paused', visits: [{ leftAt: null }] }]);
    expect(wayOf(picture, 'case.paused')).toMatchObject({ kind: 'aside', from: sevenInOrder, taken: 1 });
    expect(wayOf(picture, 'case.resumed')).toMatchObject({ kind: 'return', to: null, taken: 0 });
  });

  it.each([
    ['cancelled', 'case.cancelled'],
    ['merged', 'case.merged'],
  ] as const)('%s: the step it was in and those after it stay unfinished', (id, type) => {
    const picture = drawn(...upTo(4), type);
    expect(picture.at).toBe(id);
    expect(states(picture)).toEqual([
      ...Array<string>(3).fill('done'),
      ...Array<string>(4).fill('unfinished'),
    ]);
    expect(picture.steps[3]?.visits.at(-1)?.leftAt).toBe(event(type).at);
    expect(picture.ends.find((end) => end.id === id)).toEqual({
      ...{ id, finishes: false, reachedAt: event(type).at },
    });
    expect(wayOf(picture, type)).toMatchObject({ kind: 'end', from: sevenInOrder, taken: 1 });
  });

  it('cancelled in a pause: it went there by the other way', () => {
    const picture = drawn(...upTo(4), 'case.paused', 'case.cancelled');
    expect(wayOf(picture, 'case.cancelled', 'open')?.taken).toBe(0);
    expect(wayOf(picture, 'case.cancelled', 'paused')).toMatchObject({ kind: 'end', taken: 1 });
    expect(picture.steps[3]).toMatchObject({
      state: 'unfinished',
      visits: [{ leftAt: expect.any(String) as string }],
    });
  });

  it('knows the dates that were agreed on', () => {
    const { steps } = drawn(...upTo(3));
    const due = Object.fromEntries(steps.flatMap(({ deadlines }) => deadlines).map((d) => [d.name, d.dueAt]));
    expect(due).toEqual({ opens: agreed.opensAt, closes: agreed.closesAt, answerDue: agreed.answerDueAt });
  });

  it('counts what was done without leaving a step', () => {
    const picture = drawn(...upTo(4), 'period.extended');
    expect(wayOf(picture, 'period.extended')).toMatchObject({ kind: 'stay', to: null, taken: 1 });
    expect(wayOf(picture, 'plan.dated', 'planning')?.taken).toBe(1);
    expect(wayOf(picture, 'plan.dated', 'workshop')?.taken).toBe(0);
  });

  it('has every way that is written in the machine, once', () => {
    type Written = { on?: Record<string, unknown>; states?: Record<string, Written> };
    const written = ({ on = {}, states = {} }: Written): string[] => [
      ...Object.keys(on),
      ...Object.values(states).flatMap(written),
    ];
    const { ways } = drawn();
    const inMachine = written(sevenSteps.machine.config as Written);
    expect(inMachine).toHaveLength(20);
    expect(ways.map((way) => way.event).toSorted()).toEqual(inMachine.toSorted());
    expect(new Set(ways.map((way) => `${way.event} ${way.from.join()} ${way.to ?? ''}`)).size).toBe(20);
    expect(ways.every(({ by, byClock }) => byClock || by.length > 0)).toBe(true);
  });
});
