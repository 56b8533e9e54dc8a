import type {
  Actor,
  Bus,
  DocumentHistory,
  DocumentLog,
  DocumentRef,
  DocumentRight,
  LiveDocuments,
  Tickets,
  Transition,
} from '@lakeus/engine';
import { readDocument } from '@lakeus/engine/document';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { contentOf, writeContent } from './content.ts';
import { Door, Early } from './door.ts';
import type { Comer, DoorLimits } from './door.ts';
import { historyOf } from './history.ts';
import { Pace } from './pace.ts';
import type { Room } from './room.ts';
import { Rooms } from './rooms.ts';
import { closeSocket, Seat } from './seat.ts';
import { readMessage } from './wire.ts';

/** What somebody may do to a document now. */
export type Access = { readonly ref: DocumentRef; readonly right: DocumentRight };

export type CollaborationLimits = DoorLimits & {
  readonly unloadAfterMs: number;
  /** how often others' edits, changed rights and lost words are looked for, whatever was or was not announced */
  readonly lookEveryMs: number;
};

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
  /** the transitions of a case, oldest first, for the history of its documents; none unless given */
  readonly transitions?: (caseId: string) => Promise<readonly Transition[]>;
  /** what time versions are kept at; the computer's clock unless given */
  readonly now?: () => Date;
  /** whether addresses are told by a proxy in front */
  readonly trustProxy?: boolean;
  readonly limits?: Partial<CollaborationLimits>;
};

export type Collaboration = {
  /** Whether the path is one of ours. */
  serves(path: string): boolean;
  /** Takes over a request to upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly documents: LiveDocuments;
  readonly history: DocumentHistory;
  counts(): { readonly documents: number; readonly sockets: number };
  /** Lets nobody in any more, stores and folds what is open, and closes all sockets so that they come back. */
  close(): Promise<void>;
};

const usual: CollaborationLimits = {
  messageBytes: 1_048_576,
  sockets: 20_000,
  socketsPerAddress: 5_000,
  unloadAfterMs: 30_000,
  lookEveryMs: 2_500,
};

const rank: Readonly<Record<DocumentRight, number>> = { read: 0, comment: 1, edit: 2 };
const lesser = (a: DocumentRight, b: DocumentRight): DocumentRight => (rank[a] < rank[b] ? a : b);

/** Opens the collaboration server: the y-websocket protocol over documents whose every edit is durable before anybody
 * else sees it. It listens on no port; sockets are handed to it by `upgrade`.
 * @param options - `limits` in bytes, counts and ms
 * @source contracts.md, `/collab/{documentId}` */
export function openCollaboration(options: CollaborationOptions): Collaboration {
  const { log, bus, caseTopic, fault, access } = options;
  const limits = { ...usual, ...options.limits };
  let closing = false;

  const rooms = new Rooms({
    log,
    bus,
    caseTopic,
    fault,
    now: Date.now,
    unloadAfterMs: limits.unloadAfterMs,
    lookEveryMs: limits.lookEveryMs,
    caseMoved: (room) => askRights(room, access),
  });

  const welcome = async ({ ws, socket, ticket, wantsSafe }: Comer): Promise<void> => {
    const { caseId, documentId } = ticket;
    const early = new Early(ws);
    const [found, room] = await Promise.all([
      access(documentId, ticket.actor),
      rooms.roomOf({ caseId, documentId }),
    ]);
    if (ws.readyState !== ws.OPEN || closing) {
      closeSocket(ws, 'try_again');
      return;
    }
    if (!found || !room || found.ref.caseId !== caseId) {
      closeSocket(ws, 'not_found');
      return;
    }
    const { actor, author, name, right: ticketRight } = ticket;
    const guest = { actor, author, name, ticketRight };
    const seat = new Seat(ws, socket, guest, lesser(ticketRight, found.right), wantsSafe);
    rooms.taken(room);
    room.enter(seat);
    ws.on('close', () => {
      seat.closed = true;
      room.leave(seat);
      if (room.audience.seats.size === 0) rooms.leftAlone(room);
    });
    const pace = new Pace(ws, Date.now);
    const hear = (data: Buffer) => {
      pace.count();
      if (!seat.closed) receive(room, seat, data);
    };
    for (const message of early.handOver()) hear(message);
    ws.on('message', (data) => hear(data as Buffer));
  };

  const { tickets, origin, trustProxy = false } = options;
  const door = new Door({ tickets, origin, trustProxy, limits, fault }, welcome);

  const closeAll = async (): Promise<void> => {
    closing = true;
    door.shut();
    await rooms.close();
    door.close();
  };
  let closed: Promise<void> | null = null;
  const live = documentsIn(rooms);
  const { transitions = () => Promise.resolve([]), now = () => new Date() } = options;

  return {
    serves: (path) => path.startsWith('/collab/'),
    upgrade: (request, socket, head) => door.upgrade(request, socket, head),
    documents: live,
    history: historyOf({ log, live, transitions, now }),
    counts: () => ({ documents: rooms.count, sockets: door.count }),
    close: () => (closed ??= closeAll()),
  };
}

/** Documents for those who are not at a socket. */
const documentsIn = (rooms: Rooms): LiveDocuments => ({
  async read(ref) {
    const room = await rooms.roomOf(ref);
    if (!room) return null;
    await room.durable();
    return { seq: room.seq, content: contentOf(room.doc) };
  },
  async write(ref, author, change) {
    const room = await rooms.roomOf(ref);
    if (!room) return null;
    const wanted = readDocument(change(contentOf(room.doc)));
    await room.write(author, (doc) => writeContent(doc, wanted, 'write'));
    return { seq: room.seq };
  },
});

/** Asks what everybody at a document may do now; once for each person, however many sockets they have. */
async function askRights(room: Room, access: CollaborationOptions['access']): Promise<void> {
  const { seats } = room.audience;
  const actors = new Map([...seats].map(({ guest }) => [JSON.stringify(guest.actor), guest.actor]));
  const rights = new Map<string, DocumentRight | null>();
  for (const [key, actor] of actors) {
    rights.set(key, (await access(room.ref.documentId, actor))?.right ?? null);
  }
  for (const seat of seats) {
    const right = rights.get(JSON.stringify(seat.guest.actor));
    if (right === undefined) continue;
    if (right === null) seat.close('not_found');
    else if (lesser(right, seat.guest.ticketRight) === seat.right) continue;
    else if (lesser(right, seat.right) !== seat.right) seat.close('right_changed');
    else seat.right = lesser(right, seat.guest.ticketRight);
  }
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
        room.audience.tellWhoIsHere(seat);
        break;
      case 'other':
        break;
    }
  } catch {
    seat.close('malformed');
  }
}
