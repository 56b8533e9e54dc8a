import type { DocumentEdit, DocumentLog, DocumentRef, StoredDocument } from '@lakeus/engine';
import * as Y from 'yjs';
import { admit } from './admit.ts';
import { Audience } from './audience.ts';
import { documentOf, freshId, repairOf, writeContent } from './content.ts';
import { merged, Queue } from './queue.ts';
import type { Waiting } from './queue.ts';
import type { Seat } from './seat.ts';
import { stateAskedFrame, stateFrame, updateFrame } from './wire.ts';
import type { Presence, Word } from './wire.ts';

/** One document while it is open here: its Yjs document, who is at it, and what waits to be stored. What comes in is
 * applied at once, so that what builds on it can be looked at; it goes out only when it is durable. */

/** What a room needs around it. */
export type Surroundings = {
  readonly log: DocumentLog;
  readonly node: string;
  readonly now: () => number;
  /** there is something to store */
  readonly wake: (room: Room) => void;
  readonly tell: (ref: DocumentRef, word: Word) => void;
  readonly fault: (error: unknown, what: string) => void;
  /** the clock of what is done later, e.g. the check of the merged document */
  readonly later: (work: () => void, ms: number) => { cancel(): void };
};

const checkAfterMs = 300;
const foldAfterEdits = 5_000;
/** Above this a document is read and sent as a whole with difficulty on a phone. */
export const stateLimitBytes = 5_000_000;
const missedLimit = 50;
const probedAtOnce = 20;
/** A repair that does not hold is not tried for ever. */
const repairsInARow = 3;

export class Room {
  readonly ref: DocumentRef;
  readonly audience: Audience;
  /** every edit up to this one is in `doc` */
  seq: number;
  /** number of the newest log row of the case when rights were last asked */
  caseSeq: number | null = null;
  /** when somebody last wrote or moved */
  activeAt: number;
  private document: Y.Doc | null = null;
  private unread: StoredDocument | null;
  private readonly around: Surroundings;
  private readonly owners: Map<number, string>;
  private foldedSeq: number;
  private readonly queue = new Queue();
  private pulling: Promise<void> | null = null;
  /** numbers of rows of ours that came before rows of others that are not read yet */
  private readonly ownAhead = new Set<number>();
  private check: { cancel(): void } | null = null;
  private checkCostMs = 0;
  private repairs = 0;
  private sizeAtLeast: number;
  /** ids under which this process writes for somebody who is not at a socket */
  private readonly ownIds = new Map<string, number>();

  constructor(ref: DocumentRef, stored: StoredDocument, around: Surroundings) {
    this.ref = ref;
    this.around = around;
    this.audience = new Audience(around.now);
    this.unread = stored;
    this.seq = stored.seq;
    this.foldedSeq = stored.foldedSeq;
    this.owners = new Map(stored.clients);
    this.activeAt = around.now();
    this.sizeAtLeast =
      (stored.folded?.length ?? 0) + stored.edits.reduce((sum, { update }) => sum + update.length, 0);
  }

  /** The document; read when it is first needed. Somebody who only opens a folded one is sent it as it is stored. */
  get doc(): Y.Doc {
    if (this.unread) {
      this.document = documentOf(this.unread);
      this.unread = null;
    }
    return this.document!;
  }

  private get vector(): Uint8Array {
    const { unread } = this;
    return unread?.foldedVector && unread.edits.length === 0
      ? unread.foldedVector
      : Y.encodeStateVector(this.doc);
  }

  private stateSince(vector: Uint8Array): Uint8Array {
    const { unread } = this;
    const hasNothing = vector.length === 1 && vector[0] === 0;
    if (hasNothing && unread?.folded && unread.edits.length === 0) return unread.folded;
    return Y.encodeStateAsUpdate(this.doc, vector);
  }

  /** Nothing waits to be stored. */
  get settled(): boolean {
    return this.queue.isEmpty;
  }

  /** Kept when all that is here now is durable.
   * @throws {EngineError} store_unavailable when it could not be stored */
  durable(): Promise<void> {
    return new Promise((kept, broken) => this.queue.whenEmptied({ kept, broken }));
  }

  giveUp(): void {
    this.queue.giveUp();
  }

  /** Lets somebody in: asks what they have, and tells who is here. */
  enter(seat: Seat): void {
    this.audience.enter(seat, stateAskedFrame(this.vector));
  }

  leave(seat: Seat): void {
    const left = this.audience.leave(seat);
    if (left) this.showPresence(left, null);
  }

  /** Answers what a seat asked for: all that it lacks. What is taken now is sent when it is durable, and what comes
   * later is sent after it. */
  answerState(seat: Seat, stateVector: Uint8Array): void {
    const state = stateFrame(this.stateSince(stateVector));
    this.queue.whenEmptied({ kept: () => seat.write(state), broken: () => undefined });
  }

