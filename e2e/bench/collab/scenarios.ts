import { setTimeout as delay } from 'node:timers/promises';
import * as Y from 'yjs';
import { amount, Typist, watch } from './clients.ts';
import type { Client, Clock } from './clients.ts';
import { weigh } from './house.ts';
import type { Subject } from './subjects.ts';
import { quantile } from '../figures.ts';

/** What is asked of every server. */

const all = <T>(work: readonly Promise<T>[], what: string, ms = 60_000): Promise<T[]> =>
  Promise.race([
    Promise.all(work),
    delay(ms, undefined, { ref: false }).then(() => {
      throw new Error(`${what}: not within ${ms / 1_000} s`);
    }),
  ]);

const usage = (subject: Subject) =>
  subject.pids().reduce(
    (sum, pid) => {
      const { cpuMs, rssBytes } = weigh(pid);
      return { cpuMs: sum.cpuMs + cpuMs, rssBytes: sum.rssBytes + rssBytes };
    },
    { cpuMs: 0, rssBytes: 0 },
  );

async function typing(typists: readonly Typist[], perSecond: number, ms: number): Promise<number> {
  let typed = 0;
  const gapMs = 1_000 / perSecond;
  const timers = typists.map((typist, i) => {
    const first = setTimeout(
      () => {
        const again = setInterval(() => {
          typed += 1;
          typist.type();
        }, gapMs);
        timers.push(again);
      },
      (i * gapMs) / typists.length,
    );
    return first;
  });
  await delay(ms);
  for (const timer of timers) clearTimeout(timer);
  return typed;
}

export type Propagation = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUsPerDelivery: number;
};

/** A: one document, many at it, five of them typing five letters a second. */
export async function propagation(subject: Subject, clients: number, ms: number): Promise<Propagation> {
  const documentId = await subject.document();
  const people = await all(
    Array.from({ length: clients }, () => subject.join(documentId)),
    'joining',
  );
  await all(
    people.map((each) => each.synced),
    'the first sync',
  );
  const clock: Clock = new Map();
  const typists = people.slice(0, 5).map((client, i) => new Typist(client, i, clock));
  await delay(800);
  let delays: number[] = [];
  let got = 0;
  for (const client of people) {
    watch(client, clock, (_id, _at, took) => {
      got += 1;
      delays.push(took);
    });
  }
  await typing(typists, 5, 1_500);
  await delay(500);
  delays = [];
  got = 0;
  const before = usage(subject).cpuMs;
  const typed = await typing(typists, 5, ms);
  const until = performance.now() + 10_000;
  while (got < typed * (clients - 1) && performance.now() < until) await delay(20);
  const cpuMs = usage(subject).cpuMs - before;
  for (const client of people) client.leave();
  await delay(300);
  delays.sort((a, b) => a - b);
  return {
    p50Ms: quantile(delays, 0.5),
    p99Ms: quantile(delays, 0.99),
    cpuUsPerDelivery: (cpuMs * 1_000) / got,
  };
}

/** B: many documents with two at each; what one costs in memory, with one letter a second in each. */
export async function manyDocuments(
  subject: Subject,
  documents: number,
): Promise<{ readonly kilobytesEach: number }> {
  const ids: string[] = [];
  for (let i = 0; i < documents; i += 1) ids.push(await subject.document());
  // What making them left behind is not what they cost open.
  await delay(1_000);
  const before = usage(subject).rssBytes;
  const people: Client[] = [];
  const typists: Typist[] = [];
  for (let i = 0; i < ids.length; i += 25) {
    const pairs = await all(
      ids.slice(i, i + 25).map((id) => all([subject.join(id), subject.join(id)], 'joining')),
      'joining',
    );
    await all(
      pairs.flat().map((each) => each.synced),
      'the first sync',
    );
    people.push(...pairs.flat());
    typists.push(...pairs.map(([first]) => new Typist(first!, 0, new Map())));
  }
  let most = usage(subject).rssBytes;
  const weighing = setInterval(() => {
    most = Math.max(most, usage(subject).rssBytes);
  }, 500);
  await typing(typists, 1, 5_000);
  clearInterval(weighing);
  for (const client of people) client.leave();
  await delay(300);
  return { kilobytesEach: (most - before) / documents / 1_000 };
}

