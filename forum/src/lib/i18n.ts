import { IntlMessageFormat } from 'intl-messageformat';
import { catalogues } from '#catalogues';
import type { SourceKey } from '#catalogues';

/** All prose that people read, in ICU message format. Finnish is the source; tests hold the others to it. */

/** The languages one can choose. `selko` is plain Finnish: whole on the pages of those who take part, and Finnish
 * where a page is for those who run a case. */
export const locales = ['fi', 'selko', 'sv', 'en'] as const;
export type Locale = (typeof locales)[number];

/** The language proper of a locale: what people write in is Finnish, whichever register they read. */
export const contentLanguage = (locale: Locale): Exclude<Locale, 'selko'> =>
  locale === 'selko' ? 'fi' : locale;

/** What `lang` says of a page or a part of one. `simple` is a registered variant.
 * @source BCP 47; IANA language subtag registry */
export const languageTag = (locale: Locale): string => (locale === 'selko' ? 'fi-simple' : locale);

export type Values = Readonly<Record<string, string | number>>;

/** Keys whose last part comes from data, e.g. `step.open.name`; the catalogue test walks each family whole. */
type FromData = `${
  | 'step'
  | 'requirement'
  | 'event'
  | 'role'
  | 'capacity'
  | 'accepts'
  | 'deadline'
  | 'fate'
  | 'outcome'
  | 'origin'
  | 'kind'
  | 'followUp'
  | 'heard'
  | 'caseText'
  | 'log'
  | 'notice'
  | 'message'
  | 'problem'
  | 'refusal'
  | 'vote'
  | 'language'}.${string}`;
export type MessageKey = SourceKey | FromData;

const formats = new Map<string, IntlMessageFormat>();

function format(locale: Locale, key: string): IntlMessageFormat | null {
  const id = `${locale} ${key}`;
  const known = formats.get(id);
  if (known) return known;
  const text = catalogues[locale][key] ?? catalogues.fi[key];
  if (text === undefined) return null;
  const made = new IntlMessageFormat(text, contentLanguage(locale), undefined, { ignoreTag: true });
  formats.set(id, made);
  return made;
}

const zone = 'Europe/Helsinki';
const tags: Record<Locale, string> = { fi: 'fi-FI', selko: 'fi-FI', sv: 'sv-FI', en: 'en-GB' };
const dayFormats = Object.fromEntries(
  locales.map((locale) => [
    locale,
    new Intl.DateTimeFormat(tags[locale], {
      timeZone: zone,
      day: 'numeric',
      month: contentLanguage(locale) === 'fi' ? 'numeric' : 'long',
      year: 'numeric',
    }),
  ]),
) as Record<Locale, Intl.DateTimeFormat>;
const clock = new Intl.DateTimeFormat('fi-FI', { timeZone: zone, hour: '2-digit', minute: '2-digit' });

export type Words = {
  readonly locale: Locale;
  (key: MessageKey, values?: Values): string;
  /** whether the catalogue has this key */
  has(key: string): boolean;
  /** 24.6.2026 */
  day(instant: string): string;
  /** 24.6.2026 klo 15.00 */
  moment(instant: string): string;
  /** 1 285 */
  number(value: number): string;
};

/** Letters that turn the direction of what follows; a name with them must not turn the sentence around it. */
const turning = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;
const isolated = (value: string | number) =>
  typeof value === 'string' && turning.test(value)
    ? `\u2068${value.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`
    : value;
const isolatedAll = (values: Values | undefined) =>
  values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isolated(value)]));

function wordsFor(locale: Locale): Words {
  const say = (key: MessageKey, values?: Values): string => {
    try {
      return String(format(locale, key)?.format(isolatedAll(values)) ?? key);
    } catch {
      // A value that is missing must not take the page away from the person; the catalogue test finds it.
      return key;
    }
  };
  const day = (instant: string) => dayFormats[locale].format(new Date(instant));
  return Object.assign(say, {
    locale,
    has: (key: string) => key in catalogues.fi,
    day,
    moment: (instant: string) => say('moment', { day: day(instant), time: clock.format(new Date(instant)) }),
    number: (value: number) => new Intl.NumberFormat(tags[locale]).format(value),
  });
}

const all = Object.fromEntries(locales.map((locale) => [locale, wordsFor(locale)])) as Record<Locale, Words>;

/** The words of a language: `const t = words('fi'); t('front.title')`. */
export const words = (locale: Locale): Words => all[locale];

export const isLocale = (value: unknown): value is Locale => locales.includes(value as Locale);

/** Reads which of our languages a browser asks for; Finnish when none of them. Plain Finnish is only ever chosen. */
export function acceptedLocale(header: string | null): Locale {
  const wanted = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', quality] = part.trim().split(';q=');
      return { language: tag.slice(0, 2).toLowerCase(), quality: quality ? Number(quality) : 1 };
    })
    .sort((a, b) => b.quality - a.quality);
  return (wanted.find(({ language }) => isLocale(language))?.language as Locale | undefined) ?? 'fi';
}

/** yyyy-mm-dd; made once, because making one costs more than a page has to spare */
const calendarDay = new Intl.DateTimeFormat('en-CA', { timeZone: zone });

/** Whole days from one instant to another, counted by calendar days in Finland. */
export function daysUntil(from: string, to: string): number {
  const dayNumber = (instant: string) =>
    Date.parse(`${calendarDay.format(new Date(instant))}T00:00:00Z`) / 86_400_000;
  return Math.round(dayNumber(to) - dayNumber(from));
}

/** What a date and time typed in a form mean in Finland.
 * @param local - yyyy-mm-ddThh:mm
 * @returns the instant, or null when it is none */
export function instantInFinland(local: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(local)) return null;
  const asUtc = Date.parse(`${local.slice(0, 16)}:00Z`);
  if (Number.isNaN(asUtc)) return null;
  const shift = (ms: number) => {
    const shown = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    return Date.parse(`${shown.format(ms).replace(' ', 'T')}Z`) - ms;
  };
  const first = asUtc - shift(asUtc);
  return new Date(asUtc - shift(first)).toISOString();
}

/** An instant as a form field shows it: yyyy-mm-ddThh:mm in Finland. */
export function localInFinland(instant: string): string {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return shown.format(new Date(instant)).replace(' ', 'T');
}
