import { describe, expect, it } from 'vitest';
import { allowance, turns } from './turns.ts';

describe('turns', () => {
  it('let a few work, a few wait, and turn the rest away', async () => {
    const inTurn = turns(2, 1);
    const held = Array.from({ length: 3 }, () => Promise.withResolvers<number>());
    const started: number[] = [];
    const asked = held.map(({ promise }, i) =>
      inTurn(() => {
        started.push(i);
        return promise;
      }),
    );
    expect(await inTurn(async () => 9)).toBe('full');
    expect(started).toEqual([0, 1]);
    held[0]!.resolve(0);
    expect(await asked[0]).toBe(0);
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    held[1]!.resolve(1);
    held[2]!.resolve(2);
    expect(await Promise.all(asked)).toEqual([0, 1, 2]);
    expect(await inTurn(async () => 9)).toBe(9);
  });

  it('go on after work that failed', async () => {
    const inTurn = turns(1, 0);
    await expect(inTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inTurn(async () => 1)).toBe(1);
  });
});

describe('an allowance', () => {
  const at = (seconds: number) => new Date(1_500_000_000_000 + seconds * 1_000);

  it('is spent at once and comes back with time', () => {
    const wait = allowance(3, 30_000);
    expect([wait('a', at(0)), wait('a', at(0)), wait('a', at(0))]).toEqual([0, 0, 0]);
    expect(wait('a', at(0))).toBe(10);
    expect(wait('b', at(0))).toBe(0);
    expect(wait('a', at(9))).toBe(1);
    expect(wait('a', at(10))).toBe(0);
    expect(wait('a', at(10))).toBe(10);
    expect([wait('a', at(1_000)), wait('a', at(1_000)), wait('a', at(1_000))]).toEqual([0, 0, 0]);
    expect(wait('a', at(1_000))).toBe(10);
  });

  it('forgets who came longest ago when there are too many', () => {
    const wait = allowance(1, 60_000, 2);
    for (const who of ['a', 'b', 'c']) expect(wait(who, at(0))).toBe(0);
    expect(wait('c', at(1))).toBeGreaterThan(0);
    expect(wait('a', at(1))).toBe(0);
  });
});
