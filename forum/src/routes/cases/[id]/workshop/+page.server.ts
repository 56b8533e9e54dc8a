import { error } from '@sveltejs/kit';
import { showCode } from '@lakeus/engine';
import { fieldsOf, given, submit } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

const perPage = 100;

/** Workshops held, and what people said at tables or on paper. Those who record see what was recorded last, with the
 * code to hand to the speaker. */
export const load: PageServerLoad = async ({ locals, params, parent, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { can } = await parent();
  if (!can.runs && !can.listCards) error(403, { message: 'forbidden', status: 403 });
  const { reader } = locals.lakeus;
  const cursor = url.searchParams.get('after') ?? undefined;
  const [page, last] = await Promise.all([
    reader.contributions(params.id, { cursor, limit: perPage, parentId: null, newestFirst: true }),
    reader.contribution(params.id, url.searchParams.get('recorded') ?? ''),
  ]);
  const speaker = last?.recordedBy ? await reader.participant(params.id, last.participantId) : null;
  return {
    recorded: page.items.filter(({ recordedBy }) => recordedBy !== null),
    next: page.next,
    last: last && speaker && { ...last, code: showCode(speaker.code) },
  };
};

const count = (typed: string | undefined) => (typed?.trim() ? Number(typed) : undefined);

export const actions: Actions = {
  hold: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = {
      ...given(fields, 'heldOn', 'notes', 'idempotencyKey'),
      onSite: count(fields.onSite),
      remote: count(fields.remote),
    };
    const hold = () => event.locals.lakeus.engine.holdWorkshop(id, actor, input);
    return submit(event, fields, hold, `/cases/${id}/workshop`, { key: 'workshopHeld' });
  },

  record: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const { engine, reader } = event.locals.lakeus;
    const actor = await event.locals.actorIn(id);
    const input = given(fields, 'body', 'kind', 'origin', 'originNote', 'code', 'idempotencyKey');
    return submit(
      event,
      fields,
      () => engine.record(id, actor, input),
      ({ decided }) => `/cases/${id}/workshop?recorded=${String(decided.answer.contributionId)}`,
      async ({ decided }) => {
        const { participantId } = decided.answer as { participantId: string };
        const speaker = await reader.participant(id, participantId);
        return speaker && { key: 'recorded', values: { code: showCode(speaker.code) } };
      },
      { body: 'workshop.body', kind: 'workshop.kind', code: 'workshop.code' },
    );
  },
};
