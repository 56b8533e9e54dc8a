import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobStore } from '../ports.ts';

const encoded = (text: string) => new TextEncoder().encode(text);
const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** The one suite that every blob store must pass. */
export function blobContract(
  name: string,
  open: () => Promise<{ blobs: BlobStore; close: () => Promise<void> }>,
): void {
  describe(name, () => {
    let blobs: BlobStore;
    let close: () => Promise<void>;
    beforeEach(async () => ({ blobs, close } = await open()));
    afterEach(() => close());
    const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 31) % 256);
    const hash = hashOf(content);

    it('gives back what it was given, byte for byte, with its type', async () => {
      await blobs.put(hash, content, 'image/webp');
      const found = await blobs.get(hash);
      expect(found?.type).toBe('image/webp');
      expect(Buffer.from(found!.content).equals(content)).toBe(true);
      expect(await blobs.has(hash)).toBe(true);
    });

    it('has nothing that nobody gave it', async () => {
      expect(await blobs.get(hash)).toBeNull();
      expect(await blobs.has(hash)).toBe(false);
      await blobs.remove(hash);
    });

    it.each([
      ['nothing at all', new Uint8Array()],
      ['line breaks at the beginning', encoded('\n\nlakeus\n')],
      ['zero bytes', new Uint8Array(7)],
    ])('keeps %s', async (_, odd) => {
      await blobs.put(hashOf(odd), odd, 'application/octet-stream');
      const found = await blobs.get(hashOf(odd));
      expect([...found!.content]).toEqual([...odd]);
    });

    it('keeps the same content once, also when it comes many times at once', async () => {
      await Promise.all(Array.from({ length: 8 }, () => blobs.put(hash, content, 'image/png')));
      await blobs.put(hash, content, 'image/png');
      expect(Buffer.from((await blobs.get(hash))!.content).equals(content)).toBe(true);
      await blobs.remove(hash);
      expect(await blobs.has(hash)).toBe(false);
    });

    it('keeps blobs apart', async () => {
      const other = encoded('toinen');
      await Promise.all([
        blobs.put(hash, content, 'image/png'),
        blobs.put(hashOf(other), other, 'image/gif'),
      ]);
      await blobs.remove(hash);
      expect(await blobs.get(hash)).toBeNull();
      expect(await blobs.get(hashOf(other))).toMatchObject({ type: 'image/gif' });
    });

    it.each(['', 'A'.repeat(64), '../../etc/passwd', `${'a'.repeat(63)}/`, `${'a'.repeat(64)}\n`, 'a%2e%2e'])(
      'takes no other name than a hash: %j',
      async (odd) => {
        await expect(blobs.put(odd, content, 'image/png')).rejects.toThrow(RangeError);
        await expect(blobs.get(odd)).rejects.toThrow(RangeError);
        await expect(blobs.has(odd)).rejects.toThrow(RangeError);
        await expect(blobs.remove(odd)).rejects.toThrow(RangeError);
      },
    );
  });
}
