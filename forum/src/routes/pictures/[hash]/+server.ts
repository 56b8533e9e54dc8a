import { problem } from '#lib/server/problem.ts';
import { heldCodes } from '#lib/server/visitor.ts';
import type { RequestHandler } from './$types';

/** Pictures of shared documents, for those who may see a case that has them. */
export const GET: RequestHandler = async ({ params, locals, cookies, request }) => {
  const { lakeus, person } = locals;
  const { hash } = params;
  if (!/^[0-9a-f]{64}$/.test(hash)) return problem('not_found');
  const shown = await lakeus.pictures.shown(
    hash,
    person ? { personId: person.id } : { codes: heldCodes(cookies) },
  );
  if (!shown) return problem('not_found');
  const headers = {
    etag: `"${hash}"`,
    'cache-control': 'private, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  };
  if (request.headers.get('if-none-match') === headers.etag)
    return new Response(null, { status: 304, headers });
  const blob = await lakeus.blobs.get(hash);
  if (!blob) {
    lakeus.log.error({ hash, caseId: shown.caseId }, 'a picture is missing from the blob store');
    return problem('not_found');
  }
  return new Response(Uint8Array.from(blob.content), {
    headers: {
      ...headers,
      'content-type': shown.type,
      'content-length': String(blob.content.length),
      'content-disposition': 'inline',
    },
  });
};
