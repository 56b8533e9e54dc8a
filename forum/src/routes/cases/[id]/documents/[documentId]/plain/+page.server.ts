import { error, fail, redirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import type { DocumentJson } from '@lakeus/engine/document';
import { addText, changeBlock, plainBlocks } from '#lib/document/plain.ts';
import type { Changed } from '#lib/document/plain.ts';
import { words } from '#lib/i18n.ts';
import { readingOf } from '#lib/server/documents.ts';
import { fieldsOf, found } from '#lib/server/forms.ts';
import { leaveNotice } from '#lib/server/notice.ts';
import { keepCard } from '#lib/server/visitor.ts';
import type { Actions, PageServerLoad } from './$types';

/** The plain way of writing: a field for each block, a button, nothing alive. */
export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { access, content } = await readingOf(locals, params.id, params.documentId);
  return { document: access.document, right: access.right, blocks: plainBlocks(content) };
};

/** As much as one change may bring, in letters. */
const mostLetters = 100_000;

type Event = RequestEvent<{ id: string; documentId: string }>;

/** Writes as whoever sent the form. A guest without a card is given one by it, as by every contribution. */
async function write(event: Event, change: (now: DocumentJson) => DocumentJson): Promise<void> {
  const { locals, params, cookies, url } = event;
  const { lakeus } = locals;
  const joined = found(await lakeus.engine.joinDocument(params.documentId, await locals.actorIn(params.id)));
  const { document, right, author, participantId } = joined.access;
  if (document.caseId !== params.id) error(404, { message: 'not_found', status: 404 });
  if (right !== 'edit') error(403, { message: 'forbidden', status: 403 });
  const ref = { caseId: params.id, documentId: params.documentId };
  const written = await lakeus.documents.write(ref, author, change);
  if (!written) error(404, { message: 'not_found', status: 404 });
  if (!locals.person && participantId)
    await keepCard(lakeus.reader, cookies, params.id, participantId, url.protocol === 'https:');
}

const lines = (text: string | undefined) => (text ?? '').replaceAll('\r\n', '\n').toWellFormed();

export const actions: Actions = {
  change: async (event) => {
    const fields = await fieldsOf(event);
    const t = words(event.locals.locale);
    const index = Number(fields.block);
    const [before, mine] = [lines(fields.before), lines(fields.text)];
    const back = (text: string, more: { theirs?: string } = {}) =>
      fail(409, {
        problems: [{ field: `text-${index}`, text }],
        values: { ...fields, text: mine },
        block: index,
        ...more,
      });
    if (!Number.isInteger(index) || index < 0) error(400, { message: 'invalid', status: 400 });
    if (mine.length > mostLetters) return back(t('document.plain.tooLong'));
    let changed: Changed = { kind: 'gone' };
    await write(event, (now) => {
      changed = changeBlock(now, index, before, mine);
      return changed.kind === 'changed' ? changed.content : now;
    });
    // What the callback left; the compiler cannot see that it ran.
    const outcome = changed as Changed;
    if (outcome.kind === 'conflict') return back(t('document.plain.conflict'), { theirs: outcome.theirs });
    if (outcome.kind === 'gone') {
      // What was written is not lost with the place it was written for: it can be added at the end.
      const problems = [{ field: 'added', text: t('document.plain.gone') }];
      return fail(409, { problems, values: { added: mine } });
    }
    leaveNotice(event, { key: 'textSaved' });
    redirect(303, `/cases/${event.params.id}/documents/${event.params.documentId}/plain#block-${index}`);
  },

  add: async (event) => {
    const fields = await fieldsOf(event);
    const t = words(event.locals.locale);
    const text = lines(fields.added);
    if (!text.trim() || text.length > mostLetters) {
      const problem = t(text.trim() ? 'document.plain.tooLong' : 'document.plain.nothing');
      return fail(400, { problems: [{ field: 'added', text: problem }], values: fields });
    }
    await write(event, (now) => addText(now, text));
    leaveNotice(event, { key: 'textAdded' });
    redirect(303, `/cases/${event.params.id}/documents/${event.params.documentId}/plain#end`);
  },
};
