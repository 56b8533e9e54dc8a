import { memoryDocumentLog } from '@lakeus/engine/testing';
import type { Bus, DocumentLog, DocumentRight, Ticket } from '@lakeus/engine';
import { EngineError } from '@lakeus/engine';
import { fragmentName } from '@lakeus/engine/document';
import * as encoding from 'lib0/encoding';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { localBus } from '../bus/index.ts';
import { knock, raiseStage, say, until, wordsOf } from './testing/stage.ts';
import type { Person, Sitter, Stage } from './testing/stage.ts';
import { awarenessUpdate, readMessage } from './wire.ts';

const documentId = 'poyta-yksi';
const patient = { timeout: 10_000, interval: 5 };
const leaving: (() => unknown)[] = [];
afterEach(async () => {
  for (const leave of leaving.splice(0).reverse()) await leave();
});

async function raised(
  log: DocumentLog = memoryDocumentLog(() => 1),
  options: Parameters<typeof raiseStage>[1] = {},
): Promise<Stage> {
  const stage = await raiseStage(log, options);
  leaving.push(() => stage.close());
  return stage;
}

async function seated(stage: Stage, person: Person, params: Record<string, string> = {}): Promise<Sitter> {
  const sitter = stage.sit(documentId, person, params);
  leaving.push(() => sitter.leave());
  await sitter.synced;
  return sitter;
}

const sync = (kind: number, content: Uint8Array): Uint8Array => {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, content);
  return encoding.toUint8Array(encoder);
};
const presence = (content: Uint8Array): Uint8Array => {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint8Array(encoder, content);
  return encoding.toUint8Array(encoder);
};
/** What a fresh Yjs document writes. */
const written = (act: (doc: Y.Doc) => void): Uint8Array => {
  const doc = new Y.Doc();
  act(doc);
  return Y.encodeStateAsUpdate(doc);
};

describe('people at one document', () => {
  test('see what each other writes', async () => {
    const stage = await raised();
    const [aino, veikko] = await Promise.all([
      seated(stage, { name: 'Aino' }),
      seated(stage, { name: 'Veikko' }),
    ]);
    say(aino.doc, 'Bussi ei tule enää.');
    await until(veikko.doc, () => wordsOf(veikko.doc).includes('Bussi'));
    say(veikko.doc, 'Kela-taksi tulee.');
    await until(aino.doc, () => wordsOf(aino.doc) === wordsOf(veikko.doc));
  });

  test('who comes later is sent all of it at the first sync', async () => {
    const stage = await raised();
    const aino = await seated(stage, { name: 'Aino' });
    for (let i = 0; i < 20; i += 1) say(aino.doc, `Rivi ${i}`);
    await vi.waitFor(async () => {
      const stored = await stage.collaboration.documents.read({ caseId: aino.caseId, documentId });
      expect(JSON.stringify(stored)).toContain('Rivi 19');
    }, patient);
    const veikko = await seated(stage, { name: 'Veikko' });
    expect(wordsOf(veikko.doc)).toBe(wordsOf(aino.doc));
  });

  test('what was written is there after the server has stopped and started', async () => {
    const log = memoryDocumentLog(() => 1);
    const first = await raiseStage(log);
    const aino = first.sit(documentId, { name: 'Aino' });
    await aino.synced;
    for (let i = 0; i < 200; i += 1) say(aino.doc, `Rivi ${i}`);
    const words = wordsOf(aino.doc);
    await vi.waitFor(async () => {
      expect(Y.encodeStateVector(aino.doc)).toEqual(await vectorOf(log, aino.caseId));
    }, patient);
    aino.leave();
    await first.close();
    const second = await raised(log);
    const veikko = await seated(second, { name: 'Veikko' });
    expect(wordsOf(veikko.doc)).toBe(words);
  });
});

