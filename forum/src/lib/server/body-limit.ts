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
  const reader = body.getReader();
  let size = 0;
  const counted = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      size += value.byteLength;
      if (size <= limit) return controller.enqueue(value);
      controller.error(tooLarge());
      await restOf(reader);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const init: RequestInit & { duplex: 'half' } = { body: counted, duplex: 'half' };
  return new Request(request, init);
}

function tooLarge(): unknown {
  try {
    error(413, 'too_large');
  } catch (thrown) {
    return thrown;
  }
}

/** Reads the rest away: a sender who is cut off in the middle would hear that the line broke, not why. The server itself
 * ends what is larger than a picture. */
async function restOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // Whoever broke off has nothing more to be told.
  }
}
