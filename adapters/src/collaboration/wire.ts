import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** The y-websocket protocol as bytes, and WebSocket frames around it.
 * @source y-protocols (sync, awareness); RFC 6455, 5.2 */

export const protocol = { sync: 0, awareness: 1, auth: 2, queryAwareness: 3, safe: 64 } as const;
const step = { one: 0, two: 1, update: 2 } as const;

export type Incoming =
  | { readonly kind: 'stateAsked'; readonly stateVector: Uint8Array }
  /** `whole`: an answer to what we asked, with all that the sender has and we lacked */
  | { readonly kind: 'update'; readonly update: Uint8Array; readonly whole: boolean }
  | { readonly kind: 'awareness'; readonly update: Uint8Array }
  | { readonly kind: 'awarenessAsked' }
  /** nothing that is answered */
  | { readonly kind: 'other' };

/** Reads one message.
 * @throws {Error} when it is not one */
export function readMessage(bytes: Uint8Array): Incoming {
  const decoder = decoding.createDecoder(bytes);
  switch (decoding.readVarUint(decoder)) {
    case protocol.sync: {
      const kind = decoding.readVarUint(decoder);
      const content = decoding.readVarUint8Array(decoder);
      if (kind === step.one) return { kind: 'stateAsked', stateVector: content };
      if (kind === step.two || kind === step.update) {
        return { kind: 'update', update: content, whole: kind === step.two };
      }
      throw new Error('no such sync message');
    }
    case protocol.awareness:
      return { kind: 'awareness', update: decoding.readVarUint8Array(decoder) };
    case protocol.queryAwareness:
      return { kind: 'awarenessAsked' };
    default:
      return { kind: 'other' };
  }
}

const written = (write: (encoder: encoding.Encoder) => void): Buffer => {
  const encoder = encoding.createEncoder();
  write(encoder);
  return framed(encoding.toUint8Array(encoder));
};

/** One message as one whole unmasked binary frame, to be written to any number of sockets. */
function framed(payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x82;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(payload, head);
  return frame;
}

const syncFrame = (kind: number, content: Uint8Array): Buffer =>
  written((encoder) => {
    encoding.writeVarUint(encoder, protocol.sync);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, content);
  });

export const stateAskedFrame = (stateVector: Uint8Array): Buffer => syncFrame(step.one, stateVector);
export const stateFrame = (update: Uint8Array): Buffer => syncFrame(step.two, update);
export const updateFrame = (update: Uint8Array): Buffer => syncFrame(step.update, update);

/** How many of the sync messages that came over a socket are durable. */
export const safeFrame = (count: number): Buffer =>
  written((encoder) => {
    encoding.writeVarUint(encoder, protocol.safe);
    encoding.writeVarUint(encoder, count);
  });

/** Where somebody is in a document, as it goes to others. `state` is JSON, or 'null' when they left. */
export type Presence = { readonly client: number; readonly clock: number; readonly state: string };

export const awarenessFrame = (present: readonly Presence[]): Buffer =>
  written((encoder) => {
    encoding.writeVarUint(encoder, protocol.awareness);
    encoding.writeVarUint8Array(encoder, awarenessUpdate(present));
  });

export function awarenessUpdate(present: readonly Presence[]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, present.length);
  for (const { client, clock, state } of present) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, state);
  }
  return encoding.toUint8Array(encoder);
}

/** Reads the first of an awareness update's entries, and how many there are. The rest is not decoded: a client speaks
 * for itself alone, and what it repeats of others is dropped unread.
 * @throws {Error} when it is malformed */
export function readPresence(update: Uint8Array): { count: number; first: Presence | null } {
  const decoder = decoding.createDecoder(update);
  const count = decoding.readVarUint(decoder);
  if (count !== 1) return { count, first: null };
  const client = decoding.readVarUint(decoder);
  const clock = decoding.readVarUint(decoder);
  return { count, first: { client, clock, state: decoding.readVarString(decoder) } };
}

/** What goes between processes about one document. */
export type Word =
  | {
      readonly kind: 'edits';
      readonly node: string;
      readonly from: number;
      readonly to: number;
      readonly update: Uint8Array;
    }
  | { readonly kind: 'presence'; readonly node: string; readonly present: Presence };

export function wordBytes(word: Word): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, word.kind === 'edits' ? 0 : 1);
  encoding.writeVarString(encoder, word.node);
  if (word.kind === 'edits') {
    encoding.writeVarUint(encoder, word.from);
    encoding.writeVarUint(encoder, word.to);
    encoding.writeVarUint8Array(encoder, word.update);
  } else {
    encoding.writeVarUint(encoder, word.present.client);
    encoding.writeVarUint(encoder, word.present.clock);
    encoding.writeVarString(encoder, word.present.state);
  }
  return encoding.toUint8Array(encoder);
}

export function readWord(bytes: Uint8Array): Word {
  const decoder = decoding.createDecoder(bytes);
  const kind = decoding.readVarUint(decoder);
  const node = decoding.readVarString(decoder);
  if (kind === 0) {
    const from = decoding.readVarUint(decoder);
    const to = decoding.readVarUint(decoder);
    return { kind: 'edits', node, from, to, update: decoding.readVarUint8Array(decoder) };
  }
  const client = decoding.readVarUint(decoder);
  const clock = decoding.readVarUint(decoder);
  return { kind: 'presence', node, present: { client, clock, state: decoding.readVarString(decoder) } };
}
