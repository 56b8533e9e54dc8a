import { readVarUint } from 'lib0/decoding';
import type { Decoder } from 'lib0/decoding';
import type { Encoder } from 'lib0/encoding';
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding';
import { writable } from 'svelte/store';
import type { Readable } from 'svelte/store';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { WebsocketProvider, messageAwareness, messageQueryAwareness } from 'y-websocket';
import { Doc } from 'yjs';
import { schemaVersion } from '@lakeus/engine/document';
import type { DocumentRight } from '@lakeus/engine';
import { createLedger } from './ledger.ts';

/** One shared document as this browser has it: joined to the server, kept on the device while it is not, and honest
 * about what is durable. The stock provider does the talking; here is what it lacks: a fresh ticket for every attempt,
 * confirmation of what was stored, silence about what others said, and an end when the server says so. */

/** Why the server will not have us, or what we wrote. */
export type RefusedBecause =
  'right_changed' | 'content_refused' | 'too_large' | 'id_taken' | 'schema_old' | 'not_found';

export type Admission = {
  readonly ticket: string;
  readonly right: DocumentRight;
  readonly name: string;
  readonly author: string;
  readonly schemaVersion: number;
};

export type ConnectionState = 'connecting' | 'saving' | 'saved' | 'offline' | 'refused';

export type ConnectionStatus = {
  readonly state: ConnectionState;
  /** edits that are not durable yet: they are on this device only */
  readonly unsafe: number;
  /** null until the first ticket has come */
  readonly right: DocumentRight | null;
  /** whether the whole document has come at least once */
  readonly complete: boolean;
  readonly refusedBecause: RefusedBecause | null;
};

/** The browser as a connection needs it; tests bring their own. */
export type Surroundings = {
  /** e.g. `wss://lakeus.example/collab` */
  readonly address: string;
  readonly Socket: typeof WebSocket;
  /** Calls `then` after `ms`. @returns calls it off */
  readonly wait: (ms: number, then: () => void) => () => void;
  /** Tells when the device finds or loses its network. @returns stops telling */
  readonly onNetwork: (tell: (there: boolean) => void) => () => void;
};

export type Keeping = { readonly unsafe: number; count(unsafe: number): void; forget(): Promise<void> };

export type Connection = {
  readonly doc: Doc;
  readonly awareness: Awareness;
  readonly status: Readable<ConnectionStatus>;
  /** Throws away what the device keeps of this document. */
  forget(): Promise<void>;
  close(): void;
};

const confirmation = 64;
const quickestMs = 500;
const slowestMs = 15_000;
/** After this long without a confirmation the socket is taken for dead. */
const patienceMs = 12_000;
const deviceMs = 2_000;
const resyncMs = 5_000;
/** The server could make nothing of what came. Words lost on the way are put right by sending all of it again; what is
 * really broken is not. */
const malformed = 4400;
const triesAnew = 3;

/** What a close of the server's means: try again with a new ticket, or why it would be no use. */
function meaningOf(code: number, reason: string): RefusedBecause | 'again' | 'sendAnew' {
  if (code === 4404) return 'not_found';
  if (code === 4409) return 'schema_old';
  if (code === 1009) return 'too_large';
  if (code === malformed) return 'sendAnew';
  if (code !== 4403) return 'again';
  if (reason === 'id_taken' || reason === 'too_large') return reason;
  return reason === 'right_changed' || reason === 'too_fast' ? 'again' : 'content_refused';
}

/** The browser's own surroundings. */
export function inBrowser(): Surroundings {
  return {
    address: `${location.origin.replace(/^http/, 'ws')}/collab`,
    Socket: WebSocket,
    wait: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    onNetwork: (tell) => {
      const [found, lost] = [() => tell(true), () => tell(false)];
      addEventListener('online', found);
      addEventListener('offline', lost);
      return () => {
        removeEventListener('online', found);
        removeEventListener('offline', lost);
      };
    },
  };
}

/** Asks for a ticket under the session or card that this browser holds.
 * @throws {TypeError} when the server cannot be reached
 * @throws {Error} when it has no answer now */
export async function askTicket(caseId: string, documentId: string): Promise<Admission | RefusedBecause> {
  const response = await fetch(`/cases/${caseId}/documents/${documentId}/ticket`, {
    method: 'POST',
    headers: { accept: 'application/json' },
  });
  if (response.ok) return (await response.json()) as Admission;
  if (response.status === 404) return 'not_found';
  if (response.status === 401 || response.status === 403) return 'right_changed';
  throw new Error(`no ticket: ${response.status}`);
}

/** Joins a document and stays joined until closed or refused.
 * @param options - `ticket`: asked before every attempt, throws when it must be tried again; `keep`: keeps the document
 *   on the device, and tells how many edits of an earlier visit were not safe yet; null keeps nothing */
