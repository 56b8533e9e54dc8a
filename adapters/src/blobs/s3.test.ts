import { blobContract } from '@lakeus/engine/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBlobsUrl } from './index.ts';
import { s3Blobs } from './s3.ts';
import { openBucket } from './testing/bucket.ts';
import type { Bucket } from './testing/bucket.ts';

const keys = { accessKeyId: 'AKIALAKEUS', secretAccessKey: 'salainen/avain+1=', region: 'eu-north-1' };
const hash = 'c0'.repeat(32);

blobContract('blobs in a bucket', async () => {
  const bucket = await openBucket('lakeus', keys);
  const blobs = s3Blobs({ ...keys, endpoint: bucket.endpoint, bucket: 'lakeus' });
  return { blobs, close: () => bucket.close() };
});

describe('a bucket', () => {
  let bucket: Bucket;
  beforeEach(async () => void (bucket = await openBucket('lakeus', keys)));
  afterEach(() => bucket.close());
  const blobs = (more: Partial<Parameters<typeof s3Blobs>[0]> = {}) =>
    s3Blobs({ ...keys, endpoint: bucket.endpoint, bucket: 'lakeus', ...more });
  const unavailable = { id: 'store_unavailable' };

  it.each([
    ['a wrong secret', { secretAccessKey: 'arvaus' }],
    ['a wrong key', { accessKeyId: 'AKIAOTHER' }],
    ['another region', { region: 'us-east-1' }],
  ])('refuses %s, and that is a fault of ours, not a blob that is missing', async (_, more) => {
    await expect(blobs(more).get(hash)).rejects.toMatchObject({ ...unavailable, data: { status: 403 } });
    await expect(blobs(more).put(hash, Buffer.from('x'), 'image/png')).rejects.toMatchObject(unavailable);
    expect(bucket.names()).toEqual([]);
  });

  it('refuses content that is not what was signed', async () => {
    await expect(blobs().put(hash, Buffer.from('other'), 'image/png')).rejects.toMatchObject(unavailable);
  });

  it('says that a bucket that is not there cannot keep anything', async () => {
    await expect(blobs({ bucket: 'toinen' }).put(hash, Buffer.from('x'), 'image/png')).rejects.toMatchObject(
      unavailable,
    );
  });

  it('is asked again after a fault that passes', async () => {
    bucket.next.push((_, response) => response.writeHead(503).end());
    expect(await blobs().get(hash)).toBeNull();
    expect(bucket.asked).toHaveLength(2);
  });

  it('is given up after three faults', async () => {
    for (let i = 0; i < 9; i++) bucket.next.push((_, response) => response.writeHead(500).end());
    await expect(blobs().get(hash)).rejects.toMatchObject({ ...unavailable, data: { status: 500 } });
    expect(bucket.asked).toHaveLength(3);
  });

  it('sends nobody anywhere else', async () => {
    const elsewhere = await openBucket('lakeus', keys);
    const location = `${elsewhere.endpoint}/lakeus/blobs/${hash}`;
    bucket.next.push((_, response) => response.writeHead(307, { location }).end());
    await expect(blobs().get(hash)).rejects.toMatchObject(unavailable);
    expect(elsewhere.asked).toEqual([]);
    await elsewhere.close();
  });

  it('that never answers is given up in time', async () => {
    bucket.next.push(() => undefined);
    await expect(blobs({ timeoutMs: 50 }).get(hash)).rejects.toMatchObject(unavailable);
  });

  it('that cannot be reached is a fault that passes', async () => {
    await bucket.close();
    await expect(blobs().has(hash)).rejects.toMatchObject(unavailable);
    bucket = await openBucket('lakeus', keys);
  });
});

describe('the address of a bucket', () => {
  it('is read whole', () => {
    expect(readBlobsUrl('s3+https://AKIA:a%2Fb%2B@s3.example.fi/lakeus?region=eu-north-1')).toEqual({
      endpoint: 'https://s3.example.fi',
      region: 'eu-north-1',
      bucket: 'lakeus',
      accessKeyId: 'AKIA',
      secretAccessKey: 'a/b+',
    });
    expect(readBlobsUrl('s3+http://k:s@minio:9000/lakeus')).toMatchObject({
      endpoint: 'http://minio:9000',
      region: 'us-east-1',
    });
  });

  it.each([
    ['no bucket', 's3+https://k:s@host/'],
    ['no key', 's3+https://host/lakeus'],
    ['no secret', 's3+https://k@host/lakeus'],
    ['another scheme', 'https://k:s@host/lakeus'],
    ['a path behind the bucket', 's3+https://k:s@host/lakeus/folder'],
    ['half an encoding', 's3+https://k:s%2@host/lakeus'],
    ['no address', 'lakeus'],
  ])('is refused with %s', (_, address) => {
    expect(readBlobsUrl(address)).toBeNull();
  });
});
