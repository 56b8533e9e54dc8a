import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Answers that are made for each request go out packed, as the files built beforehand do.
 *
 * Packing gives away something about what is packed: whoever can make a browser ask for a page with a guess in its
 * address, and sees how long the answer is, learns whether the guess stands elsewhere on the page (the attack called
 * BREACH). On our pages a card's code could be guessed so. Therefore an answer that belongs to one person goes out
 * unpacked when it was another site that sent their browser here. */

const worthwhileBytes = 1_000;
const packable = /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?(?:json|xml)\b|image\/svg\+xml)/;

const brotli = promisify(brotliCompress);
const pack = {
  // Quality 4: as quick as gzip, and smaller.
  br: (body: Uint8Array) => brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: promisify(gzip) as (body: Uint8Array) => Promise<Buffer<ArrayBuffer>>,
} as const;
type Encoding = keyof typeof pack;

/** The best way of packing that the asker can unpack. */
export function acceptedEncoding(header: string | null): Encoding | null {
  const accepted = new Set(
    (header ?? '')
      .split(',')
      .map((part) =>
        part
          .trim()
          .toLowerCase()
          .split(/\s*;\s*q=/),
      )
      .filter(([, quality]) => quality === undefined || Number(quality) > 0)
      .map(([name]) => name),
  );
  if (accepted.has('br')) return 'br';
  return accepted.has('gzip') ? 'gzip' : null;
}

const ownSites = ['same-origin', 'none'];

/** Whether a browser that somebody uses was sent here by another site. */
function sentFromElsewhere({ headers }: Request): boolean {
  const from = headers.get('sec-fetch-site');
  return headers.has('cookie') && from !== null && !ownSites.includes(from);
}

/** The same answer, packed where that is worth it and safe. */
export async function packed(request: Request, response: Response): Promise<Response> {
  const { headers, status } = response;
  if (!response.body || headers.has('content-encoding')) return response;
  if (!packable.test(headers.get('content-type') ?? '')) return response;
  headers.append('vary', 'accept-encoding');
  const encoding = acceptedEncoding(request.headers.get('accept-encoding'));
  if (!encoding || request.method === 'HEAD' || sentFromElsewhere(request)) return response;
  const body = new Uint8Array(await response.arrayBuffer());
  if (body.length < worthwhileBytes) return new Response(body, { status, headers });
  headers.set('content-encoding', encoding);
  headers.delete('content-length');
  // Another form of the page has another tag; SvelteKit compares what the browser kept with this one.
  const tag = headers.get('etag');
  if (tag) headers.set('etag', tag.replace(/"$/, `-${encoding}"`));
  return new Response(await pack[encoding](body), { status, headers });
}
