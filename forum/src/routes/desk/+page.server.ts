import { redirect } from '@sveltejs/kit';
import { may, standings } from '@lakeus/engine';
import type { RoleId } from '@lakeus/engine';
import type { Lakeus } from '#lib/server/compose.ts';
import { deskOf, firstSteps } from '#lib/server/desk.ts';
import type { FirstCase } from '#lib/server/desk.ts';
import type { PageServerLoad } from './$types';

const organisationRoles: readonly RoleId[] = ['coordinator', 'admin'];
const casesAtMost = 100;
const messagesShown = 3;
const fromWorkshop = ['workshop', 'open', 'summary', 'review', 'feedback', 'closed'];

/** The case that has come furthest of those that have not come far. */
async function firstCase({ reader }: Lakeus): Promise<FirstCase | null> {
  const pages = await Promise.all(
    ['planning', 'need'].map((step) => reader.cases({ raised: true, steps: [step], limit: 1 })),
  );
  const [found] = pages.flatMap(({ items }) => items);
  if (!found) return null;
  const [{ members }, participants] = await Promise.all([
    reader.overview(found.id),
    reader.participants(found.id),
  ]);
  const dates = ['workshopOn', 'opensAt', 'closesAt', 'answerDueAt'];
  return {
    id: found.id,
    accepted: found.step === 'planning',
    facilitator: members.some(({ role }) => role === 'facilitator'),
    decider: members.some(({ role }) => role === 'decider'),
    dated: dates.every((date) => typeof found.context[date] === 'string'),
    cards: participants.some(({ source }) => source === 'card'),
  };
}

/** What waits for this person, the most urgent first; on a new instance, how to begin. */
export const load: PageServerLoad = async ({ locals, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { lakeus, person } = locals;
  if (!person) redirect(303, lakeus.demo ? '/demo' : '/');
  const everywhere = person.roles.some((role) => organisationRoles.includes(role));
  const [tasks, messages, reached] = await Promise.all([
    lakeus.tasks(person.id, everywhere, casesAtMost),
    lakeus.people.messages({ personId: person.id, limit: messagesShown }),
    everywhere ? lakeus.reader.cases({ raised: true, steps: fromWorkshop, limit: 1 }) : null,
  ]);
  const isNew = reached?.items.length === 0;
  const held = standings({ kind: 'person', personId: person.id }, person.roles);
  return {
    ...deskOf(tasks, everywhere, lakeus.clock.now().toISOString()),
    first: isNew ? firstSteps(false, await firstCase(lakeus)) : null,
    messages: messages.items,
    empty: may(held, 'case.seeRaised')
      ? ('desk.emptyStaff' as const)
      : held.includes('decider')
        ? ('desk.emptyDecider' as const)
        : ('desk.empty' as const),
    passesOn: may(held, 'outbox.read'),
  };
};
