import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('the address of a bucket', () => {
  it('is taken, and may be left out', () => {
    const BLOBS_URL = 's3+https://KEY:SE%2FCRET@s3.example.fi/lakeus?region=eu-north-1';
    expect(readConfig({ BLOBS_URL }).BLOBS_URL).toBe(BLOBS_URL);
    expect(readConfig({}).BLOBS_URL).toBeUndefined();
  });

  it.each([
    'https://KEY:SECRET@s3.example.fi/lakeus',
    's3+https://s3.example.fi/lakeus',
    's3+https://KEY:SECRET@s3.example.fi/',
    'lakeus',
  ])('that cannot be one stops the start, and its secret is not told: %s', (BLOBS_URL) => {
    expect(() => readConfig({ BLOBS_URL })).toThrow(/BLOBS_URL/);
    expect(() => readConfig({ BLOBS_URL })).not.toThrow(/SECRET/);
  });
});
