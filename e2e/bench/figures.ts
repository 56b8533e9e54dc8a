import { setTimeout as delay } from 'node:timers/promises';

/** Measuring with clients that each wait for their answer before they ask again, and telling it in a table. */

export type Measured = { readonly rate: number; readonly p50Ms: number; readonly p95Ms: number };

export type Report = {
  readonly text: string;
  readonly figures: unknown;
  /** limits that were not met; with any, the command fails */
  readonly missed?: readonly string[];
};

export type Bench = {
  readonly does: string;
  /** @param options - what stood behind the name on the command line */
  readonly run: (options: Readonly<Record<string, string | boolean | undefined>>) => Promise<Report>;
};

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

export function median(values: readonly number[]): number {
  const all = sorted(values);
  const middle = Math.floor(all.length / 2);
  return all.length % 2 === 1 ? all[middle]! : (all[middle - 1]! + all[middle]!) / 2;
}

/** @param inOrder - the smallest first */
export const quantile = (inOrder: readonly number[], share: number): number =>
  inOrder[Math.min(inOrder.length - 1, Math.floor(inOrder.length * share))] ?? Number.NaN;

/** Lets clients work for a while; what they do before `warmMs` have passed, and what is unfinished at the end, is
 * not counted.
 * @param work - one piece of work; is told which client does it */
export async function measure(
  clients: number,
  work: (client: number) => Promise<unknown>,
  { ms, warmMs }: { ms: number; warmMs: number },
): Promise<Measured> {
  const tookMs: number[] = [];
  let phase: 'warm' | 'counted' | 'over' = 'warm';
  let failure: Error | undefined;
  const working = Array.from({ length: clients }, async (_, client) => {
    while (phase !== 'over') {
      const began = performance.now();
      await work(client);
      if (phase === 'counted') tookMs.push(performance.now() - began);
    }
  });
  const all = Promise.all(working).catch((error: Error) => {
    failure = error;
    phase = 'over';
  });
  await Promise.race([delay(warmMs), all]);
  const began = performance.now();
  if (phase === 'warm') phase = 'counted';
  await Promise.race([delay(ms), all]);
  const lastedMs = performance.now() - began;
  const done = tookMs.length;
  phase = 'over';
  await all;
  if (failure) throw failure;
  const inOrder = sorted(tookMs.slice(0, done));
  return { rate: (done / lastedMs) * 1000, p50Ms: quantile(inOrder, 0.5), p95Ms: quantile(inOrder, 0.95) };
}

/** The middle of what several rounds measured. */
export const middleOf = (rounds: readonly Measured[]): Measured => ({
  rate: median(rounds.map((round) => round.rate)),
  p50Ms: median(rounds.map((round) => round.p50Ms)),
  p95Ms: median(rounds.map((round) => round.p95Ms)),
});

/** A whole number from the command line.
 * @throws {RangeError} when it is none */
export function wholeNumber(given: string | boolean | undefined, usual: number, name: string): number {
  if (given === undefined) return usual;
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name} takes a whole number above zero.`);
  return value;
}

export const shown = (value: number, digits = 2): string =>
  Number.isFinite(value) ? (value >= 100 ? Math.round(value).toString() : value.toFixed(digits)) : '–';

export const range = (values: readonly number[], digits = 2): string =>
  `${shown(Math.min(...values), digits)}–${shown(Math.max(...values), digits)}`;

export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