/** What 25 people type in sittings, with a fifth of it deleted again; the same each time. */
export function* sittings(edits: number): Generator<Uint8Array> {
  let seed = 42;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const people = 25;
  let state: Uint8Array | null = null;
  for (let person = 0; person < people; person += 1) {
    const doc = new Y.Doc();
    doc.clientID = 1_000 + person;
    if (state) Y.applyUpdate(doc, state);
    const fragment = doc.getXmlFragment('prosemirror');
    const made: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => made.push(update));
    let text: Y.XmlText | null = null;
    let at = 0;
    for (let i = 0; i < edits / people; i += 1) {
      doc.transact(() => {
        if (fragment.length === 0 || random() < 0.005) {
          const paragraph = new Y.XmlElement('paragraph');
          paragraph.insert(0, [new Y.XmlText()]);
          fragment.insert(Math.floor(random() * (fragment.length + 1)), [paragraph]);
          text = null;
          return;
        }
        if (!text || random() < 0.03) {
          text = (fragment.get(Math.floor(random() * fragment.length)) as Y.XmlElement).get(0) as Y.XmlText;
          at = Math.floor(random() * (text.length + 1));
        }
        if (random() < 0.2 && at > 0) text.delete((at -= 1), 1);
        else text.insert(at++, 'abcdefghij klmno'[Math.floor(random() * 16)]!);
      });
    }
    yield* made;
    state = Y.encodeStateAsUpdate(doc);
  }
}

/** C: a document with a long life is opened after the server was stopped and started. */
export async function coldOpening(
  subject: Subject,
  edits: number,
): Promise<{ readonly syncMs: number; readonly complete: boolean }> {
  const documentId = await subject.document();
  const [writer, reader] = await all([subject.join(documentId), subject.join(documentId)], 'joining');
  await all([writer!.synced, reader!.synced], 'the first sync');
  let written = 0;
  for (const update of sittings(edits)) {
    Y.applyUpdate(writer!.doc, update);
    written += 1;
    if (written % 100 !== 0) continue;
    const until = performance.now() + 60_000;
    while (amount(reader!.doc) < amount(writer!.doc)) {
      await new Promise((turn) => setImmediate(turn));
      if (performance.now() > until) throw new Error('what was written does not arrive');
    }
  }
  while (amount(reader!.doc) < amount(writer!.doc)) await delay(5);
  const whole = amount(writer!.doc);
  const words = writer!.doc.getXmlFragment('prosemirror').toJSON();
  await delay(5_000); // a peer that stores when it is quiet is given the quiet
  writer!.leave();
  reader!.leave();
  await delay(1_500);
  await subject.kill('SIGTERM');
  await subject.start();
  await delay(300);
  const began = performance.now();
  const client = await subject.join(documentId);
  // Where a ticket must be asked for, that is part of it.
  await all([client.synced], 'the first sync');
  const syncMs = performance.now() - began;
  const complete = amount(client.doc) >= whole && client.doc.getXmlFragment('prosemirror').toJSON() === words;
  client.leave();
  return { syncMs, complete };
}

export type Killed = { readonly seen: number; readonly lost: number };

/** D: people type, something is killed, everybody's own copy is thrown away; what others had seen must be there.
 * @param strike - kills, and brings back */
