import { TYPE } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';

/** Reads Finnish for people as an editor would: long sentences, long words, passives that hide who does what, and the
 * rest that makes a text hard. It knows regular forms; what only looks like one is in a list here, word by word.
 *
 * @source Selkokeskus, Selkokielen mittari 2.0: the part of it that a program can read; the figures are from our
 * research on trust and experience, 5.3 */

/** Finnish for everybody, or plain Finnish (selkokieli), which is held to more. */
export type Register = 'fi' | 'selko';

export type PlainLanguageRule =
  | 'sentence-length'
  | 'mean-length'
  | 'long-word'
  | 'passive'
  | 'abbreviation'
  | 'double-negation'
  | 'clause-equivalent';

export type PlainLanguageProblem = {
  readonly key: string;
  readonly rule: PlainLanguageRule;
  /** the words at fault */
  readonly found: string;
  /** what to change */
  readonly advice: string;
};

/** Most words in a sentence, most words in a sentence of a message on average, most letters in a word. */
export const limits: Readonly<
  Record<Register, { readonly sentence: number; readonly mean: number; readonly letters: number }>
> = {
  fi: { sentence: 18, mean: 12, letters: 22 },
  selko: { sentence: 14, mean: 9, letters: 18 },
};

/** Words of more letters than this are long; `longWordShare` counts them. */
export const longWordLetters = 15;

/** Words of the trade that have no shorter name, by their beginning. */
const termsOfTrade = ['osallisuuskoordinaattor', 'suunnittelutyöryhm', 'kokemusasiantunti'];

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** A message as people may come to read it: every branch, with a word or a number in each place. */
export function readings(message: string): string[] {
  const join = (heads: readonly string[], tails: readonly string[]) =>
    heads.flatMap((head) => tails.map((tail) => head + tail));
  const read = (elements: readonly Element[]): string[] =>
    elements.reduce<string[]>((before, element) => join(before, readElement(element)), ['']);
  const readElement = (element: Element): string[] => {
    switch (element.type) {
      case TYPE.literal:
        return [element.value];
      case TYPE.pound:
        return ['2'];
      case TYPE.select:
      case TYPE.plural:
        return Object.values(element.options).flatMap((option) => read(option.value));
      case TYPE.tag:
        return read(element.children);
      default:
        return ['Nimi'];
    }
  };
  return [...new Set(read(new IntlMessageFormat(message, 'fi', undefined, { ignoreTag: true }).getAst()))];
}

const sentencesOf = (text: string) =>
  text
    .split(/(?<=[.!?][”")]*)\s+(?=[”"(]*[\p{Lu}\d])|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\d]/u.test(sentence));

const wordsOf = (text: string) => text.match(/[\p{L}\d]+(?:[-:.][\p{L}\d]+)*/gu) ?? [];

export type Readability = {
  readonly sentences: number;
  readonly words: number;
  /** words in a sentence on average */
  readonly mean: number;
  /** the sentence of most words */
  readonly longest: string;
  readonly longestWords: number;
};

/** How long the sentences of a text are. */
export function readability(text: string): Readability {
  const sentences = sentencesOf(text);
  const counts = sentences.map((sentence) => wordsOf(sentence).length);
  const words = counts.reduce((sum, count) => sum + count, 0);
  const longestWords = Math.max(0, ...counts);
  return {
    sentences: sentences.length,
    words,
    mean: sentences.length > 0 ? words / sentences.length : 0,
    longest: sentences[counts.indexOf(longestWords)] ?? '',
    longestWords,
  };
}

/** How many of the words of all messages are long, from 0 to 1. */
export function longWordShare(messages: readonly string[]): number {
  const words = messages.flatMap((message) => readings(message).slice(0, 1)).flatMap(wordsOf);
  return words.length > 0 ? words.filter((word) => word.length > longWordLetters).length / words.length : 0;
}

const list = (words: string) => new Set(words.trim().split(/\s+/));

const lowercaseWords = (text: string) => wordsOf(text).map((word) => word.toLowerCase());

