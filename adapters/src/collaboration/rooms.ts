import type { Bus, DocumentLog, DocumentRef } from '@lakeus/engine';
import { randomBytes } from 'node:crypto';
import { Room } from './room.ts';
import type { Surroundings } from './room.ts';
import type { Closing } from './seat.ts';
import { readWord, wordBytes } from './wire.ts';
import { Writer } from './writer.ts';

/** The documents that are open here: read when somebody comes, kept in step with other processes, let go when nobody
 * is left. */

export type RoomsOptions = {
  readonly log: DocumentLog;
  readonly bus: Bus;
  /** how an announcement that something happened to a case is called */
  readonly caseTopic: (caseId: string) => string;
  readonly fault: (error: unknown, what: string) => void;
  readonly now: () => number;
  readonly unloadAfterMs: number;
  /** how often others' edits, changed rights and lost words are looked for, whatever was or was not announced */
  readonly lookEveryMs: number;
  /** the case of a document has moved: what its people may do is to be asked again */
  readonly caseMoved: (room: Room) => Promise<void>;
};

type Open = {
  readonly loading: Promise<Room | null>;
  readonly unlisten: () => void;
  room: Room | null;
  unload: NodeJS.Timeout | null;
};

/** Everybody hears something at least every so many looks: the stock client gives up on a silent line after 30 s. */
const heartbeatLooks = 5;
const activeForMs = 15_000;
/** A document with fewer new edits than this is read quickly enough as it is. */
const foldFromEdits = 100;

const topicOf = (documentId: string): string => `document:${documentId}`;

export class Rooms {
  private readonly options: RoomsOptions;
  private readonly node = randomBytes(8).toString('hex');
  private readonly open = new Map<string, Open>();
  private readonly cases = new Map<string, { rooms: number; unlisten: () => void }>();
  private readonly writer: Writer;
  private readonly around: Surroundings;
  private readonly timer: NodeJS.Timeout;
  private readonly unlistenGap: () => void;
  private looking: Promise<void> | null = null;
  private looks = 0;

  constructor(options: RoomsOptions) {
    this.options = options;
    const { log, bus, fault, now } = options;
    this.writer = new Writer(
      log,
      (room, error) => {
        fault(error, 'edits could not be stored; whoever made them keeps them');
        this.forget(room, 'try_again');
      },
      (room) => this.forget(room, 'not_found'),
      (ms) => new Promise((done) => setTimeout(done, ms)),
    );
    this.around = {
      log,
      node: this.node,
      now,
      wake: (room) => this.writer.wake(room),
      tell: ({ documentId }, word) => bus.announce(topicOf(documentId), wordBytes(word)),
      fault,
      later: (work, ms) => {
        const timer = setTimeout(work, ms);
        timer.unref();
        return { cancel: () => clearTimeout(timer) };
      },
    };
    this.timer = setInterval(() => {
      this.probe();
      this.look();
    }, options.lookEveryMs);
    this.timer.unref();
    this.unlistenGap = bus.onGap(() => this.look());
  }

  get count(): number {
    return this.open.size;
  }

  private rooms(): Room[] {
    return [...this.open.values()].flatMap(({ room }) => room ?? []);
  }

  /** The room of a document; null when there is no such document. */
  roomOf(ref: DocumentRef): Promise<Room | null> {
    const known = this.open.get(ref.documentId);
    if (known) return known.loading;
    const loading = this.load(ref);
    const unlisten = this.options.bus.listen(topicOf(ref.documentId), (message) =>
      this.hear(ref.documentId, message),
    );
    this.open.set(ref.documentId, { loading, unlisten, room: null, unload: null });
    return loading;
  }

  private async load(ref: DocumentRef): Promise<Room | null> {
    try {
      const stored = await this.options.log.load(ref);
      const entry = this.open.get(ref.documentId);
      if (!stored || !entry) {
        this.shut(ref.documentId, entry);
        return null;
      }
      const room = new Room(ref, stored, this.around);
      entry.room = room;
      this.watchCase(ref.caseId);
      this.leftAlone(room);
      // What was announced while it was read.
      room.pullSoon();
      return room;
    } catch (error) {
      this.shut(ref.documentId, this.open.get(ref.documentId));
      throw error;
    }
  }