async function vectorOf(log: DocumentLog, caseId: string): Promise<Uint8Array> {
  const stored = (await log.load({ caseId, documentId }))!;
  const doc = new Y.Doc();
  for (const update of [...(stored.folded ? [stored.folded] : []), ...stored.edits.map((e) => e.update)]) {
    Y.applyUpdate(doc, update);
  }
  return Y.encodeStateVector(doc);
}

describe('log before fan-out', () => {
  test('nobody sees what is not stored, neither who is there nor who comes', async () => {
    const log = memoryDocumentLog(() => 1);
    let store = (): void => undefined;
    const held: DocumentLog = {
      ...log,
      append: async (batch) => {
        await new Promise<void>((go) => (store = go));
        return log.append(batch);
      },
    };
    const stage = await raised(held);
    const [aino, veikko] = await Promise.all([
      seated(stage, { name: 'Aino' }),
      seated(stage, { name: 'Veikko' }),
    ]);
    const append = vi.spyOn(held, 'append');
    say(aino.doc, 'Vielä vain minulla.');
    await vi.waitFor(() => expect(append).toHaveBeenCalled(), patient);
    const late = stage.sit(documentId, { name: 'Marita' });
    leaving.push(() => late.leave());
    let lateSynced = false;
    void late.synced.then(() => (lateSynced = true));
    // A question and its answer on the same socket: whatever came before it has arrived.
    await knock(stage, documentId, { name: 'Heikki' }).answered(3);
    expect(wordsOf(veikko.doc)).not.toContain('Vielä');
    expect(lateSynced).toBe(false);
    store();
    await until(veikko.doc, () => wordsOf(veikko.doc).includes('Vielä'));
    await late.synced;
    expect(wordsOf(late.doc)).toContain('Vielä');
  });

  test('what waits for the same commit goes in one statement, a row for each author', async () => {
    const log = memoryDocumentLog(() => 1);
    const batches: string[][] = [];
    let store = (): void => undefined;
    const stage = await raised({
      ...log,
      append: async (batch) => {
        batches.push(batch.flatMap(({ edits }) => edits.map(({ author }) => author)));
        if (batches.length === 1) await new Promise<void>((go) => (store = go));
        return log.append(batch);
      },
    });
    const [aino, veikko] = await Promise.all([
      seated(stage, { name: 'Aino' }),
      seated(stage, { name: 'Veikko' }),
    ]);
    say(aino.doc, 'ensin');
    await vi.waitFor(() => expect(batches).toHaveLength(1), patient);
    for (let i = 0; i < 5; i += 1) {
      say(aino.doc, `Aino ${i}`);
      say(veikko.doc, `Veikko ${i}`);
    }
    await Promise.all([knock(stage, documentId, { name: 'Heikki' }).answered(3)]);
    await vi.waitFor(() => expect(stage.collaboration.counts().sockets).toBeGreaterThan(1), patient);
    store();
    await until(veikko.doc, () => wordsOf(veikko.doc).includes('Aino 4'));
    await until(aino.doc, () => wordsOf(aino.doc).includes('Veikko 4'));
    const after = batches.slice(1).flat();
    expect(after.length).toBeLessThan(10);
    expect(new Set(after).size).toBe(2);
  });

  test('who asks is told what is durable, and not before', async () => {
    const log = memoryDocumentLog(() => 1);
    let store = (): void => undefined;
    const stage = await raised({
      ...log,
      append: async (batch) => {
        await new Promise<void>((go) => (store = go));
        return log.append(batch);
      },
    });
    const guest = knock(stage, documentId, { name: 'Aino' }, { ack: '1' });
    leaving.push(() => guest.ws.close());
    await guest.open;
    guest.ws.send(
      sync(
        2,
        written((doc) => say(doc, 'a')),
      ),
    );
    guest.ws.send(new Uint8Array([3]));
    await guest.answered(1);
    expect(guest.safe).toEqual([]);
    store();
    await vi.waitFor(() => expect(guest.safe).toEqual([1]), patient);
  });

  test('a database that is away is waited for, and nothing is lost', async () => {
    const log = memoryDocumentLog(() => 1);
    let failures = 3;
    const stage = await raised({
      ...log,
      append: (batch) =>
        failures-- > 0 ? Promise.reject(new EngineError('store_unavailable', {})) : log.append(batch),
    });
    const [aino, veikko] = await Promise.all([
      seated(stage, { name: 'Aino' }),
      seated(stage, { name: 'Veikko' }),
    ]);
    say(aino.doc, 'Sitkeä rivi');
    await until(veikko.doc, () => wordsOf(veikko.doc).includes('Sitkeä'));
  });
});

