import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { acceptedEncoding, packed } from './compression.ts';

test.each([
  [null, null],
  ['', null],
  ['identity', null],
  ['gzip', 'gzip'],
  ['gzip, deflate, br, zstd', 'br'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br; q=0', null],
])('of the ways %j the asker gets %j', (header, encoding) => {
  expect(acceptedEncoding(header)).toBe(encoding);
});

const long = 'Sijainen oli tuttu. '.repeat(200);
const asking = (headers: Record<string, string>, method = 'GET') =>
  new Request('http://here.invalid/', { method, headers: { 'accept-encoding': 'br', ...headers } });
const page = (body: string | null = long, headers: Record<string, string> = {}) =>
  new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8', etag: '"one"', ...headers } });

describe('an answer', () => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('packed with %s says so and is the same when unpacked', async (encoding, unpack) => {
    const answer = await packed(asking({ 'accept-encoding': encoding }), page());
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('etag')).toBe(`"one-${encoding}"`);
    expect(answer.headers.get('vary')).toBe('accept-encoding');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(bytes.length).toBeLessThan(long.length / 4);
    expect(unpack(bytes).toString()).toBe(long);
  });

  test.each([
    ['short', asking({}), page('Kiitos.')],
    ['a picture', asking({}), page(long, { 'content-type': 'image/png' })],
    ['news that go on coming', asking({}), page(long, { 'content-type': 'text/event-stream' })],
    ['packed already', asking({}), page(long, { 'content-encoding': 'zstd' })],
    ['for one who cannot unpack', asking({ 'accept-encoding': 'identity' }), page()],
    [
      'somebody’s own, asked for by another site',
      asking({ cookie: 'a=b', 'sec-fetch-site': 'cross-site' }),
      page(),
    ],
    [
      'somebody’s own, asked for by a neighbour',
      asking({ cookie: 'a=b', 'sec-fetch-site': 'same-site' }),
      page(),
    ],
  ])('that is %s goes out as it is', async (_, request, response) => {
    const before = response.headers.get('content-encoding');
    const text = await response.clone().text();
    const answer = await packed(request, response);
    expect(answer.headers.get('content-encoding')).toBe(before);
    expect(answer.headers.get('etag')).toBe('"one"');
    expect(await answer.text()).toBe(text);
  });

  test.each([
    ['by nobody we know, from another site', { 'sec-fetch-site': 'cross-site' }],
    ['by somebody, from our own pages', { cookie: 'a=b', 'sec-fetch-site': 'same-origin' }],
    ['by somebody, who typed the address', { cookie: 'a=b', 'sec-fetch-site': 'none' }],
  ])('asked for %s is packed', async (_, headers) => {
    const answer = await packed(asking(headers), page());
    expect(answer.headers.get('content-encoding')).toBe('br');
  });

  test('without a body stays without one', async () => {
    const answer = await packed(asking({}), page(null));
    expect(answer.body).toBeNull();
  });
});
