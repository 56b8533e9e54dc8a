import { EngineError } from '@lakeus/engine';
import type { BlobStore } from '@lakeus/engine';
import { AwsClient } from 'aws4fetch';
import { checkedName } from './name.ts';

/** Blobs in a bucket of any store that speaks the S3 protocol. */

export type S3Options = {
  /** `https://s3.example.fi`; no other host is ever asked, wherever an answer may point */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** for one request, repeats included (Default: 15 000) */
  readonly timeoutMs?: number;
};

const types = /^[\w.+-]+\/[\w.+-]+$/;
const unknownType = 'application/octet-stream';

/** The bucket must be there; blobs lie in it under `blobs/<hash>`. What is sent is signed, content included. Faults of
 * the store and of the way to it are tried again twice, and then told as `store_unavailable`. */
export function s3Blobs(options: S3Options): BlobStore {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey, timeoutMs = 15_000 } = options;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 2 });
  const addressOf = (hash: string) =>
    `${new URL(endpoint).origin}/${encodeURIComponent(bucket)}/blobs/${checkedName(hash)}`;

  /** Asks, and reads the whole answer while the time runs. */
  const ask = async (
    method: string,
    hash: string,
    sent?: { readonly content: Uint8Array; readonly type: string },
  ): Promise<{ status: number; type: string | null; content: Uint8Array }> => {
    const address = addressOf(hash);
    const unavailable = (data: object, cause?: unknown) =>
      new EngineError('store_unavailable', { store: 'blobs', method, ...data }, { cause });
    let answer: { status: number; type: string | null; content: Uint8Array };
    try {
      const response = await client.fetch(address, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        ...(sent && {
          body: Uint8Array.from(sent.content),
          headers: { 'content-type': sent.type, 'x-amz-content-sha256': hash },
        }),
      });
      const content = new Uint8Array(await response.arrayBuffer());
      answer = { status: response.status, type: response.headers.get('content-type'), content };
    } catch (error) {
      throw unavailable({}, error);
    }
    const { status } = answer;
    if (status !== 404 && (status < 200 || status > 299)) throw unavailable({ status });
    return answer;
  };

  return {
    async put(hash, content, type) {
      const { status } = await ask('PUT', hash, { content, type });
      if (status === 404)
        throw new EngineError('store_unavailable', { store: 'blobs', method: 'PUT', status });
    },
    async get(hash) {
      const { status, type, content } = await ask('GET', hash);
      return status === 404 ? null : { content, type: type && types.test(type) ? type : unknownType };
    },
    has: async (hash) => (await ask('HEAD', hash)).status !== 404,
    remove: async (hash) => void (await ask('DELETE', hash)),
  };
}
