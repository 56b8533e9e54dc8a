import { randomBytes } from 'node:crypto';

const day = 86_400_000;
const fromNow = (days: number): string => new Date(Date.now() + days * day).toISOString();

function uuid(): string {
  const hex = randomBytes(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const said = [
  'Bussi ei kulje silloin, kun työvuoro alkaa, ja taksi maksaa enemmän kuin tunnin palkka.',
  'Hoitaja vaihtuu joka viikko. Aina pitää kertoa alusta, mitä lääkkeitä äiti ottaa ja missä ne ovat.',
  'Puhelimeen vastataan vain aamulla. Silloin olen itse töissä enkä voi soittaa.',
  'Kuntosalin vieressä on hyvä tila, joka on iltaisin tyhjillään. Sen voisi avata nuorille.',
];

/** Codes of one process are all different, so that several such cases fit one server. */
let codesGiven = 0;

export type Told = {
  readonly contributions: number;
  readonly title?: string;
  readonly theme?: string;
  /** of the one who spoke last */
  readonly pseudonym?: string;
};

/** A case in its open step, as a file to be imported: a remark by each of many, and an answer to every fourth. */
export function openCaseFile({ contributions, title, theme, pseudonym }: Told) {
  const people = ['facilitator', 'decider'].map((role) => ({ role, id: uuid() }));
  const pseudonymOf = (i: number) =>
    i === contributions - 1 && pseudonym !== undefined ? pseudonym : `Kuovi ${i + 1}`;
  const firstCode = codesGiven;
  codesGiven += contributions;
  const code = (i: number) => (firstCode + i).toString(8).padStart(8, '0');
  const participants = Array.from({ length: contributions }, (_, i) => ({
    ...{ id: uuid(), personId: null, pseudonym: pseudonymOf(i), code: code(i), source: 'self' },
    createdAt: fromNow(-5),
  }));
  const rows: object[] = [];
  const ids: string[] = [];
  for (const [i, { id: participantId }] of participants.entries()) {
    const parentId = i % 5 === 4 ? ids[Math.floor(i / 5) * 5]! : null;
    ids.push(uuid());
    rows.push({
      ...{ id: ids[i], participantId, parentId, origin: i % 7 === 0 ? 'table' : 'online', originNote: null },
      ...{ kind: parentId ? 'comment' : 'experience', body: `${said[i % 4]} ${said[(i >> 2) % 4]} (${i})` },
      ...{
        salt: randomBytes(16).toString('hex'),
        recordedBy: null,
        createdAt: fromNow(-4 + (3 * i) / Math.max(1, contributions)),
      },
    });
  }
  const texts = {
    ...{
      title: title ?? 'Kotihoidon reitit',
      theme: theme ?? 'Kotihoito',
      concerns: 'Kotihoidon asiakkaita',
      service: 'Kotihoito',
    },
    ...{ question: 'Miten käynnit sovitaan?', canInfluence: 'Aikoihin', cannotInfluence: 'Määrärahaan' },
    workshopTheme: 'Hyvä käynti',
  };
  const [facilitator, decider] = people.map(({ id }) => id);
  const member = (personId: string, role: string, capacity: string) => ({ personId, role, capacity });
  const dates = { opensAt: fromNow(-6), closesAt: fromNow(20), answerDueAt: fromNow(60) };
  return {
    ...{ format: 'lakeus-case', formatVersion: 1 },
    case: {
      ...{ id: uuid(), workflow: 'seven-steps', workflowVersion: 1, language: 'fi' },
      ...{ createdAt: fromNow(-10), updatedAt: fromNow(-1) },
    },
    people: people.map(({ id, role }) => ({ id, name: role, title: null, language: 'fi', roles: [] })),
    content: {
      caseTexts: Object.entries(texts).map(([key, body]) => ({ key, body })),
      members: [
        member(facilitator!, 'facilitator', 'worker'),
        member(facilitator!, 'expert', 'client'),
        member(decider!, 'decider', 'decider'),
      ],
      workshops: [{ id: uuid(), heldOn: fromNow(-7).slice(0, 10), onSite: 21, remote: 4, notes: null }],
      participants,
      contributions: rows,
    },
    history: [
      { at: fromNow(-9), type: 'need.accepted' },
      { at: fromNow(-9), type: 'plan.dated', data: { workshopOn: fromNow(-7).slice(0, 10), ...dates } },
      { at: fromNow(-8), type: 'planning.completed' },
      { at: fromNow(-6), type: 'period.opened' },
    ],
  };
}
