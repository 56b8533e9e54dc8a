import { crc32, deflateSync } from 'node:zlib';
import type { APIRequestContext, APIResponse } from '@playwright/test';
import { expect, test } from '../support/story.ts';

/** Files that come in with a shared document and go out of it, as a script meets them. */

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
/** A green PNG, with words behind it that belong to no picture. */
function png(side: number, more = ''): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(side * 3, Buffer.from([90, 140, 90]))]);
  const data = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  const text = chunk('tEXt', Buffer.from(`Comment\0${more}`));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    text,
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const documentId = 'kuvat-ja-tiedostot';

/** Signs in as the demonstration's facilitator and opens a document, once. */
async function facilitator(request: APIRequestContext, url: string): Promise<string> {
  const headers = { origin: url };
  await request.post('/demo/sign-in', { form: { as: 'facilitator' }, headers, maxRedirects: 0 });
  const { items } = (await (await request.get('/api/v1/cases')).json()) as {
    items: { id: string; step: string }[];
  };
  const { id } = items.find(({ step }) => step === 'open')!;
  const there = await request.get(`/api/v1/cases/${id}/documents/${documentId}`);
  if (there.status() === 200) return id;
  const made = await request.post(`/api/v1/cases/${id}/documents`, {
    data: { id: documentId, kind: 'shared', title: 'Kotihoidon "reitit" / ääni' },
    headers,
  });
  expect(made.status(), await made.text()).toBe(201);
  return id;
}

type Sent = { name?: string; type?: string; document?: string };
const add = (request: APIRequestContext, url: string, caseId: string, buffer: Buffer, sent: Sent = {}) =>
  request.post(`/cases/${caseId}/pictures`, {
    multipart: {
      documentId: sent.document ?? documentId,
      picture: { name: sent.name ?? 'kuva.png', mimeType: sent.type ?? 'image/png', buffer },
    },
    headers: { origin: url },
  });
const problem = async (response: APIResponse) => {
  expect(response.headers()['content-type']).toBe('application/problem+json');
  return [response.status(), ((await response.json()) as { id: string }).id];
};

test('a picture comes in without what is no picture, and is shown to whoever may see the case', async ({
  request,
  playwright,
  server,
}) => {
  const caseId = await facilitator(request, server.url);
  const response = await add(request, server.url, caseId, png(40, 'GPS 62.78 22.82'));
  expect(response.status(), await response.text()).toBe(201);
  const { picture, ...size } = (await response.json()) as { picture: string; width: number; height: number };
  expect(size).toEqual({ width: 40, height: 40 });
  expect(picture).toMatch(/^[0-9a-f]{64}$/);
  expect(
    ((await (await add(request, server.url, caseId, png(40, 'other'))).json()) as { picture: string })
      .picture,
  ).toBe(picture);

  const guest = await playwright.request.newContext({ baseURL: server.url });
  const shown = await guest.get(`/pictures/${picture}`);
  expect(shown.status()).toBe(200);
  expect(shown.headers()).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': 'inline',
    'cache-control': 'private, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
  expect((await shown.body()).includes('GPS')).toBe(false);
  const etag = shown.headers().etag!;
  expect((await guest.get(`/pictures/${picture}`, { headers: { 'if-none-match': etag } })).status()).toBe(
    304,
  );
  for (const other of ['0'.repeat(64), 'x', `${picture}0`, '..%2f..%2fetc%2fpasswd']) {
    expect(await problem(await guest.get(`/pictures/${other}`))).toEqual([404, 'not_found']);
  }
  await guest.dispose();
});

