/** Which of one's own edits are durable. The server tells how many of the frames that carried content on a socket it
 * has stored; this pairs those figures with the edits that the frames held. */
export type Ledger = {
  /** Counts edits that were made here. */
  edited(count: number): void;
  /** A socket opened or was lost: whatever no one confirmed is on its way anew. */
  startOver(): void;
  /** Whether this frame may go out now, and if it may, that it does. */
  sends(frame: Uint8Array): boolean;
  /** The first `frames` frames with content on this socket are durable. */
  durable(frames: number): void;
  /** edits that only this device has for sure */
  readonly unsafe: number;
};

const sync = 0;
const [wholeState, update] = [1, 2];

export function createLedger(): Ledger {
  let unsent = 0;
  let sent = 0;
  let confirmed = 0;
  let toldAll = false;
  let underway: { readonly frame: number; readonly edits: number }[] = [];
  const onTheWay = () => underway.reduce((sum, { edits }) => sum + edits, 0);
  return {
    edited: (count) => {
      unsent += count;
    },
    startOver: () => {
      unsent += onTheWay();
      underway = [];
      sent = confirmed = 0;
      toldAll = false;
    },
    sends: ([type, kind]) => {
      if (type !== sync || (kind !== wholeState && kind !== update)) return true;
      // An edit that stands on others made offline must not arrive before them; all of them go together when asked for.
      if (kind === update && !toldAll) return false;
      toldAll = true;
      sent += 1;
      underway.push({ frame: sent, edits: unsent });
      unsent = 0;
      return true;
    },
    durable: (frames) => {
      // A figure that runs ahead of what was sent confirms nothing that was not.
      confirmed = Math.max(confirmed, Math.min(frames, sent));
      underway = underway.filter(({ frame }) => frame > confirmed);
    },
    get unsafe() {
      return unsent + onTheWay();
    },
  };
}