/** Messages that tell the reader to do something are known by their key, or by how one of their sentences begins. */
const instructionKeys =
  /^(?:form|problem|refusal|requirement)\.|[hH]int(?:\.|$)|[iI]ntro$|[bB]utton$|\.(?:send|save|back|toCase)$/;
const imperatives = list(`
  anna avaa ehdota hae hyväksy irrota jatka julkaise järjestä jätä katso kerro kertokaa kirjaa kirjaudu kirjoita
  korjaa kutsu kysy käytä lataa leikkaa liitä lue lupaa lähetä merkitse muokkaa muuta nimeä näytä osallistu ota
  palauta peru pidä poista pyydä päätä ryhmittele sano selvitä seuraa siirry siirrä sovi säilytä tallenna tarkista
  tulosta tule täydennä täytä vaihda valitse varmista vastaa vastatkaa vie yhdistä yritä älkää älä`);

const isInstruction = (key: string, text: string) =>
  instructionKeys.test(key) ||
  sentencesOf(text).some((sentence) => imperatives.has(lowercaseWords(sentence)[0] ?? ''));

/** Passives of the present, the past and the conditional: tehdään, tehtiin, tehtäisiin. */
const finitePassive = /(?:(?:t|d|ll|nn|rr)(?:aan|ään)|tiin|taisiin|täisiin)$/;
/** What only looks so: words of place, and words with their owner in the ending. */
const notPassive = list(`
  enintään itsestään kantaan kerrallaan ketään kohtaan kokemuksestaan koontiin kortillaan korttiin kotiin kuittiin
  mielestään missään mistään mitään muistiin nimellään omistaan seurantaan sivullaan sähköpostiin tekstiin vastaan vastauksestaan
  vastaustaan viestiin viimeistään vähintään yhtään`);

/** Negative passives: ei kysytä, ei tehdä. Active verbs of the same look are listed. */
const negativePassive = /(?:t|d|ll|nn|rr)[aä]$/;
const notNegativePassive = list(`
  auta enää lähetä muuta odota oikeutta pidä poista saata siitä tiedä tästä löydä ymmärrä vastausta`);

/** Passives made of two words: on kirjattu, ei ole sovittu. */
const passiveParticiple = /(?:tt|[lnrs]t)[uy]$/;
const notParticiple = list('keksitty tuttu');
const beingSomething = list('on oli ole olisi ollut');
const fillers = list('ehkä enää itse jo mitään myös nyt silti vielä');

function passives(sentence: string, ofTwoWordsToo: boolean): string[] {
  const words = lowercaseWords(sentence);
  return words.flatMap((word, at) => {
    if (finitePassive.test(word) && !notPassive.has(word)) return [word];
    const next = words.slice(at + 1).find((one) => !fillers.has(one)) ?? '';
    const negative = (word === 'ei' || word === 'eikä') && negativePassive.test(next);
    if (negative && !notNegativePassive.has(next)) return [`${word} … ${next}`];
    const ofTwoWords = beingSomething.has(word) && passiveParticiple.test(next) && !notParticiple.has(next);
    return ofTwoWordsToo && ofTwoWords ? [`${word} … ${next}`] : [];
  });
}

const abbreviations: Readonly<Record<string, string>> = {
  esim: 'esimerkiksi',
  huom: 'huomaa',
  jne: 'ja niin edelleen',
  ko: 'tämä',
  ks: 'katso',
  lkm: 'määrä',
  mm: 'muun muassa',
  nk: 'niin kutsuttu',
  ns: 'niin sanottu',
  puh: 'puhelin',
  pvm: 'päivä',
  sote: 'sosiaali- ja terveyspalvelut',
  tms: 'tai muu sellainen',
  vrt: 'vertaa',
  ym: 'ja muuta',
  yms: 'ja muuta sellaista',
};

const saysNo =
  /^(?:(?:ei|eivät|emme|en|et|ette)(?:kä|kö)?|eikä|enkä|etkä|emmekä|ettekä|eivätkä|älä|älkää|ilman|mahdoton|\p{L}{3,}(?:matta|mättä))$/u;

