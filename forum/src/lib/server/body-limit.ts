import { error } from '@sveltejs/kit';

const mebibyte = 1024 * 1024;

/** Bytes that a request may bring along. `picture`: one of ten mebibytes and the form around it. */
export const bodyLimits = { picture: 11 * mebibyte, other: 2 * mebibyte } as const;

/** The same request, whose body ends in 'too large' where the limit is passed, whether it said its length or not. Node
 * reads no more of a body than its length says, so one that says little enough is left as it is. */
export function bodyWithin(request: Request, limit: number): Request {
  const { body, headers } = request;
  const said = headers.get('content-length');
  if (!body || (said !== null && Number(said) <= limit)) return request;
  let size = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (size > limit) error(413, 'too_large');
      controller.enqueue(chunk);
    },
  });
  const init: RequestInit & { duplex: 'half' } = { body: body.pipeThrough(counted), duplex: 'half' };
  return new Request(request, init);
}
