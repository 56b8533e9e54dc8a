import { Presences } from './presence.ts';
import type { Seat } from './seat.ts';
import { awarenessFrame } from './wire.ts';
import type { Presence } from './wire.ts';

/** Those who are at a document, and what goes out to all of them. A cursor that follows a letter waits for the letter,
 * and both go out in one piece: half the writes, and no cursor in words that nobody has. */
export class Audience {
  readonly seats = new Set<Seat>();
  private readonly presences = new Presences();
  private held = new Map<number, { readonly present: Presence; readonly mover: Seat | null }>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** @param ask - what the new one is asked */
  enter(seat: Seat, ask: Buffer): void {
    this.seats.add(seat);
    const present = this.presences.list();
    seat.write(present.length > 0 ? Buffer.concat([ask, awarenessFrame(present)]) : ask);
  }

  /** @returns what others are to be told; null when there is nothing to tell */
  leave(seat: Seat): Presence | null {
    return this.seats.delete(seat) ? this.presences.left(seat) : null;
  }

  tellWhoIsHere(seat: Seat): void {
    seat.write(awarenessFrame(this.presences.list()));
  }

  /** What a seat says of itself, as others may see it; null when it goes nowhere.
   * @throws {Error} when it is malformed */
  said(seat: Seat, update: Uint8Array, isOthers: (client: number) => boolean): Presence | null {
    return this.presences.said(seat, update, this.now(), isOthers);
  }

  /** What is said at another process. */
  heard(present: Presence): void {
    if (this.presences.heard(present, this.now())) this.cast(awarenessFrame([present]), null);
  }

  /** @param hold - letters are on their way: go with them */
  show(present: Presence, mover: Seat | null, hold: boolean): void {
    if (hold) this.held.set(present.client, { present, mover });
    else this.cast(awarenessFrame([present]), mover);
  }

  cast(frames: Buffer, except: Seat | null): void {
    for (const seat of this.seats) if (seat !== except) seat.write(frames);
  }

  /** Sends an edit, and the cursors that waited for it.
   * @param writer - the only one who has it already; null when there are several, or none */
  castEdit(edit: Buffer | null, writer: Seat | null): void {
    const held = [...this.held.values()];
    this.held = new Map();
    if (held.length === 0) {
      if (edit) this.cast(edit, writer);
      return;
    }
    const moved = awarenessFrame(held.map(({ present }) => present));
    const mover = held.length === 1 ? held[0]!.mover : null;
    const both = edit ? Buffer.concat([edit, moved]) : moved;
    for (const seat of this.seats) {
      if (!edit || seat !== writer) {
        if (edit || seat !== mover) seat.write(both);
      } else if (seat !== mover) seat.write(moved);
    }
  }

  /** Some of those here, others each time, all of them in the end. */
  nextInTurn(count: number): readonly Seat[] {
    const chosen = [...this.seats].slice(0, count);
    // A set keeps the order in which things were put in: those chosen go to the end.
    if (this.seats.size > count) {
      for (const seat of chosen) {
        this.seats.delete(seat);
        this.seats.add(seat);
      }
    }
    return chosen;
  }

  /** Takes out those of other processes who have been silent for long. */
  forgetSilent(): void {
    const silent = this.presences.forgotten(this.now());
    if (silent.length > 0) this.cast(awarenessFrame(silent), null);
  }
}
