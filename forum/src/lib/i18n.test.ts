import { globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TYPE, parse } from '@formatjs/icu-messageformat-parser';

import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import {
  capacities,
  caseTextKeys,
  contributionKinds,
  fates,
  followUpStates,
  heardAnswers,
  origins,
  responseOutcomes,
  roleIds,
} from '@lakeus/engine';
import { requirements, sevenSteps } from '@lakeus/workflows';
import { describe, expect, it } from 'vitest';
import en from '../../messages/en.json' with { type: 'json' };
import fi from '../../messages/fi.json' with { type: 'json' };
import selko from '../../messages/selko.json' with { type: 'json' };
import sv from '../../messages/sv.json' with { type: 'json' };
import {
  acceptedLocale,
  contentLanguage,
  daysUntil,
  instantInFinland,
  languageTag,
  localInFinland,
  locales,
  words,
} from './i18n.ts';
import type { MessageKey } from './i18n.ts';

const catalogues: Record<string, Record<string, string>> = { fi, selko, sv, en };

function placeholders(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    switch (element.type) {
      case TYPE.argument:
      case TYPE.number:
      case TYPE.date:
      case TYPE.time:
        return [element.value];
      case TYPE.select:
      case TYPE.plural:
        return [
          element.value,
          ...Object.values(element.options).flatMap((option) => placeholders(option.value)),
        ];
      case TYPE.tag:
        return placeholders(element.children);
      default:
        return [];
    }
  });
}

const asked = (text: string) => [...new Set(placeholders(parse(text, { ignoreTag: true })))].sort();

/** Each choice of a message with its branches: `count: one other`. */
function choices(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) =>
    element.type === TYPE.select || element.type === TYPE.plural
      ? [
          `${element.value}: ${Object.keys(element.options).sort().join(' ')}`,
          ...Object.values(element.options).flatMap((option) => choices(option.value)),
        ]
      : [],
  );
}

const chosen = (text: string) => choices(parse(text, { ignoreTag: true })).sort();

