import type { WebSocket } from 'ws';

/** How fast one socket is listened to. One that sends faster than anybody can write is not cut off, as it may be
 * bringing a day's work from a train: it is listened to more slowly, and the others do not notice.
 * @source token bucket */

const perSecond = 2_000;
const atOnce = 10_000;

export class Pace {
  private readonly ws: WebSocket;
  private readonly now: () => number;
  private left = atOnce;
  private countedAt: number;

  constructor(ws: WebSocket, now: () => number) {
    this.ws = ws;
    this.now = now;
    this.countedAt = now();
  }

  count(): void {
    this.left -= 1;
    if (this.left > 0) return;
    const now = this.now();
    this.left = Math.min(atOnce, this.left + ((now - this.countedAt) / 1_000) * perSecond);
    this.countedAt = now;
    if (this.left > 0) return;
    this.ws.pause();
    setTimeout(() => this.ws.resume(), Math.ceil(((1 - this.left) / perSecond) * 1_000) + 50).unref();
  }
}