export function openConnection(options: {
  readonly documentId: string;
  readonly ticket: () => Promise<Admission | RefusedBecause>;
  readonly keep: ((doc: Doc) => Promise<Keeping>) | null;
  readonly surroundings?: Surroundings;
}): Connection {
  const { address, Socket, wait, onNetwork } = options.surroundings ?? inBrowser();
  const doc = new Doc();
  const awareness = new Awareness(doc);
  const ledger = createLedger();
  let keeping: Keeping | null = null;
  let right: DocumentRight | null = null;
  let refusedBecause: RefusedBecause | null = null;
  let complete = false;
  let joined = false;
  let failures = 0;
  let sentAnew = 0;
  let asking = false;
  let closed = false;
  let callOff: (() => void) | null = null;
  let callOffPatience: (() => void) | null = null;

  const stateNow = (): ConnectionState => {
    if (refusedBecause) return 'refused';
    if (joined) return ledger.unsafe > 0 ? 'saving' : 'saved';
    return complete || failures > 0 ? 'offline' : 'connecting';
  };
  const statusNow = (): ConnectionStatus => ({
    state: stateNow(),
    unsafe: ledger.unsafe,
    right,
    complete,
    refusedBecause,
  });
  const status = writable(statusNow());
  const tell = () => {
    keeping?.count(ledger.unsafe);
    status.set(statusNow());
  };

  /** Frames are counted where they leave: what the provider believes to have sent may never have been. */
  class CountingSocket extends Socket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      ledger.startOver();
    }
    override send(frame: ArrayBufferView<ArrayBuffer>): void {
      const bytes = new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength);
      if (!ledger.sends(bytes)) return;
      if (ledger.unsafe > 0) beginPatience();
      super.send(frame);
    }
  }

  doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Doc, { local }: { local: boolean }) => {
    if (!local) return;
    ledger.edited(1);
    tell();
  });

  const provider = new WebsocketProvider(address, options.documentId, doc, {
    connect: false,
    awareness,
    WebSocketPolyfill: CountingSocket,
    disableBc: true,
    // Words lost on a bad line are asked for again, as the server asks for ours.
    resyncInterval: resyncMs,
    // Every attempt needs a ticket of its own, so none is the provider's.
    shouldReconnect: () => false,
  });

  // The stock provider repeats to the server whatever it hears of others, which costs everybody the square of their
  // number; only what was said here is news.
  awareness.off('update', provider._awarenessUpdateHandler);
  provider._awarenessUpdateHandler = (_changes: unknown, origin: unknown) => {
    if (origin !== 'local' || provider.ws?.readyState !== Socket.OPEN) return;
    provider.ws.send(ownAwareness());
  };
  awareness.on('update', provider._awarenessUpdateHandler);
  const writeOwnAwareness = (encoder: Encoder) => {
    writeVarUint(encoder, messageAwareness);
    writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [doc.clientID]));
  };
  const ownAwareness = () => {
    const encoder = createEncoder();
    writeOwnAwareness(encoder);
    return toUint8Array(encoder);
  };
  provider.messageHandlers[messageQueryAwareness] = writeOwnAwareness;
  provider.messageHandlers[confirmation] = (_encoder: Encoder, decoder: Decoder) => {
    ledger.durable(readVarUint(decoder));
    if (ledger.unsafe === 0) sentAnew = 0;
    endPatience();
    if (ledger.unsafe > 0) beginPatience();
    tell();
  };

  function beginPatience(): void {
    callOffPatience ??= wait(patienceMs, leave);
  }
  function endPatience(): void {
    callOffPatience?.();
    callOffPatience = null;
  }
  /** Lets go of the socket without waiting for its other end. */
  function leave(): void {
    endPatience();
    if (provider.ws) provider.disconnect();
  }

  function refuse(because: RefusedBecause): void {
    refusedBecause = because;
    callOff?.();
    leave();
    tell();
  }

  function later(): void {
    callOff?.();
    const ms = Math.min(quickestMs * 2 ** failures, slowestMs);
    // Spread out, so that a server that comes back is not met by everybody at once.
    callOff = wait(ms / 2 + (Math.random() * ms) / 2, () => void attempt());
  }

  function admit(admission: Admission | RefusedBecause): void {
    if (typeof admission === 'string') return refuse(admission);
    if (admission.schemaVersion > schemaVersion) return refuse('schema_old');
    // What was written under a right that is gone would be refused; it stays to be copied.
    if (admission.right !== 'edit' && ledger.unsafe > 0) return refuse('right_changed');
    right = admission.right;
    if (right === 'read') awareness.setLocalState(null);
    else if (!awareness.getLocalState()) awareness.setLocalState({});
    provider.params = { ticket: admission.ticket, schema: String(schemaVersion), ack: '1' };
    provider.connect();
    tell();
  }

  async function attempt(): Promise<void> {
    if (asking || closed || refusedBecause || provider.ws) return;
    callOff?.();
    callOff = null;
    asking = true;
    try {
      const admission = await options.ticket();
      if (!closed) admit(admission);
    } catch {
      failures += 1;
      if (!closed) later();
      tell();
    } finally {
      asking = false;
    }
  }

  provider.on('connection-close', (event) => {
    provider.shouldConnect = false;
    joined = false;
    endPatience();
    ledger.startOver();
    const meaning = event ? meaningOf(event.code, event.reason) : 'again';
    if (closed || refusedBecause) return;
    failures += 1;
    if (meaning === 'again' || (meaning === 'sendAnew' && ++sentAnew < triesAnew)) later();
    else refusedBecause = meaning === 'sendAnew' ? 'content_refused' : meaning;
    tell();
  });
  provider.on('sync', (synced) => {
    if (!synced) return;
    joined = complete = true;
    failures = 0;
    tell();
  });
  const stopTelling = onNetwork((there) => {
    if (!there) return leave();
    failures = 0;
    void attempt();
  });

  /** What the device kept comes first, so that one exchange with the server settles both. */
  async function begin(): Promise<void> {
    if (options.keep) {
      const opened = options.keep(doc).then((kept) => {
        keeping = kept;
        ledger.edited(kept.unsafe);
      });
      // A device that will not keep anything must not keep anybody from writing either.
      const late = new Promise<void>((done) => wait(deviceMs, done));
      await Promise.race([opened.catch(() => undefined), late]);
    }
    tell();
    await attempt();
  }
  void begin();

  return {
    doc,
    awareness,
    status,
    forget: async () => keeping?.forget(),
    close: () => {
      closed = true;
      callOff?.();
      endPatience();
      stopTelling();
      awareness.setLocalState(null);
      provider.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };
}