describe('the catalogues', () => {
  it.each(['sv', 'en'])('%s has the same keys as Finnish', (locale) => {
    expect(Object.keys(catalogues[locale]!).sort()).toEqual(Object.keys(fi).sort());
  });

  it.each(['sv', 'en'])('%s asks for the same values as Finnish', (locale) => {
    const different = Object.entries(fi)
      .filter(([key, text]) => String(asked(text)) !== String(asked(catalogues[locale]![key] ?? '')))
      .map(([key]) => key);
    expect(different).toEqual([]);
  });

  it('plain Finnish has no key that Finnish has not', () => {
    expect(Object.keys(selko).filter((key) => !(key in fi))).toEqual([]);
  });

  it('plain Finnish asks for the same values and has the same branches as Finnish', () => {
    const shape = (text: string) => JSON.stringify([asked(text), chosen(text)]);
    const different = Object.entries(selko)
      .filter(([key, text]) => shape(text) !== shape(catalogues.fi![key] ?? ''))
      .map(([key]) => key);
    expect(different).toEqual([]);
  });

  it.each(Object.keys(catalogues))(
    '%s has its keys in order, so that changes made apart can be joined',
    (locale) => {
      const keys = Object.keys(catalogues[locale]!);
      expect(keys).toEqual([...keys].sort());
    },
  );

  it.each(Object.keys(catalogues))('%s has no empty text', (locale) => {
    expect(Object.entries(catalogues[locale]!).filter(([, text]) => !text.trim())).toEqual([]);
  });

  const steps = ['need', 'planning', 'workshop', 'open', 'summary', 'review', 'feedback'];
  const ends = ['paused', 'closed', 'merged', 'cancelled'];
  const contentRows = [
    'need.raised',
    'case.described',
    'case.imported',
    'member.named',
    'member.removed',
    'cards.made',
    'contribution.made',
    'contribution.recorded',
    'contributions.accounted',
    'statement.made',
    'participant.joined',
    'theme.made',
    'proposal.written',
    'proposal.rewritten',
    'proposal.withdrawn',
    'response.given',
    'followUp.recorded',
    'heard.answered',
    'workshop.held',
    'feedback.delivered',
  ];
  const problems = [
    'required',
    'too_long',
    'too_short',
    'not_text',
    'not_instant',
    'not_count',
    'not_one_of',
    'not_found',
    'unknown_field',
    'must_be_later',
    'circular',
    'invalid',
  ];
  const families: readonly (readonly [string, readonly string[]])[] = [
    ['step.*.name', [...steps, ...ends]],
    ['step.*.description', [...steps, ...ends]],
    ['requirement.*.name', Object.keys(requirements)],
    ['requirement.*.missing', Object.keys(requirements)],
    ['event.*.name', Object.keys(sevenSteps.events)],
    ['log.*', [...Object.keys(sevenSteps.events), ...contentRows]],
    ['role.*.name', roleIds],
    ['capacity.*', capacities],
    ['fate.*', fates],
    ['outcome.*', responseOutcomes],
    ['origin.*', origins],
    ['kind.*', contributionKinds],
    ['followUp.*', followUpStates],
    ['heard.*', heardAnswers],
    ['caseText.*.name', caseTextKeys],
    ['vote.*', ['agree', 'disagree', 'pass']],
    ['problem.*', problems],
    [
      'refusal.*',
      [
        'not_found',
        'forbidden',
        'unknown_event',
        'not_in_this_step',
        'case_changed',
        'case_exists',
        'idempotency_key_reused',
      ],
    ],
  ];
  it.each(families)('has the whole family %s', (pattern, ids) => {
    const missing = ids.map((id) => pattern.replace('*', id)).filter((key) => !(key in fi));
    expect(missing).toEqual([]);
  });

  it('has words for every message that the process sends', () => {
    const config = JSON.stringify(sevenSteps.machine.config);
    const templates = [...config.matchAll(/"template":"([^"]+)"/g)].map((match) => match[1]!);
    expect(templates.length).toBeGreaterThan(5);
    const wanted = [...templates, 'followUp.recorded'].flatMap((t) => [
      `message.${t}.subject`,
      `message.${t}.body`,
    ]);
    expect(wanted.filter((key) => !(key in fi))).toEqual([]);
  });

  it('has every text that a page asks for, and no page asks for one it has not', () => {
    const src = resolve(dirname(fileURLToPath(import.meta.url)), '..');
    const used = globSync('**/*.{svelte,ts}', { cwd: src }).flatMap((file) => {
      const source = readFileSync(resolve(src, file), 'utf8');
      return [...source.matchAll(/\bt\(\s*'([a-zA-Z]+(?:\.[a-zA-Z_]+)+|moment)'/g)].map((match) => match[1]!);
    });
    expect(used.length).toBeGreaterThan(100);
    expect([...new Set(used)].filter((key) => !(key in fi))).toEqual([]);
  });

  it('has words for every notice that an action leaves, and leaves none unsaid', () => {
    const src = resolve(dirname(fileURLToPath(import.meta.url)), '..');
    const left = globSync(['routes/**/+page.server.ts', 'lib/server/answering.ts'], { cwd: src }).flatMap(
      (file) =>
        [...readFileSync(resolve(src, file), 'utf8').matchAll(/\bkey: '([a-zA-Z]+)'/g)].map(
          (match) => match[1]!,
        ),
    );
    const shown = ['restored', 'sending', 'undo'];
    const said = Object.keys(fi).flatMap((key) => (key.startsWith('notice.') ? [key.slice(7)] : []));
    expect([...new Set([...left, ...shown])].sort()).toEqual(said.sort());
  });

  it('says every text without a fault, given the values it asks for', () => {
    for (const locale of locales) {
      for (const [key, text] of Object.entries(catalogues[locale]!)) {
        const values = Object.fromEntries(asked(text).map((name) => [name, 2]));
        expect(words(locale)(key as MessageKey, values), key).not.toBe(key);
      }
    }
  });
});

describe('languages and dates', () => {
  it.each([
    [null, 'fi'],
    ['sv-FI,sv;q=0.9,en;q=0.5', 'sv'],
    ['en-US,en', 'en'],
    ['de-DE,de', 'fi'],
    ['de,en;q=0.4,sv;q=0.6', 'sv'],
    ['fi-simple,fi', 'fi'],
    ['selko', 'fi'],
    ['se-FI,fi;q=0.8', 'fi'],
  ])('%s reads as %s', (header, locale) => {
    expect(acceptedLocale(header)).toBe(locale);
  });

  it.each([
    ['2026-06-24T15:00', '2026-06-24T12:00:00.000Z'],
    ['2026-12-24T15:00', '2026-12-24T13:00:00.000Z'],
    ['2026-03-29T04:30', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25T12:00', '2026-10-25T10:00:00.000Z'],
  ])('%s in Finland is %s', (local, instant) => {
    expect(instantInFinland(local)).toBe(instant);
    expect(localInFinland(instant)).toBe(local);
  });

  it('reads no instant from what is none', () => {
    expect(instantInFinland('24.6.2026')).toBeNull();
    expect(instantInFinland('2026-13-40T99:99')).toBeNull();
  });

  it('counts days by the Finnish calendar, not by hours', () => {
    expect(daysUntil('2026-06-24T20:59:00.000Z', '2026-06-24T21:01:00.000Z')).toBe(1);
    expect(daysUntil('2026-06-24T00:00:00.000Z', '2026-06-24T20:00:00.000Z')).toBe(0);
  });

  it('writes dates as Finns do', () => {
    expect(words('fi').moment('2026-06-24T12:00:00.000Z')).toBe('24.6.2026 klo\u00a015.00');
    expect(words('selko').moment('2026-06-24T12:00:00.000Z')).toBe('24.6.2026 kello\u00a015.00');
  });

  it.each([
    ['fi', 'fi', 'fi'],
    ['selko', 'fi-simple', 'fi'],
    ['sv', 'sv', 'sv'],
    ['en', 'en', 'en'],
  ] as const)('a page in %s says that it is %s, and what is written there is %s', (locale, tag, language) => {
    expect(languageTag(locale)).toBe(tag);
    expect(contentLanguage(locale)).toBe(language);
  });

  it('says in Finnish what plain Finnish has no words for', () => {
    expect(words('selko')('desk.title')).toBe(words('fi')('desk.title'));
    expect(words('selko')('front.intro')).not.toBe(words('fi')('front.intro'));
  });
});

describe('names that are written from right to left', () => {
  it.each([
    ['Hebrew', 'שרה', '\u2068שרה\u2069'],
    ['an override', 'Aino\u202Eonia', '\u2068Ainoonia\u2069'],
    ['Finnish', 'Aino', 'Aino'],
  ])('do not turn the sentence around them: %s', (_, name, shown) => {
    expect(words('fi')('brief.for', { name })).toBe(`Päättäjälle: ${shown}`);
  });
});
