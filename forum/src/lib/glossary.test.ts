import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import fi from '../../messages/fi.json' with { type: 'json' };
import { glossary, termIds } from './glossary.ts';
import { contentLanguage, locales, words } from './i18n.ts';
import { readability } from './plain-language.ts';

describe('the words', () => {
  it('are those that the messages explain, each once', () => {
    const explained = Object.keys(fi).flatMap((key) => /^term\.(\w+)\.name$/.exec(key)?.[1] ?? []);
    expect([...termIds].sort()).toEqual(explained.sort());
  });

  it.each(locales)('in %s each has a name of its own, and a text of few sentences', (locale) => {
    const terms = glossary(words(locale));
    expect(new Set(terms.map(({ name }) => name.toLowerCase())).size).toBe(termIds.length);
    const long = terms.filter(({ text }) => readability(text).sentences > (locale === 'selko' ? 4 : 2));
    expect(long.map(({ id }) => id)).toEqual([]);
  });

  it.each([
    ['fi', 'väittämä'],
    ['selko', 'väite'],
    ['sv', 'återkoppling till deltagarna'],
    ['en', 'expert by experience'],
  ] as const)('stand in the alphabet of %s, among them %s', (locale, name) => {
    const told = glossary(words(locale)).map(({ name }) => name);
    expect(told).toEqual([...told].sort(new Intl.Collator(contentLanguage(locale)).compare));
    expect(told).toContain(name);
  });

  it('go by the same names in the glossary of those who write the program', () => {
    const rows = readFileSync(new URL('../../../docs/glossary.md', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    const written = (column: number) => new Set(rows.flatMap((row) => (row[column] ?? '').split(', ')));
    for (const [locale, column] of [
      ['fi', 2],
      ['sv', 3],
    ] as const) {
      const missing = glossary(words(locale)).filter(({ name }) => !written(column).has(name));
      expect(
        missing.map(({ name }) => name),
        locale,
      ).toEqual([]);
    }
  });
});