/** A clause ends at a comma or at a word that begins another. */
const clausesOf = (sentence: string) =>
  sentence.split(/[,;:–]|(?<!\p{L})(?:ja|tai|mutta|vaan)(?!\p{L})|(?=(?<!\p{L})eikä(?!\p{L}))/u);

function saidTwiceNo(sentence: string): string[] {
  return clausesOf(sentence).flatMap((clause) => {
    const found = lowercaseWords(clause).filter((word) => saysNo.test(word));
    return found.length > 1 ? [found.join(' … ')] : [];
  });
}

/** Whole clauses pressed into one word: tullessa, tultua, saadakseen, tulevansa, sanomatta. */
const clauseEquivalents: readonly RegExp[] = [
  /(?:ll|nn|rr|t|[aouyäöi]|[^uy]d)ess[aä](?:ni|si|an|än|mme|nne)?$/,
  /(?:tt|[lnr]t)(?:ua|yä)(?:ni|si|an|än|mme|nne)?$/,
  /[aä]kse(?:ni|si|en|mme|nne)$/,
  /(?:v[aä]|(?:n|ll|rr|ss)ee)ns[aä]$/,
  /\p{L}{3,}(?:matta|mättä)$/u,
];
const notClauseEquivalent = list(`
  edessä kahdessa koneensa kädessä lehdessä puuttua päivänsä sattua takanaan tallessa tuttua vuodessa yhdessä`);

const advices: Readonly<Record<PlainLanguageRule, (found: string, register: Register) => string>> = {
  'sentence-length': (found, register) =>
    `Split the sentence: ${wordsOf(found).length} words, at most ${limits[register].sentence}.`,
  'mean-length': (found, register) =>
    `Shorten or split the sentences: ${found} words on average, at most ${limits[register].mean}.`,
  'long-word': (found, register) =>
    `Say it with shorter words: ${found.length} letters, at most ${limits[register].letters}.`,
  passive: () => 'Say who does it, or tell the reader to do it.',
  abbreviation: (found) => `Write it out: ${abbreviations[found.toLowerCase()] ?? ''}.`,
  'double-negation': () => 'Say what is, not what is not without something.',
  'clause-equivalent': () => 'Make it a clause of its own with kun, jos, että or mutta … ei.',
};

/** What an editor would send back in a message, each with what to change.
 * @param message - in ICU format; each of its branches is read
 * @param register - plain Finnish is held to shorter sentences and words, and to no passive anywhere */
export function plainLanguageProblems(
  key: string,
  message: string,
  register: Register = 'fi',
): PlainLanguageProblem[] {
  const { sentence: mostWords, mean: mostOnAverage, letters } = limits[register];
  const found = new Map<string, PlainLanguageProblem>();
  const add = (rule: PlainLanguageRule, words: string) =>
    found.set(`${rule} ${words}`, { key, rule, found: words, advice: advices[rule](words, register) });
  for (const text of readings(message)) {
    const figures = readability(text);
    if (figures.longestWords > mostWords) add('sentence-length', figures.longest);
    if (figures.mean > mostOnAverage) add('mean-length', figures.mean.toFixed(1));
    const strict = register === 'selko';
    for (const word of wordsOf(text)) {
      const lowercase = word.toLowerCase();
      const isTerm = termsOfTrade.some((term) => lowercase.startsWith(term));
      if (word.length > letters && !isTerm) add('long-word', word);
      if (Object.hasOwn(abbreviations, lowercase)) add('abbreviation', word);
      const pressed = clauseEquivalents.some((form) => form.test(lowercase));
      if (strict && pressed && !notClauseEquivalent.has(lowercase)) add('clause-equivalent', word);
    }
    for (const sentence of sentencesOf(text)) {
      for (const words of saidTwiceNo(sentence)) add('double-negation', words);
      if (strict || isInstruction(key, text))
        for (const words of passives(sentence, true)) add('passive', words);
    }
  }
  return [...found.values()];
}
