import { found } from '#lib/server/forms.ts';
import { canDo, summaryPublished } from '#lib/server/can.ts';
import type { LayoutServerLoad } from './$types';

/** Every page of a case begins here: what the visitor may see of it. A case that is hidden from them is not found. */
export const load: LayoutServerLoad = async ({ locals, params }) => {
  const { engine, reader } = locals.lakeus;
  const actor = await locals.actorIn(params.id);
  const { view } = found(await engine.look(params.id, actor));
  const { texts, members, workshops, themes, heard, deadlines } = await reader.overview(params.id);
  const { case: record, ...rest } = view;
  return {
    view: {
      ...rest,
      id: record.id,
      version: record.version,
      seq: record.seq,
      language: record.language,
      isPublic: record.isPublic,
    },
    texts,
    members,
    workshops,
    themes,
    heard,
    deadlines,
    can: canDo(view),
    published: summaryPublished(view),
  };
};
