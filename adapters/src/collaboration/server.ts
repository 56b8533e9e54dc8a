import type {
  Actor,
  Bus,
  DocumentLog,
  DocumentRef,
  DocumentRight,
  LiveDocuments,
  Tickets,
} from '@lakeus/engine';
import { readDocument, schemaVersion } from '@lakeus/engine/document';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { contentOf, writeContent } from './content.ts';
import { Pace } from './pace.ts';
import { Room } from './room.ts';
import type { Surroundings } from './room.ts';
import { closings, Seat } from './seat.ts';
import type { Closing, Guest } from './seat.ts';
import { readMessage, readWord, wordBytes } from './wire.ts';
import { Writer } from './writer.ts';

/** The collaboration server: the y-websocket protocol over documents whose every edit is durable before anybody else
 * sees it.
 * @source contracts.md, `/collab/{documentId}` */

/** What somebody may do to a document now. */
export type Access = { readonly ref: DocumentRef; readonly right: DocumentRight };

export type CollaborationOptions = {
  readonly log: DocumentLog;
  readonly bus: Bus;
  readonly tickets: Tickets;
  /** Null when there is no such document, or they may not see it. */
  readonly access: (documentId: string, actor: Actor) => Promise<Access | null>;
  /** where pages come from; a browser that comes from elsewhere is turned away */
  readonly origin: string;
  /** how an announcement that something happened to a case is called */
  readonly caseTopic: (caseId: string) => string;
  readonly fault: (error: unknown, what: string) => void;
  readonly now?: () => number;
  /** whether addresses are told by a proxy in front */
  readonly trustProxy?: boolean;
  readonly limits?: Partial<typeof defaults>;
};

const defaults = {
  /** the largest message, bytes */
  messageBytes: 1_048_576,
  /** sockets in all, and from one address; a service centre's whole house comes from one */
  sockets: 20_000,
  socketsPerAddress: 5_000,
  unloadAfterMs: 30_000,
  /** how often others' edits, changed rights and lost words are looked for, whatever was or was not announced */
  lookEveryMs: 2_500,
};

const heartbeatRounds = 5;
const activeForMs = 15_000;

export type Collaboration = {
  /** Whether the path is one of ours. */
  serves(path: string): boolean;
  /** Takes over a request to upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly documents: LiveDocuments;
  counts(): { readonly documents: number; readonly sockets: number };
  /** Lets nobody in any more, stores and folds what is open, and closes all sockets so that they come back. */
  close(): Promise<void>;
};

const pathPattern = /^\/collab\/([a-z0-9-]{8,64})$/;

export function openCollaboration(options: CollaborationOptions): Collaboration {
  return new Server(options);
}

type Open = {
  readonly loading: Promise<Room | null>;
  room: Room | null;
  unlisten: () => void;
  unload: NodeJS.Timeout | null;
};

class Server implements Collaboration {
  private readonly options: CollaborationOptions;
  private readonly limits: typeof defaults;
  private readonly now: () => number;
  private readonly node = randomBytes(8).toString('hex');
  private readonly sockets: WebSocketServer;
  private readonly open = new Map<string, Open>();
  private readonly cases = new Map<string, { rooms: number; unlisten: () => void }>();
  private readonly perAddress = new Map<string, number>();
  private readonly writer: Writer;
  private readonly around: Surroundings;
  private readonly timer: NodeJS.Timeout;
  private readonly unlistenGap: () => void;
  private looking: Promise<void> | null = null;
  private round = 0;
  private closing = false;

