import { found } from '#lib/server/forms.ts';
import type { PageServerLoad } from './$types';

/** How the case has come here and how it may go on, for everybody who may see the case. */
export const load: PageServerLoad = async ({ locals, params }) => {
  const actor = await locals.actorIn(params.id);
  const { picture } = found(await locals.lakeus.engine.picture(params.id, actor));
  return { picture };
};
