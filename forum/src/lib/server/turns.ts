/** What costs much is done a few at a time, and by nobody too often. */

/** Work in turns: so many at once, so many waiting, and 'full' to whoever comes after those. */
export function turns(atOnce: number, waitingAtMost: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T | 'full'> => {
    if (running >= atOnce) {
      if (waiting.length >= waitingAtMost) return 'full';
      await new Promise<void>((turn) => waiting.push(turn));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** How often somebody may do something: `count` at once, and from then on evenly over `perMs`.
 * @param people - how many are remembered; the one who came longest ago is forgotten first */
export function allowance(count: number, perMs: number, people = 10_000) {
  const spent = new Map<string, { used: number; at: number }>();
  /** @returns 0 when they may now, else seconds to wait */
  return (who: string, now: Date): number => {
    const at = now.getTime();
    const before = spent.get(who);
    const used = before ? Math.max(0, before.used - ((at - before.at) * count) / perMs) : 0;
    const over = used + 1 - count;
    // What is left of a millisecond is the arithmetic's, not a second to wait.
    if (over > 1e-9) return Math.max(1, Math.ceil(Math.round((over * perMs) / count) / 1_000));
    spent.delete(who);
    spent.set(who, { used: used + 1, at });
    const oldest = spent.size > people ? spent.keys().next().value : undefined;
    if (oldest !== undefined) spent.delete(oldest);
    return 0;
  };
}
