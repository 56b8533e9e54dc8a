import type { Fate, ShownContribution, ShownOutcome, ShownProposal, Thread } from '@lakeus/engine';
import { fates } from '@lakeus/engine';

/** Invented things to show every part in every state with: short and long, full and empty, well-behaved and not. */

export const now = '2026-11-22T10:00:00.000Z';
const caseId = '00000000-0000-7000-8000-000000000000';

export const longTitle =
  'Miten ikääntyneiden omaishoitajien vapaapäivät, sijaishoito, kuljetukset ja lääkehoidon ohjaus järjestetään niin, ' +
  'että jokainen perhe Etelä-Pohjanmaalla saa levätä silloin kun se itse tarvitsee?';
export const longWord = 'Sosiaaliturvaetuuskäsittelyprosessikehittämistoimenpideohjelma';
export const rightToLeft = 'שרה \u202Eabc كريم';

export const deadlines = [
  { key: 'far', at: '2026-12-20T18:00:00.000Z' },
  { key: 'near', at: '2026-11-24T18:00:00.000Z' },
  { key: 'today', at: '2026-11-22T18:00:00.000Z' },
  { key: 'over', at: '2026-11-19T18:00:00.000Z' },
] as const;

export const contribution = (more: Partial<ShownContribution> = {}): ShownContribution => ({
  caseId,
  id: '00000000-0000-7000-8000-000000000001',
  participantId: '00000000-0000-7000-8000-000000000002',
  parentId: null,
  origin: 'online',
  originNote: null,
  kind: 'experience',
  body: 'Sijaishoitaja oli tuttu, ja ehdin saunaan.\n\nSe riitti pitkäksi aikaa.',
  recordedBy: null,
  createdAt: '2026-11-18T09:30:00.000Z',
  pseudonym: 'Pihlaja 12',
  replies: 0,
  themeId: null,
  proposalNumbers: [],
  accounting: null,
  hidden: null,
  ...more,
});

const accounted = (outcome: 'leftOut' | 'merged') => ({
  caseId,
  contributionId: '00000000-0000-7000-8000-000000000001',
  outcome,
  intoId: null,
  reason: 'Asia ratkaistaan toisessa tapauksessa.',
});

export const contributions: readonly (readonly [name: string, one: ShownContribution])[] = [
  ['online', contribution()],
  ['table', contribution({ origin: 'table', originNote: 'Pöytä 3', kind: 'suggestion', replies: 4 })],
  ['paper', contribution({ origin: 'paper', originNote: 'Kirjasto', proposalNumbers: [1, 3] })],
  ['document', contribution({ origin: 'document', kind: 'comment', accounting: accounted('merged') })],
  ['left out', contribution({ accounting: accounted('leftOut') })],
  ['strange', contribution({ pseudonym: rightToLeft, body: `${longWord}. ${longTitle}` })],
];

export const response = (more: Partial<NonNullable<ShownProposal['response']>> = {}) => ({
  caseId,
  proposalId: '00000000-0000-7000-8000-000000000003',
  outcome: 'adopted' as const,
  reason: 'Tutustumiskäynti on pieni kulu ja iso apu. Otamme sen käyttöön heti.',
  forwardedTo: null,
  nextStep: 'Ohje lähtee kotihoidolle',
  nextStepOn: '2027-01-15',
  personId: '00000000-0000-7000-8000-000000000004',
  givenAt: '2026-11-20T09:00:00.000Z',
  personName: 'Heikki Luoma',
  personTitle: 'palvelujohtaja',
  ...more,
});

const followUp = (state: 'kept' | 'late' | 'changed') => ({
  caseId,
  id: `00000000-0000-7000-8000-00000000000${state.length}`,
  proposalId: '00000000-0000-7000-8000-000000000003',
  state,
  body: 'Ohje on käytössä kaikissa kunnissa.',
  recordedBy: null,
  createdAt: '2026-11-21T09:00:00.000Z',
});

export const proposal = (more: Partial<ShownProposal> = {}): ShownProposal => ({
  caseId,
  id: '00000000-0000-7000-8000-000000000003',
  number: 1,
  title: 'Tutustumiskäynti ennen ensimmäistä vapaata',
  body: 'Sijainen käy kerran kotona ennen vapaata, jotta hoidettava tuntee tulijan.',
  sources: [contribution(), contribution({ id: '00000000-0000-7000-8000-000000000009', origin: 'paper' })],
  sourceCount: 7,
  response: null,
  followUps: [],
  ...more,
});

export const proposals: readonly (readonly [name: string, one: ShownProposal, due: string | null])[] = [
  ['awaited', proposal(), '2026-12-12T10:00:00.000Z'],
  ['adopted', proposal({ number: 2, response: response(), followUps: [followUp('kept')] }), null],
  [
    'forwarded',
    proposal({
      number: 3,
      response: response({ outcome: 'forwarded', forwardedTo: 'Aluevaltuusto' }),
      followUps: [followUp('late'), followUp('changed')],
    }),
    null,
  ],
  [
    'not adopted',
    proposal({ number: 4, title: longTitle, response: response({ outcome: 'notAdopted' }) }),
    null,
  ],
  [
    'partly',
    proposal({ number: 5, sources: [], sourceCount: 0, response: response({ outcome: 'partly' }) }),
    null,
  ],
];

const outcomeOf = {
  hadEffect: 'adopted',
  partly: 'partly',
  forwarded: 'forwarded',
  noChange: 'notAdopted',
} as const;
const isAnswered = (fate: Fate): fate is keyof typeof outcomeOf => fate in outcomeOf;

/** One thread of impact for each fate there is. */
export const threads: readonly Thread[] = fates.map((fate, i) => ({
  contribution: contribution({ id: `00000000-0000-7000-8000-0000000000${10 + i}` }),
  theme: i % 2 === 0 ? { caseId, id: '00000000-0000-7000-8000-000000000030', title: 'Tuttu sijainen' } : null,
  mergedInto: null,
  proposals: isAnswered(fate) ? [proposal({ response: response({ outcome: outcomeOf[fate] }) })] : [],
  fate,
  reason: fate === 'leftOut' ? 'Asia ratkaistaan toisessa tapauksessa.' : null,
  waitsUntil: fate === 'waiting' ? '2026-12-12T10:00:00.000Z' : null,
}));

export const outcome: ShownOutcome = {
  caseId,
  caseTitle: 'Omaishoitajan vapaa, joka toteutuu',
  proposalId: '00000000-0000-7000-8000-000000000003',
  number: 1,
  title: 'Tutustumiskäynti ennen ensimmäistä vapaata',
  outcome: 'adopted',
  reason: 'Tutustumiskäynti on pieni kulu ja iso apu.',
  forwardedTo: null,
  nextStep: 'Ohje lähtee kotihoidolle',
  nextStepOn: '2027-01-15',
  givenAt: '2026-11-20T09:00:00.000Z',
  answeredAt: '2026-11-20T09:00:00.000Z',
  changedAt: '2026-11-20T09:00:00.000Z',
  personName: 'Heikki Luoma',
  personTitle: 'palvelujohtaja',
  sourceCount: 7,
  followUp: null,
};