describe('getting in', () => {
  const cases: Readonly<
    Record<string, readonly [number, (stage: Stage) => Readonly<Record<string, string>>]>
  > = {
    'without a ticket': [4401, () => ({})],
    'with an empty ticket': [4401, () => ({ ticket: '' })],
    'with words for a ticket': [4401, () => ({ ticket: 'let-me-in' })],
    'with a ticket of three parts': [4401, (s) => ({ ticket: `${s.ticket(documentId, { name: 'A' })}.x` })],
    'with a ticket that is over': [
      4401,
      (s) => ({
        ticket: s.ticket(documentId, { name: 'A' }, { expiresAt: new Date(Date.now() - 1).toISOString() }),
      }),
    ],
    'with a ticket to another document': [4401, (s) => ({ ticket: s.ticket('poyta-kaksi', { name: 'A' }) })],
    'with a ticket that was changed': [
      4401,
      (s) => {
        const [body, signature] = s.ticket(documentId, { name: 'A', right: 'read' }).split('.') as [
          string,
          string,
        ];
        const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Ticket;
        const changed = Buffer.from(JSON.stringify({ ...claims, right: 'edit' })).toString('base64url');
        return { ticket: `${changed}.${signature}` };
      },
    ],
    'with a signature that was cut': [
      4401,
      (s) => ({ ticket: s.ticket(documentId, { name: 'A' }).slice(0, -4) }),
    ],
    'with a ticket of more than it may hold': [4401, () => ({ ticket: 'x'.repeat(9_000) })],
    'with an older editor': [4409, (s) => ({ ticket: s.ticket(documentId, { name: 'A' }), schema: '0' })],
    'with an editor of tomorrow': [
      4409,
      (s) => ({ ticket: s.ticket(documentId, { name: 'A' }), schema: '2' }),
    ],
    'with an editor that says nonsense': [
      4409,
      (s) => ({ ticket: s.ticket(documentId, { name: 'A' }), schema: 'x' }),
    ],
    'with a ticket made for an older schema': [
      4409,
      (s) => ({ ticket: s.ticket(documentId, { name: 'A' }, { schemaVersion: 0 }) }),
    ],
    'to a document that is not there': [4404, (s) => ({ ticket: s.ticket(documentId, { name: 'Poissa' }) })],
  };
  test.each(Object.entries(cases))('%s is refused for good', async (_name, [code, params]) => {
    const stage = await raised();
    stage.rights.set('Poissa', null);
    const ws = new WebSocket(stage.address(documentId, params(stage)));
    expect(await new Promise((done) => ws.once('close', done))).toBe(code);
  });

  test('to a document of another case is refused', async () => {
    const stage = await raised();
    const other = '00000000-0000-7000-8000-0000000000c2';
    const ticket = stage.ticket(documentId, { name: 'Aino' }, { caseId: other });
    const ws = new WebSocket(stage.address(documentId, { ticket }));
    expect(await new Promise((done) => ws.once('close', done))).toBe(4404);
  });

  const origins: readonly (readonly [string, boolean])[] = [
    ['http://lakeus.test', true],
    ['null', false],
    ['https://evil.example', false],
    ['http://lakeus.test.evil.example', false],
    ['http://evil.example/http://lakeus.test', false],
    ['https://lakeus.test', false],
    ['http://lakeus.test:81', false],
    ['', false],
  ];
  test.each(origins)('a page from %s is let in: %s', async (origin, letIn) => {
    const stage = await raised();
    const ticket = stage.ticket(documentId, { name: 'Aino' });
    const ws = new WebSocket(stage.address(documentId, { ticket }), { headers: { origin } });
    leaving.push(() => ws.terminate());
    const opened = await new Promise((done) => {
      ws.once('open', () => done(true));
      ws.once('error', () => done(false));
    });
    expect(opened).toBe(letIn);
  });

  test('a cookie alone opens nothing', async () => {
    const stage = await raised();
    const ws = new WebSocket(stage.address(documentId, {}), { headers: { cookie: 'lakeus_session=x' } });
    expect(await new Promise((done) => ws.once('close', done))).toBe(4401);
  });

  test('from one address only so many', async () => {
    const stage = await raised(undefined, { limits: { socketsPerAddress: 2, lookEveryMs: 200 } as never });
    await Promise.all([seated(stage, { name: 'Aino' }), seated(stage, { name: 'Veikko' })]);
    const ws = new WebSocket(
      stage.address(documentId, { ticket: stage.ticket(documentId, { name: 'Marita' }) }),
    );
    expect(await new Promise((done) => ws.once('error', (error) => done(error.message)))).toContain('503');
  });
});