  /** Takes what somebody wrote.
   * @param whole - it holds all that the sender has and we lacked when we last asked */
  receive(seat: Seat, update: Uint8Array, whole: boolean): void {
    const message = ++seat.received;
    const { author } = seat.guest;
    const admission = admit(this.doc, update, author, (client) => this.owners.get(client));
    if (admission.kind === 'missing') {
      this.askAgain(seat);
      return;
    }
    if (admission.kind === 'refused') {
      const { because } = admission;
      seat.close(because === 'malformed' || because === 'id_taken' ? because : 'content_refused');
      return;
    }
    if (whole) seat.complete(message);
    if (!admission.isNew) {
      this.put({ author, clients: [], update: null, seat, message });
      return;
    }
    if (!seat.mayEdit) {
      // Whoever may only read and yet has written something must not believe that it is kept.
      seat.close('right_changed');
      return;
    }
    if (!this.hasRoomFor(update.length)) {
      seat.close('too_large');
      return;
    }
    Y.applyUpdate(this.doc, update, seat);
    if (this.doc.store.pendingStructs || this.doc.store.pendingDs) {
      seat.close('malformed');
      this.rebuild().catch((error: unknown) => this.around.fault(error, 'a document could not be read anew'));
      return;
    }
    const fresh = admission.clients.filter((client) => !this.owners.has(client));
    for (const client of fresh) this.owners.set(client, author);
    this.put({ author, clients: fresh, update, seat, message });
  }

  /** It builds on what is not here: on words lost on the way, or written at another process just now. */
  private askAgain(seat: Seat): void {
    seat.incomplete();
    if (!seat.mayEdit) seat.close('right_changed');
    else if (seat.missed > missedLimit) seat.close('malformed');
    else {
      this.pullSoon();
      seat.write(stateAskedFrame(this.vector));
    }
  }

  /** Takes where somebody's cursor is.
   * @throws {Error} when it is malformed */
  receivePresence(seat: Seat, update: Uint8Array): void {
    const present = this.audience.said(seat, update, (client) => {
      const owner = this.owners.get(client);
      return owner !== undefined && owner !== seat.guest.author;
    });
    if (present) this.showPresence(present, seat);
  }

  private showPresence(present: Presence, mover: Seat | null): void {
    this.activeAt = this.around.now();
    this.around.tell(this.ref, { kind: 'presence', node: this.around.node, present });
    this.audience.show(present, mover, !this.settled);
  }

  private hasRoomFor(bytes: number): boolean {
    this.sizeAtLeast += bytes;
    if (this.sizeAtLeast <= stateLimitBytes) return true;
    // Deleted words take no room: what it really is, is told by writing it out.
    this.sizeAtLeast = Y.encodeStateAsUpdate(this.doc).length + bytes;
    return this.sizeAtLeast <= stateLimitBytes;
  }

  private put(waiting: Waiting): void {
    this.activeAt = this.around.now();
    if (waiting.update === null && this.settled) {
      waiting.seat?.safe(waiting.message);
      return;
    }
    this.queue.put(waiting);
    this.around.wake(this);
  }

  /** Writes for somebody who is not at a socket, or for ourselves. Kept when it is durable. */
  async write(author: string, change: (doc: Y.Doc) => void): Promise<void> {
    const before = this.doc.clientID;
    this.doc.clientID = this.idFor(author);
    const written: Uint8Array[] = [];
    const hear = (update: Uint8Array) => void written.push(update);
    this.doc.on('update', hear);
    try {
      change(this.doc);
    } finally {
      this.doc.off('update', hear);
      this.doc.clientID = before;
    }
    if (written.length > 0) {
      const update = merged(written);
      const clients = [...Y.parseUpdateMeta(update).from.keys()].filter((id) => !this.owners.has(id));
      for (const client of clients) this.owners.set(client, author);
      this.put({ author, clients, update, seat: null, message: 0 });
    }
    await this.durable();
  }

  private idFor(author: string): number {
    const id = this.ownIds.get(author) ?? freshId(this.doc, this.owners);
    this.ownIds.set(author, id);
    return id;
  }

  takeForStoring(): DocumentEdit[] {
    return this.queue.take();
  }

  /** It was stored: others may see it now.
   * @param to - number of the last of the edits */
  stored(edits: readonly DocumentEdit[], to: number): void {
    this.queue.done((writer) => {
      if (edits.length === 0) this.audience.castEdit(null, null);
      else this.tellStored(merged(edits.map((edit) => edit.update)), to - edits.length + 1, to, writer);
    });
    if (this.settled && this.seq - this.foldedSeq > foldAfterEdits) this.foldSoon();
  }