test('what is no picture, is too large or is not theirs to add stays out, with a reason', async ({
  request,
  server,
}) => {
  const caseId = await facilitator(request, server.url);
  const send = (buffer: Buffer, sent?: Sent) => add(request, server.url, caseId, buffer, sent);
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  expect(await problem(await send(svg, { name: 'kuva.svg', type: 'image/svg+xml' }))).toEqual([
    415,
    'not_a_picture',
  ]);
  expect(await problem(await send(svg, { name: '../../x.jpg', type: 'image/jpeg' }))).toEqual([
    415,
    'not_a_picture',
  ]);
  expect(await problem(await send(Buffer.alloc(0)))).toEqual([415, 'not_a_picture']);
  const ten = 10 * 1024 * 1024;
  expect(await problem(await send(Buffer.alloc(ten + 1)))).toEqual([413, 'too_large']);
  expect(await problem(await send(Buffer.alloc(ten + 2_000_000)))).toEqual([413, 'too_large']);
  expect(await problem(await send(png(4), { document: 'ei-ole-sellaista' }))).toEqual([404, 'not_found']);
  const nowhere = '00000000-0000-4000-8000-000000000000';
  expect(await problem(await add(request, server.url, nowhere, png(4)))).toEqual([404, 'not_found']);
  const halfForm = await request.post(`/cases/${caseId}/pictures`, {
    multipart: { documentId, picture: 'words' },
    headers: { origin: server.url },
  });
  expect(await problem(halfForm)).toEqual([400, 'malformed']);
  const elsewhere = await request.post(`/cases/${caseId}/pictures`, {
    multipart: { documentId, picture: { name: 'a.png', mimeType: 'image/png', buffer: png(4) } },
    headers: { origin: 'https://elsewhere.example' },
  });
  expect(elsewhere.status()).toBe(403);

  const many = await Promise.all(Array.from({ length: 45 }, () => add(request, server.url, caseId, png(4))));
  const statuses = new Set(many.map((one) => one.status()));
  expect([...statuses].sort()).toEqual([201, 429]);
  expect(many.every((one) => one.status() === 201 || Number(one.headers()['retry-after']) > 0)).toBe(true);
});

test('a form elsewhere takes no more than it did', async ({ request, server }) => {
  const large = (path: string) =>
    request.post(path, { form: { to: 'fi', back: 'x'.repeat(3_000_000) }, headers: { origin: server.url } });
  expect((await large('/language')).status()).toBe(413);
  const streamed = await fetch(`${server.url}/language`, {
    method: 'POST',
    headers: { origin: server.url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new ReadableStream({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(new TextEncoder().encode('x'.repeat(100_000)));
        controller.close();
      },
    }),
    duplex: 'half',
  } as RequestInit);
  expect(streamed.status).toBe(413);
});

test('a document goes out as each kind of file, to whoever may read it', async ({
  request,
  playwright,
  server,
}) => {
  const caseId = await facilitator(request, server.url);
  const base = `/cases/${caseId}/documents/${documentId}/export`;
  const guest = await playwright.request.newContext({ baseURL: server.url });
  const kinds = {
    html: ['text/html; charset=utf-8', 'html', '<!doctype html>'],
    markdown: ['text/markdown; charset=utf-8', 'md', '# Kotihoidon "reitit" / ääni'],
    docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx', 'PK'],
    pdf: ['application/pdf', 'pdf', '%PDF-1.7'],
  } as const;
  for (const [format, [type, extension, start]] of Object.entries(kinds)) {
    for (const who of [request, guest]) {
      const response = await who.get(`${base}/${format}`);
      expect(response.status(), format).toBe(200);
      const headers = response.headers();
      expect(headers['content-type']).toBe(type);
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-disposition']).toBe(
        `attachment; filename="Kotihoidon reitit aani.${extension}"; filename*=UTF-8''Kotihoidon%20reitit%20%C3%A4%C3%A4ni.${extension}`,
      );
      expect((await response.body()).toString().startsWith(start)).toBe(true);
    }
  }
  for (const path of [`${base}/exe`, base.replace(documentId, 'ei-ole-sellaista') + '/pdf']) {
    expect(await problem(await guest.get(path))).toEqual([404, 'not_found']);
  }
  await guest.dispose();
});
