import { error } from '@sveltejs/kit';
import { may, standings } from '@lakeus/engine';
import type { PageServerLoad } from './$types';

const perPage = 50;

/** Every message as it was made, so that a person can pass it on. The links in them are personal: only those see them
 * who run all cases of the organisation. */
export const load: PageServerLoad = async ({ locals, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { person, lakeus } = locals;
  const held = person ? standings({ kind: 'person', personId: person.id }, person.roles) : [];
  if (!person || !(lakeus.demo || may(held, 'outbox.read')))
    error(403, { message: 'forbidden', status: 403 });
  const cursor = url.searchParams.get('after') ?? undefined;
  return { page: await lakeus.people.messages({ cursor, limit: perPage }) };
};
