import { describe, expect, it } from 'vitest';
import { bodyWithin } from './body-limit.ts';

function streamed(chunks: number, headers: Record<string, string> = {}): Request {
  let left = chunks;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(100)) : controller.close()),
  });
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, headers, duplex: 'half' };
  return new Request('https://lakeus.example/', init);
}
const tooLarge = { status: 413 };

describe('a body', () => {
  it('within the limit comes whole', async () => {
    expect((await bodyWithin(streamed(10), 1_000).arrayBuffer()).byteLength).toBe(1_000);
    expect((await bodyWithin(streamed(1, { 'content-length': '100' }), 100).arrayBuffer()).byteLength).toBe(
      100,
    );
  });

  it.each([
    ['without a length', {}],
    ['with an honest length', { 'content-length': '1100' }],
    ['with a length that is none', { 'content-length': 'plenty' }],
  ])('past it is cut off: %s', async (_, headers) => {
    await expect(bodyWithin(streamed(11, headers), 1_000).arrayBuffer()).rejects.toMatchObject(tooLarge);
  });

  it('of a form is cut off the same way, and keeps what the request said', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x', 'x-kept': 'yes' };
    const limited = bodyWithin(streamed(20, headers), 1_000);
    expect([limited.method, limited.headers.get('x-kept')]).toEqual(['POST', 'yes']);
    await expect(limited.formData()).rejects.toMatchObject(tooLarge);
  });

  it('that is none stays so', () => {
    const asked = new Request('https://lakeus.example/');
    expect(bodyWithin(asked, 1)).toBe(asked);
  });
});
