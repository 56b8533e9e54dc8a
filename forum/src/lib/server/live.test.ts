import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEngine, sha256 } from '@lakeus/engine';
import type { Actor } from '@lakeus/engine';
import { builders, memoryStores, seededEntropy, virtualClock } from '@lakeus/engine/testing';
import type { MemoryStores, VirtualClock } from '@lakeus/engine/testing';
import { workflows } from '@lakeus/workflows';
import type { Lakeus } from './compose.ts';
import { livePages } from './live.ts';
import type { LivePages } from './live.ts';

/** Who may listen to a case, and how many. */

/** An answer on its way to a browser, of which somebody may read or not. */
class Answer extends EventEmitter {
  status = 0;
  headers: Record<string, unknown> = {};
  text = '';
  headersSent = false;
  destroyed = false;
  writableLength = 0;
  useChunkedEncodingByDefault = true;
  isRead = true;
  writeHead(status: number, headers: Record<string, unknown>) {
    Object.assign(this, { status, headers, headersSent: true });
    return this;
  }
  write(bytes: Buffer | string) {
    this.text += String(bytes);
    if (!this.isRead) this.writableLength += bytes.length;
  }
  end() {
    this.destroy();
  }
  destroy() {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

let stores: MemoryStores;
let clock: VirtualClock;
let live: LivePages;
let shown: number;
let caseId: string;
let code: string;
let sessions: { facilitator: string; other: string };
let announce: () => void;
const nothing = () => undefined;
const build = builders('live pages');

beforeEach(async () => {
  clock = virtualClock();
  stores = memoryStores({ clock });
  shown = 0;
  announce = nothing;
  const engine = createEngine({ ...stores, entropy: seededEntropy(), workflows, clock });
  const raiser: Actor = { kind: 'guest' };
  const raised = await engine.raise(raiser, { title: 'Kuljetus', need: 'Se peruttiin kolmesti.' });
  if (!raised.ok) throw new Error(JSON.stringify(raised.refusal));
  caseId = raised.decided.caseId;
  const participantId = raised.decided.answer.participantId as string;
  code = (await stores.reader.participant(caseId, participantId))!.code;
  sessions = { facilitator: 'a-secret', other: 'another' };
  const ends = '2040-01-01T00:00:00.000Z';
  for (const [name, secret] of Object.entries(sessions)) {
    const person = build.person({ roles: name === 'facilitator' ? ['facilitator'] : [] });
    await stores.people.savePerson(person);
    await stores.people.saveSession(sha256(secret), person.id, ends);
  }
  live = livePages({
    ...{ ...stores, engine, config: { TRUST_PROXY: '1' }, log: { error: nothing } },
    metrics: { livePages: { set: (count: number) => (shown = count) } },
    bus: {
      announce: nothing,
      listen: (_: string, hear: (message: null) => void) => {
        announce = () => hear(null);
        return nothing;
      },
      onGap: () => nothing,
      close: async () => undefined,
    },
  } as unknown as Lakeus);
  return () => live.close();
});

const session = (name: keyof typeof sessions) => `lakeus_session=${sessions[name]}`;
const card = () => `lakeus_language=fi; lakeus_card_${caseId.replaceAll('-', '')}=${code}`;

async function asked(
  more: { cookie?: string; url?: string; method?: string; from?: string; lastEventId?: string } = {},
): Promise<Answer> {
  const { cookie, url = `/cases/${caseId}/live`, method = 'GET', from = '192.0.2.1', lastEventId } = more;
  const headers = { cookie, 'x-forwarded-for': `198.51.100.7, ${from}`, 'last-event-id': lastEventId };
  const request = { url, method, headers, socket: {} } as unknown as IncomingMessage;
  expect(live.takes(request)).toBe(true);
  const answer = new Answer();
  await live.answer(request, answer as unknown as ServerResponse);
  // What the hub is asked about comes from stores in memory: it waits for nothing else.
  for (let i = 0; i < 20; i++) await new Promise<void>((next) => setImmediate(next));
  return answer;
}
const statusOf = async (more: Parameters<typeof asked>[0]) => (await asked(more)).status;

describe('a need that nobody has accepted', () => {
  it('is told to staff and to the one who raised it, and to others as if it were not there', async () => {
    expect(await statusOf({ cookie: session('facilitator') })).toBe(200);
    expect(await statusOf({ cookie: card() })).toBe(200);
    const missing = await asked({ url: `/cases/${build.id()}/live` });
    for (const cookie of [undefined, session('other'), 'lakeus_session=x', card().replace(/.{4}$/, '0000')]) {
      const { status, headers, text } = await asked({ ...(cookie && { cookie }) });
      expect({ status, headers, text }).toEqual({
        status: 404,
        headers: missing.headers,
        text: missing.text,
      });
    }
    expect(missing.status).toBe(404);
    expect(shown).toBe(2);
  });
});

describe('a page that listens', () => {
  it('is told where to go on from, and to come back soon', async () => {
    const { headers, text } = await asked({ cookie: card() });
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(text).toMatch(/^retry: 3000\n\nid: 1\.[0-9a-f]{8}\ndata: \{\}\n\n$/);
  });

  it('goes on from its last event, or from what its address says', async () => {
    await build.write(stores.store, caseId, { transition: true, step: 'need' });
    const url = `/cases/${caseId}/live?after=1`;
    const told = async (more: object) => {
      const page = await asked({ cookie: card(), ...more });
      await expect.poll(() => page.text).toContain('data: ');
      return /data: (.*)/.exec(page.text)?.[1];
    };
    expect(await told({ url })).toBe('{"step":"need"}');
    expect(await told({ url, lastEventId: '2' })).toBe('{}');
    expect(await told({ lastEventId: '1' })).toBe('{"step":"need"}');
  });

  it('that does not read is cut off before much waits for it', async () => {
    const page = await asked({ cookie: card() });
    page.isRead = false;
    page.writableLength = 64 * 1024;
    await build.write(stores.store, caseId, { transition: true, step: 'need' });
    announce();
    await expect.poll(() => page.destroyed).toBe(true);
    expect(shown).toBe(0);
  });

  it('makes room when it leaves', async () => {
    const page = await asked({ cookie: card() });
    expect(shown).toBe(1);
    page.destroy();
    expect(shown).toBe(0);
  });
});

describe('too many', () => {
  it('pages of one visitor are told to come later, and others are not', async () => {
    const cookie = card();
    for (let i = 0; i < 20; i++) expect(await statusOf({ cookie, from: `192.0.2.${i}` })).toBe(200);
    const refused = await asked({ cookie });
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, 30]);
    expect(await statusOf({ cookie: session('facilitator') })).toBe(200);
    expect(shown).toBe(21);
  });

  it('pages of one address are, by the address that our own proxy saw', async () => {
    for (let i = 0; i < 400; i++) expect((await asked({ cookie: `${card()}; n=${i}` })).status).toBe(200);
    expect(await statusOf({ cookie: session('facilitator') })).toBe(429);
    expect(await statusOf({ cookie: session('facilitator'), from: '192.0.2.2' })).toBe(200);
  });
});

describe('what is not for reading', () => {
  it('is refused', async () => {
    expect(await statusOf({ method: 'POST', cookie: card() })).toBe(405);
    for (const url of ['/cases/x/live', `/cases/${caseId}/live/`, `/cases/${caseId}`, '/live', undefined]) {
      expect(live.takes({ url } as IncomingMessage)).toBe(false);
    }
  });

  it('after closing, every page has ended and whoever comes is sent elsewhere', async () => {
    const page = await asked({ cookie: card() });
    live.close();
    expect(page.destroyed).toBe(true);
    expect(await statusOf({ cookie: card() })).toBe(503);
    expect(shown).toBe(0);
  });
});
