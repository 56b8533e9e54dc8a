/** What waits to be sent to the other processes. While one batch is under way the next is gathered, so no timer is
 * needed and a burst costs few sendings. */
export type Outbox<Item> = {
  put(item: Item): void;
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
};

type Sending<Item> = {
  /** @param gap - announcements were lost before these, and the others must be told so */
  readonly send: (items: readonly Item[], gap: boolean) => Promise<void>;
  readonly onFault: (error: unknown) => void;
  /** how many may wait; beyond that the oldest are lost (Default: 10,000) */
  readonly most?: number;
};

const batchSize = 500;
const firstPauseMs = 50;
const longestPauseMs = 5_000;
const closesWithinMs = 2_000;

export function outbox<Item>({ send, onFault, most = 10_000 }: Sending<Item>): Outbox<Item> {
  let waiting: Item[] = [];
  let gap = false;
  let closed = false;
  let working: Promise<void> | null = null;
  let endPause: () => void = () => undefined;

  const pause = (ms: number) =>
    new Promise<void>((over) => {
      const timer = setTimeout(over, ms);
      endPause = () => {
        clearTimeout(timer);
        over();
      };
    });

  const work = async () => {
    let pauseMs = firstPauseMs;
    while (waiting.length > 0 || gap) {
      const batch = waiting.splice(0, batchSize);
      const tellsGap = gap;
      gap = false;
      try {
        await send(batch, tellsGap);
        pauseMs = firstPauseMs;
      } catch (error) {
        if (closed) break;
        if (pauseMs === firstPauseMs) onFault(error);
        // Whoever hears of a gap looks into the store, which says more than what waited here ever could.
        waiting = [];
        gap = true;
        await pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
    working = null; // at once, or what is put in before the promise is kept would wait for the next
  };

  return {
    put(item) {
      if (closed) return;
      if (waiting.push(item) > most) {
        waiting.splice(0, waiting.length - most);
        gap = true;
      }
      working ??= work();
    },
    async close() {
      closed = true;
      endPause();
      if (!working) return;
      let late: NodeJS.Timeout | undefined;
      await Promise.race([working, new Promise<void>((over) => (late = setTimeout(over, closesWithinMs)))]);
      clearTimeout(late);
    },
  };
}
