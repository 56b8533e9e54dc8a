import { get } from 'node:http';

/** A process of its own that holds many pages open and notes when each was told what. Spoken to by `process.send`:
 * `{ open: { origin, path, pages } }` is answered `{ opened }`, `{ until: { key, times } }` is answered `{ told: key }`
 * when so many pages have been told `key`, and `{ report: { key: sentAt } }` with the times it took, in order. */

type Order = {
  readonly open?: { readonly origin: string; readonly path: string; readonly pages: number };
  readonly until?: { readonly key: string; readonly times: number };
  readonly report?: Readonly<Record<string, number>>;
};

const now = (): number => performance.timeOrigin + performance.now();
const openingAtOnce = 50;
/** key → when it was told, for each time */
const heard = new Map<string, number[]>();
let awaited: Order['until'] | null = null;
let ballots = 0;

function hear(key: string, at: number): void {
  const times = heard.get(key) ?? [];
  heard.set(key, times);
  times.push(at);
  if (awaited?.key !== key || times.length < awaited.times) return;
  awaited = null;
  process.send?.({ told: key });
}

function read(text: string): void {
  const at = now();
  for (const [, data] of text.matchAll(/^data: (.*)$/gm)) {
    const told = JSON.parse(data!) as { contributions?: string[]; votes?: true };
    for (const id of told.contributions ?? []) hear(id, at);
    if (told.votes) hear(`ballot ${ballots}`, at);
  }
}

function openOne(origin: string, path: string, n: number): Promise<void> {
  // Each behind an address of its own, as people are.
  const headers = { 'x-forwarded-for': `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}` };
  return new Promise((opened, failed) => {
    const request = get(origin + path, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) return failed(new Error(`page ${n}: ${response.statusCode}`));
      let rest = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        rest += text;
        const end = rest.lastIndexOf('\n\n') + 2;
        if (end < 2) return;
        const whole = rest.slice(0, end);
        rest = rest.slice(end);
        read(whole);
        if (whole.includes('data:')) opened();
      });
      response.on('close', () => process.send?.({ lost: n }));
    });
    request.on('error', failed);
  });
}

let opened = 0;
process.on('message', ({ open, until, report }: Order) => {
  void (async () => {
    if (open) {
      const from = opened;
      opened += open.pages;
      for (let n = from; n < opened; n += openingAtOnce) {
        const some = Array.from({ length: Math.min(openingAtOnce, opened - n) }, (_, i) => n + i);
        await Promise.all(some.map((one) => openOne(open.origin, open.path, one)));
      }
      process.send?.({ opened });
    }
    if (until) {
      awaited = until;
      if (until.key.startsWith('ballot')) ballots = Number(until.key.slice('ballot '.length));
      const times = heard.get(until.key)?.length ?? 0;
      if (times >= until.times) {
        awaited = null;
        process.send?.({ told: until.key });
      } else process.send?.({ waiting: until.key });
    }
    if (report) {
      const tookMs = Object.entries(report).flatMap(([key, sentAt]) =>
        (heard.get(key) ?? []).map((at) => at - sentAt),
      );
      process.send?.({ tookMs: tookMs.sort((a, b) => a - b) });
    }
  })();
});
