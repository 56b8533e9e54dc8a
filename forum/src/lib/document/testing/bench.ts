import { createDecoder, readVarUint } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding';
import { vi } from 'vitest';
import { readSyncMessage, writeSyncStep1 } from 'y-protocols/sync';
import { Doc } from 'yjs';
import { openConnection } from '../connection.ts';
import type { Admission, Connection, RefusedBecause, Surroundings } from '../connection.ts';

/** A server of one document with a socket that is opened, answered and closed by hand. */
export class Bench {
  readonly doc = new Doc();
  readonly sockets: FakeSocket[] = [];
  readonly admissions: (Admission | RefusedBecause | Error)[] = [];
  asked = 0;
  due: { then: () => void; ms: number }[] = [];
  network: (there: boolean) => void = () => undefined;
  private readonly opened: Connection[] = [];

  /** @param right - of every ticket for which the test lined up nothing else */
  open(keep: { unsafe: number } | null = null, right: Admission['right'] = 'edit'): Connection {
    const admission = {
      ticket: 'a',
      right,
      name: 'Vieno',
      author: 'participant:1',
      schemaVersion: 1,
    } satisfies Admission;
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the sockets that the connection makes belong to it
    const bench = this;
    const surroundings: Surroundings = {
      address: 'ws://here.invalid/collab',
      Socket: class extends FakeSocket {
        constructor(url: string) {
          super(url);
          bench.sockets.push(this);
        }
      } as unknown as typeof WebSocket,
      wait: (ms, then) => {
        const one = { then, ms };
        this.due.push(one);
        return () => {
          this.due = this.due.filter((other) => other !== one);
        };
      },
      onNetwork: (tell) => {
        this.network = tell;
        return () => undefined;
      },
    };
    const connection = openConnection({
      documentId: 'reitit-01',
      ticket: () => {
        this.asked += 1;
        const next = this.admissions.shift() ?? admission;
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
      keep:
        keep && (() => Promise.resolve({ ...keep, count: () => undefined, forget: () => Promise.resolve() })),
      surroundings,
    });
    this.opened.push(connection);
    return connection;
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  /** The socket that the next attempt opens. */
  async nextSocket(after = this.sockets.length): Promise<FakeSocket> {
    await vi.waitUntil(() => this.sockets.length > after, { interval: 1 });
    return this.socket;
  }

  /** Opens, and exchanges both states. */
  async join(after?: number): Promise<FakeSocket> {
    const socket = await this.nextSocket(after);
    socket.openNow();
    this.greet(socket);
    return socket;
  }

  /** What the server says first, and its answer to what came. */
  greet(socket: FakeSocket): void {
    socket.hear((encoder) => {
      writeVarUint(encoder, 0);
      writeSyncStep1(encoder, this.doc);
    });
    this.takeIn(socket);
  }

  /** Reads what the client sent since the last time, as a server would. */
  takeIn(socket: FakeSocket): void {
    for (const frame of socket.sent.splice(0)) {
      const decoder = createDecoder(frame);
      if (readVarUint(decoder) !== 0) continue;
      const answer = createEncoder();
      writeVarUint(answer, 0);
      readSyncMessage(decoder, answer, this.doc, socket);
      const bytes = toUint8Array(answer);
      if (bytes.length > 1) socket.hearBytes(bytes);
    }
  }

  confirm(socket: FakeSocket, frames: number): void {
    socket.hear((encoder) => {
      writeVarUint(encoder, 64);
      writeVarUint(encoder, frames);
    });
  }

  /** Lets the next thing that was put off happen. */
  pass(): void {
    this.due.shift()!.then();
  }

  close(): void {
    for (const connection of this.opened) connection.close();
    this.doc.destroy();
  }
}

class FakeSocket {
  static readonly OPEN = 1;
  readonly OPEN = 1;
  readyState = 0;
  binaryType = '';
  onopen: () => void = () => undefined;
  onmessage: (event: { data: ArrayBuffer }) => void = () => undefined;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: () => void = () => undefined;
  readonly sent: Uint8Array[] = [];
  readonly url: string;
  constructor(url: string) {
    this.url = url;
  }
  send(frame: Uint8Array): void {
    this.sent.push(frame.slice());
  }
  close(): void {
    this.readyState = 3;
  }
  openNow(): void {
    this.readyState = 1;
    this.onopen();
  }
  hearBytes(bytes: Uint8Array): void {
    this.onmessage({ data: bytes.slice().buffer });
  }
  hear(write: (encoder: ReturnType<typeof createEncoder>) => void): void {
    const encoder = createEncoder();
    write(encoder);
    this.hearBytes(toUint8Array(encoder));
  }
  closedByServer(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
  kinds(): string[] {
    return this.sent.map(([type, kind]) =>
      type === 0 ? ['step1', 'step2', 'update'][kind!]! : `type${type}`,
    );
  }
}
