import { readFileSync } from 'node:fs';

/** The words of the pages, by the keys of the catalogue that translators edit, so that one story can be told in each
 * language. Read as data: a story imports nothing of ours. */

/** `selko` is plain Finnish; what it has no words for is said in Finnish. */
export type Language = 'fi' | 'selko' | 'sv' | 'en';
export type Words = {
  readonly language: Language;
  /** the text of a key; where the page fills something in, a pattern with anything there */
  (key: string): string | RegExp;
};

const known = new Map<Language, Words>();

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\s+/g, '\\s+');

/** The parts of a message outside its braces. */
function fixedParts(message: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of message) {
    if (char === '{' && depth++ === 0) parts.push('');
    else if (char === '}') depth--;
    else if (depth === 0) parts[parts.length - 1] += char;
  }
  return parts;
}

export function words(language: Language): Words {
  const before = known.get(language);
  if (before) return before;
  const messagesOf = (of: Language) =>
    JSON.parse(readFileSync(new URL(`../../forum/messages/${of}.json`, import.meta.url), 'utf8')) as Record<
      string,
      string
    >;
  const messages =
    language === 'selko' ? { ...messagesOf('fi'), ...messagesOf('selko') } : messagesOf(language);
  const say = (key: string) => {
    const message = messages[key];
    if (message === undefined) throw new Error(`There is no '${key}' in ${language}.json.`);
    if (!message.includes('{')) return message;
    return new RegExp(`^\\s*${fixedParts(message).map(literal).join('[^]*')}\\s*$`);
  };
  const made = Object.assign(say, { language });
  known.set(language, made);
  return made;
}

/** A name that begins so: what follows is read aloud only, to tell one button from its neighbours. */
export const beginning = (text: string | RegExp): RegExp =>
  typeof text === 'string' ? new RegExp(`^${literal(text)}`) : text;
