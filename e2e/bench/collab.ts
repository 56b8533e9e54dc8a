import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { killTree } from './collab/house.ts';
import {
  coldOpening,
  killed,
  lossyLine,
  manyDocuments,
  propagation,
  slowReaders,
} from './collab/scenarios.ts';
import { database, hocuspocus, ours, relay } from './collab/subjects.ts';
import type { Database, Subject } from './collab/subjects.ts';
import { markdown, median, shown, wholeNumber } from './figures.ts';
import type { Bench } from './figures.ts';

/** Shared documents beside a bare relay, the limit, and Hocuspocus, the peer, turn by turn in one run: how soon others
 * see a letter, what it costs, how soon an old document opens, and what is left when something is killed. */

type Row = readonly [figure: string, subject: string, value: string];

class Tables {
  readonly rows: Row[] = [];
  readonly missed: string[] = [];

  note(figure: string, subject: string, value: string): void {
    this.rows.push([figure, subject, value]);
    process.stderr.write(`${figure}: ${subject}: ${value}\n`);
  }

  hold(what: string, holds: boolean): void {
    this.note('must hold', what, holds ? 'yes' : 'NO');
    if (!holds) this.missed.push(what);
  }
}

/** Each subject in turn, the order turned round every other time. */
async function inTurns<T>(
  rounds: number,
  makers: Readonly<Record<string, () => Promise<Subject>>>,
  measure: (subject: Subject) => Promise<T>,
): Promise<Map<string, T[]>> {
  const found = new Map<string, T[]>(Object.keys(makers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const names = Object.keys(makers);
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const subject = await makers[name]!();
      try {
        found.get(name)!.push(await measure(subject));
      } finally {
        await subject.stop();
      }
    }
  }
  return found;
}

async function spreading(tables: Tables, server: Database, rounds: number, ms: number): Promise<void> {
  const makers = {
    relay,
    Hocuspocus: async () => hocuspocus(await server.fresh()),
    Lakeus: async () => ours(await server.fresh()),
  };
  for (const clients of [50, 200]) {
    const found = await inTurns(rounds, makers, (subject) => propagation(subject, clients, ms));
    const middle = (name: string, key: 'p50Ms' | 'p99Ms' | 'cpuUsPerDelivery') =>
      median(found.get(name)!.map((each) => each[key]));
    for (const name of Object.keys(makers)) {
      tables.note(
        `A, ${clients} people`,
        name,
        `p50 ${shown(middle(name, 'p50Ms'), 1)} ms, p99 ${shown(middle(name, 'p99Ms'), 1)} ms, ` +
          `CPU ${shown(middle(name, 'cpuUsPerDelivery'), 1)} µs/delivery`,
      );
    }
    const ratio = (key: 'p50Ms' | 'p99Ms' | 'cpuUsPerDelivery', other: string) =>
      middle('Lakeus', key) / middle(other, key);
    tables.hold(
      `A, ${clients}: p50 ≤ 2 × relay (${shown(ratio('p50Ms', 'relay'), 2)})`,
      ratio('p50Ms', 'relay') <= 2,
    );
    tables.hold(
      `A, ${clients}: p99 ≤ relay (${shown(ratio('p99Ms', 'relay'), 2)})`,
      ratio('p99Ms', 'relay') <= 1,
    );
    if (clients < 200) continue;
    const cpu = ratio('cpuUsPerDelivery', 'Hocuspocus');
    tables.hold(`A, ${clients}: CPU per delivery ≤ Hocuspocus (${shown(cpu, 2)})`, cpu <= 1);
  }
}

async function memory(tables: Tables, server: Database, rounds: number): Promise<void> {
  const found = await inTurns(
    rounds,
    {
      Hocuspocus: async () => hocuspocus(await server.fresh()),
      Lakeus: async () => ours(await server.fresh()),
    },
    (subject) => manyDocuments(subject, 500),
  );
  const each = (name: string) => median(found.get(name)!.map(({ kilobytesEach }) => kilobytesEach));
  for (const name of found.keys()) tables.note('B, 500 documents', name, `${shown(each(name), 0)} KB each`);
  const ratio = each('Lakeus') / each('Hocuspocus');
  tables.hold(`B: memory per document ≤ 0.6 × Hocuspocus (${shown(ratio, 2)})`, ratio <= 0.6);
}

async function opening(tables: Tables, server: Database, rounds: number): Promise<void> {
  const found = await inTurns(
    rounds,
    {
      Hocuspocus: async () => hocuspocus(await server.fresh()),
      Lakeus: async () => ours(await server.fresh()),
    },
    (subject) => coldOpening(subject, 50_000),
  );
  const sync = (name: string) => median(found.get(name)!.map(({ syncMs }) => syncMs));
  for (const name of found.keys())
    tables.note('C, 50,000 edits', name, `first sync ${shown(sync(name), 0)} ms`);
  const ratio = sync('Lakeus') / sync('Hocuspocus');
  tables.hold(`C: cold opening ≤ 0.5 × Hocuspocus (${shown(ratio, 2)})`, ratio <= 0.5);
  tables.hold(
    'C: complete at the first sync',
    found.get('Lakeus')!.every(({ complete }) => complete),
  );
}