  private shut(documentId: string, entry: Open | undefined): void {
    if (!entry || this.open.get(documentId) !== entry) return;
    this.open.delete(documentId);
    entry.unlisten();
    if (entry.unload) clearTimeout(entry.unload);
    if (!entry.room) return;
    entry.room.drop();
    this.unwatchCase(entry.room.ref.caseId);
  }

  private hear(documentId: string, message: Uint8Array | null): void {
    const room = this.open.get(documentId)?.room;
    if (!room) return;
    const word = message && readWord(message);
    if (word?.node !== this.node) room.hear(word);
  }

  /** Somebody is at it. */
  taken(room: Room): void {
    const entry = this.open.get(room.ref.documentId);
    if (entry?.unload) clearTimeout(entry.unload);
    if (entry) entry.unload = null;
  }

  /** Nobody is at it; it stays open a while, for who comes back. */
  leftAlone(room: Room): void {
    const entry = this.open.get(room.ref.documentId);
    if (entry?.room !== room) return;
    if (entry.unload) clearTimeout(entry.unload);
    entry.unload = setTimeout(() => void this.unload(room), this.options.unloadAfterMs);
    entry.unload.unref();
  }

  private async unload(room: Room): Promise<void> {
    const { seats } = room.audience;
    if (seats.size > 0) return;
    try {
      await room.durable();
      await room.fold(foldFromEdits);
    } catch (error) {
      this.options.fault(error, 'a document could not be folded');
    }
    if (seats.size > 0 || !room.settled) return;
    const entry = this.open.get(room.ref.documentId);
    if (entry?.room === room) this.shut(room.ref.documentId, entry);
  }

  /** Closes a room without storing: what its people have and we could not keep, they bring again. */
  private forget(room: Room, why: Closing): void {
    const entry = this.open.get(room.ref.documentId);
    const { seats } = room.audience;
    for (const seat of seats) seat.close(why);
    seats.clear();
    room.giveUp();
    if (entry?.room === room) this.shut(room.ref.documentId, entry);
  }

  private watchCase(caseId: string): void {
    const known = this.cases.get(caseId);
    if (known) {
      known.rooms += 1;
      return;
    }
    const unlisten = this.options.bus.listen(this.options.caseTopic(caseId), () => this.look());
    this.cases.set(caseId, { rooms: 1, unlisten });
  }

  private unwatchCase(caseId: string): void {
    const known = this.cases.get(caseId);
    if (!known || --known.rooms > 0) return;
    known.unlisten();
    this.cases.delete(caseId);
  }

  private probe(): void {
    this.looks += 1;
    for (const room of this.rooms()) {
      const isActive = this.options.now() - room.activeAt < activeForMs;
      const everybody = this.looks % heartbeatLooks === 0 && !isActive;
      if (isActive || everybody) room.probe(everybody);
    }
  }

  /** Looks into the store for what was not announced. Asked while it looks, it looks once more. */
  private look(): void {
    if (this.looking) {
      this.lookAgain = true;
      return;
    }
    this.lookAgain = false;
    this.looking = this.lookIntoStore()
      .catch((error: unknown) => this.options.fault(error, 'open documents could not be looked after'))
      .finally(() => {
        this.looking = null;
        if (this.lookAgain) this.look();
      });
  }
  private lookAgain = false;

  private async lookIntoStore(): Promise<void> {
    const rooms = this.rooms();
    if (rooms.length === 0) return;
    const newest = await this.options.log.newest(rooms.map((room) => room.ref));
    for (const room of rooms) {
      const found = newest.get(room.ref.documentId);
      if (!found) {
        this.forget(room, 'not_found');
        continue;
      }
      if (found.seq > room.seq && room.settled) room.pullSoon();
      if (room.caseSeq === found.caseSeq) continue;
      await this.options.caseMoved(room);
      room.caseSeq = found.caseSeq;
    }
  }

  /** Stores and folds what is open, and closes all sockets so that they come back. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.unlistenGap();
    const rooms = this.rooms();
    for (const room of rooms) for (const seat of room.audience.seats) seat.close('try_again');
    await this.writer.settled();
    for (const room of rooms) {
      await room
        .fold(foldFromEdits)
        .catch((error: unknown) => this.options.fault(error, 'a document could not be folded'));
    }
    for (const [documentId, entry] of this.open) this.shut(documentId, entry);
  }
}
