import { randomBytes } from 'node:crypto';
import type { Entropy } from './ports.ts';

/** A UUID of version 7: 48 bits of milliseconds, then 74 bits from the source.
 * @source RFC 9562, 5.7 */
export function uuidFrom(at: Date, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  bytes.set(random.subarray(0, 16));
  new DataView(bytes.buffer).setUint32(0, Math.floor(at.getTime() / 2 ** 16));
  new DataView(bytes.buffer).setUint16(4, at.getTime() % 2 ** 16);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Randomness of the operating system. */
export const systemEntropy: Entropy = {
  uuid: (at) => uuidFrom(at, randomBytes(16)),
  bytes: (count) => new Uint8Array(randomBytes(count)),
};
