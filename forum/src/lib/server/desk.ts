import type { Due, Task } from '@lakeus/engine';
import { daysUntil } from '#lib/i18n.ts';
import type { MessageKey, Values } from '#lib/i18n.ts';
import { sevenSteps } from '#lib/steps.ts';

/** What a desk says of each case: one line of why it waits, one thing to do, and what comes first. */

export type DeskLine = {
  readonly id: string;
  readonly title: string;
  readonly step: string;
  readonly waits: boolean;
  readonly why: MessageKey;
  readonly values: Values;
  /** what the button says; nothing when nothing waits */
  readonly doing: MessageKey | null;
  readonly href: string;
  readonly due: Due | null;
  readonly late: boolean;
};

type Said = Pick<DeskLine, 'waits' | 'why' | 'doing'> & {
  readonly values?: Values;
  /** the page under the case where it is done */
  readonly at: string;
};

const waits = (why: MessageKey, doing: MessageKey, at: string, values: Values = {}): Said => {
  return { waits: true, why, doing, at, values };
};
const rests = (why: MessageKey, at: string, values: Values = {}): Said => {
  return { waits: false, why, doing: null, at, values };
};

function saidToDecider({ step, facts }: Task): Said {
  if (step !== 'review') return rests('desk.why.deciderLater', '');
  const count = facts.proposalsUnanswered;
  return count > 0
    ? waits('desk.why.answer', 'desk.do.answer', 'review', { count, all: facts.proposals })
    : waits('desk.why.giveOut', 'desk.do.giveOut', 'review');
}

function saidToRunner({ step, facts, missing, own, onward }: Task, everywhere: boolean, late: boolean): Said {
  const count = missing.length;
  const unanswered = facts.proposalsUnanswered;
  const mine = own || !everywhere;
  const whenMine = (said: Said): Said => (mine ? said : { ...said, waits: false, doing: null });
  if (step === 'need') return waits('desk.why.need', 'desk.do.need', 'control', { count });
  if (step === 'open') return rests('desk.why.open', 'discussion', { count: facts.contributions });
  if (step === 'review') {
    const values = { count: unanswered, all: facts.proposals };
    return late
      ? waits('desk.why.late', 'desk.do.late', 'control', values)
      : rests('desk.why.review', 'review', values);
  }
  if (!onward) return rests('desk.why.paused', 'control');
  if (count === 0) return whenMine(waits('desk.why.ready', 'desk.do.onward', 'control'));
  if (step === 'summary' && facts.contributionsUnaccounted > 0) {
    return whenMine(
      waits('desk.why.summary', 'desk.do.summary', 'summary', { count: facts.contributionsUnaccounted }),
    );
  }
  if (step === 'workshop' && missing.every(({ requirement }) => requirement === 'workshopHeld')) {
    return whenMine(waits('desk.why.workshopHeld', 'desk.do.workshop', 'workshop'));
  }
  const next = sevenSteps[sevenSteps.indexOf(step as 'need') + 1] ?? 'feedback';
  return whenMine(waits('desk.why.missing', 'desk.do.missing', 'control', { count, next }));
}

/** Those who write down what people say at tables, and keep the discussion alive. */
function saidToAgent({ step, due, facts, held }: Task, now: string): Said {
  const records = held.includes('agent');
  if (step === 'open')
    return waits('desk.why.discuss', 'desk.do.discuss', 'discussion', { count: facts.contributions });
  if (step === 'workshop' && records) {
    const isNow = due === null || daysUntil(now, due.at) <= 0 || due.what !== 'workshopOn';
    return isNow
      ? waits('desk.why.record', 'desk.do.record', 'workshop')
      : waits('desk.why.cards', 'desk.do.cards', 'cards');
  }
  if (step === 'workshop') return rests('desk.why.workshopSoon', '');
  return rests('desk.why.helperLater', '');
}

function lineOf(task: Task, everywhere: boolean, now: string): DeskLine {
  const { id, title, step, due } = task;
  const over = due !== null && daysUntil(now, due.at) < 0;
  const answers = task.held.includes('decider') && (step === 'review' || !task.runs);
  const said = answers
    ? saidToDecider(task)
    : task.runs
      ? saidToRunner(task, everywhere, over)
      : saidToAgent(task, now);
  const { at, values = {}, ...rest } = said;
  return { id, title, step, ...rest, values, href: `/cases/${id}${at && `/${at}`}`, due, late: over };
}

/** Needs come first to those who look after all cases: nobody else may have seen them. Then what is late, then what
 * has the nearest date, then the rest in the order in which they came. */
const rank = (line: DeskLine, everywhere: boolean): number =>
  everywhere && line.step === 'need' ? 0 : line.late ? 1 : line.due ? 2 : 3;

/** Parts the cases of a person into those that wait for them, most urgent first, and those that do not. */
export function deskOf(
  tasks: readonly Task[],
  everywhere: boolean,
  now: string,
): { readonly waiting: readonly DeskLine[]; readonly resting: readonly DeskLine[] } {
  const lines = tasks
    .map((task) => lineOf(task, everywhere, now))
    .sort(
      (a, b) => rank(a, everywhere) - rank(b, everywhere) || (a.due?.at ?? '').localeCompare(b.due?.at ?? ''),
    );
  return { waiting: lines.filter((line) => line.waits), resting: lines.filter((line) => !line.waits) };
}

/** What is known of the case that has come furthest on a new instance. */
export type FirstCase = {
  readonly id: string;
  readonly accepted: boolean;
  readonly facilitator: boolean;
  readonly decider: boolean;
  readonly dated: boolean;
  readonly cards: boolean;
};
export type FirstStep = {
  readonly id: 'need' | 'accept' | 'dates' | 'invite';
  readonly done: boolean;
  readonly href: string | null;
};

/** How a coordinator begins on a new instance: four things, each ticked when it is so. Nothing any more once some case
 * has reached its workshop. A link leads only to what can be done now. */
export function firstSteps(reachedWorkshop: boolean, first: FirstCase | null): readonly FirstStep[] | null {
  if (reachedWorkshop) return null;
  const base = first && `/cases/${first.id}`;
  const accepted = first !== null && first.accepted;
  const answered = accepted && first.facilitator && first.decider;
  const acceptAt = accepted || (first?.facilitator && first.decider) ? 'control' : 'planning?part=people';
  return [
    { id: 'need', done: first !== null, href: '/needs/new' },
    { id: 'accept', done: answered, href: base && `${base}/${acceptAt}` },
    { id: 'dates', done: accepted && first.dated, href: accepted ? `${base}/planning?part=dates` : null },
    { id: 'invite', done: accepted && first.cards, href: accepted ? `${base}/cards` : null },
  ];
}
