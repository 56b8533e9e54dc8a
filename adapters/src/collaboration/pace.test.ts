import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Pace } from './pace.ts';

/** A socket that only tells whether it is listened to. */
function socket() {
  let listening = true;
  const ws = {
    pause: () => (listening = false),
    resume: () => (listening = true),
  } as unknown as WebSocket;
  return { ws, isListenedTo: () => listening };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a day’s work brought at once is taken', () => {
  const { ws, isListenedTo } = socket();
  const pace = new Pace(ws, Date.now);
  for (let i = 0; i < 9_000; i += 1) pace.count();
  expect(isListenedTo()).toBe(true);
});

test('somebody who never stops is listened to more slowly, and is never cut off', () => {
  const { ws, isListenedTo } = socket();
  const pace = new Pace(ws, Date.now);
  let taken = 0;
  for (let ms = 0; ms < 20_000; ms += 10) {
    for (let i = 0; i < 100 && isListenedTo(); i += 1) {
      pace.count();
      taken += 1;
    }
    vi.advanceTimersByTime(10);
  }
  expect(taken).toBeGreaterThan(30_000);
  expect(taken).toBeLessThan(60_000);
  vi.advanceTimersByTime(1_000);
  expect(isListenedTo()).toBe(true);
});

test('who writes as people do never waits', () => {
  const { ws, isListenedTo } = socket();
  const pace = new Pace(ws, Date.now);
  for (let second = 0; second < 600; second += 1) {
    for (let i = 0; i < 40; i += 1) pace.count();
    vi.advanceTimersByTime(1_000);
    expect(isListenedTo()).toBe(true);
  }
});
