import { error } from '@sveltejs/kit';
import { refuse } from '@lakeus/engine';
import type { Labels } from '#lib/server/forms.ts';
import { fieldsOf, given, submit } from '#lib/server/forms.ts';
import { accountInSteps, accountedAsBefore, withdrawnProposal } from '#lib/server/undo.ts';
import { partOf, summaryParts } from '#lib/places.ts';
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
  const part = partOf(summaryParts, url.searchParams.get('part'));
  return { proposals, material, all, later: cursor !== undefined, part };
};

/** What is done with the chosen contributions, by the button that was pressed. */
function accounting(fields: Record<string, string>) {
  const outcome = fields.do ?? '';
  const about = { used: 'proposalId', merged: 'intoId', leftOut: 'reason', theme: 'themeId' }[outcome];
  return { outcome, ...(about && given(fields, about)) };
}

/** The page of the material that one was on, to come back to. */
function materialOf(url: URL): string {
  const kept = given(Object.fromEntries(url.searchParams), 'show', 'after');
  return new URLSearchParams({ part: 'material', ...kept }).toString();
}

const proposalLabels: Labels = { title: 'summary.proposalTitle', body: 'summary.proposalBody' };

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
      `/cases/${id}/summary?part=text`,
      { key: 'summarySaved' },
    );
  },

  propose: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'proposalId', 'title', 'body', 'idempotencyKey');
    return submit(
      event,
      fields,
      () => event.locals.lakeus.engine.propose(id, actor, input),
      `/cases/${id}/summary?part=proposals`,
      ({ decided }) => ({ key: 'proposalSaved', values: { number: Number(decided.answer.number) } }),
      proposalLabels,
    );
  },

  withdraw: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const { engine, reader } = event.locals.lakeus;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'proposalId', 'idempotencyKey');
    return submit(
      event,
      fields,
      () => engine.withdrawProposal(id, actor, input),
      `/cases/${id}/summary?part=proposals`,
      async () => {
        const gone = await withdrawnProposal(reader, id, fields.proposalId);
        if (!gone) return null;
        const { number, responses, contributionIds } = gone;
        return {
          key: 'proposalWithdrawn',
          values: { number, responses, sources: contributionIds.length },
          undo: {
            action: `/cases/${id}/summary?/bringBack`,
            fields: { form: 'bringBack', proposalId: fields.proposalId ?? '' },
          },
        };
      },
    );
  },

  /** Writes a withdrawn proposal anew, with its words and the contributions that stood behind it. */
  bringBack: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const { engine, reader } = event.locals.lakeus;
    const actor = await event.locals.actorIn(id);
    const bringBack = async () => {
      const gone = await withdrawnProposal(reader, id, fields.proposalId);
      if (!gone) return refuse({ id: 'not_found' });
      const { title, body, contributionIds } = gone;
      return engine.propose(id, actor, {
        ...given(fields, 'idempotencyKey'),
        ...{ title, body, contributionIds },
      });
    };
    return submit(event, fields, bringBack, `/cases/${id}/summary?part=proposals`, ({ decided }) => ({
      key: 'proposalBack',
      values: { number: Number(decided.answer.number) },
    }));
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
      `/cases/${id}/summary?part=material`,
      { key: 'themeMade', values: { title: fields.title ?? '' } },
      { title: 'summary.themeTitle' },
    );
  },

  /** The one that others are merged into may be chosen along with them: it stays as it is. */
  account: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const { engine, reader } = event.locals.lakeus;
    const actor = await event.locals.actorIn(id);
    const as = accounting(fields);
    const ids = (fields.contributionIds ?? '').split(',').filter(Boolean);
    const contributionIds = as.outcome === 'merged' ? ids.filter((one) => one !== fields.intoId) : ids;
    const input = { ...given(fields, 'idempotencyKey'), contributionIds, as };
    const back = materialOf(event.url);
    const page = {
      cursor: event.url.searchParams.get('after') ?? undefined,
      limit: perPage,
      unaccounted: event.url.searchParams.get('show') !== 'all',
    };
    const [{ items }, proposals] = await Promise.all([
      reader.contributions(id, page),
      reader.proposals(id, 0),
    ]);
    const stood = items.filter((one) => contributionIds.includes(one.id));
    // A theme cannot be taken off again, and what was not seen cannot be put back.
    const known = as.outcome !== 'theme' && stood.length === contributionIds.length;
    return submit(
      event,
      fields,
      () => engine.account(id, actor, input),
      `/cases/${id}/summary?${back}`,
      ({ decided }) => ({
        key: 'accounted',
        values: { count: Number(decided.answer.accounted), outcome: as.outcome },
        ...(known && {
          undo: {
            action: `/cases/${id}/summary?/putBack&${back}`,
            fields: { form: 'putBack', steps: JSON.stringify(accountedAsBefore(stood, proposals)) },
          },
        }),
      }),
      { reason: 'summary.leaveOutReason' },
    );
  },

  /** Puts contributions back as they stood before the last accounting. */
  putBack: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const putBack = () =>
      accountInSteps(event.locals.lakeus.engine, id, actor, given(fields, 'steps', 'idempotencyKey'));
    return submit(event, fields, putBack, `/cases/${id}/summary?${materialOf(event.url)}`, {
      key: 'putBack',
    });
  },
};
