import type { IncomingMessage, ServerResponse } from 'node:http';
import { sha256 } from '@lakeus/engine';
import type { Actor } from '@lakeus/engine';
import type { Lakeus } from './compose.ts';
import { liveHub, readPlace } from './live-hub.ts';
import type { OpenPage } from './live-hub.ts';
import { cardOf, cookiesIn, sessionCookie } from './visitor.ts';

/** `GET /cases/{id}/live`: server-sent events that say what happens to a case, for a page that is open. It stands in
 * front of the pages, not among them: two thousand of these must cost little. */

export type LivePages = {
  /** whether the request is for us */
  takes(request: IncomingMessage): boolean;
  /** Answers it, now or for as long as the page is open. Never fails. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends every open page and takes no more. */
  close(): void;
};

const address = /^\/cases\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/live(?:\?(.*))?$/;

const mostPages = 10_000;
/** of one session or card: somebody's windows and devices */
const mostOfVisitor = 20;
/** of one network address: a whole house may stand behind it */
const mostOfAddress = 400;
/** what may wait for a slow reader; beyond that it is cut off, and its browser comes back to where it was */
const mostWaitingBytes = 64 * 1024;
const retryMs = 3_000;
const tryLaterSeconds = 30;

const head = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
  connection: 'close',
} as const;

/** Counts what each has open. */
function tally(most: number) {
  const counts = new Map<string, number>();
  return {
    isFull: (key: string) => (counts.get(key) ?? 0) >= most,
    add: (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1),
    remove: (key: string) => {
      const left = (counts.get(key) ?? 0) - 1;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    },
  };
}

/** Who a browser says it is, asked anew each time: a session may have ended. */
async function actorOf(lakeus: Lakeus, cookie: string | undefined, caseId: string): Promise<Actor> {
  const cookies = cookiesIn(cookie);
  const session = cookies.get(sessionCookie);
  const person = session ? await lakeus.people.session(sha256(session)) : null;
  return person ? { kind: 'person', personId: person.id } : cardOf(lakeus.reader, cookies, caseId);
}

class Page implements OpenPage {
  readonly #lakeus: Lakeus;
  readonly #caseId: string;
  readonly #cookie: string | undefined;
  readonly #response: ServerResponse;

  constructor(lakeus: Lakeus, caseId: string, cookie: string | undefined, response: ServerResponse) {
    this.#lakeus = lakeus;
    this.#caseId = caseId;
    this.#cookie = cookie;
    this.#response = response;
  }

  write(bytes: Buffer): void {
    this.#response.write(bytes);
    if (this.#response.writableLength > mostWaitingBytes) this.#response.destroy();
  }

  end(): void {
    this.#response.end();
  }

  async maySee(): Promise<boolean> {
    const actor = await actorOf(this.#lakeus, this.#cookie, this.#caseId);
    return (await this.#lakeus.engine.look(this.#caseId, actor)).ok;
  }
}

export function livePages(lakeus: Lakeus): LivePages {
  const { bus, reader, log, metrics, config } = lakeus;
  const hub = liveHub({
    bus,
    reader,
    onFault: (error) => log.error({ err: error }, 'open pages could not be told; they will be'),
  });
  const byVisitor = tally(mostOfVisitor);
  const byAddress = tally(mostOfAddress);
  let open = 0;
  let closed = false;

  const addressOf = ({ headers, socket }: IncomingMessage): string => {
    const forwarded = config.TRUST_PROXY === '1' ? headers['x-forwarded-for'] : undefined;
    return (
      String(forwarded ?? '')
        .split(',')
        .at(-1)
        ?.trim() ||
      (socket.remoteAddress ?? '')
    );
  };

  const refuse = (response: ServerResponse, status: number, more: Record<string, string | number> = {}) => {
    response.writeHead(status, { 'cache-control': 'no-store', ...more }).end();
  };

  async function admit(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, caseId = '', search] = address.exec(request.url ?? '') ?? [];
    if (request.method !== 'GET') return refuse(response, 405, { allow: 'GET' });
    if (closed) return refuse(response, 503, { 'retry-after': tryLaterSeconds });
    const { cookie } = request.headers;
    const from = addressOf(request);
    // A visitor who carries no cookie of ours is known by the address alone.
    const visitor = cookie ? sha256(cookie) : null;
    if (open >= mostPages || byAddress.isFull(from) || (visitor && byVisitor.isFull(visitor))) {
      return refuse(response, 429, { 'retry-after': tryLaterSeconds });
    }
    open += 1;
    byAddress.add(from);
    if (visitor) byVisitor.add(visitor);
    metrics.livePages.set(open);
    const page = new Page(lakeus, caseId, cookie, response);
    response.once('close', () => {
      open -= 1;
      byAddress.remove(from);
      if (visitor) byVisitor.remove(visitor);
      metrics.livePages.set(open);
      hub.leave(caseId, page);
    });
    if (!hub.knowsPublic(caseId) && !(await page.maySee())) return refuse(response, 404);
    if (response.destroyed) return;
    response.useChunkedEncodingByDefault = false; // it ends with the connection, and every event goes out as it is
    response.writeHead(200, head).write(`retry: ${retryMs}\n\n`);
    const asked = request.headers['last-event-id'] ?? new URLSearchParams(search).get('after');
    hub.open(caseId, page, readPlace(typeof asked === 'string' ? asked : null));
  }

  return {
    takes: ({ url }) => url !== undefined && address.test(url),
    answer: (request, response) =>
      admit(request, response).catch((error: unknown) => {
        log.error({ err: error }, 'a live page failed');
        if (response.headersSent) response.destroy();
        else refuse(response, 500);
      }),
    close() {
      closed = true;
      hub.close();
    },
  };
}