  private tellStored(update: Uint8Array, from: number, to: number, writer: Seat | null): void {
    this.audience.castEdit(updateFrame(update), writer);
    this.around.tell(this.ref, { kind: 'edits', node: this.around.node, from, to, update });
    if (from === this.seq + 1) this.seq = to;
    else {
      for (let seq = from; seq <= to; seq += 1) this.ownAhead.add(seq);
      this.pullSoon();
    }
    this.checkSoon();
  }

  /** Hears what another process stored, or whose cursor moved there. */
  hear(word: Word | null): void {
    if (!word) {
      this.pullSoon();
      return;
    }
    if (word.kind === 'presence') {
      this.audience.heard(word.present);
      return;
    }
    if (word.from !== this.seq + 1 || this.pulling) {
      if (word.to > this.seq) this.pullSoon();
      return;
    }
    this.takeStored(word.update, null);
    this.seq = word.to;
    this.audience.cast(updateFrame(word.update), null);
    this.checkSoon();
  }

  private takeStored(update: Uint8Array, author: string | null): void {
    Y.applyUpdate(this.doc, update);
    this.sizeAtLeast += update.length;
    this.activeAt = this.around.now();
    if (author === null) return;
    for (const client of Y.parseUpdateMeta(update).from.keys()) {
      if (!this.owners.has(client)) this.owners.set(client, author);
    }
  }

  /** Reads what others stored after what is here. */
  pullSoon(): void {
    this.pulling ??= this.pull()
      .catch((error: unknown) => this.around.fault(error, 'a document could not be read on'))
      .finally(() => {
        this.pulling = null;
      });
  }

  private async pull(): Promise<void> {
    const rows = await this.around.log.since(this.ref, this.seq);
    const foreign: Uint8Array[] = [];
    this.doc.transact(() => {
      for (const { seq, author, update } of rows) {
        if (seq <= this.seq) continue;
        if (!this.ownAhead.delete(seq)) {
          foreign.push(update);
          this.takeStored(update, author);
        }
        this.seq = seq;
      }
    });
    if (foreign.length === 0) return;
    this.audience.cast(updateFrame(merged(foreign)), null);
    this.checkSoon();
  }

  /** Asks people what they have that is not here: words may have been lost on the way. In a full room a few at a time,
   * so that the answers of all do not come between two letters.
   * @param everybody - also those who would not be asked in this turn: they must hear something now and then */
  probe(everybody: boolean): void {
    const { seats } = this.audience;
    if (seats.size === 0) return;
    const ask = stateAskedFrame(this.vector);
    const asked = everybody ? seats : this.audience.nextInTurn(probedAtOnce);
    for (const seat of asked) seat.write(ask);
    this.audience.forgetSilent();
  }

  private checkSoon(): void {
    this.check ??= this.around.later(
      () => {
        this.check = null;
        const started = performance.now();
        this.checkWhole();
        this.checkCostMs = performance.now() - started;
      },
      Math.max(checkAfterMs, this.checkCostMs * 20),
    );
  }

  /** Looks at the merged document, and repairs it where edits that were right by themselves are wrong together. */
  private checkWhole(): void {
    const right = repairOf(this.doc);
    this.repairs = right ? this.repairs + 1 : 0;
    if (!right || this.repairs > repairsInARow) return;
    const state = Y.encodeStateAsUpdate(this.doc);
    const at = new Date(this.around.now()).toISOString();
    const { seq } = this;
    const authors = [...new Set(this.owners.values())];
    this.around.log
      .saveVersion(
        this.ref,
        { seq, at, reason: 'beforeRepair', name: null, author: 'server', authors },
        state,
      )
      .then(() => this.write('server', (doc) => writeContent(doc, right, 'repair')))
      .catch((error: unknown) => this.around.fault(error, 'a document could not be repaired'));
  }

  private foldSoon(): void {
    this.fold().catch((error: unknown) => this.around.fault(error, 'a document could not be folded'));
  }

  /** Puts the state as it is stored in the place of the edits that made it, for the next opening. */
  async fold(atLeast = 1): Promise<void> {
    const { seq } = this;
    if (!this.settled || this.ownAhead.size > 0 || seq - this.foldedSeq < atLeast) return;
    if (this.doc.store.pendingStructs || this.doc.store.pendingDs) return;
    const state = Y.encodeStateAsUpdate(this.doc);
    this.sizeAtLeast = state.length;
    this.foldedSeq = seq;
    await this.around.log.fold(this.ref, seq, state, Y.encodeStateVector(this.doc));
  }

  /** Starts anew from what is stored and waits: something got in that waits for what may never come. */
  private async rebuild(): Promise<void> {
    const stored = await this.around.log.load(this.ref);
    if (!stored) return;
    const fresh = documentOf(stored);
    for (const update of this.queue.updates()) Y.applyUpdate(fresh, update);
    this.document?.destroy();
    this.document = fresh;
    this.unread = null;
    this.seq = stored.seq;
    this.ownAhead.clear();
  }

  drop(): void {
    this.check?.cancel();
    this.document?.destroy();
  }
}
