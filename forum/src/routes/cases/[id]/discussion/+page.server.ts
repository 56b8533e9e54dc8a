import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const cursor = url.searchParams.get('after') ?? undefined;
  const limit = Math.min(1000, Math.max(1, Number(url.searchParams.get('limit')) || 50));
  const page = await locals.lakeus.reader.contributions(params.id, {
    cursor,
    limit,
    parentId: null,
    newestFirst: true,
  });
  return { page, isNewest: cursor === undefined };
};