describe('rights', () => {
  test.each<DocumentRight>(['read', 'comment'])(
    'who may %s and writes is sent away, and nobody sees it',
    async (right) => {
      const stage = await raised();
      const veikko = await seated(stage, { name: 'Veikko' });
      const reader = await seated(stage, { name: 'Aino', right });
      const closed = reader.closed();
      say(reader.doc, 'En saisi');
      expect(await closed).toEqual({ code: 4403, reason: 'right_changed' });
      say(veikko.doc, 'Saan');
      const late = await seated(stage, { name: 'Marita' });
      await until(late.doc, () => wordsOf(late.doc).includes('Saan'));
      expect(wordsOf(late.doc)).not.toContain('En saisi');
    },
  );

  test('who may read sees what is written', async () => {
    const stage = await raised();
    const [veikko, reader] = [
      await seated(stage, { name: 'Veikko' }),
      await seated(stage, { name: 'Aino', right: 'read' }),
    ];
    say(veikko.doc, 'Luettavaksi');
    await until(reader.doc, () => wordsOf(reader.doc).includes('Luettavaksi'));
  });

  test('a ticket gives no more than its person may now', async () => {
    const stage = await raised();
    stage.rights.set('Aino', 'read');
    const aino = await seated(stage, { name: 'Aino', right: 'edit' });
    const closed = aino.closed();
    say(aino.doc, 'En saisi enää');
    expect((await closed).code).toBe(4403);
  });

  test.each<[DocumentRight | null, number]>([
    ['comment', 4403],
    ['read', 4403],
    [null, 4404],
  ])('when the case moves and somebody may only %s, their socket closes', async (right, code) => {
    let caseSeq = 1;
    const stage = await raised(memoryDocumentLog(() => caseSeq));
    const [aino, veikko] = [await seated(stage, { name: 'Aino' }), await seated(stage, { name: 'Veikko' })];
    await vi.waitFor(() => expect(stage.collaboration.counts().sockets).toBe(2), patient);
    const closed = aino.closed();
    stage.rights.set('Aino', right);
    caseSeq += 1;
    stage.announce();
    expect((await closed).code).toBe(code);
    expect(veikko.provider.wsconnected).toBe(true);
  });

  test('a lost announcement changes nothing: the store is looked into', async () => {
    let caseSeq = 1;
    const stage = await raised(memoryDocumentLog(() => caseSeq));
    const aino = await seated(stage, { name: 'Aino' });
    const closed = aino.closed();
    stage.rights.set('Aino', 'read');
    caseSeq += 1;
    expect((await closed).code).toBe(4403);
  });

  test('a document that is gone closes for all', async () => {
    let there = true;
    const stage = await raised(memoryDocumentLog(() => (there ? 1 : undefined)));
    const aino = await seated(stage, { name: 'Aino' });
    const closed = aino.closed();
    there = false;
    expect((await closed).code).toBe(4404);
  });
});

