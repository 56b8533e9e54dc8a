import { describe, expect, it } from 'vitest';
import fi from '../../messages/fi.json' with { type: 'json' };
import selko from '../../messages/selko.json' with { type: 'json' };
import { longWordShare, plainLanguageProblems, readability, readings } from './plain-language.ts';
import type { PlainLanguageProblem } from './plain-language.ts';

const told = ({ key, rule, found, advice }: PlainLanguageProblem) => `${key}: ${rule} “${found}”. ${advice}`;

describe('the Finnish of the pages', () => {
  it.each([
    ['fi', fi, 0.08],
    ['selko', selko, 0.04],
  ] as const)('%s reads as an editor would have it', (register, catalogue, longest) => {
    const problems = Object.entries(catalogue).flatMap(([key, message]) =>
      plainLanguageProblems(key, message, register),
    );
    expect(problems.map(told)).toEqual([]);
    expect(longWordShare(Object.values(catalogue))).toBeLessThanOrEqual(longest);
  });
});

/** Rules that a text breaks as an instruction, in Finnish for everybody. */
const broken = (text: string, register: 'fi' | 'selko' = 'fi') => [
  ...new Set(plainLanguageProblems('any.hint', text, register).map(({ rule }) => rule)),
];

describe('what is sent back', () => {
  it.each([
    ['passive', 'Päivä sovitaan ennen kuin tapaus etenee.'],
    ['passive', 'Nimi annetaan vain, jos se tarvitaan.'],
    ['passive', 'Ensin mennään sivulle ja tullaan takaisin.'],
    ['passive', 'Puheenvuoro kirjattiin.'],
    ['passive', 'Vastaus saatiin eilen.'],
    ['passive', 'Päivää siirrettäisiin viikolla.'],
    ['passive', 'Nimeäsi ei kysytä.'],
    ['passive', 'Mitään ei vielä tehdä.'],
    ['passive', 'Työpajaa ei ole vielä sovittu.'],
    ['passive', 'Koonti on nyt julkaistu.'],
    ['abbreviation', 'Kerro esim. ajasta.'],
    ['abbreviation', 'Tuo kahvia, pullaa yms.'],
    ['abbreviation', 'Palvelu on osa sote-palveluja ja ns. etulinjaa.'],
    ['double-negation', 'Mikään ei jää pois ilman syytä.'],
    ['double-negation', 'Älä jätä vastaamatta.'],
    ['double-negation', 'Et voi olla lukematta tätä.'],
    ['long-word', 'Lue palveluohjaussuunnitelmasi.'],
    ['mean-length', 'Kerro omin sanoin ja rauhassa se kaikki hyvä ja huono mikä mieleesi tulee.'],
    [
      'sentence-length',
      'Kerro tässä omin sanoin ja rauhassa se kaikki hyvä ja huono mikä mieleesi tulee kun ajattelet tätä palvelua ja sen ihmisiä.',
    ],
  ])('%s: %s', (rule, text) => {
    expect(broken(text)).toContain(rule);
  });

  it.each([
    ['clause-equivalent', 'Tullessasi paikalle kerro nimesi.'],
    ['clause-equivalent', 'Työpajan mennessä ohi voit vastata.'],
    ['clause-equivalent', 'Lukiessa tulee ajatuksia.'],
    ['clause-equivalent', 'Kirjauduttuasi näet viestit.'],
    ['clause-equivalent', 'Päätöksen synnyttyä saat viestin.'],
    ['clause-equivalent', 'Saadaksesi koodin lähetä teksti.'],
    ['clause-equivalent', 'Hän kertoi tulleensa ajoissa.'],
    ['clause-equivalent', 'Hän lupasi vastaavansa pian.'],
    ['clause-equivalent', 'Voit lähettää tekstin kirjautumatta.'],
    [
      'sentence-length',
      'Ohjaaja lukee tekstisi ja kertoo sinulle sitten pian tällä uudella sivulla, mitä asialle tapahtuu seuraavaksi.',
    ],
    ['mean-length', 'Ohjaaja lukee tekstisi ja kertoo sinulle pian, mitä sitten tapahtuu.'],
    ['long-word', 'Kutsu suunnittelukokoukseen tuli.'],
  ])('in plain Finnish also %s: %s', (rule, text) => {
    expect(broken(text)).not.toContain(rule);
    expect(broken(text, 'selko')).toContain(rule);
  });

  it.each([
    'Kerro, mikä toimii ja mikä ei.',
    'Siirry kotiin ja korttiin viimeistään tänään.',
    'Vaihe sulkeutuu itsestään, eikä siihen tarvitse koskea.',
    'Et voi muuttaa tätä, jos et ole kirjautunut.',
    'Se on tuttu, mutta ei odota mitään.',
    'Kutsu suunnittelutyöryhmään asiakkaita.',
    'Ystäväsi on 24.6.2026 klo 15.00 työpajassa.',
  ])('nothing in: %s', (text) => {
    expect(broken(text)).toEqual([]);
  });

  it.each([
    'Puheenvuorosi on tallessa.',
    'Uudessa tapauksessa on yhdessä vaiheessa tauko.',
    'Tämä sivu on tuttua asiaa.',
    'Voit osallistua verkossa.',
  ])('nothing in plain Finnish either: %s', (text) => {
    expect(broken(text, 'selko')).toEqual([]);
  });

  it('a passive stands where nobody is told to do anything, but not in plain Finnish', () => {
    expect(plainLanguageProblems('log.case.closed', 'Tapaus peruttiin.')).toEqual([]);
    expect(plainLanguageProblems('log.case.closed', 'Tapaus peruttiin.', 'selko')).toHaveLength(1);
  });

  it('what tells the reader to do something is an instruction, whatever its key', () => {
    expect(plainLanguageProblems('case.more', 'Katso, mitä tehtiin.')).toHaveLength(1);
  });

  it('says the key, the words and what to change', () => {
    expect(plainLanguageProblems('raise.needHint', 'Kerro esim. ajasta.').map(told)).toEqual([
      'raise.needHint: abbreviation “esim”. Write it out: esimerkiksi.',
    ]);
  });
});

