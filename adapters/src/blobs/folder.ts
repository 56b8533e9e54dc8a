import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '@lakeus/engine';
import { checkedName, isAbsent } from './name.ts';

/** Blobs in a folder: `ab/cd/abcd…`, one file each. A file begins with one line that names its type, so that a blob
 * and its type cannot come apart. It gets its name when all of it is on the disk: whoever finds one finds it whole. */

const firstLine = (type: string) => Buffer.from(`lakeus-blob 1 ${type}\n`);
const firstLineRead = /^lakeus-blob 1 ([\w.+-]+\/[\w.+-]+)$/;
const leftoverMs = 3_600_000;

async function written(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o640);
  try {
    await file.writeFile(Buffer.concat(parts));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts what a folder lists on the disk. Some systems cannot; then the name may be lost with the power, never half of it. */
async function settled(folder: string): Promise<void> {
  try {
    const file = await open(folder, 'r');
    await file.sync().finally(() => file.close());
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}

const there = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
};

/** Blobs in a folder of this machine. What was put is on the disk when the promise is kept.
 * @param folder - made when first needed; several processes may share it
 * @param now - by which leftovers of a process that was killed are told from files that are being written */
export function folderBlobs(folder: string, now: () => Date = () => new Date()): BlobStore {
  const unfinished = join(folder, 'unfinished');
  const placeOf = (hash: string) => {
    const name = checkedName(hash);
    const inner = join(folder, name.slice(0, 2), name.slice(2, 4));
    return { inner, path: join(inner, name) };
  };

  let swept: Promise<void> | null = null;
  const sweep = async () => {
    await mkdir(unfinished, { recursive: true });
    for (const name of await readdir(unfinished)) {
      const path = join(unfinished, name);
      const age = await stat(path).then(
        ({ mtimeMs }) => now().getTime() - mtimeMs,
        () => 0,
      );
      if (age > leftoverMs) await rm(path, { force: true });
    }
  };

  return {
    async put(hash, content, type) {
      const { inner, path } = placeOf(hash);
      if (await there(path)) return;
      await (swept ??= sweep().catch((error: unknown) => {
        swept = null;
        throw error;
      }));
      const part = join(unfinished, `${hash}-${randomUUID()}`);
      try {
        await written(part, [firstLine(type), content]);
        await mkdir(inner, { recursive: true });
        await rename(part, path);
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
      await settled(inner);
      await settled(join(inner, '..'));
      await settled(folder);
    },

    async get(hash) {
      const { path } = placeOf(hash);
      let file: Buffer;
      try {
        file = await readFile(path);
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
      const end = file.indexOf('\n');
      const type = firstLineRead.exec(file.toString('latin1', 0, Math.max(end, 0)))?.[1];
      if (type === undefined) throw new Error(`the blob ${hash} is not as it was written`);
      return { content: file.subarray(end + 1), type };
    },

    has: async (hash) => there(placeOf(hash).path),
    remove: async (hash) => rm(placeOf(hash).path, { force: true }),
  };
}
