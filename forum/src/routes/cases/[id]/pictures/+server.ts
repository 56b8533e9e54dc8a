import { json } from '@sveltejs/kit';
import { problem } from '#lib/server/problem.ts';
import { accessTo } from '#lib/server/shared-document.ts';
import { allowance, turns } from '#lib/server/turns.ts';
import type { RequestHandler } from './$types';

/** Each holds up to eleven megabytes. */
const inTurn = turns(6, 30);
const mayAdd = allowance(30, 10 * 60_000);

/** Takes a picture for a document that the sender may write in. */
export const POST: RequestHandler = async (event) => {
  const { lakeus } = event.locals;
  const caseId = event.params.id;
  const actor = await event.locals.actorIn(caseId);
  // Asked before the body is read, so that nobody makes us read for a case that they do not see.
  if (!(await lakeus.engine.look(caseId, actor)).ok) return problem('not_found');

  const answer = await inTurn(async () => {
    let form: FormData;
    try {
      form = await event.request.formData();
    } catch (cause) {
      const { status } = cause as { status?: unknown };
      return problem(status === 413 ? 'too_large' : 'malformed');
    }
    const [sent, documentId] = [form.get('picture'), form.get('documentId')];
    if (!(sent instanceof File) || typeof documentId !== 'string') return problem('malformed');
    const access = await accessTo(lakeus, { caseId, documentId }, actor);
    if (!access) return problem('not_found');
    if (access.right !== 'edit' || (actor.kind === 'person' && actor.readOnly)) return problem('forbidden');
    const who = access.author === 'guest' ? `guest ${event.getClientAddress()}` : access.author;
    const waitSeconds = mayAdd(who, lakeus.clock.now());
    if (waitSeconds > 0) return problem('too_many', waitSeconds);

    const read = await lakeus.readPicture(new Uint8Array(await sent.arrayBuffer()));
    if (!read.ok) return problem(read.problem);
    const { hash, content, type, width, height } = read.picture;
    await lakeus.blobs.put(hash, content, type);
    await lakeus.pictures.add({
      ...{ caseId, hash, type, width, height, bytes: content.length },
      ...{ addedBy: access.author, addedAt: lakeus.clock.now().toISOString() },
    });
    return json(
      { picture: hash, width, height },
      { status: 201, headers: { location: `/pictures/${hash}` } },
    );
  });
  return answer === 'full' ? problem('too_many', 5) : answer;
};
