import { describe, expect, test, vi } from 'vitest';
import { documentId, leaving, patient, presence, raised, seated } from './testing/company.ts';
import { knock, say, until, wordsOf } from './testing/stage.ts';
import type { Sitter } from './testing/stage.ts';
import { awarenessUpdate } from './wire.ts';

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