describe('a message is read in all its branches', () => {
  it('each with a number or a word put in', () => {
    expect(
      readings(
        '{n, plural, =0 {Ei yhtään} one {Yksi} other {# kpl}}: {who, select, a {asiakas} other {muu}}, {name}.',
      ),
    ).toEqual([
      'Ei yhtään: asiakas, Nimi.',
      'Ei yhtään: muu, Nimi.',
      'Yksi: asiakas, Nimi.',
      'Yksi: muu, Nimi.',
      '2 kpl: asiakas, Nimi.',
      '2 kpl: muu, Nimi.',
    ]);
  });

  it('and what is wrong in one of them is found', () => {
    expect(broken('{n, plural, one {Kerro yksi asia} other {Kerro, mitä # kertaa tehdään}}.')).toEqual([
      'passive',
    ]);
  });
});

describe('figures', () => {
  it.each([
    ['Yksi lause.', 1, 2, 2],
    ['Ensimmäinen on tässä. Toinen on pidempi kuin se!', 2, 8, 5],
    ['Aika on 24.6.2026 klo 15.00. Tule mukaan.', 2, 7, 5],
    ['Ensin rivi\n\nsitten toinen', 2, 4, 2],
    ['', 0, 0, 0],
  ])('%s', (text, sentences, words, longestWords) => {
    const figures = readability(text);
    expect([figures.sentences, figures.words, figures.longestWords]).toEqual([
      sentences,
      words,
      longestWords,
    ]);
  });

  it('count long words over a whole catalogue', () => {
    expect(longWordShare(['kehittämisehdotus on lyhyt sana', 'ja muut ovat lyhyempiä'])).toBeCloseTo(1 / 8);
    expect(longWordShare([])).toBe(0);
  });
});