  constructor(options: CollaborationOptions) {
    this.options = options;
    this.limits = { ...defaults, ...options.limits };
    this.now = options.now ?? Date.now;
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: true,
      perMessageDeflate: false,
      maxPayload: this.limits.messageBytes,
      skipUTF8Validation: true,
    });
    const { log, bus, fault } = options;
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
      now: this.now,
      wake: (room) => this.writer.wake(room),
      tell: ({ documentId }, word) => bus.announce(topicOf(documentId), wordBytes(word)),
      fault,
      later: (work, ms) => {
        const timer = setTimeout(work, ms);
        timer.unref();
        return { cancel: () => clearTimeout(timer) };
      },
    };
    this.timer = setInterval(() => this.look(), this.limits.lookEveryMs);
    this.timer.unref();
    this.unlistenGap = bus.onGap(() => this.look());
  }

  serves(path: string): boolean {
    return path.startsWith('/collab/');
  }

  counts() {
    return { documents: this.open.size, sockets: this.sockets.clients.size };
  }

  // ---- letting in

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const { origin } = request.headers;
    if (origin !== undefined && !this.isOurs(origin, request)) {
      turnAway(socket, '403 Forbidden');
      return;
    }
    const address = this.addressOf(request);
    const there = this.perAddress.get(address) ?? 0;
    if (
      this.closing ||
      this.sockets.clients.size >= this.limits.sockets ||
      there >= this.limits.socketsPerAddress
    ) {
      turnAway(socket, '503 Service Unavailable');
      return;
    }
    this.perAddress.set(address, there + 1);
    socket.once('close', () => {
      const left = (this.perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.perAddress.set(address, left);
      else this.perAddress.delete(address);
    });
    this.sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', () => ws.terminate());
      this.welcome(ws, socket, request).catch((error: unknown) => {
        this.options.fault(error, 'somebody could not be let in');
        closeWith(ws, 'try_again');
      });
    });
  }

  /** A page of ours, by the address that people use or the one that was asked. */
  private isOurs(origin: string, request: IncomingMessage): boolean {
    if (origin === this.options.origin) return true;
    const { host } = request.headers;
    return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
  }

  private addressOf(request: IncomingMessage): string {
    const forwarded = this.options.trustProxy ? request.headers['x-forwarded-for'] : undefined;
    const last = typeof forwarded === 'string' ? forwarded.split(',').at(-1)!.trim() : undefined;
    return last ?? request.socket.remoteAddress ?? '';
  }

  private async welcome(ws: WebSocket, socket: Duplex, request: IncomingMessage): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://lakeus');
    const documentId = pathPattern.exec(url.pathname)?.[1];
    const ticket = this.options.tickets.read(url.searchParams.get('ticket') ?? '', new Date(this.now()));
    if (!ticket || ticket.documentId !== documentId) {
      closeWith(ws, 'ticket');
      return;
    }
    const version = Number(url.searchParams.get('schema') ?? ticket.schemaVersion);
    if (version !== schemaVersion || ticket.schemaVersion !== schemaVersion) {
      closeWith(ws, 'schema_old');
      return;
    }
    const ref = { caseId: ticket.caseId, documentId };
    const early = new Early(ws);
    const [access, room] = await Promise.all([
      this.options.access(documentId, ticket.actor),
      this.roomOf(ref),
    ]);
    if (ws.readyState !== ws.OPEN || this.closing) {
      closeWith(ws, 'try_again');
      return;
    }
    if (!access || !room || access.ref.caseId !== ref.caseId) {
      closeWith(ws, 'not_found');
      return;
    }
    const guest: Guest = {
      actor: ticket.actor,
      author: ticket.author,
      name: ticket.name,
      ticketRight: ticket.right,
    };
    const seat = new Seat(
      ws,
      socket,
      guest,
      lesser(ticket.right, access.right),
      url.searchParams.get('ack') === '1',
    );
    this.seat(ws, seat, room, early);
  }

  private seat(ws: WebSocket, seat: Seat, room: Room, early: Early): void {
    const entry = this.open.get(room.ref.documentId);
    if (entry?.unload) clearTimeout(entry.unload);
    if (entry) entry.unload = null;
    room.enter(seat);
    ws.on('close', () => {
      seat.closed = true;
      room.leave(seat);
      if (room.seats.size === 0) this.unloadLater(room);
    });
    const pace = new Pace(ws, this.now);
    const hear = (data: Buffer) => {
      pace.count();
      if (!seat.closed) receive(room, seat, data);
    };
    for (const message of early.handOver()) hear(message);
    ws.on('message', (data) => hear(data as Buffer));
  }

  // ---- rooms

  private roomOf(ref: DocumentRef): Promise<Room | null> {
    const known = this.open.get(ref.documentId);
    if (known) return known.loading;
    const loading = this.options.log.load(ref).then(
      (stored) => {
        const entry = this.open.get(ref.documentId);
        if (!stored || !entry) {
          this.shut(ref.documentId, entry);
          return null;
        }
        const room = new Room(ref, stored, this.around);
        entry.room = room;
        this.watchCase(ref.caseId);
        this.unloadLater(room);
        // What was announced while it was read.
        room.pullSoon();
        return room;
      },
      (error: unknown) => {
        this.shut(ref.documentId, this.open.get(ref.documentId));
        throw error;
      },
    );
    const unlisten = this.options.bus.listen(topicOf(ref.documentId), (message) =>
      this.hear(ref.documentId, message),
    );
    this.open.set(ref.documentId, { loading, room: null, unlisten, unload: null });
    return loading;
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

  private unloadLater(room: Room): void {
    const entry = this.open.get(room.ref.documentId);
    if (entry?.room !== room) return;
    if (entry.unload) clearTimeout(entry.unload);
    entry.unload = setTimeout(() => void this.unload(room), this.limits.unloadAfterMs);
    entry.unload.unref();
  }

  private async unload(room: Room): Promise<void> {
    if (room.seats.size > 0) return;
    try {
      await room.durable();
      await room.fold(100);
    } catch (error) {
      this.options.fault(error, 'a document could not be folded');
    }
    if (room.seats.size > 0 || !room.settled) return;
    const entry = this.open.get(room.ref.documentId);
    if (entry?.room === room) this.shut(room.ref.documentId, entry);
  }

  /** Closes a room without storing: what its people have and we could not keep, they bring again. */
  private forget(room: Room, why: Closing): void {
    const entry = this.open.get(room.ref.documentId);
    for (const seat of room.seats) seat.close(why);
    room.seats.clear();
    room.giveUp();
    if (entry?.room === room) this.shut(room.ref.documentId, entry);
  }

  // ---- rights, others' edits, lost words

  private watchCase(caseId: string): void {
    const known = this.cases.get(caseId);
    if (known) {
      known.rooms += 1;
      return;
    }
    const unlisten = this.options.bus.listen(this.options.caseTopic(caseId), () => this.look(caseId));
    this.cases.set(caseId, { rooms: 1, unlisten });
  }

  private unwatchCase(caseId: string): void {
    const known = this.cases.get(caseId);
    if (!known || --known.rooms > 0) return;
    known.unlisten();
    this.cases.delete(caseId);
  }

  private look(caseId?: string): void {
    if (caseId === undefined) {
      this.round += 1;
      for (const { room } of this.open.values()) {
        if (room && (this.now() - room.activeAt < activeForMs || this.round % heartbeatRounds === 0))
          room.probe();
      }
    }
    this.looking ??= this.lookIntoStore()
      .catch((error: unknown) => this.options.fault(error, 'open documents could not be looked after'))
      .finally(() => {
        this.looking = null;
      });
  }

  private async lookIntoStore(): Promise<void> {
    const rooms = [...this.open.values()].flatMap(({ room }) => room ?? []);
    if (rooms.length === 0) return;
    const newest = await this.options.log.newest(rooms.map((room) => room.ref));
    for (const room of rooms) {
      const found = newest.get(room.ref.documentId);
      if (!found) {
        this.forget(room, 'not_found');
        continue;
      }
      if (found.seq > room.seq && room.settled) room.pullSoon();
      if (room.caseSeq !== found.caseSeq) {
        await this.askRights(room);
        room.caseSeq = found.caseSeq;
      }
    }
  }

  /** One question for each person at the document, however many sockets they have. */
  private async askRights(room: Room): Promise<void> {
    const actors = new Map(
      [...room.seats].map((seat) => [JSON.stringify(seat.guest.actor), seat.guest.actor]),
    );
    const rights = new Map<string, DocumentRight | null>();
    for (const [key, actor] of actors) {
      rights.set(key, (await this.options.access(room.ref.documentId, actor))?.right ?? null);
    }
    for (const seat of room.seats) {
      const right = rights.get(JSON.stringify(seat.guest.actor));
      if (right === undefined) continue;
      if (right === null) seat.close('not_found');
      else if (lesser(right, seat.guest.ticketRight) === seat.right) continue;
      else if (lesser(right, seat.right) !== seat.right) seat.close('right_changed');
      else seat.right = lesser(right, seat.guest.ticketRight);
    }
  }

  // ---- documents for those who are not at a socket

  readonly documents: LiveDocuments = {
    read: async (ref) => {
      const room = await this.roomOf(ref);
      if (!room) return null;
      await room.durable();
      return { seq: room.seq, content: contentOf(room.doc) };
    },
    write: async (ref, author, change) => {
      const room = await this.roomOf(ref);
      if (!room) return null;
      const wanted = readDocument(change(contentOf(room.doc)));
      await room.write(author, (doc) => writeContent(doc, wanted, 'write'));
      return { seq: room.seq };
    },
  };

  private closed: Promise<void> | null = null;
  close(): Promise<void> {
    this.closed ??= this.closeAll();
    return this.closed;
  }

  private async closeAll(): Promise<void> {
    this.closing = true;
    clearInterval(this.timer);
    this.unlistenGap();
    const rooms = [...this.open.values()].flatMap(({ room }) => room ?? []);
    for (const room of rooms) for (const seat of room.seats) seat.close('try_again');
    await this.writer.settled();
    for (const room of rooms) {
      await room
        .fold(100)
        .catch((error: unknown) => this.options.fault(error, 'a document could not be folded'));
    }
    for (const [documentId, entry] of this.open) this.shut(documentId, entry);
    for (const ws of this.sockets.clients) ws.terminate();
    this.sockets.close();
  }
}

