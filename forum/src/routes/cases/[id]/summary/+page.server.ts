import { error } from '@sveltejs/kit';
import { fieldsOf, given, submit } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

const perPage = 50;

/** The room where the summary is made: the text, the proposals, and every contribution until it is accounted for. */
export const load: PageServerLoad = async ({ locals, params, parent, url }) => {
  const { can } = await parent();
  if (!can.runs) error(403, { message: 'forbidden', status: 403 });
  const { reader } = locals.lakeus;
  const all = url.searchParams.get('show') === 'all';
  const cursor = url.searchParams.get('after') ?? undefined;
  const [proposals, material] = await Promise.all([
    reader.proposals(params.id, 3),
    can.account
      ? reader.contributions(params.id, { cursor, limit: perPage, unaccounted: !all })
      : { items: [], next: null, total: 0 },
  ]);
  return { proposals, material, all, later: cursor !== undefined };
};

/** What is done with the chosen contributions, by the button that was pressed. */
function accounting(fields: Record<string, string>) {
  const outcome = fields.do ?? '';
  const about = { used: 'proposalId', merged: 'intoId', leftOut: 'reason', theme: 'themeId' }[outcome];
  return { outcome, ...(about && given(fields, about)) };
}

export const actions: Actions = {
  text: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = { ...given(fields, 'idempotencyKey'), texts: { summary: fields.summary ?? '' } };
    return submit(
      event,
      fields,
      () => event.locals.lakeus.engine.describe(id, actor, input),
      `/cases/${id}/summary#text`,
    );
  },

  propose: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'proposalId', 'title', 'body', 'idempotencyKey');
    const propose = () => event.locals.lakeus.engine.propose(id, actor, input);
    return submit(event, fields, propose, `/cases/${id}/summary#proposals`);
  },

  withdraw: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'proposalId', 'idempotencyKey');
    const withdraw = () => event.locals.lakeus.engine.withdrawProposal(id, actor, input);
    return submit(event, fields, withdraw, `/cases/${id}/summary#proposals`);
  },

  theme: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'title', 'idempotencyKey');
    return submit(
      event,
      fields,
      () => event.locals.lakeus.engine.makeTheme(id, actor, input),
      `/cases/${id}/summary#themes`,
    );
  },

  /** The one that others are merged into may be chosen along with them: it stays as it is. */
  account: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const as = accounting(fields);
    const chosen = (fields.contributionIds ?? '').split(',').filter(Boolean);
    const contributionIds = as.outcome === 'merged' ? chosen.filter((one) => one !== fields.intoId) : chosen;
    const input = { ...given(fields, 'idempotencyKey'), contributionIds, as };
    const back = new URLSearchParams(given(Object.fromEntries(event.url.searchParams), 'show', 'after'));
    const next = `/cases/${id}/summary${back.size > 0 ? `?${back.toString()}` : ''}#material`;
    return submit(event, fields, () => event.locals.lakeus.engine.account(id, actor, input), next);
  },
};
