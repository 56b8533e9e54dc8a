import { error, redirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { sha256 } from '@lakeus/engine';
import { signIn } from '#lib/server/session.ts';
import type { Actions, PageServerLoad } from './$types';

/** A personal link that signs in once. The page shows whom it is for; only the button acts. */
async function linkOf({ locals, params }: Pick<RequestEvent, 'locals' | 'params'>) {
  const { people, clock } = locals.lakeus;
  const hash = sha256(params.token ?? '');
  const link = await people.link(hash);
  const usable = link?.purpose === 'enter' && !link.usedAt && link.expiresAt > clock.now().toISOString();
  return usable ? { hash, personId: link.personId } : null;
}

export const load: PageServerLoad = async (event) => {
  event.setHeaders({ 'cache-control': 'private, no-store' });
  const link = await linkOf(event);
  const person = link && (await event.locals.lakeus.people.person(link.personId));
  return { name: person?.name ?? null };
};

export const actions: Actions = {
  default: async (event) => {
    const link = await linkOf(event);
    if (!link || !(await event.locals.lakeus.people.useLink(link.hash))) {
      error(404, { message: 'not_found', status: 404 });
    }
    await signIn(event, link.personId);
    redirect(303, '/desk');
  },
};
