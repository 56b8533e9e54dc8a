import { z } from 'zod';
import { historyFor, namesOf } from '../content/document-past.ts';
import type { DocumentHistory } from '../document/history.ts';
import { historyCommands } from '../process/commands.ts';
import { answer, body } from './named.ts';
import { granted, Refused } from './problem.ts';
import { route } from './route.ts';
import type { Api, Call } from './route.ts';
import { withoutKey } from './shared.ts';
import { listOf } from './shown.ts';

/** What has become of a shared document: its versions, what changed between them, and the way back. */

const instant = z.iso.datetime();
const count = z.int().min(0);
const author = z.string().nullable();

const nameBody = body('NameDocumentVersion', historyCommands.nameVersion.omit(withoutKey));
const restoreBody = body('RestoreDocument', historyCommands.restoreVersion.omit(withoutKey));

const versionsSchema = answer(
  'DocumentVersions',
  listOf(
    z.strictObject({
      /** number of the edit after which the document stood so */
      seq: count,
      at: instant,
      /** `regular`: people had written for a while and then stopped */
      why: z.enum(['named', 'published', 'stepChanged', 'regular', 'beforeRepair', 'beforeRestore']),
      name: z.string().nullable(),
      /** the step that the case came to, where that is why */
      step: z.string().nullable(),
      /** names of those who wrote since the version before */
      authors: z.array(z.string()),
    }),
  ),
);
const namedSchema = answer('DocumentVersionNamed', z.strictObject({ seq: count, name: z.string() }));
const restoredSchema = answer(
  'DocumentRestored',
  z.strictObject({
    /** restoring this one undoes it */
    before: count,
    after: count,
  }),
);
const changesSchema = answer(
  'DocumentChanges',
  z.strictObject({
    from: count,
    to: count,
    /** names of those who wrote or removed something that shows */
    authors: z.array(z.string()),
    blocks: z.array(
      z.strictObject({
        kind: z.enum(['paragraph', 'heading', 'item', 'quote', 'row', 'note', 'picture', 'rule']),
        change: z.enum(['same', 'added', 'removed', 'changed', 'moved', 'restyled']),
        pieces: z.array(
          z.strictObject({
            text: z.string(),
            change: z.enum(['same', 'added', 'removed']),
            /** name of who wrote the words; null where they are the same, or nobody knows */
            author,
            /** name of who took them out; null where they stay, or nobody knows */
            removedBy: author,
          }),
        ),
      }),
    ),
  }),
);

const edit = z.coerce.number().int().min(0).max(2_147_483_647);
const range = z.strictObject({
  from: edit.describe('Number of the edit to compare from; 0 is the empty document.'),
  to: edit.describe('Number of the edit to compare with.'),
});

export function documentHistoryRoutes(api: Api): void {
  const { engine } = api;
  const tag = 'documents';
  const path = '/api/v1/cases/{id}/documents/{documentId}';

  /** The document of the address and its history, if it is shown to the asker. */
  const pastOf = async ({ caseId, actor, params }: Call<unknown>) => {
    const documentId = params.documentId!;
    const { access } = granted(await engine.document(documentId, actor));
    if (access.document.caseId !== caseId || !api.history) throw new Refused({ id: 'not_found' });
    return { ref: { caseId, documentId }, history: api.history };
  };
  const historyHere = (): DocumentHistory => {
    if (!api.history) throw new Refused({ id: 'not_found' });
    return api.history;
  };

  route(api, {
    method: 'get',
    path: `${path}/versions`,
    id: 'listDocumentVersions',
    summary: 'Moments of a document to look at again, newest first.',
    tag,
    answer: versionsSchema,
    handle: async (call) => {
      const { ref, history } = await pastOf(call);
      const points = await history.points(ref);
      const names = await namesOf(
        api,
        ref.caseId,
        points.flatMap(({ authors }) => authors),
      );
      return {
        items: points.map(({ seq, at, why, name, step, authors }) => ({
          ...{ seq, at, why, name, step },
          authors: authors.flatMap((each) => names.get(each) ?? []),
        })),
      };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/versions`,
    id: 'nameDocumentVersion',
    summary: 'Names how a document stood after an edit; for those who may write in it.',
    tag,
    body: nameBody,
    answer: namedSchema,
    status: 201,
    handle: async ({ caseId, actor, command, params }) => {
      const input = await command();
      granted(await historyFor(engine, historyHere()).name(caseId, params.documentId!, actor, input));
      const { seq, name } = historyCommands.nameVersion.parse(input);
      return { seq, name };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/restorations`,
    id: 'restoreDocument',
    summary:
      'Makes a document say again what it said after an edit, by a change forward; for staff and agents who may write in it.',
    tag,
    body: restoreBody,
    answer: restoredSchema,
    status: 201,
    handle: async ({ caseId, actor, command, params }) => {
      const done = await historyFor(engine, historyHere()).restore(
        caseId,
        params.documentId!,
        actor,
        await command(),
      );
      const { before, after } = granted(done);
      return { before, after };
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/changes`,
    id: 'listDocumentChanges',
    summary:
      'What changed in a document between two edits, block by block and word by word, with who did it.',
    tag,
    query: range,
    answer: changesSchema,
    handle: async (call) => {
      const { ref, history } = await pastOf(call);
      const found = await history.compare(ref, call.query.from, call.query.to);
      if (!found) throw new Refused({ id: 'not_found' });
      const { fromSeq, toSeq, blocks, authors } = found;
      const pieces = blocks.flatMap((block) => block.pieces);
      const hands = pieces.flatMap((piece) => [piece.author, piece.removedBy]);
      const names = await namesOf(
        api,
        ref.caseId,
        hands.filter((hand) => hand !== null),
      );
      const nameOf = (hand: string | null) => (hand && names.get(hand)) ?? null;
      return {
        ...{ from: fromSeq, to: toSeq },
        authors: authors.flatMap((each) => names.get(each) ?? []),
        blocks: blocks.map(({ kind, change, pieces: words }) => ({
          ...{ kind, change },
          pieces: words.map((piece) => ({
            ...{ text: piece.text, change: piece.change },
            author: nameOf(piece.author),
            removedBy: nameOf(piece.removedBy),
          })),
        })),
      };
    },
  });
}
