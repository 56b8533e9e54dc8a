import type { DocumentLog } from '@lakeus/engine';
import { EngineError } from '@lakeus/engine';
import type { Room } from './room.ts';

/** Stores what waits in all rooms, in one statement, and again as soon as that is done: what came meanwhile goes
 * together. No timer: waiting for more gains nothing under load and costs everybody the wait.
 * @source own measurements: windows of 5 and 20 ms gave 1.5 and 4 times the delay and no less work */

const tryAgainMs = [50, 100, 200, 400, 800, 1_600, 3_000] as const;

export class Writer {
  private readonly log: DocumentLog;
  private readonly lost: (room: Room, error: unknown) => void;
  private readonly gone: (room: Room) => void;
  private dirty = new Set<Room>();
  private busy = false;
  private idle: (() => void)[] = [];
  private readonly pause: (ms: number) => Promise<void>;

  /** @param lost - what a room has could not be stored: its people must hear that it is not kept
   * @param gone - the document does not exist any more */
  constructor(
    log: DocumentLog,
    lost: (room: Room, error: unknown) => void,
    gone: (room: Room) => void,
    pause: (ms: number) => Promise<void>,
  ) {
    this.log = log;
    this.lost = lost;
    this.gone = gone;
    this.pause = pause;
  }

  wake(room: Room): void {
    this.dirty.add(room);
    if (this.busy) return;
    this.busy = true;
    // What comes in the same turn goes together.
    queueMicrotask(() => void this.run());
  }

  /** Nothing waits anywhere. */
  settled(): Promise<void> {
    return this.busy ? new Promise((done) => this.idle.push(done)) : Promise.resolve();
  }

  private async run(): Promise<void> {
    while (this.dirty.size > 0) {
      const rooms = [...this.dirty];
      this.dirty = new Set();
      await this.store(rooms.map((room) => ({ room, edits: room.takeForStoring() })));
    }
    this.busy = false;
    for (const then of this.idle.splice(0)) then();
  }

  private async store(
    batch: readonly { room: Room; edits: ReturnType<Room['takeForStoring']> }[],
  ): Promise<void> {
    const written = batch.filter(({ edits }) => edits.length > 0);
    let last: Map<string, number>;
    try {
      last =
        written.length > 0
          ? await this.append(written.map(({ room, edits }) => ({ ...room.ref, edits })))
          : new Map<string, number>();
    } catch (error) {
      if (batch.length > 1 && !isPassing(error)) {
        // One of them is at fault; the others shall not suffer for it.
        for (const one of batch) await this.store([one]);
      } else for (const { room } of batch) this.lost(room, error);
      return;
    }
    for (const { room, edits } of batch) {
      const to = last.get(room.ref.documentId);
      if (edits.length > 0 && to === undefined) this.gone(room);
      else room.stored(edits, to ?? 0);
    }
  }

  /** A database that restarts is waited for. An attempt that was cut may have been stored all the same; storing it
   * twice changes nothing. */
  private async append(batch: Parameters<DocumentLog['append']>[0]): Promise<Map<string, number>> {
    for (const ms of tryAgainMs) {
      try {
        return await this.log.append(batch);
      } catch (error) {
        if (!isPassing(error)) throw error;
        await this.pause(ms);
      }
    }
    return this.log.append(batch);
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof EngineError && error.id === 'store_unavailable';
