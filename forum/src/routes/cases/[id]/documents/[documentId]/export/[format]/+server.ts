import { readDocument } from '@lakeus/engine/document';
import { exportFormats } from '#lib/document/export-formats.ts';
import { words } from '#lib/i18n.ts';
import type { ExportFormat, ExportSource } from '#lib/server/compose.ts';
import { attachment } from '#lib/server/file-name.ts';
import { problem } from '#lib/server/problem.ts';
import { accessTo } from '#lib/server/shared-document.ts';
import { turns } from '#lib/server/turns.ts';
import type { RequestHandler } from './$types';

const inTurn = turns(2, 20);
const isFormat = (format: string): format is ExportFormat =>
  (exportFormats as readonly string[]).includes(format);

/** A shared document as a file. It speaks the language of the case, as the text in it does. */
export const GET: RequestHandler = async ({ params, locals }) => {
  const { lakeus } = locals;
  const { id: caseId, documentId, format } = params;
  if (!isFormat(format)) return problem('not_found');
  const ref = { caseId, documentId };
  const actor = await locals.actorIn(caseId);
  const access = await accessTo(lakeus, ref, actor);
  const seen = access && (await lakeus.engine.look(caseId, actor));
  if (!access || !seen?.ok) return problem('not_found');

  const file = await inTurn(async () => {
    const now = await lakeus.documents.read(ref);
    if (!now) return null;
    const [{ texts }, pictures] = await Promise.all([
      lakeus.reader.overview(caseId),
      lakeus.pictures.of(caseId),
    ]);
    const { language } = seen.view.case;
    const t = words(language);
    const at = lakeus.clock.now();
    const caseTitle = texts.title ?? '';
    const source: ExportSource = {
      ...{ title: access.document.title, language, caseTitle, at, content: readDocument(now.content) },
      pictures: async (hash) =>
        pictures.includes(hash) ? ((await lakeus.blobs.get(hash))?.content ?? null) : null,
      addressOf: (contributionId) => `${lakeus.origin}/cases/${caseId}/discussion/${contributionId}`,
      words: {
        ofCase: t('export.ofCase', { title: caseTitle }),
        asOf: t('export.asOf', { moment: t.moment(at.toISOString()) }),
        note: t('export.note'),
        noteGiven: t('export.noteGiven'),
        picture: t('export.picture'),
        pictureMissing: t('export.pictureMissing'),
        page: (page, of) => t('export.page', { page, of }),
        unshown: t('export.unshown'),
      },
    };
    return lakeus.exportDocument(format, source);
  });
  if (file === 'full') return problem('too_many', 10);
  if (!file) return problem('not_found');
  return new Response(Uint8Array.from(file.bytes), {
    headers: {
      'content-type': file.type,
      'content-length': String(file.bytes.length),
      'content-disposition': attachment(access.document.title, file.extension),
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
    },
  });
};