export async function killed(subject: Subject, nodes: number, strike: () => Promise<void>): Promise<Killed> {
  const groups = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const documentId = await subject.document();
      const people = await all(
        Array.from({ length: 7 }, (_, i) => subject.join(documentId, i % nodes)),
        'joining',
      );
      await all(
        people.map((each) => each.synced),
        'the first sync',
      );
      const clock: Clock = new Map();
      const typists = people.slice(0, 5).map((client, i) => new Typist(client, i, clock));
      const seen = new Map<number, number>();
      for (const client of people) {
        watch(client, clock, (id, at) => void seen.set(id, Math.max(seen.get(id) ?? 0, at + 1)));
      }
      return { documentId, people, clock, typists, seen };
    }),
  );
  await delay(300);
  const lastingMs = 600 + Math.random() * 2_000;
  const typed = typing(
    groups.flatMap((group) => group.typists),
    20,
    lastingMs + 50,
  );
  await delay(lastingMs);
  const struck = strike();
  await typed;
  for (const { people } of groups) for (const client of people) client.leave();
  await struck;
  let seen = 0;
  let lost = 0;
  for (const group of groups) {
    const client = await subject.join(group.documentId, nodes - 1);
    await all([client.synced], 'the first sync');
    const have = Y.decodeStateVector(Y.encodeStateVector(client.doc));
    for (const [id, times] of group.clock) {
      const upTo = group.seen.get(id) ?? 0;
      for (let at = 0; at < upTo; at += 1) {
        if (times[at] === undefined) continue;
        seen += 1;
        if (at >= (have.get(id) ?? 0)) lost += 1;
      }
    }
    client.leave();
  }
  return { seen, lost };
}

/** E: five stop reading while 40 MB are pasted. */
export async function slowReaders(
  subject: Subject,
): Promise<{ readonly shed: number; readonly grewMegabytes: number }> {
  const documentId = await subject.document();
  const [writer, reader, ...slow] = await all(
    Array.from({ length: 7 }, () => subject.join(documentId)),
    'joining',
  );
  await all(
    [writer!, reader!, ...slow].map((each) => each.synced),
    'the first sync',
  );
  const typist = new Typist(writer!, 0, new Map());
  await delay(500);
  let shed = 0;
  for (const client of slow) {
    const socket = client.socket()!;
    socket.once('close', () => (shed += 1));
    (socket as unknown as { _socket: { pause(): void } })._socket.pause();
  }
  const before = usage(subject).rssBytes;
  let most = before;
  const page = 'Lorem ipsum '.repeat(17_066);
  for (let i = 0; i < 200; i += 1) {
    typist.type(page);
    if (i % 3 === 2) typist.cut(20, page.length * 3);
    await delay(40);
    most = Math.max(most, usage(subject).rssBytes);
  }
  const until = performance.now() + 20_000;
  while (amount(reader!.doc) < amount(writer!.doc) && performance.now() < until) await delay(20);
  for (const client of slow) {
    (client.socket() as unknown as { _socket?: { resume(): void } } | null)?._socket?.resume();
  }
  await delay(1_000);
  const gone = shed;
  for (const client of [writer!, reader!, ...slow]) client.leave();
  return { shed: gone, grewMegabytes: (most - before) / 1_000_000 };
}

/** Two processes, every tenth frame lost in both directions, one process killed: how long until all hold the same. */
export async function lossyLine(
  subject: Subject,
  join: (documentId: string, node: number) => Promise<Client>,
): Promise<{ readonly equalAfterMs: number }> {
  const documentId = await subject.document();
  const people = await all(
    Array.from({ length: 6 }, (_, i) => join(documentId, i % 2)),
    'joining',
  );
  await all(
    people.map((each) => each.synced),
    'the first sync',
  );
  const clock: Clock = new Map();
  const typists = people.slice(0, 4).map((client, i) => new Typist(client, i, clock));
  const typed = typing(typists, 10, 4_000);
  await delay(2_000);
  await subject.kill('SIGKILL', 1);
  await subject.start(1);
  await typed;
  const began = performance.now();
  const states = () => people.map((each) => Buffer.from(Y.encodeStateAsUpdate(each.doc)).toString('base64'));
  const until = began + 30_000;
  while (new Set(states()).size > 1 && performance.now() < until) await delay(50);
  const equalAfterMs = performance.now() - began;
  for (const client of people) client.leave();
  return { equalAfterMs };
}
