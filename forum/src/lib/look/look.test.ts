import { globSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The tokens keep what they promise: enough contrast on every surface, by day and by night, and no colour outside. */

const folder = new URL('.', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const tokens = read('tokens.css');

const colours = (css: string): Record<string, string> =>
  Object.fromEntries(
    [...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]): [string, string] => [
      name!,
      value!,
    ]),
  );
const [day, night] = tokens.split('@media (prefers-color-scheme: dark)') as [string, string];
const looks = { day: colours(day), night: { ...colours(day), ...colours(night) } };

/** @source WCAG 2.2, relative luminance and contrast ratio */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ['paper', 'field', 'sky', 'sun-soft', 'good-soft', 'warn-soft'];
const text = 4.5;
const edge = 3;
const pairs: readonly (readonly [front: string, behind: readonly string[], atLeast: number])[] = [
  ['ink', surfaces, 7],
  ['soft', surfaces, text],
  ['accent', surfaces, text],
  ['good', ['paper', 'field', 'good-soft'], text],
  ['warn', ['paper', 'field', 'warn-soft'], text],
  ['rye', ['paper', 'field', 'sky', 'sun-soft'], edge],
  ['edge', surfaces, edge],
  ['focus', surfaces, edge],
  ['focus', ['focus-gap'], edge],
  ['accent-ink', ['accent', 'accent-strong'], text],
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((writer) => ['paper', [`writer-${writer}`], text] as const),
];

describe.each(Object.entries(looks))('the colours by %s', (_, look) => {
  const cases = pairs.flatMap(([front, behind, atLeast]) =>
    behind.map((surface) => ({ front, surface, atLeast })),
  );
  it.each(cases)('$front on $surface has a contrast of at least $atLeast', ({ front, surface, atLeast }) => {
    expect(contrast(look[front]!, look[surface]!)).toBeGreaterThanOrEqual(atLeast);
  });
});

describe('colours outside the tokens', () => {
  const sheets = [
    ...readdirSync(folder).filter((name) => name.endsWith('.css') && name !== 'tokens.css'),
    ...readdirSync(new URL('../components/', folder)).map((name) => `../components/${name}`),
  ].filter((name) => /\.(css|svelte)$/.test(name));
  /** what is printed is black on white, whatever the look; a scanner must be able to read the square */
  const printed = ['#fff', '#000', '#333', '#555', '#999'];

  it.each(sheets)('are not in %s', (sheet) => {
    const found = read(sheet).match(/(?<!url\()#(?:[0-9a-f]{6}|[0-9a-f]{3})\b(?=[;"' )])/gi) ?? [];
    expect(found.filter((colour) => !printed.includes(colour))).toEqual([]);
  });
});

describe('classes of the sheets', () => {
  /** Classes that a sheet styles wherever they stand: the whole selector is the class. */
  const bare = (css: string) => new Set([...css.matchAll(/^ {0,4}\.([\w-]+) \{/gm)].map(([, name]) => name!));
  const everywhere = bare(
    readdirSync(folder)
      .filter((name) => name.endsWith('.css'))
      .map(read)
      .join('\n'),
  );
  const components = globSync('{lib,routes}/**/*.svelte', { cwd: new URL('../../', folder) });

  it.each(components)('mean nothing else in %s', (file) => {
    const source = readFileSync(new URL(`../../${file}`, folder), 'utf8');
    const own = bare(/<style>([^]*)<\/style>/.exec(source)?.[1] ?? '');
    expect([...own].filter((name) => everywhere.has(name))).toEqual([]);
  });
});