describe('what is bad reaches nobody', () => {
  const bad: Readonly<Record<string, readonly [number, Uint8Array]>> = {
    'a node that is not of the schema': [
      4403,
      sync(
        2,
        written((doc) => doc.getXmlFragment(fragmentName).push([new Y.XmlElement('script')])),
      ),
    ],
    'a root that is not ours': [
      4403,
      sync(
        2,
        written((doc) => doc.getMap('state').set('x', 1)),
      ),
    ],
    'an update that is none': [4400, sync(2, new Uint8Array([9, 9, 9]))],
    'an empty message': [4400, new Uint8Array()],
    'a sync message of no kind': [4400, sync(7, new Uint8Array([0, 0]))],
    'a message that ends too early': [4400, new Uint8Array([0, 2, 200, 1])],
    'a presence that ends too early': [4400, presence(new Uint8Array([1, 5]))],
  };
  test.each(Object.entries(bad))('%s', async (_name, [code, message]) => {
    const stage = await raised();
    const veikko = await seated(stage, { name: 'Veikko' });
    say(veikko.doc, 'Ennen');
    const before = Y.encodeStateVector(veikko.doc);
    const guest = knock(stage, documentId, { name: 'Aino' });
    await guest.open;
    guest.ws.send(message);
    expect(await guest.closed).toBe(code);
    expect(Y.encodeStateVector(veikko.doc)).toEqual(before);
    const late = await seated(stage, { name: 'Marita' });
    expect(Y.encodeStateVector(late.doc)).toEqual(before);
  });

  test('a message over a mebibyte closes its socket, one under it does not', async () => {
    const stage = await raised();
    const guest = knock(stage, documentId, { name: 'Aino' });
    await guest.open;
    guest.ws.send(
      sync(
        2,
        written((doc) => say(doc, 'x'.repeat(1_040_000))),
      ),
    );
    guest.ws.send(new Uint8Array([3]));
    await guest.answered(1);
    guest.ws.send(new Uint8Array(1_048_577));
    expect(await guest.closed).toBe(1009);
  });

  test('a document that is full takes no more, and says so', async () => {
    const stage = await raised();
    const aino = await seated(stage, { name: 'Aino' });
    const closed = aino.closed();
    for (let i = 0; i < 6; i += 1) say(aino.doc, 'x'.repeat(900_000));
    expect(await closed).toEqual({ code: 4403, reason: 'too_large' });
  });

  test('five hundred broken messages leave the server and the others as they were', async () => {
    const stage = await raised();
    const veikko = await seated(stage, { name: 'Veikko' });
    const good = [
      sync(
        2,
        written((doc) => say(doc, 'hei')),
      ),
      sync(0, Y.encodeStateVector(new Y.Doc())),
      presence(awarenessUpdate([{ client: 5, clock: 1, state: '{}' }])),
    ];
    let state = 42;
    const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const guest = knock(stage, documentId, { name: `Vieras${i % 3}` });
          await guest.open;
          const bytes = new Uint8Array(good[i % 3]!);
          for (let k = 0; k <= i % 5; k += 1) bytes[next() % bytes.length] = next() & 255;
          guest.ws.send(bytes);
          guest.ws.send(new Uint8Array([3]));
          await Promise.race([guest.answered(1), guest.closed]);
          guest.ws.terminate();
        }),
      );
    }
    say(veikko.doc, 'Yhä täällä');
    const late = await seated(stage, { name: 'Marita' });
    await until(late.doc, () => wordsOf(late.doc).includes('Yhä täällä'));
  });

  test('an id that somebody else writes under is not taken over', async () => {
    const stage = await raised();
    const aino = await seated(stage, { name: 'Aino' });
    const text = say(aino.doc, 'Minun');
    const thief = stage.sit(documentId, { name: 'Veikko' });
    leaving.push(() => thief.leave());
    await thief.synced;
    await until(thief.doc, () => wordsOf(thief.doc).includes('Minun'));
    const own = thief.doc.clientID;
    thief.doc.clientID = aino.doc.clientID;
    const closed = thief.closed();
    say(thief.doc, 'Anastettu');
    thief.doc.clientID = own;
    expect(await closed).toEqual({ code: 4403, reason: 'id_taken' });
    text.insert(0, 'Yhä ');
    const late = await seated(stage, { name: 'Marita' });
    await until(late.doc, () => wordsOf(late.doc).includes('Yhä Minun'));
    expect(wordsOf(late.doc)).not.toContain('Anastettu');
  });
});

