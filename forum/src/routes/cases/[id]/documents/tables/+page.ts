import { bring } from '#catalogues';
import type { PageLoad } from './$types';

/** This page goes on in the browser, where the tables are written. Without script each can be read, and has its own
 * page. */
export const csr = true;

export const load: PageLoad = async ({ data, parent }) => {
  const { locale } = await parent();
  bring(locale, data.messages);
  return data;
};
