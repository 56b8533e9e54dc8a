import { EngineError } from '@lakeus/engine';
import type { DocumentEdit } from '@lakeus/engine';
import * as Y from 'yjs';
import type { Seat } from './seat.ts';

/** What of one document waits to be stored, in order, and who waits for it. */

export type Waiting = {
  readonly author: string;
  readonly clients: readonly number[];
  /** null where nothing was new: it only waits for what came before it */
  readonly update: Uint8Array | null;
  readonly seat: Seat | null;
  /** the number of the message among those of its seat */
  readonly message: number;
};

type Heir = { readonly kept: () => void; readonly broken: (error: unknown) => void };

export class Queue {
  private waiting: Waiting[] = [];
  private storing: readonly Waiting[] | null = null;
  /** to be told when what waits, or what is being stored, is durable, or that it never will be */
  private afterWaiting: Heir[] = [];
  private afterStoring: Heir[] = [];

  get isEmpty(): boolean {
    return this.waiting.length === 0 && this.storing === null;
  }

  put(waiting: Waiting): void {
    this.waiting.push(waiting);
  }

  whenEmptied(heir: Heir): void {
    if (this.waiting.length > 0) this.afterWaiting.push(heir);
    else if (this.storing) this.afterStoring.push(heir);
    else heir.kept();
  }

  /** All that waits, as it is to be stored: one edit for each author. */
  take(): DocumentEdit[] {
    this.storing = this.waiting;
    this.waiting = [];
    this.afterStoring.push(...this.afterWaiting.splice(0));
    const byAuthor = new Map<string, { clients: Set<number>; updates: Uint8Array[] }>();
    for (const { author, clients, update } of this.storing) {
      if (!update) continue;
      const own = byAuthor.get(author) ?? { clients: new Set(), updates: [] };
      byAuthor.set(author, own);
      own.updates.push(update);
      for (const client of clients) own.clients.add(client);
    }
    return [...byAuthor].map(([author, { clients, updates }]) => ({
      author,
      clients: [...clients],
      update: merged(updates),
    }));
  }

  /** What was taken is durable.
   * @param tell - called before those who wait for it are: the edit goes out first */
  done(tell: (writer: Seat | null) => void): void {
    const stored = this.storing ?? [];
    this.storing = null;
    const writers = new Set(stored.filter(({ update }) => update).map(({ seat }) => seat));
    tell(writers.size === 1 ? [...writers][0]! : null);
    const messages = new Map<Seat, number>();
    for (const { seat, message } of stored) if (seat) messages.set(seat, message);
    for (const [seat, message] of messages) seat.safe(message);
    for (const { kept } of this.afterStoring.splice(0)) kept();
  }

  /** It can't be stored. Those at sockets are told by their end. */
  giveUp(): void {
    const heirs = [...this.afterStoring.splice(0), ...this.afterWaiting.splice(0)];
    this.storing = null;
    this.waiting = [];
    for (const { broken } of heirs) broken(new EngineError('store_unavailable', {}));
  }

  /** The updates that are not known to be stored, in order. */
  updates(): Uint8Array[] {
    return [...(this.storing ?? []), ...this.waiting].flatMap(({ update }) => update ?? []);
  }
}

/** One update that says what several say. */
export const merged = (updates: readonly Uint8Array[]): Uint8Array =>
  updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates as Uint8Array[]);
