import { contentLanguage } from './i18n.ts';
import type { Words } from './i18n.ts';

/** The words one has to know, each explained where it is used (`Term.svelte`) and all of them on `/words`. Their names
 * and texts are messages: `term.<id>.name` and `term.<id>.text`. */

export const termIds = [
  'case',
  'coDevelopment',
  'contribution',
  'coordinator',
  'decider',
  'expertByExperience',
  'facilitator',
  'fate',
  'feedback',
  'followUp',
  'innoagent',
  'log',
  'need',
  'openPeriod',
  'participantCard',
  'planningGroup',
  'proposal',
  'pseudonym',
  'response',
  'statement',
  'step',
  'summary',
  'theme',
  'workshop',
] as const;
export type TermId = (typeof termIds)[number];

export type Explained = { readonly id: TermId; readonly name: string; readonly text: string };

/** A word and what it means. */
export const explain = (t: Words, id: TermId): Explained => ({
  id,
  name: t(`term.${id}.name`),
  text: t(`term.${id}.text`),
});

/** All the words, in the alphabet of the language. */
export function glossary(t: Words): Explained[] {
  const { compare } = new Intl.Collator(contentLanguage(t.locale));
  return termIds.map((id) => explain(t, id)).sort((a, b) => compare(a.name, b.name));
}
