import type { PageServerLoad } from './$types';

/** What a row says in figures and choices; a list counts for how many it holds. */
function scalars(body: string): Record<string, string | number> {
  const { data = {} } = JSON.parse(body) as { data?: Record<string, unknown> };
  const shown = Object.entries(data).flatMap(([key, value]): [string, string | number][] => {
    if (Array.isArray(value)) return [['count', value.length]];
    return typeof value === 'number' || typeof value === 'string' ? [[key, value]] : [];
  });
  return Object.fromEntries(shown);
}

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const cursor = url.searchParams.get('after') ?? undefined;
  const page = await locals.lakeus.reader.log(params.id, { cursor, limit: 100 });
  const steps = url.searchParams.get('show') === 'steps';
  return {
    next: page.next,
    steps,
    entries: page.items
      .filter(({ kind }) => !steps || kind === 'transition')
      .map(({ seq, at, type, kind, actor, body, texts }) => ({
        seq,
        at,
        type,
        onward: kind === 'transition',
        actor: actor.split(':')[0] ?? actor,
        step: (JSON.parse(body) as { step: string }).step,
        data: scalars(body),
        // Only the public reasons of the process: other words are drafts, or somebody's own.
        texts: kind === 'transition' && texts.reason ? [texts.reason] : [],
      })),
  };
};
