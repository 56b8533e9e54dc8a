import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small store that speaks as much of the S3 protocol as we use, and checks every signature by itself.
 * @source AWS Signature Version 4, 'Create a signed request': canonical request, string to sign, signing key */

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly region: string };

/** Null when the request is signed as it should be, else what is wrong with it. */
function wrongWith(request: IncomingMessage, body: Buffer, keys: Keys): string | null {
  const { headers, method = '' } = request;
  const url = new URL(request.url ?? '/', `http://${headers.host}`);
  const given = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  if (!given) return 'not signed';
  const [, credential = '', signedHeaders = '', signature] = given;
  const [key, day = '', region = '', ...rest] = credential.split('/');
  if (key !== keys.accessKeyId || region !== keys.region || rest.join('/') !== 's3/aws4_request')
    return 'scope';
  const at = String(headers['x-amz-date']);
  if (!at.startsWith(day) || !/^\d{8}T\d{6}Z$/.test(at)) return 'date';
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => names.includes(name))) return 'headers';
  const contentHash = String(headers['x-amz-content-sha256']);
  if (method === 'PUT' && contentHash !== sha256(body)) return 'content';
  const query = [...url.searchParams]
    .map(([n, v]) => `${encoded(n)}=${encoded(v)}`)
    .toSorted()
    .join('&');
  const path = decodeURIComponent(url.pathname).split('/').map(encoded).join('/');
  const canonical = [
    method,
    path,
    query,
    ...names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders,
    contentHash,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', at, `${day}/${region}/s3/aws4_request`, sha256(canonical)].join('\n');
  const signing = ['s3', 'aws4_request'].reduce<Buffer>(
    hmac,
    hmac(hmac(`AWS4${keys.secretAccessKey}`, day), region),
  );
  return hmac(signing, toSign).toString('hex') === signature ? null : 'signature';
}

export type Bucket = {
  readonly endpoint: string;
  /** names of what is in the bucket */
  readonly names: () => string[];
  readonly asked: string[];
  /** answers the next requests instead, one each; null answers as usual */
  readonly next: ((request: IncomingMessage, response: ServerResponse) => void)[];
  close(): Promise<void>;
};

/** Opens a bucket called `bucket` on a free port of this machine. */
export async function openBucket(bucket: string, keys: Keys): Promise<Bucket> {
  const kept = new Map<string, { content: Buffer; type: string }>();
  const asked: string[] = [];
  const next: Bucket['next'] = [];

  const answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const instead = next.shift();
    if (instead) return instead(request, response);
    const wrong = wrongWith(request, body, keys);
    if (wrong)
      return response.writeHead(403).end(`<Error><Code>SignatureDoesNotMatch</Code>${wrong}</Error>`);
    const path = request.url ?? '';
    if (!path.startsWith(`/${bucket}/`)) return response.writeHead(404).end('<Error/>');
    const found = kept.get(path);
    switch (request.method) {
      case 'PUT':
        kept.set(path, { content: body, type: request.headers['content-type'] ?? '' });
        return response.writeHead(200).end();
      case 'DELETE':
        kept.delete(path);
        return response.writeHead(204).end();
      default: {
        if (!found) return response.writeHead(404).end(request.method === 'HEAD' ? undefined : '<Error/>');
        response.writeHead(200, { 'content-type': found.type, 'content-length': found.content.length });
        return response.end(request.method === 'HEAD' ? undefined : found.content);
      }
    }
  };

  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(request, response, Buffer.concat(parts)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    names: () => [...kept.keys()],
    asked,
    next,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
