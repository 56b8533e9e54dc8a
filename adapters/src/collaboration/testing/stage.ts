import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ticketsWith } from '@lakeus/engine';
import type { Actor, Bus, DocumentLog, DocumentRight, Ticket } from '@lakeus/engine';
import { fragmentName, schemaVersion } from '@lakeus/engine/document';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { localBus } from '../../bus/index.ts';
import { openCollaboration } from '../index.ts';
import type { Collaboration, CollaborationOptions } from '../index.ts';

/** A collaboration server on a real port, with people at it who use the stock client. */

export const caseId = '00000000-0000-7000-8000-0000000000c1';

const idOf = (name: string): string =>
  `00000000-0000-7000-8000-${Buffer.from(name.padEnd(6).slice(0, 6)).toString('hex')}`;

export type Person = { readonly name: string; readonly right?: DocumentRight };
export type Sitter = {
  readonly caseId: string;
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  readonly synced: Promise<void>;
  /** how the socket was closed, the next time it is */
  readonly closed: () => Promise<{ readonly code: number; readonly reason: string }>;
  leave(): void;
};

export type Stage = {
  readonly port: number;
  readonly collaboration: Collaboration;
  /** what each person may do now, by name; 'edit' unless said */
  readonly rights: Map<string, DocumentRight | null>;
  /** the case has moved */
  announce(): void;
  ticket(documentId: string, person: Person, over?: Partial<Ticket>): string;
  address(documentId: string, params: Readonly<Record<string, string>>): string;
  sit(
    documentId: string,
    person: Person,
    params?: Readonly<Record<string, string>>,
    Socket?: typeof WebSocket,
  ): Sitter;
  close(): Promise<void>;
};

const key = new Uint8Array(32).fill(7);
const caseTopic = (id: string): string => `case:${id}`;

export async function raiseStage(
  log: DocumentLog,
  options: Partial<CollaborationOptions> & { bus?: Bus } = {},
): Promise<Stage> {
  const tickets = ticketsWith(key);
  const bus = options.bus ?? localBus();
  const rights = new Map<string, DocumentRight | null>();
  const faults: unknown[] = [];
  const collaboration = openCollaboration({
    log,
    bus,
    tickets,
    access: (documentId, actor) => {
      const name = nameOf(actor);
      const right = rights.has(name) ? rights.get(name)! : 'edit';
      return Promise.resolve(right && { ref: { caseId, documentId }, right });
    },
    origin: 'http://lakeus.test',
    caseTopic,
    fault: (error) => faults.push(error),
    limits: { lookEveryMs: 200, ...options.limits },
    ...options,
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => collaboration.upgrade(request, socket, head));
  const port = await listening(server);
  const stage: Stage = {
    port,
    collaboration,
    rights,
    announce: () => bus.announce(caseTopic(caseId), new Uint8Array()),
    ticket: (documentId, { name, right = 'edit' }, over = {}) =>
      tickets.issue({
        caseId,
        documentId,
        right,
        actor: { kind: 'person', personId: idOf(name) },
        author: `person:${idOf(name)}`,
        name,
        schemaVersion,
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
        ...over,
      }),
    address: (documentId, params) =>
      `ws://127.0.0.1:${port}/collab/${documentId}?${new URLSearchParams(params).toString()}`,
    sit: (documentId, person, params = {}, Socket = WebSocket) =>
      sitter(port, documentId, { ticket: stage.ticket(documentId, person), ...params }, Socket),
    close: async () => {
      await collaboration.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      if (!options.bus) await bus.close();
      if (faults.length > 0) throw new AggregateError(faults, 'the server met faults');
    },
  };
  return stage;
}

const nameOf = (actor: Actor): string =>
  actor.kind === 'person' ? Buffer.from(actor.personId.slice(-12), 'hex').toString().trim() : '';

const listening = (server: Server): Promise<number> =>
  new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));

function sitter(
  port: number,
  documentId: string,
  params: Record<string, string>,
  Socket: typeof WebSocket,
): Sitter {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/collab`, documentId, doc, {
    WebSocketPolyfill: Socket as unknown as typeof globalThis.WebSocket,
    disableBc: true,
    params,
    maxBackoffTime: 100,
  });
  return {
    caseId,
    doc,
    provider,
    synced: new Promise((done) => provider.once('sync', () => done())),
    closed: () =>
      new Promise((done) =>
        provider.once('connection-close', (event) =>
          done({ code: event?.code ?? 0, reason: event?.reason ?? '' }),
        ),
      ),
    leave: () => {
      provider.destroy();
      doc.destroy();
    },
  };
}

/** Somebody with a bare socket, who says what they like. */
export type Knock = {
  readonly ws: WebSocket;
  readonly open: Promise<void>;
  readonly closed: Promise<number>;
  /** numbers that were told to be durable */
  readonly safe: number[];
  /** Asks who is here, and waits for answers of awareness to come `times`: what was sent before has been read. */
  answered(times: number): Promise<void>;
};

export function knock(
  stage: Stage,
  documentId: string,
  person: Person,
  params: Readonly<Record<string, string>> = {},
): Knock {
  const ws = new WebSocket(
    stage.address(documentId, { ticket: stage.ticket(documentId, person), ...params }),
  );
  const safe: number[] = [];
  let answers = 0;
  const waiting: { times: number; done: () => void }[] = [];
  ws.on('error', () => undefined);
  ws.on('message', (data: Buffer) => {
    if (data[0] === 64) safe.push(data[1]!);
    if (data[0] !== 1) return;
    answers += 1;
    for (const each of waiting) if (answers >= each.times) each.done();
  });
  const open = new Promise<void>((done) => ws.once('open', () => done()));
  return {
    ws,
    open,
    closed: new Promise((done) => ws.once('close', (code) => done(code))),
    safe,
    answered: async (times) => {
      await open;
      for (let i = 0; i < times; i += 1) ws.send(new Uint8Array([3]));
      await new Promise<void>((done) => {
        waiting.push({ times, done });
        if (answers >= times) done();
      });
    },
  };
}

/** Adds a paragraph. */
export function say(doc: Y.Doc, words: string): Y.XmlText {
  const text = new Y.XmlText(words);
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [text]);
  doc.transact(() => doc.getXmlFragment(fragmentName).push([paragraph]));
  return text;
}

/** The document as markup, for tests to look into. */
export const wordsOf = (doc: Y.Doc): string => doc.getXmlFragment(fragmentName).toJSON();

/** Kept when the condition holds; looks after every change of the document. */
export function until(doc: Y.Doc, holds: () => boolean): Promise<void> {
  return new Promise((done) => {
    const look = () => {
      if (!holds()) return;
      doc.off('update', look);
      done();
    };
    doc.on('update', look);
    look();
  });
}
