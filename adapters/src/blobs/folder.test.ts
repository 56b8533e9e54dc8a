import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobContract } from '@lakeus/engine/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderBlobs } from './folder.ts';

const fresh = () => mkdtemp(join(tmpdir(), 'lakeus-blobs-'));
const gone = (folder: string) => rm(folder, { recursive: true, force: true });

blobContract('blobs in a folder', async () => {
  const folder = await fresh();
  return { blobs: folderBlobs(join(folder, 'blobs')), close: () => gone(folder) };
});

describe('a folder of blobs', () => {
  let folder: string;
  beforeEach(async () => void (folder = await fresh()));
  afterEach(() => gone(folder));
  const content = Buffer.from('kuva');
  const hash = createHash('sha256').update(content).digest('hex');
  const kept = async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((e) => e.isFile());

  it('keeps a blob over a restart, in one file two folders down', async () => {
    await folderBlobs(folder).put(hash, content, 'image/png');
    expect(await folderBlobs(folder).get(hash)).toMatchObject({ type: 'image/png' });
    const [file, ...others] = await kept();
    expect(others).toEqual([]);
    expect(join(file!.parentPath, file!.name)).toBe(join(folder, hash.slice(0, 2), hash.slice(2, 4), hash));
  });

  it('is whole when several processes keep the same at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => folderBlobs(folder).put(hash, content, 'image/png')));
    expect(await kept()).toHaveLength(1);
    expect(Buffer.from((await folderBlobs(folder).get(hash))!.content).toString()).toBe('kuva');
  });

  it('knows nothing of a file that was being written when the process was killed, and sweeps it away later', async () => {
    const unfinished = join(folder, 'unfinished');
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, `${hash}-killed`), 'lakeus-blob 1 image/png\nku');
    const written = await stat(join(unfinished, `${hash}-killed`));
    const after = (minutes: number) => () => new Date(written.mtimeMs + minutes * 60_000);
    const soon = folderBlobs(folder, after(30));
    expect(await soon.has(hash)).toBe(false);
    await soon.put(hash, content, 'image/png');
    expect(await readdir(unfinished)).toHaveLength(1);
    const later = folderBlobs(folder, after(90));
    await later.remove(hash);
    await later.put(hash, content, 'image/png');
    expect(await readdir(unfinished)).toEqual([]);
  });

  it('says so when a file is not as it was written', async () => {
    await folderBlobs(folder).put(hash, content, 'image/png');
    await writeFile(join(folder, hash.slice(0, 2), hash.slice(2, 4), hash), 'something else');
    await expect(folderBlobs(folder).get(hash)).rejects.toThrow('not as it was written');
  });

  it('leaves nothing behind when it cannot write', async () => {
    await mkdir(join(folder, hash.slice(0, 2), hash.slice(2, 4), hash), { recursive: true });
    await expect(folderBlobs(folder).put(hash, content, 'image/png')).rejects.toThrow();
    expect(await readdir(join(folder, 'unfinished'))).toEqual([]);
  });
});