describe('two edits that are right by themselves and wrong together', () => {
  test('are repaired for all in the same way, and what was before is kept', async () => {
    const log = memoryDocumentLog(() => 1);
    const stage = await raised(log);
    const [aino, veikko] = [await seated(stage, { name: 'Aino' }), await seated(stage, { name: 'Veikko' })];
    const fragment = aino.doc.getXmlFragment(fragmentName);
    const list = new Y.XmlElement('bullet_list');
    const items = ['yksi', 'kaksi'].map((words) => {
      const item = new Y.XmlElement('list_item');
      const paragraph = new Y.XmlElement('paragraph');
      paragraph.insert(0, [new Y.XmlText(words)]);
      item.insert(0, [paragraph]);
      return item;
    });
    list.insert(0, items);
    aino.doc.transact(() => fragment.push([list]));
    say(aino.doc, 'loppu');
    await until(veikko.doc, () => wordsOf(veikko.doc) === wordsOf(aino.doc));
    // Each takes out another item; together they leave a list of nothing.
    (aino.doc.getXmlFragment(fragmentName).get(0) as Y.XmlElement).delete(0, 1);
    (veikko.doc.getXmlFragment(fragmentName).get(0) as Y.XmlElement).delete(1, 1);
    await until(aino.doc, () => wordsOf(aino.doc) === '<paragraph>loppu</paragraph>');
    await until(veikko.doc, () => wordsOf(veikko.doc) === wordsOf(aino.doc));
    const [version] = await log.versions({ caseId: aino.caseId, documentId });
    expect(version).toMatchObject({ reason: 'beforeRepair', author: 'server' });
  });
});

