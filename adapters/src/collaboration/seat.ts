import type { Actor, DocumentRight } from '@lakeus/engine';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { safeFrame } from './wire.ts';

/** Somebody at a document: one socket, what it may do, and what it has been told. */

/** How sockets are closed. 44xx are for good, as the stock client understands them; with 1013 it tries again.
 * @source contracts.md, `/collab/{documentId}` */
const closings = {
  ticket: 4401,
  right_changed: 4403,
  content_refused: 4403,
  id_taken: 4403,
  too_large: 4403,
  not_found: 4404,
  schema_old: 4409,
  malformed: 4400,
  try_again: 1013,
} as const;
export type Closing = keyof typeof closings;

/** A reader that has so much unread is cut off: it comes back, and is then sent only what it lacks. */
export const bufferedLimitBytes = 4_000_000;

export type Guest = {
  readonly actor: Actor;
  readonly author: string;
  readonly name: string;
  /** what the ticket gives at most */
  readonly ticketRight: DocumentRight;
};

export class Seat {
  readonly guest: Guest;
  right: DocumentRight;
  /** whether it is told what is durable */
  readonly wantsSafe: boolean;
  /** the Yjs id that it speaks for in awareness; null until it has spoken */
  client: number | null = null;
  /** sync messages that came from it */
  received = 0;
  /** how often in a row it built on what is not here */
  missed = 0;
  /** Messages before this one are not said to be safe: one of them was kept out. */
  private safeFrom = 0;
  closed = false;
  private readonly ws: WebSocket;
  private readonly socket: Duplex;

  constructor(ws: WebSocket, socket: Duplex, guest: Guest, right: DocumentRight, wantsSafe: boolean) {
    this.ws = ws;
    this.socket = socket;
    this.guest = guest;
    this.right = right;
    this.wantsSafe = wantsSafe;
  }

  get mayEdit(): boolean {
    return this.right === 'edit';
  }

  /** Writes whole frames. They go to the socket itself: one buffer for everybody, encoded once. */
  write(frames: Buffer): void {
    if (this.closed || !this.socket.writable) return;
    if (this.socket.writableLength > bufferedLimitBytes) {
      this.closed = true;
      this.ws.terminate();
      return;
    }
    this.socket.write(frames);
  }

  /** Says that the first `count` sync messages are durable. */
  safe(count: number): void {
    if (this.wantsSafe && count >= this.safeFrom) this.write(safeFrame(count));
  }

  /** A message was kept out because what it builds on is missing. */
  incomplete(): void {
    this.missed += 1;
    this.safeFrom = Number.POSITIVE_INFINITY;
  }

  /** A message held all that we lacked, also what was kept out before. */
  complete(message: number): void {
    this.missed = 0;
    if (this.safeFrom === Number.POSITIVE_INFINITY) this.safeFrom = message;
  }

  close(why: Closing): void {
    if (this.closed) return;
    this.closed = true;
    closeSocket(this.ws, why);
  }
}

/** One that does not answer the closing is not waited for. */
export function closeSocket(ws: WebSocket, why: Closing): void {
  ws.close(closings[why], why);
  setTimeout(() => ws.terminate(), 2_000).unref();
}
