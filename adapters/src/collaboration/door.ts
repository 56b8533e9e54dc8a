import type { Ticket, Tickets } from '@lakeus/engine';
import { schemaVersion } from '@lakeus/engine/document';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { closeSocket } from './seat.ts';

/** Who comes in, and how many: all that is decided before a document is looked at. */

export type DoorLimits = {
  /** the largest message, bytes */
  readonly messageBytes: number;
  /** sockets in all, and from one address; a service centre's whole house comes from one */
  readonly sockets: number;
  readonly socketsPerAddress: number;
};

export type DoorOptions = {
  readonly tickets: Tickets;
  /** where pages come from; a browser that comes from elsewhere is turned away */
  readonly origin: string;
  /** whether addresses are told by a proxy in front */
  readonly trustProxy: boolean;
  readonly limits: DoorLimits;
  readonly fault: (error: unknown, what: string) => void;
};

/** Somebody with a right ticket. */
export type Comer = {
  readonly ws: WebSocket;
  readonly socket: Duplex;
  readonly ticket: Ticket;
  /** whether they want to be told what is durable */
  readonly wantsSafe: boolean;
};

const pathPattern = /^\/collab\/([a-z0-9-]{8,64})$/;

export class Door {
  private readonly options: DoorOptions;
  private readonly welcome: (comer: Comer) => Promise<void>;
  private readonly sockets: WebSocketServer;
  private readonly perAddress = new Map<string, number>();
  private closed = false;

  constructor(options: DoorOptions, welcome: (comer: Comer) => Promise<void>) {
    this.options = options;
    this.welcome = welcome;
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: true,
      perMessageDeflate: false,
      maxPayload: options.limits.messageBytes,
      skipUTF8Validation: true,
    });
  }

  get count(): number {
    return this.sockets.clients.size;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const { origin } = request.headers;
    if (origin !== undefined && !this.isOurs(origin, request)) {
      turnAway(socket, '403 Forbidden');
      return;
    }
    const address = this.addressOf(request);
    const there = this.perAddress.get(address) ?? 0;
    const { sockets, socketsPerAddress } = this.options.limits;
    if (this.closed || this.count >= sockets || there >= socketsPerAddress) {
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
      this.letIn(ws, socket, request).catch((error: unknown) => {
        this.options.fault(error, 'somebody could not be let in');
        closeSocket(ws, 'try_again');
      });
    });
  }

  /** A page of ours, by the address that people use or the one that was asked. Programs send none. */
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

  private async letIn(ws: WebSocket, socket: Duplex, request: IncomingMessage): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://lakeus');
    const documentId = pathPattern.exec(url.pathname)?.[1];
    const ticket = this.options.tickets.read(url.searchParams.get('ticket') ?? '', new Date());
    if (!ticket || ticket.documentId !== documentId) {
      closeSocket(ws, 'ticket');
      return;
    }
    const version = Number(url.searchParams.get('schema') ?? ticket.schemaVersion);
    if (version !== schemaVersion || ticket.schemaVersion !== schemaVersion) {
      closeSocket(ws, 'schema_old');
      return;
    }
    await this.welcome({ ws, socket, ticket, wantsSafe: url.searchParams.get('ack') === '1' });
  }

  /** Lets nobody in any more. */
  shut(): void {
    this.closed = true;
  }

  /** Ends what is still open. */
  close(): void {
    for (const ws of this.sockets.clients) ws.terminate();
    this.sockets.close();
  }
}

function turnAway(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** What somebody sends before the document is there; little, or they are sent away. */
export class Early {
  private readonly messages: Buffer[] = [];
  private bytes = 0;
  private readonly ws: WebSocket;
  private readonly keep = (data: unknown): void => {
    const message = data as Buffer;
    this.bytes += message.length;
    this.messages.push(message);
    if (this.messages.length > 64 || this.bytes > 2_000_000) closeSocket(this.ws, 'try_again');
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
