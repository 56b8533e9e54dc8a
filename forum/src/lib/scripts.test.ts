import { globSync, readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';

/** Pages are whole without their scripts, so none of them may cost much: 2 kB each, as it goes over the wire. */

const folder = new URL('../../static/', import.meta.url);

it.each(globSync('*.js', { cwd: folder }))('%s is small', (file) => {
  const sent = brotliCompressSync(readFileSync(new URL(file, folder)));
  expect(sent.length).toBeLessThanOrEqual(2_000);
});
