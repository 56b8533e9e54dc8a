import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding';
import { get } from 'svelte/store';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync';
import { Doc } from 'yjs';
import type { Connection } from './connection.ts';
import { Bench } from './testing/bench.ts';

let bench = new Bench();
afterEach(() => {
  bench.close();
  bench = new Bench();
});

const write = ({ doc }: { doc: Doc }, text: string) => doc.getText('body').insert(0, text);
const now = (connection: Connection) => get(connection.status);

describe('a document that is joined', () => {
  it('asks for a ticket and shows it at the door', async () => {
    bench.open();
    const socket = await bench.nextSocket(0);
    expect(socket.url).toBe('ws://here.invalid/collab/reitit-01?ticket=a&schema=1&ack=1');
  });

  it('is complete and saved once both states were exchanged', async () => {
    write(bench, 'alku');
    const connection = bench.open();
    expect(now(connection).state).toBe('connecting');
    await bench.join(0);
    expect(connection.doc.getText('body').toJSON()).toBe('alku');
    expect(now(connection)).toMatchObject({ state: 'saved', unsafe: 0, complete: true, right: 'edit' });
  });

  it('counts an edit as saved only when the server says that it is durable', async () => {
    const connection = bench.open();
    const socket = await bench.join(0);
    bench.confirm(socket, 1);
    write(connection, 'a');
    write(connection, 'b');
    expect(now(connection)).toMatchObject({ state: 'saving', unsafe: 2 });
    bench.confirm(socket, 2);
    expect(now(connection)).toMatchObject({ state: 'saving', unsafe: 1 });
    bench.confirm(socket, 3);
    expect(now(connection)).toMatchObject({ state: 'saved', unsafe: 0 });
  });

  it('does not count what others wrote', async () => {
    const connection = bench.open();
    const socket = await bench.join(0);
    socket.hear((encoder) => {
      writeVarUint(encoder, 0);
      write(bench, 'muiden');
      writeUpdate(encoder, stateOf(bench.doc));
    });
    expect(connection.doc.getText('body').toJSON()).toBe('muiden');
    expect(now(connection)).toMatchObject({ state: 'saved', unsafe: 0 });
  });

  it('takes a socket for dead that confirms nothing for long, and keeps the count', async () => {
    const connection = bench.open();
    await bench.join(0);
    write(connection, 'a');
    bench.pass();
    expect(now(connection)).toMatchObject({ state: 'offline', unsafe: 1 });
  });
});

const stateOf = (doc: Doc) => {
  const encoder = createEncoder();
  writeSyncStep1(encoder, new Doc());
  const answer = createEncoder();
  readSyncMessage(createDecoder(toUint8Array(encoder)), answer, doc, null);
  const decoder = createDecoder(toUint8Array(answer));
  readVarUint(decoder);
  return readVarUint8Array(decoder);
};

describe('a document without a network', () => {
  it('counts what is written, and is safe when the state sent after the return is durable', async () => {
    const connection = bench.open();
    const first = await bench.join(0);
    first.closedByServer(1006);
    write(connection, 'a');
    write(connection, 'b');
    expect(now(connection)).toMatchObject({ state: 'offline', unsafe: 2 });
    bench.pass();
    const second = await bench.join(1);
    expect(bench.doc.getText('body').toJSON()).toBe('ba');
    expect(now(connection)).toMatchObject({ state: 'saving', unsafe: 2 });
    bench.confirm(second, 1);
    expect(now(connection)).toMatchObject({ state: 'saved', unsafe: 0 });
  });

  it('sends no edit before those that it stands on', async () => {
    const connection = bench.open();
    const first = await bench.join(0);
    first.closedByServer(1006);
    write(connection, 'a');
    bench.pass();
    const second = await bench.nextSocket(1);
    second.openNow();
    write(connection, 'b');
    expect(second.kinds()).not.toContain('update');
    bench.greet(second);
    expect(bench.doc.getText('body').toJSON()).toBe('ba');
    bench.confirm(second, 1);
    expect(now(connection).unsafe).toBe(0);
  });

  it('counts edits anew that a lost socket had not confirmed', async () => {
    const connection = bench.open();
    const first = await bench.join(0);
    bench.confirm(first, 1);
    write(connection, 'a');
    first.closedByServer(1006);
    expect(now(connection)).toMatchObject({ state: 'offline', unsafe: 1 });
  });

  it('lets go of the socket when the device loses its network, and returns with it', async () => {
    const connection = bench.open();
    await bench.join(0);
    bench.network(false);
    expect(now(connection).state).toBe('offline');
    bench.network(true);
    await bench.join(1);
    expect(now(connection).state).toBe('saved');
  });

  it('waits longer each time, and asks for a fresh ticket each time', async () => {
    bench.admissions.push(new Error('away'), new Error('away'), new Error('away'));
    const connection = bench.open();
    const waited: number[] = [];
    for (const asked of [1, 2, 3]) {
      await vi.waitUntil(() => bench.asked === asked && bench.due.length === 1, { interval: 1 });
      waited.push(bench.due[0]!.ms);
      bench.pass();
    }
    expect(waited[2]).toBeGreaterThan(waited[0]!);
    await bench.join(0);
    expect(bench.asked).toBe(4);
    expect(now(connection).state).toBe('saved');
  });

  it('remembers edits of an earlier visit that were not safe', async () => {
    const connection = bench.open({ unsafe: 3 });
    await vi.waitUntil(() => now(connection).unsafe === 3, { interval: 1 });
    const socket = await bench.join(0);
    bench.confirm(socket, 1);
    expect(now(connection)).toMatchObject({ state: 'saved', unsafe: 0 });
  });
});