describe('who is here', () => {
  const seen = (sitter: Sitter) =>
    [...sitter.provider.awareness.getStates().entries()].filter(([client]) => client !== sitter.doc.clientID);

  test('is told by the name of their ticket, whatever they say', async () => {
    const stage = await raised();
    const [aino, veikko] = [await seated(stage, { name: 'Aino' }), await seated(stage, { name: 'Veikko' })];
    veikko.provider.awareness.setLocalState({
      user: { name: '<img src=x onerror=alert(1)>', colour: 99, color: 'url(x)', role: 'admin' },
      admin: true,
    });
    await vi.waitFor(() => {
      const [[client, state]] = seen(aino) as [[number, Record<string, unknown>]];
      expect(client).toBe(veikko.doc.clientID);
      expect(state.user).toMatchObject({ name: 'Veikko' });
      expect(Object.keys(state)).toEqual(['user']);
      expect(Object.keys(state.user as object).sort()).toEqual(['color', 'colour', 'name']);
    }, patient);
  });

  const spoofs: Readonly<Record<string, (own: number, others: number) => Uint8Array>> = {
    'the id of somebody else': (_own, others) =>
      awarenessUpdate([{ client: others, clock: 99, state: '{"x":1}' }]),
    'somebody else’s leaving': (_own, others) =>
      awarenessUpdate([{ client: others, clock: 99, state: 'null' }]),
    'two at once': (own, others) =>
      awarenessUpdate([
        { client: own, clock: 5, state: '{}' },
        { client: others, clock: 99, state: '{}' },
      ]),
    'a thousand at once': (own) =>
      awarenessUpdate(Array.from({ length: 1_000 }, (_, i) => ({ client: own + i, clock: 1, state: '{}' }))),
    'a state of a megabyte': (own) =>
      awarenessUpdate([{ client: own, clock: 5, state: JSON.stringify({ cursor: 'x'.repeat(1_000_000) }) }]),
    'a second id of their own': (own) =>
      awarenessUpdate([{ client: own + 1, clock: 5, state: '{"cursor":null}' }]),
    'an older word of their own': (own) => awarenessUpdate([{ client: own, clock: 0, state: '{}' }]),
    'nobody at all': () => awarenessUpdate([]),
  };
  /** A client that has said nothing of itself is not shown to others, by the protocol. */
  const here = (sitter: Sitter) => sitter.provider.awareness.setLocalStateField('cursor', null);

  test.each(Object.entries(spoofs))('%s changes nothing', async (_name, spoof) => {
    const stage = await raised();
    const [aino, veikko] = [await seated(stage, { name: 'Aino' }), await seated(stage, { name: 'Veikko' })];
    here(veikko);
    await vi.waitFor(() => expect(seen(aino)).toHaveLength(1), patient);
    const guest = knock(stage, documentId, { name: 'Heikki' });
    leaving.push(() => guest.ws.terminate());
    await guest.open;
    guest.ws.send(presence(awarenessUpdate([{ client: 7, clock: 1, state: '{}' }])));
    await vi.waitFor(() => expect(seen(aino)).toHaveLength(2), patient);
    const before = JSON.stringify(seen(aino));
    guest.ws.send(presence(spoof(7, veikko.doc.clientID)));
    guest.ws.send(new Uint8Array([3]));
    await guest.answered(1);
    say(veikko.doc, 'jatkuu');
    await until(aino.doc, () => wordsOf(aino.doc).includes('jatkuu'));
    expect(JSON.stringify(seen(aino))).toBe(before);
  });

  test('a place that is none is not passed on', async () => {
    const stage = await raised();
    const aino = await seated(stage, { name: 'Aino' });
    const guest = knock(stage, documentId, { name: 'Heikki' });
    leaving.push(() => guest.ws.terminate());
    await guest.open;
    const cursor = { anchor: { type: null, item: { client: 1, clock: 2 }, onclick: 'x' }, head: '<b>' };
    guest.ws.send(presence(awarenessUpdate([{ client: 7, clock: 1, state: JSON.stringify({ cursor }) }])));
    await vi.waitFor(() => expect(seen(aino)).toHaveLength(1), patient);
    expect(seen(aino)[0]![1]).not.toHaveProperty('cursor');
  });

  test('readers are not shown, and who leaves is gone', async () => {
    const stage = await raised();
    const [aino, veikko] = [await seated(stage, { name: 'Aino' }), await seated(stage, { name: 'Veikko' })];
    const marita = await seated(stage, { name: 'Marita', right: 'read' });
    here(marita);
    here(veikko);
    await vi.waitFor(() => expect(seen(aino)).toHaveLength(1), patient);
    veikko.leave();
    await vi.waitFor(() => expect(seen(aino)).toHaveLength(0), patient);
  });
});

