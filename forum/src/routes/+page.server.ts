import type { PageServerLoad } from './$types';

const shownOutcomes = 4;

export const load: PageServerLoad = async ({ locals }) => {
  const { reader } = locals.lakeus;
  const [open, outcomes] = await Promise.all([
    reader.cases({ limit: 10, steps: ['open'], raised: false }),
    reader.outcomes({ limit: shownOutcomes }),
  ]);
  // The period that ends first comes first: it is the nearest one to join.
  const endOf = ({ context }: (typeof open.items)[number]) =>
    typeof context.closesAt === 'string' ? context.closesAt : '9';
  return { open: open.items.toSorted((a, b) => endOf(a).localeCompare(endOf(b))), outcomes };
};
