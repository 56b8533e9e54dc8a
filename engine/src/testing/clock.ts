import type { Clock } from '../ports.ts';

/** A clock that stands still until it is moved. */
export type VirtualClock = Clock & {
  set(at: string): void;
  forward(by: { days?: number; hours?: number; minutes?: number; seconds?: number; ms?: number }): void;
};

/** Makes a clock for a test.
 * @param at - where it stands, UTC instant */
export function virtualClock(at = '2017-09-01T06:00:00.000Z'): VirtualClock {
  let now = Date.parse(at);
  return {
    now: () => new Date(now),
    set: (to) => {
      now = Date.parse(to);
    },
    forward: ({ days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 }) => {
      now += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
    },
  };
}
