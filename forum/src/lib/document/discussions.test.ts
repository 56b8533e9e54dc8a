import { get } from 'svelte/store';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDiscussions } from './discussions.ts';
import type { Discussions } from './discussions.ts';

/** What the panel does over the line, with a server that answers as it is told. */

type Asked = { method: string; path: string; key: string | null; body: unknown };
const id = '00000000-0000-7000-8000-000000000001';
const begun = {
  ...{ anchor: 'AA==.AA==', quote: 'sama hoitaja', prefix: '', suffix: '', resolvedAt: null, replies: [] },
  contribution: { id, participantId: id, pseudonym: 'Kuovi 3', body: 'Hyvä.', hidden: null, createdAt: '' },
};

let asked: Asked[];
let answers: (() => Response)[];
let discussions: Discussions;
const threads = (...items: object[]) => Response.json({ items, mentioned: ['Kuovi 3'] });
const now = () => get(discussions.state);

beforeEach(() => {
  asked = [];
  answers = [];
  let keys = 0;
  discussions = openDiscussions({
    ...{ caseId: 'case-0001', documentId: 'reitit-01', after: 7 },
    surroundings: {
      fetch: (path, { method = 'GET', headers, body } = {}) => {
        const key = new Headers(headers).get('idempotency-key');
        asked.push({ method, path, key, body: body ? (JSON.parse(body as string) as unknown) : null });
        const answer = answers.shift();
        return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('no network'));
      },
      follow: () => () => undefined,
      newKey: () => `key-${String(++keys).padStart(8, '0')}`,
    },
  });
});

describe('discussions beside a text', () => {
  it('come from the server, and say so when they do not', async () => {
    await discussions.load();
    expect(now()).toMatchObject({ discussions: null, trouble: 'notLoaded' });
    answers = [() => threads(begun)];
    await discussions.load();
    expect(now()).toMatchObject({ discussions: [begun], mentioned: ['Kuovi 3'], trouble: null });
    expect(asked[1]).toMatchObject({ path: '/api/v1/cases/case-0001/documents/reitit-01/threads' });
  });

  it('show what was asked for last', async () => {
    let late: (response: Response) => void = () => undefined;
    const slow = new Promise<Response>((done) => (late = done));
    answers = [() => slow as unknown as Response, () => threads(begun)];
    const first = discussions.load();
    await discussions.load();
    late(threads());
    await first;
    expect(now().discussions).toHaveLength(1);
  });

  it('take a reply once, however often it is sent before it gets through', async () => {
    answers = [() => new Response(null, { status: 503 })];
    expect(await discussions.reply(id, 'Niin on.')).toBe(false);
    expect(now().trouble).toBe('failed');
    answers = [() => new Response(null, { status: 201 }), () => threads(begun)];
    expect(await discussions.reply(id, 'Niin on.')).toBe(true);
    answers = [() => new Response(null, { status: 201 }), () => threads(begun)];
    expect(await discussions.reply(id, 'Niin on.')).toBe(true);
    const sent = asked.filter(({ method }) => method === 'POST');
    expect(sent[0]).toEqual(sent[1]);
    expect(sent[0]).toMatchObject({ body: { body: 'Niin on.', parentId: id }, key: 'key-00000001' });
    expect(sent[2]!.key).toBe('key-00000002');
    expect(now().trouble).toBeNull();
  });

  it('say when somebody may not, and when there is nothing to send', async () => {
    answers = [() => new Response(null, { status: 403 })];
    expect(await discussions.settle(id, true)).toBe(false);
    expect(now().trouble).toBe('mayNot');
    expect(asked[0]).toMatchObject({
      method: 'PUT',
      path: `/api/v1/cases/case-0001/contributions/${id}/settled`,
    });
    expect(await discussions.reply(id, '  ')).toBe(false);
    expect(now().trouble).toBe('blank');
    expect(await discussions.remark('Ilman kohtaa')).toBe(false);
    expect(asked).toHaveLength(1);
  });
});
