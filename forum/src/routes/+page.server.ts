import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const { reader } = locals.lakeus;
  const [open, others] = await Promise.all([
    reader.cases({ limit: 10, steps: ['open'], raised: false }),
    reader.cases({ limit: 10, steps: ['feedback', 'closed'], raised: false }),
  ]);
  return { open: open.items, answered: others.items };
};