describe('words lost on the way', () => {
  /** A client whose every n-th outgoing frame never arrives. */
  function lossy(every: number) {
    let sent = 0;
    return class extends WebSocket {
      override send(data: Parameters<WebSocket['send']>[0]): void {
        sent += 1;
        if (sent % every !== 0) super.send(data);
      }
    };
  }

  test('are asked for again', async () => {
    const stage = await raised();
    const veikko = await seated(stage, { name: 'Veikko' });
    const aino = stage.sit(documentId, { name: 'Aino' }, {}, lossy(4));
    leaving.push(() => aino.leave());
    await aino.synced;
    const text = say(aino.doc, 'a');
    for (let i = 0; i < 40; i += 1) text.insert(text.length, String(i % 10));
    await until(veikko.doc, () => wordsOf(veikko.doc) === wordsOf(aino.doc));
  });
});

describe('several processes', () => {
  /** A bus on which some announcements are lost. */
  function lossyBus(bus: Bus, lost: () => boolean): Bus {
    return { ...bus, announce: (topic, message) => (lost() ? undefined : bus.announce(topic, message)) };
  }

  test.each([
    ['all announcements arrive', () => false],
    [
      'every second is lost',
      (() => {
        let n = 0;
        return () => n++ % 2 === 0;
      })(),
    ],
    ['none arrives', () => true],
  ])('have the same document when %s', async (_name, lost) => {
    const log = memoryDocumentLog(() => 1);
    const bus = localBus();
    leaving.push(() => bus.close());
    const here = await raised(log, { bus: lossyBus(bus, lost) });
    const there = await raised(log, { bus: lossyBus(bus, lost) });
    const [aino, veikko] = [await seated(here, { name: 'Aino' }), await seated(there, { name: 'Veikko' })];
    for (let i = 0; i < 15; i += 1) {
      say(aino.doc, `Aino ${i}`);
      say(veikko.doc, `Veikko ${i}`);
    }
    await until(aino.doc, () => wordsOf(aino.doc).includes('Veikko 14'));
    await until(veikko.doc, () => wordsOf(veikko.doc).includes('Aino 14'));
    expect(Y.encodeStateAsUpdate(aino.doc)).toEqual(Y.encodeStateAsUpdate(veikko.doc));
  });

  test('show who is at the other', async () => {
    const log = memoryDocumentLog(() => 1);
    const bus = localBus();
    leaving.push(() => bus.close());
    const [here, there] = [await raised(log, { bus }), await raised(log, { bus })];
    const aino = await seated(here, { name: 'Aino' });
    const veikko = await seated(there, { name: 'Veikko' });
    veikko.provider.awareness.setLocalStateField('cursor', null);
    await vi.waitFor(() => {
      const names = [...aino.provider.awareness.getStates().values()].map(
        (state) => (state.user as { name?: string })?.name,
      );
      expect(names).toContain('Veikko');
    }, patient);
  });
});

describe('pages that read and write', () => {
  test('see what is durable, and their words reach who has the document open', async () => {
    const stage = await raised();
    const aino = await seated(stage, { name: 'Aino' });
    say(aino.doc, 'Sivulle');
    const ref = { caseId: aino.caseId, documentId };
    await vi.waitFor(
      async () => expect(JSON.stringify(await stage.collaboration.documents.read(ref))).toContain('Sivulle'),
      patient,
    );
    await stage.collaboration.documents.write(ref, 'person:x', (now) => ({
      ...now,
      content: [
        ...(now.content as object[]),
        { type: 'paragraph', content: [{ type: 'text', text: 'Sivulta' }] },
      ],
    }));
    await until(aino.doc, () => wordsOf(aino.doc).includes('Sivulta'));
    await expect(
      stage.collaboration.documents.write(ref, 'person:x', () => ({
        type: 'doc',
        content: [{ type: 'table' }],
      })),
    ).rejects.toThrow(RangeError);
  });

  test('find nothing where there is no document', async () => {
    const stage = await raised(memoryDocumentLog(() => undefined));
    expect(await stage.collaboration.documents.read({ caseId: 'x', documentId })).toBeNull();
  });
});

test('messages of no known kind are passed over', () => {
  expect(readMessage(new Uint8Array([99, 1]))).toEqual({ kind: 'other' });
});
