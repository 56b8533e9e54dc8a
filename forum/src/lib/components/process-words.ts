import type { PictureStep, PictureStepState, PictureWay, ProcessPicture, Visit } from '@lakeus/engine';
import { contentLanguage } from '#lib/i18n.ts';
import type { Words } from '#lib/i18n.ts';

/** What the picture of a process and its text both say, so that they say the same. */

export type MarkState = PictureStepState | 'barn' | 'barnReached';

/** What stands on the horizon for a step, or for the end that finishes the process. */
export function markState({ steps, ends }: ProcessPicture, id: string): MarkState {
  const step = steps.find((one) => one.id === id);
  if (step) return step.state;
  return ends.find((end) => end.id === id)?.reachedAt ? 'barnReached' : 'barn';
}

/** The state of a step in a word. */
export function stateOf(t: Words, picture: ProcessPicture, { state, visits }: PictureStep): string {
  if (state === 'now' && picture.resumesAt) return t('process.state.paused');
  if (state === 'unfinished' && visits.length === 0) return t('process.state.never');
  return t(`process.state.${state}`);
}

/** When the visits were: 1.3.2026–4.3.2026. */
export const timeOf = (t: Words, { enteredAt, leftAt }: Visit): string => {
  const [from, to] = [t.day(enteredAt), leftAt && t.day(leftAt)];
  if (!to) return t('process.from', { day: from });
  return from === to ? from : `${from} – ${to}`;
};

const onTheLine: readonly PictureWay['kind'][] = ['onward', 'back', 'stay'];

/** Whether the case has come to an end, good or bad. */
export const ended = ({ at, ends }: ProcessPicture): boolean => ends.some(({ id }) => id === at);

/** The ways that a case may still go, or has gone. When it has ended, only those that it went. */
export const openOrGone = (picture: ProcessPicture): readonly PictureWay[] =>
  ended(picture) ? picture.ways.filter(({ taken }) => taken > 0) : picture.ways;

/** What can be done in a step: the way onward first, then the ways back, then what changes no step. */
export const waysIn = (picture: ProcessPicture, step: string): PictureWay[] =>
  onTheLine.flatMap((kind) =>
    openOrGone(picture).filter((way) => way.kind === kind && way.from.includes(step)),
  );

/** The ways off the line, and back onto it. */
export const waysAside = (picture: ProcessPicture): PictureWay[] =>
  openOrGone(picture).filter(({ kind }) => !onTheLine.includes(kind));

/** Whether a way is open in each of the steps. */
export const fromAnywhere = ({ steps }: ProcessPicture, { from }: PictureWay): boolean =>
  steps.every(({ id }) => from.includes(id));

/** Where a way leads, in one sentence. */
export function wayOf(t: Words, way: PictureWay): string {
  const event = t(`event.${way.event}.name`);
  const step = way.to ? t(`step.${way.to}.name`) : '';
  return t(`process.way.${way.kind}`, { event, step });
}

/** Who decides on a way, whether the reason is public, and how often it has been gone. */
export function aboutWay(t: Words, { by, byClock, needsReason, taken, lastTakenAt }: PictureWay): string {
  const roles = by.map((role) => t(`role.${role}.name`));
  const who = new Intl.ListFormat(contentLanguage(t.locale), { type: 'disjunction' }).format(
    byClock && roles.length > 0 ? [...roles, t('role.clock.name')] : roles,
  );
  return [
    roles.length > 0 ? t('process.decides', { who }) : t('process.byClock'),
    ...(needsReason ? [t('process.reason')] : []),
    ...(lastTakenAt ? [t('process.taken', { count: taken, day: t.day(lastTakenAt) })] : []),
  ].join(' ');
}

/** Where the case is now, in a sentence. */
export function whereOf(t: Words, { at, resumesAt, steps }: ProcessPicture): string {
  if (resumesAt) return t('process.nowPaused', { step: t(`step.${resumesAt}.name`) });
  const step = steps.find(({ id }) => id === at);
  if (!step) return t(`step.${at}.description`);
  const place = steps.indexOf(step) + 1;
  return t('process.now', { place, count: steps.length, step: t(`step.${at}.name`) });
}

export type Aside = {
  readonly id: string;
  readonly kind: PictureWay['kind'];
  /** whether the case is there now */
  readonly here: boolean;
  /** when it was last there, in words */
  readonly when: string | null;
};

/** Where a case may turn from any step: off the line for a while, or to an end before the end. */
export function asidesOf(t: Words, picture: ProcessPicture): Aside[] {
  return waysAside(picture).flatMap((way): Aside[] => {
    const { to, kind } = way;
    if (to === null || !fromAnywhere(picture, way)) return [];
    const visit = picture.asides.find(({ id }) => id === to)?.visits.at(-1);
    const reachedAt = picture.ends.find(({ id }) => id === to)?.reachedAt;
    const when = visit ? timeOf(t, visit) : reachedAt ? t.day(reachedAt) : null;
    return [{ id: to, kind, here: picture.at === to, when }];
  });
}
