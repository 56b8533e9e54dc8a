import { memoryDocumentLog } from '@lakeus/engine/testing';
import type { DocumentLog } from '@lakeus/engine';
import { EngineError } from '@lakeus/engine';
import { fragmentName } from '@lakeus/engine/document';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { documentId, leaving, patient, presence, raised, seated, sync, written } from './testing/company.ts';
import { knock, raiseStage, say, until, wordsOf } from './testing/stage.ts';
import { awarenessUpdate, readMessage } from './wire.ts';

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

/** Elements in one another, the outermost first, with words in the innermost. */
function nested(names: readonly string[], words: string): Y.XmlElement {
  const [name, ...inner] = names;
  const element = new Y.XmlElement(name);
  element.insert(0, [inner.length > 0 ? nested(inner, words) : new Y.XmlText(words)]);
  return element;
}

describe('two edits that are right by themselves and wrong together', () => {
  const kinds = [
    ['a list', 'bullet_list', ['list_item', 'paragraph']],
    ['a table', 'table', ['table_row', 'table_cell', 'paragraph']],
  ] as const;
  test.each(kinds)(
    'leave %s of nothing: it goes for all, and what was before is kept',
    async (_what, outer, inner) => {
      const log = memoryDocumentLog(() => 1);
      const stage = await raised(log);
      const [aino, veikko] = [await seated(stage, { name: 'Aino' }), await seated(stage, { name: 'Veikko' })];
      const whole = new Y.XmlElement(outer);
      whole.insert(
        0,
        ['yksi', 'kaksi'].map((words) => nested(inner, words)),
      );
      aino.doc.transact(() => aino.doc.getXmlFragment(fragmentName).push([whole]));
      say(aino.doc, 'loppu');
      await until(veikko.doc, () => wordsOf(veikko.doc) === wordsOf(aino.doc));
      // Each takes out another part.
      (aino.doc.getXmlFragment(fragmentName).get(0) as Y.XmlElement).delete(0, 1);
      (veikko.doc.getXmlFragment(fragmentName).get(0) as Y.XmlElement).delete(1, 1);
      await until(aino.doc, () => wordsOf(aino.doc) === '<paragraph>loppu</paragraph>');
      await until(veikko.doc, () => wordsOf(veikko.doc) === wordsOf(aino.doc));
      const [version] = await log.versions({ caseId: aino.caseId, documentId });
      expect(version).toMatchObject({ reason: 'beforeRepair', author: 'server' });
    },
  );

  test('and two who take out the same table have taken it out once, and disturb nobody', async () => {
    const stage = await raised();
    const [aino, veikko] = [await seated(stage, { name: 'Aino' }), await seated(stage, { name: 'Veikko' })];
    const table = new Y.XmlElement('table');
    table.insert(0, [nested(['table_row', 'table_cell', 'paragraph'], 'ruutu')]);
    aino.doc.transact(() => aino.doc.getXmlFragment(fragmentName).push([table]));
    say(aino.doc, 'loppu');
    await until(veikko.doc, () => wordsOf(veikko.doc) === wordsOf(aino.doc));
    aino.doc.getXmlFragment(fragmentName).delete(0, 1);
    veikko.doc.getXmlFragment(fragmentName).delete(0, 1);
    say(veikko.doc, 'jatkuu');
    await until(aino.doc, () => wordsOf(aino.doc).includes('jatkuu'));
    expect(wordsOf(aino.doc)).toBe('<paragraph>loppu</paragraph><paragraph>jatkuu</paragraph>');
    expect(wordsOf(veikko.doc)).toBe(wordsOf(aino.doc));
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
