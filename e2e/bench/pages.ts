import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { folder, lakeus, start, stop } from '../faults/house.ts';
import { markdown, measure, median, middleOf, range, shown, wholeNumber } from './figures.ts';
import type { Bench, Measured } from './figures.ts';

/** How quickly people see a case in which a thousand have spoken, asked for by eight at once. */

const contributions = 1_000;
const connections = 8;
const warmMs = 700;

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

/** A case in its open step, with a remark by each of a thousand and an answer to every fourth. */
function caseFile() {
  const people = ['facilitator', 'decider'].map((role) => ({ role, id: uuid() }));
  const code = (i: number) => i.toString(8).padStart(8, '0');
  const participants = Array.from({ length: contributions }, (_, i) => ({
    ...{ id: uuid(), personId: null, pseudonym: `Kuovi ${i + 1}`, code: code(i), source: 'self' },
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
      ...{ salt: randomBytes(16).toString('hex'), recordedBy: null, createdAt: fromNow(-4 + i / 1_000) },
    });
  }
  const texts = {
    ...{
      title: 'Kotihoidon reitit',
      theme: 'Kotihoito',
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

/** @returns how many bytes came
 * @throws {Error} when the answer is not a good one */
function fetched(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => (bytes += part.length));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url}: ${response.statusCode}`)),
      );
    }).on('error', reject);
  });
}

export const pagesBench: Bench = {
  does: 'requests a second of the pages and the API of a case with 1,000 contributions',
  async run({ rounds, ms }) {
    const many = wholeNumber(rounds, 3, 'rounds');
    const lasting = wholeNumber(ms, 3_000, 'ms');
    const place = folder();
    const env = { DATA_DIR: join(place.path, 'data'), DEMO: '1', NODE_ENV: 'production' };
    const file = caseFile();
    writeFileSync(join(place.path, 'case.json'), JSON.stringify(file));
    // The demonstration is laid out first, so that the front page has more to show than this one case.
    const server = await start(env, 'web,api,worker');
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    try {
      const imported = await lakeus(env, 'import', 'case', join(place.path, 'case.json'));
      if (imported.code !== 0) throw new Error(imported.err);
      const at = `/cases/${file.case.id}`;
      const paths = [
        '/',
        at,
        `${at}/discussion`,
        `${at}/discussion?limit=1000`,
        `/api/v1${at}/contributions?limit=1000`,
      ];
      const timed = paths.map((path) => ({ path, rounds: [] as Measured[], bytes: 0 }));
      for (const each of timed) each.bytes = await fetched(agent, server.origin + each.path);
      for (let round = 0; round < many; round++) {
        for (const each of round % 2 === 0 ? timed : timed.toReversed()) {
          const work = () => fetched(agent, server.origin + each.path);
          each.rounds.push(await measure(connections, work, { ms: lasting, warmMs }));
          process.stderr.write('.');
        }
      }
      process.stderr.write('\n');
      const figures = timed.map((each) => ({ ...each, ...middleOf(each.rounds) }));
      const rows = figures.map(({ path, rate, p50Ms, p95Ms, rounds: all, bytes }) => [
        ...[`\`${path.replace(file.case.id, '{id}')}\``, shown(bytes / 1024, 0), shown(rate, 1)],
        ...[
          range(
            all.map((round) => round.rate),
            1,
          ),
          shown(p50Ms, 1),
          shown(p95Ms, 1),
        ],
      ]);
      const head = ['', 'KB', 'requests/s', 'min–max', 'p50 ms', 'p95 ms'];
      const about = `${contributions} contributions, ${connections} connections, ${many} rounds × ${lasting} ms, medians`;
      const slowest = median(figures.map((each) => each.p95Ms));
      return {
        figures: { pages: figures, medianP95Ms: slowest },
        text: `${markdown(head, rows)}\n\n${about}`,
      };
    } finally {
      agent.destroy();
      await stop(server);
      place.remove();
    }
  },
};
