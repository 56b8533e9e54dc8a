import { createHash } from 'node:crypto';
import { uuidFrom } from '../entropy.ts';
import type { Entropy } from '../ports.ts';

/** Entropy that is the same in every run of a seed: a hash of the seed and a counter.
 * Ids made in one millisecond come in the order in which they were drawn, unless there are thousands. */
export function seededEntropy(seed: string | number = 1): Entropy {
  let drawn = 0;
  const bytes = (count: number): Uint8Array => {
    const blocks: Buffer[] = [];
    for (let length = 0; length < count; length += 32) {
      blocks.push(createHash('sha256').update(`${seed} ${drawn++}`).digest());
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, count));
  };
  return {
    bytes,
    uuid: (at) => {
      const random = bytes(16);
      new DataView(random.buffer).setUint16(6, drawn % 2 ** 12);
      return uuidFrom(at, random);
    },
  };
}
