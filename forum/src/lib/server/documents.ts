import { error } from '@sveltejs/kit';
import { emptyDocument } from '@lakeus/engine/document';
import type { DocumentJson } from '@lakeus/engine/document';
import type { Document } from '@lakeus/engine';
import { catalogues } from '#catalogues';
import type { Catalogue } from '#catalogues';
import type { Locale } from '#lib/i18n.ts';
import { found } from './forms.ts';

/** What the pages of shared documents have in common. */

const emptyJson = (): DocumentJson => emptyDocument().toJSON() as DocumentJson;

/** What the visitor may do in a document of this case, and how it stands now. One of another case is not found. */
export async function readingOf(
  { lakeus, actorIn }: Pick<App.Locals, 'lakeus' | 'actorIn'>,
  caseId: string,
  documentId: string,
) {
  const { access } = found(await lakeus.engine.document(documentId, await actorIn(caseId)));
  if (access.document.caseId !== caseId) error(404, { message: 'not_found', status: 404 });
  return { access, content: await contentOf(lakeus, access.document) };
}

/** A document as it stands now. */
export async function contentOf(
  { documents }: Pick<App.Locals['lakeus'], 'documents'>,
  { caseId, id }: Pick<Document, 'caseId' | 'id'>,
): Promise<DocumentJson> {
  const read = await documents.read({ caseId, documentId: id });
  return read?.content ?? emptyJson();
}

/** First parts of the keys that pages with an editor say in the browser. */
const families =
  /^(?:layout|help|dialog|language|notice|moment|document|documents|export|picture|front|style|form|kind)(?:\.|$)/;

/** What a page that goes on in the browser takes along to say there, in the reader's language alone.
 * @param more - first parts of further keys */
export function messagesFor(locale: Locale, more: readonly string[] = []): Catalogue {
  const wanted = (key: string) => families.test(key) || more.some((family) => key.startsWith(`${family}.`));
  const own: Catalogue = catalogues[locale];
  return Object.fromEntries(
    Object.entries<string>(catalogues.fi).flatMap(([key, finnish]) =>
      wanted(key) ? [[key, own[key] ?? finnish]] : [],
    ),
  );
}
