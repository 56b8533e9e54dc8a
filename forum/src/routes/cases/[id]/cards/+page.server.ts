import { error } from '@sveltejs/kit';
import { showCode } from '@lakeus/engine';
import { fieldsOf, given, submit } from '#lib/server/forms.ts';
import { qrPath } from '#lib/server/qr.ts';
import type { Actions, PageServerLoad } from './$types';

const perPage = 24;

/** Cards to be printed and handed out, newest first: each opens its holder's own page of what became of their words. */
export const load: PageServerLoad = async ({ locals, params, parent, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { can } = await parent();
  if (!can.listCards) error(403, { message: 'forbidden', status: 403 });
  const { reader, origin } = locals.lakeus;
  const cards = (await reader.participants(params.id)).filter(({ source }) => source === 'card').reverse();
  const pages = Math.max(1, Math.ceil(cards.length / perPage));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(url.searchParams.get('page'))) || 1));
  const shown = cards.slice((page - 1) * perPage, page * perPage);
  return {
    address: `${new URL(origin).host}/impact`,
    page,
    pages,
    total: cards.length,
    cards: shown.map(({ id, pseudonym, code, contributions }) => ({
      id,
      pseudonym,
      code: showCode(code),
      contributions,
      qr: qrPath(`${origin}/k/${code}`),
    })),
  };
};

export const actions: Actions = {
  default: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = {
      ...given(fields, 'idempotencyKey'),
      count: fields.count?.trim() ? Number(fields.count) : undefined,
    };
    return submit(
      event,
      fields,
      () => event.locals.lakeus.engine.printCards(id, actor, input),
      `/cases/${id}/cards`,
      { key: 'cardsMade', values: { count: Number(fields.count) || 0 } },
    );
  },
};
