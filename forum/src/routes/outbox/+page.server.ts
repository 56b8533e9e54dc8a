import { error } from '@sveltejs/kit';
import { may, standings } from '@lakeus/engine';
import type { Message } from '@lakeus/engine';
import type { PageServerLoad } from './$types';

const perPage = 50;

/** Messages of one kind, of one case and of the same minute say the same: told once, with everybody who gets it. */
const alike = ({ template, caseId, createdAt }: Message) => `${template} ${caseId} ${createdAt.slice(0, 16)}`;

/** Every message as it was made, so that a person can pass it on. The links in them are personal: only those see them
 * who run all cases of the organisation. */
export const load: PageServerLoad = async ({ locals, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { person, lakeus } = locals;
  const held = person ? standings({ kind: 'person', personId: person.id }, person.roles) : [];
  if (!person || !(lakeus.demo || may(held, 'outbox.read')))
    error(403, { message: 'forbidden', status: 403 });
  const cursor = url.searchParams.get('after') ?? undefined;
  const { items, next, total } = await lakeus.people.messages({ cursor, limit: perPage });
  return { groups: [...Map.groupBy(items, alike).values()], next, total };
};