const topicOf = (documentId: string): string => `document:${documentId}`;

const rank: Readonly<Record<DocumentRight, number>> = { read: 0, comment: 1, edit: 2 };
const lesser = (a: DocumentRight, b: DocumentRight): DocumentRight => (rank[a] < rank[b] ? a : b);

function turnAway(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function closeWith(ws: WebSocket, why: Closing): void {
  ws.close(closings[why], why);
  setTimeout(() => ws.terminate(), 2_000).unref();
}

function receive(room: Room, seat: Seat, data: Buffer): void {
  try {
    const message = readMessage(data);
    switch (message.kind) {
      case 'stateAsked':
        room.answerState(seat, message.stateVector);
        break;
      case 'update':
        room.receive(seat, message.update, message.whole);
        break;
      case 'awareness':
        room.receivePresence(seat, message.update);
        break;
      case 'awarenessAsked':
        room.answerAwareness(seat);
        break;
      case 'other':
        break;
    }
  } catch {
    seat.close('malformed');
  }
}

/** What somebody sends before the document is there; little, or they are sent away. */
class Early {
  private messages: Buffer[] = [];
  private bytes = 0;
  private readonly ws: WebSocket;
  private readonly keep = (data: unknown): void => {
    const message = data as Buffer;
    this.bytes += message.length;
    this.messages.push(message);
    if (this.messages.length > 64 || this.bytes > 2_000_000) closeWith(this.ws, 'try_again');
  };

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', this.keep);
  }

  handOver(): readonly Buffer[] {
    this.ws.off('message', this.keep);
    return this.messages;
  }
}
