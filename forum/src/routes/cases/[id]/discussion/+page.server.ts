import { summaryPublished } from '#lib/server/can.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent, url }) => {
  const cursor = url.searchParams.get('after') ?? undefined;
  const limit = Math.min(1000, Math.max(1, Number(url.searchParams.get('limit')) || 50));
  const page = await locals.lakeus.reader.contributions(params.id, {
    cursor,
    limit,
    parentId: null,
    newestFirst: true,
  });
  const { view } = await parent();
  return { page, published: summaryPublished(view) };
};
