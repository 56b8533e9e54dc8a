import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const cursor = url.searchParams.get('after') ?? undefined;
  const page = await locals.lakeus.reader.cases({ limit: 20, cursor, raised: false });
  return { page };
};