type Strike = {
  readonly what: string;
  readonly nodes: number;
  readonly strike: (subject: Subject) => Promise<void>;
};

async function killing(tables: Tables, server: Database, kills: number): Promise<void> {
  const anew = async (subject: Subject) => {
    await subject.kill('SIGKILL');
    await delay(100);
    await subject.start();
  };
  const strikes: readonly Strike[] = [
    { what: 'the server', nodes: 1, strike: anew },
    {
      what: 'the database',
      nodes: 1,
      strike: async () => {
        killTree(server.pid());
        await delay(300);
        await server.start();
      },
    },
    {
      what: 'one of two processes',
      nodes: 2,
      strike: async (subject) => {
        await subject.kill('SIGKILL', 1);
        await subject.start(1);
      },
    },
  ];
  let lost = 0;
  for (const { what, nodes, strike } of strikes) {
    const subject = await ours(await server.fresh(), nodes);
    let seen = 0;
    let gone = 0;
    const times = Math.ceil(kills / strikes.length);
    for (let i = 0; i < times; i += 1) {
      const found = await killed(subject, nodes, () => strike(subject));
      seen += found.seen;
      gone += found.lost;
    }
    await subject.stop();
    lost += gone;
    tables.note(`D, ${what} killed ${times} times`, 'Lakeus', `${gone} lost of ${seen} that others had seen`);
  }
  const peer = await hocuspocus(await server.fresh());
  const found = await killed(peer, 1, () => anew(peer));
  await peer.stop();
  tables.note(
    'D, the server killed once',
    'Hocuspocus',
    `${found.lost} lost of ${found.seen} that others had seen`,
  );
  tables.hold('D: nothing that others had seen is lost', lost === 0);
}

async function shedding(tables: Tables, server: Database): Promise<void> {
  const found = await inTurns(
    1,
    {
      Hocuspocus: async () => hocuspocus(await server.fresh()),
      Lakeus: async () => ours(await server.fresh()),
    },
    slowReaders,
  );
  for (const [name, [each]] of found) {
    tables.note(
      'E, five stop reading',
      name,
      `${each!.shed} shed, grew by ${shown(each!.grewMegabytes, 0)} MB`,
    );
  }
  const { shed, grewMegabytes } = found.get('Lakeus')![0]!;
  tables.hold('E: all five shed', shed === 5);
  tables.hold(`E: memory bounded (grew by ${shown(grewMegabytes, 0)} MB, at most 150)`, grewMegabytes <= 150);
}

/** A socket that loses every tenth message it sends or gets. */
class Lossy extends WebSocket {
  private sent = 0;
  override send(data: Parameters<WebSocket['send']>[0]): void {
    this.sent += 1;
    if (this.sent % 10 !== 0) super.send(data);
  }
  private heard = 0;
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'message' && (this.heard += 1) % 10 === 0) return true;
    return super.emit(event, ...args);
  }
}

async function lossy(tables: Tables, server: Database): Promise<void> {
  const subject = await ours(await server.fresh(), 2);
  try {
    const { equalAfterMs } = await lossyLine(subject, (documentId, node) =>
      subject.join(documentId, node, Lossy),
    );
    const equal = `all equal after ${shown(equalAfterMs / 1_000, 1)} s`;
    tables.note('two processes, 10 % of frames lost, one killed', subject.name, equal);
    tables.hold('two processes: equal within 10 s', equalAfterMs <= 10_000);
  } finally {
    await subject.stop();
  }
}

export const collabBench: Bench = {
  does: 'shared documents beside a relay and Hocuspocus: delay, cost, memory, opening, kills (--kills N, --only A,B,C,D,E,N)',
  async run({ rounds, ms, kills, only }) {
    const many = wholeNumber(rounds, 3, 'rounds');
    const lasting = wholeNumber(ms, 4_000, 'ms');
    const deaths = wholeNumber(kills, 100, 'kills');
    const chosen = new Set(typeof only === 'string' ? only.split(',') : ['A', 'B', 'C', 'D', 'E', 'N']);
    // Each client listens for the end of the process.
    process.setMaxListeners(0);
    const tables = new Tables();
    const server = await database();
    try {
      if (chosen.has('A')) await spreading(tables, server, many, lasting);
      if (chosen.has('B')) await memory(tables, server, Math.min(many, 2));
      if (chosen.has('C')) await opening(tables, server, Math.min(many, 2));
      if (chosen.has('E')) await shedding(tables, server);
      if (chosen.has('N')) await lossy(tables, server);
      if (chosen.has('D')) await killing(tables, server, deaths);
    } finally {
      await server.stop();
    }
    const text = markdown(
      ['figure', '', ''],
      tables.rows.map((row) => [...row]),
    );
    return { figures: tables.rows, text, missed: tables.missed };
  },
};
