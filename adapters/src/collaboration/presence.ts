import type { Seat } from './seat.ts';
import { readPresence } from './wire.ts';
import type { Presence } from './wire.ts';

/** Who is at a document, and where their cursor stands. What a client says of itself is taken apart: the place is its
 * own, the name is ours.
 * @source known failures: spoofed names, cursors of others, readers with cursors, unbounded states */

const stateLimitBytes = 2_048;
/** The stock client says it is still there every 15 s; one that has been silent for three times that is not. */
const forgottenAfterMs = 45_000;
export const colours = 8;
/** for clients that paint by themselves; ours has colours of its own for day and night */
const stockColours = ['#30bced', '#6eeb83', '#ffbc42', '#ecd444', '#ee6352', '#9ac2c9', '#8acb88', '#1be7ff'];

/** The same person has the same colour everywhere. */
export function colourOf(author: string): number {
  let sum = 0;
  for (let i = 0; i < author.length; i += 1) sum = (sum * 31 + author.charCodeAt(i)) >>> 0;
  return sum % colours;
}

type Present = Presence & { readonly seat: Seat | null; readonly heardAt: number };

export class Presences {
  private readonly all = new Map<number, Present>();

  /** What a seat says of itself, as it goes to others; null when it is to go nowhere.
   * @param isOthers - whether a Yjs id belongs to another author
   * @throws {Error} when it is malformed */
  said(seat: Seat, update: Uint8Array, now: number, isOthers: (client: number) => boolean): Presence | null {
    if (update.length > stateLimitBytes) return null;
    const { first } = readPresence(update);
    if (!first || seat.right === 'read') return null;
    if (seat.client === null) {
      const before = this.all.get(first.client);
      if ((before && before.seat !== null) || isOthers(first.client)) return null;
      seat.client = first.client;
    }
    if (first.client !== seat.client) return null;
    const before = this.all.get(first.client);
    if (before && (first.clock < before.clock || (first.clock === before.clock && first.state !== 'null')))
      return null;
    const present = { ...first, state: named(first.state, seat) };
    if (present.state === 'null') this.all.delete(first.client);
    else this.all.set(first.client, { ...present, seat, heardAt: now });
    return present;
  }

  /** What another process says. */
  heard(present: Presence, now: number): boolean {
    const before = this.all.get(present.client);
    if (before && (before.seat !== null || present.clock < before.clock)) return false;
    if (present.state === 'null') this.all.delete(present.client);
    else this.all.set(present.client, { ...present, seat: null, heardAt: now });
    return true;
  }

  /** The seat's person has gone; what others are to be told of it. */
  left(seat: Seat): Presence | null {
    const { client } = seat;
    const before = client === null ? undefined : this.all.get(client);
    if (client === null || before?.seat !== seat) return null;
    this.all.delete(client);
    return { client, clock: before.clock + 1, state: 'null' };
  }

  /** Those of other processes that have not been heard of for long. */
  forgotten(now: number): Presence[] {
    const silent = [...this.all.values()].filter(
      (each) => !each.seat && now - each.heardAt > forgottenAfterMs,
    );
    return silent.map(({ client, clock }) => {
      this.all.delete(client);
      return { client, clock: clock + 1, state: 'null' };
    });
  }

  list(): readonly Presence[] {
    return [...this.all.values()];
  }
}

function named(state: string, seat: Seat): string {
  if (state === 'null') return state;
  const given: unknown = JSON.parse(state);
  if (given === null || typeof given !== 'object' || Array.isArray(given))
    throw new Error('a state is an object');
  const { cursor } = given as { cursor?: unknown };
  const colour = colourOf(seat.guest.author);
  return JSON.stringify({
    ...(isPlace(cursor) && { cursor }),
    user: { name: seat.guest.name, colour, color: stockColours[colour] },
  });
}

/** Two relative positions and nothing else. */
const isPlace = (cursor: unknown): boolean =>
  typeof cursor === 'object' &&
  cursor !== null &&
  Object.entries(cursor).every(([key, value]) => (key === 'anchor' || key === 'head') && isPosition(value));

const isPosition = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).every(([key, part]) =>
    key === 'assoc'
      ? Number.isSafeInteger(part)
      : key === 'tname'
        ? typeof part === 'string' || part === null
        : (key === 'type' || key === 'item') &&
          (part === null ||
            (typeof part === 'object' &&
              Object.values(part as object).every((n) => Number.isSafeInteger(n)))),
  );
