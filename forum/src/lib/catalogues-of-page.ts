import type { Catalogue } from './catalogues.ts';

/** The same in a browser: only what the page brought along, in the reader's own language. Four whole catalogues would
 * weigh more than the editor. */

const brought: Record<string, Record<string, string>> = { fi: {}, selko: {}, sv: {}, en: {} };

export const catalogues: Readonly<Record<string, Catalogue>> = brought;

/** Takes in what the page brought. */
export function bring(locale: string, messages: Catalogue): void {
  Object.assign((brought[locale] ??= {}), messages);
}
