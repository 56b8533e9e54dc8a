import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

/** Clients under load: each server's own provider over a socket of its own, and typists who use them. */

export type Client = {
  readonly doc: Y.Doc;
  readonly synced: Promise<void>;
  readonly socket: () => WebSocket | null;
  move(position: object): void;
  leave(): void;
};

type Socket = typeof globalThis.WebSocket;

/** The stock client, but it does not say again what it heard of others: three lines, as in our own. */
export function stockClient(
  url: string,
  documentId: string,
  params: Record<string, string>,
  SocketClass: typeof WebSocket = WebSocket,
): Client {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(url, documentId, doc, {
    WebSocketPolyfill: SocketClass as unknown as Socket,
    disableBc: true,
    maxBackoffTime: 500,
    // On a bad line our own client asks now and then what it lacks.
    ...(SocketClass !== WebSocket && { resyncInterval: 3_000 }),
    params,
  });
  const { awareness } = provider;
  const say = provider._awarenessUpdateHandler;
  awareness.off('update', say);
  const sayOwn: typeof say = (change, origin) => {
    if (origin !== provider) say(change, origin);
  };
  provider._awarenessUpdateHandler = sayOwn;
  awareness.on('update', sayOwn);
  return {
    doc,
    synced: new Promise((done) => provider.once('sync', () => done())),
    socket: () => provider.ws as unknown as WebSocket | null,
    move: (position) => awareness.setLocalStateField('cursor', { anchor: position, head: position }),
    leave: () => {
      provider.destroy();
      doc.destroy();
    },
  };
}

export function hocuspocusClient(url: string, name: string): Client {
  const doc = new Y.Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider, name, document: doc, token: 'bench' });
  provider.attach();
  return {
    doc,
    synced: new Promise((done) => provider.on('synced', () => done())),
    socket: () => websocketProvider.webSocket as unknown as WebSocket | null,
    move: (position) =>
      provider.awareness!.setLocalStateField('cursor', { anchor: position, head: position }),
    leave: () => {
      provider.destroy();
      websocketProvider.destroy();
      doc.destroy();
    },
  };
}

/** When each letter was typed: by Yjs id, then by clock. */
export type Clock = Map<number, number[]>;

/** Types letters at the end of a paragraph of its own, and moves the cursor with each, as the editor does. */
export class Typist {
  readonly client: Client;
  readonly times: number[] = [];
  private readonly text: Y.XmlText;

  constructor(client: Client, name: number, clock: Clock) {
    this.client = client;
    this.text = new Y.XmlText(`Kappale ${name}. `);
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [this.text]);
    client.doc.transact(() => client.doc.getXmlFragment('prosemirror').push([paragraph]));
    clock.set(client.doc.clientID, this.times);
  }

  type(letters = 'a'): void {
    const { doc } = this.client;
    this.times[Y.getState(doc.store, doc.clientID)] = performance.now();
    this.text.insert(this.text.length, letters);
    this.client.move(Y.createRelativePositionFromTypeIndex(this.text, this.text.length));
  }

  cut(from: number, length: number): void {
    this.text.delete(from, length);
  }
}

/** Calls back for every letter that comes in from somebody else. */
export function watch(
  client: Client,
  clock: Clock,
  seen: (id: number, at: number, ms: number) => void,
): void {
  client.doc.on('afterTransaction', (transaction: Y.Transaction) => {
    if (transaction.local) return;
    const now = performance.now();
    for (const [id, times] of clock) {
      if (id === client.doc.clientID) continue;
      const before = transaction.beforeState.get(id) ?? 0;
      const after = transaction.afterState.get(id) ?? 0;
      for (let at = before; at < after; at += 1) {
        const typedAt = times[at];
        if (typedAt !== undefined) seen(id, at, now - typedAt);
      }
    }
  });
}

/** How much of everybody's writing a document holds. */
export const amount = (doc: Y.Doc): number =>
  [...Y.decodeStateVector(Y.encodeStateVector(doc)).values()].reduce((sum, clock) => sum + clock, 0);
