import { bring } from '#catalogues';
import type { PageLoad } from './$types';

/** This page goes on in the browser: the text is written there. Without script it is whole too, and leads to the
 * plain way of writing. */
export const csr = true;

export const load: PageLoad = async ({ data, parent }) => {
  const { locale } = await parent();
  bring(locale, data.messages);
  return data;
};
