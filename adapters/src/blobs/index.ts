import type { BlobStore } from '@lakeus/engine';
import { folderBlobs } from './folder.ts';
import { s3Blobs } from './s3.ts';
import type { S3Options } from './s3.ts';

export { folderBlobs } from './folder.ts';
export { s3Blobs } from './s3.ts';
export type { S3Options } from './s3.ts';

/** Reads `s3+https://KEY:SECRET@host/bucket?region=…`, with what is not plain in the key and secret percent-encoded.
 * @returns null when it is no such address */
export function readBlobsUrl(address: string): S3Options | null {
  const url = URL.parse(address);
  const scheme = { 's3+https:': 'https:', 's3+http:': 'http:' }[url?.protocol ?? ''];
  const bucket = url?.pathname.slice(1) ?? '';
  if (!url || !scheme || !url.host || !url.username || !url.password) return null;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return null;
  try {
    return {
      endpoint: `${scheme}//${url.host}`,
      region: url.searchParams.get('region') ?? 'us-east-1',
      bucket,
      accessKeyId: decodeURIComponent(url.username),
      secretAccessKey: decodeURIComponent(url.password),
    };
  } catch {
    return null;
  }
}

/** The blob store that the settings ask for: a bucket, or a folder without one.
 * @throws {RangeError} when the address cannot be read */
export function openBlobs({ url, folder }: { url?: string | undefined; folder: string }): BlobStore {
  if (url === undefined) return folderBlobs(folder);
  const options = readBlobsUrl(url);
  if (!options) throw new RangeError('BLOBS_URL cannot be read');
  return s3Blobs(options);
}