describe('a refusal', () => {
  const permanent = [
    [4403, 'content_refused', 'content_refused'],
    [4403, 'id_taken', 'id_taken'],
    [4404, '', 'not_found'],
    [4409, 'schema_old', 'schema_old'],
    [1009, '', 'too_large'],
  ] as const;
  it.each(permanent)('with code %i %s ends the attempts and says why', async (code, reason, because) => {
    const connection = bench.open();
    const socket = await bench.join(0);
    write(connection, 'oma');
    socket.closedByServer(code, reason);
    expect(now(connection)).toMatchObject({ state: 'refused', refusedBecause: because, unsafe: 1 });
    expect(bench.due).toEqual([]);
    expect(connection.doc.getText('body').toJSON()).toBe('oma');
  });

  it.each([
    [4401, 'ticket'],
    [1013, ''],
    [4403, 'too_fast'],
    [1006, ''],
  ])('with code %i %s is tried again', async (code, reason) => {
    const connection = bench.open();
    const socket = await bench.join(0);
    socket.closedByServer(code, reason);
    expect(now(connection).state).toBe('offline');
    bench.pass();
    await bench.join(1);
    expect(now(connection).state).toBe('saved');
  });

  it('of what the server could not read ends after a few attempts to send all of it', async () => {
    const connection = bench.open();
    for (const attempts of [0, 1, 2]) {
      const socket = await bench.join(attempts);
      if (attempts === 0) write(connection, 'oma');
      socket.closedByServer(4400, 'malformed');
      if (attempts < 2) bench.pass();
    }
    expect(now(connection)).toMatchObject({ state: 'refused', refusedBecause: 'content_refused', unsafe: 1 });
  });

  it('goes on with the right that is left', async () => {
    const connection = bench.open();
    const socket = await bench.join(0);
    socket.closedByServer(4403, 'right_changed');
    bench.admissions.push({ ticket: 'b', right: 'read', name: 'Vieno', author: 'x', schemaVersion: 1 });
    bench.pass();
    await bench.join(1);
    expect(now(connection)).toMatchObject({ state: 'saved', right: 'read' });
    expect(connection.awareness.getLocalState()).toBeNull();
  });

  it('keeps what was written under a right that is gone, instead of sending it', async () => {
    const connection = bench.open();
    const socket = await bench.join(0);
    write(connection, 'oma');
    socket.closedByServer(4403, 'right_changed');
    bench.admissions.push({ ticket: 'b', right: 'read', name: 'Vieno', author: 'x', schemaVersion: 1 });
    bench.pass();
    await vi.waitUntil(() => now(connection).state === 'refused', { interval: 1 });
    expect(now(connection)).toMatchObject({ refusedBecause: 'right_changed', unsafe: 1 });
    expect(bench.sockets).toHaveLength(1);
  });

  it('comes before the socket when the server writes by a newer schema', async () => {
    bench.admissions.push({ ticket: 'a', right: 'edit', name: 'V', author: 'x', schemaVersion: 2 });
    const connection = bench.open();
    await vi.waitUntil(() => now(connection).state === 'refused', { interval: 1 });
    expect(now(connection).refusedBecause).toBe('schema_old');
    expect(bench.sockets).toHaveLength(0);
  });
});

describe('who is here', () => {
  const aboutOther = () => {
    const awareness = new Awareness(new Doc());
    awareness.setLocalState({ user: { name: 'Aino', colour: 3 } });
    const bytes = encodeAwarenessUpdate(awareness, [awareness.clientID]);
    const { clientID } = awareness;
    awareness.destroy();
    return { bytes, clientID };
  };

  it('hears others and does not repeat them', async () => {
    const connection = bench.open();
    const socket = await bench.join(0);
    socket.sent.splice(0);
    const { bytes, clientID } = aboutOther();
    socket.hear((encoder) => {
      writeVarUint(encoder, 1);
      writeVarUint8Array(encoder, bytes);
    });
    expect(connection.awareness.getStates().get(clientID)).toEqual({ user: { name: 'Aino', colour: 3 } });
    expect(socket.sent).toEqual([]);
  });

  it('tells of itself only, also when asked', async () => {
    const connection = bench.open();
    const socket = await bench.join(0);
    const { bytes } = aboutOther();
    applyAwarenessUpdate(connection.awareness, bytes, 'elsewhere');
    socket.sent.splice(0);
    connection.awareness.setLocalStateField('cursor', { anchor: null });
    socket.hear((encoder) => writeVarUint(encoder, 3));
    expect(socket.kinds()).toEqual(['type1', 'type1']);
    for (const frame of socket.sent) {
      const decoder = createDecoder(frame);
      readVarUint(decoder);
      const inner = createDecoder(readVarUint8Array(decoder));
      expect([readVarUint(inner), readVarUint(inner)]).toEqual([1, connection.doc.clientID]);
    }
  });
});
