import { noFacts } from '../case.ts';
import type { Facts, RoleId } from '../case.ts';
import { may, standings } from '../people/policy.ts';
import type { Standing } from '../people/policy.ts';
import type { CaseReader, CaseStore, PeopleStore } from '../ports.ts';
import { requirementStates } from './engine.ts';
import type { Engine, RequirementState } from './engine.ts';

/** A date of the case that comes next, by its name in the context: a calendar date or an instant. */
export type Due = { readonly what: string; readonly at: string };

/** A case that a person has to do with, and what of it waits for them. */
export type Task = {
  readonly id: string;
  readonly title: string;
  readonly step: string;
  readonly held: readonly Standing[];
  /** whether the person may run the case */
  readonly runs: boolean;
  /** whether they have a part in this very case, and do not only look after all of them */
  readonly own: boolean;
  readonly onward: string | null;
  /** what is still missing, of what the person can do something about */
  readonly missing: readonly RequirementState[];
  readonly facts: Facts;
  readonly due: Due | null;
};

type TaskPorts = {
  readonly engine: Engine;
  readonly reader: CaseReader;
  readonly store: CaseStore;
  readonly people: PeopleStore;
};

/** the step in which nobody has taken the case up yet */
const raisedStep = 'need';
const ended = ['closed', 'merged', 'cancelled'];
/** the dates that each step leads to, in the order in which they come */
const datesOfSteps: Readonly<Record<string, readonly string[]>> = {
  planning: ['workshopOn'],
  workshop: ['workshopOn', 'opensAt'],
  open: ['closesAt'],
  summary: ['answerDueAt'],
  review: ['answerDueAt'],
};

/** The next date of a step; the day of a workshop only until the workshop has been held. */
function dueOf(
  step: string,
  context: Readonly<Record<string, unknown>>,
  missing: readonly RequirementState[],
): Due | null {
  const held = step === 'workshop' && missing.every(({ requirement }) => requirement !== 'workshopHeld');
  for (const what of datesOfSteps[step] ?? []) {
    const at = context[what];
    if (typeof at === 'string' && !(what === 'workshopOn' && held)) return { what, at };
  }
  return null;
}

/** What waits for a person: the unmet requirements of the cases they have a part in, nearest date first; and for those
 * who may take up a need, every need that was raised. Four queries, however many cases. */
export async function tasksOf(
  { engine, reader, store, people }: TaskPorts,
  personId: string,
  everywhere: boolean,
  limit: number,
  now: Date,
): Promise<readonly Task[]> {
  const [person, own] = await Promise.all([
    people.person(personId),
    reader.cases({ limit, raised: true, rolesOf: personId, ...(!everywhere && { personId }) }),
  ]);
  const takesUp = may(standings({ kind: 'person', personId }, person?.roles ?? []), 'case.seeRaised');
  const raised =
    takesUp && !everywhere
      ? await reader.cases({ limit, raised: true, rolesOf: personId, steps: [raisedStep] })
      : { items: [] };
  const mine = new Set(own.items.map(({ id }) => id));
  const cases = [...own.items, ...raised.items.filter(({ id }) => !mine.has(id))].filter(
    ({ step }) => !ended.includes(step),
  );
  const facts = await store.facts(cases.map(({ id }) => id));
  const tasks = cases.flatMap((item): Task[] => {
    const roles: RoleId[] = [...new Set([...(person?.roles ?? []), ...item.roles])];
    const held = standings({ kind: 'person', personId }, roles);
    const runs = may(held, 'case.describe');
    if (!runs && roles.every((role) => role === 'participant')) return [];
    const process = engine.process(item.workflow, item.workflowVersion);
    const position = process.restore(item.snapshot);
    const known = facts.get(item.id) ?? noFacts;
    const states = requirementStates({ process, position }, known, now.toISOString());
    const missing = states.filter(({ met, role }) => !met && (runs || held.includes(role)));
    return [
      {
        id: item.id,
        title: item.title,
        step: item.step,
        held,
        runs,
        own: item.roles.some((role) => role !== 'participant'),
        onward: position.meta?.onward ?? null,
        missing,
        facts: known,
        due: dueOf(
          item.step,
          position.context,
          states.filter(({ met }) => !met),
        ),
      },
    ];
  });
  return tasks.sort((a, b) => (a.due?.at ?? '9').localeCompare(b.due?.at ?? '9'));
}
