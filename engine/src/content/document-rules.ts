import type { Document, DocumentKind, DocumentRight } from '../case.ts';
import { refuse } from '../errors.ts';
import type { Result } from '../errors.ts';
import { may } from '../people/policy.ts';
import { limits, noteKey } from '../process/commands.ts';
import type { Situation } from '../process/decide.ts';
import { readCode } from './cards.ts';
import { committed, decided, newContribution, problem, staffId } from './deciding.ts';
import type { Rule } from './deciding.ts';
import { isEnough, isWrittenIn, rightIn } from './documents.ts';
import { participantOf } from './participant.ts';

/** Commands about shared documents and what is said in them. What stands in a document is no command: it is kept edit
 * by edit, beside the case. */

export type DocumentCommand =
  | 'openDocument'
  | 'renameDocument'
  | 'remark'
  | 'settle'
  | 'giveNote'
  | 'hideContribution'
  | 'showContribution';

/** Why somebody may not do what needs the right: the step lets nobody, or not them. */
function withheld(situation: Situation, kind: DocumentKind, what: string) {
  const { step, meta } = situation.position;
  return isWrittenIn(kind, meta?.accepts ?? [])
    ? refuse({ id: 'forbidden' })
    : refuse({ id: 'not_in_this_step', step, what });
}

/** The document, if the actor has the right to it. One that they do not see is not there. */
async function documentFor(
  situation: Situation,
  documentId: string,
  needed: DocumentRight,
  what: DocumentCommand,
): Promise<Result<{ document: Document }>> {
  const [document] = await situation.store.rows(situation.case.id, 'documents', [documentId]);
  const right = document ? rightIn(situation, document.kind) : null;
  if (!document || !right) return problem('documentId', 'not_found');
  return isEnough(right, needed) ? { ok: true, document } : withheld(situation, document.kind, what);
}

/** A quote where there is only room for a line; never half a letter at its end. */
const asLine = (quote: string): string | null =>
  quote
    .trim()
    .slice(0, limits.line)
    .replace(/[\ud800-\udbff]$/, '') || null;

export const documentRules: { readonly [Name in DocumentCommand]: Rule<Name> } = {
  openDocument: {
    action: 'document.open',
    accepts: null,
    decide: async ({ id, kind, title }, situation, entropy) => {
      if (rightIn(situation, kind) !== 'edit') return withheld(situation, kind, 'openDocument');
      const { store, case: at } = situation;
      if (id && (await store.documentCases([id])).has(id)) return problem('id', 'invalid');
      const there = kind === 'summary' ? await store.rows(at.id, 'documents') : [];
      // The summary is one text: two people who begin it at once begin the same.
      if (there.some((row) => row.kind === 'summary')) return problem('kind', 'invalid');
      const document = {
        caseId: at.id,
        id: id ?? entropy.uuid(situation.now),
        kind,
        title,
        createdAt: situation.at,
      };
      return decided({
        type: 'document.opened',
        data: { documentId: document.id, kind },
        words: { title },
        put: { documents: [document] },
        answer: { documentId: document.id },
      });
    },
  },

  renameDocument: {
    action: 'document.rename',
    accepts: null,
    decide: async ({ documentId, title }, situation) => {
      const found = await documentFor(situation, documentId, 'edit', 'renameDocument');
      if (!found.ok) return found;
      return decided({
        type: 'document.renamed',
        data: { documentId },
        words: { title },
        put: { documents: [{ ...found.document, title }] },
        answer: { documentId },
      });
    },
  },

  remark: {
    action: 'document.remark',
    accepts: null,
    decide: async ({ documentId, body, kind, passage, parentId }, situation, entropy) => {
      const found = await documentFor(situation, documentId, 'comment', 'remark');
      if (!found.ok) return found;
      if (passage && parentId) return problem('parentId', 'invalid');
      if (!passage && !parentId) return problem('passage', 'required');
      const caseId = situation.case.id;
      if (parentId) {
        const threads = await situation.store.rows(caseId, 'passages', [parentId]);
        if (!threads.some((row) => row.documentId === documentId)) return problem('parentId', 'not_found');
      }
      const participant = participantOf(situation, entropy);
      const row = newContribution(situation, entropy, {
        participantId: participant.id,
        parentId: parentId ?? null,
        origin: 'document',
        originNote: passage ? asLine(passage.quote) : null,
        kind: parentId ? 'comment' : kind,
        body,
        recordedBy: null,
      });
      return decided({
        type: 'contribution.made',
        data: {
          contributionId: row.id,
          participantId: participant.id,
          origin: 'document',
          documentId,
          ...(parentId && { parentId }),
        },
        commitments: committed(row),
        put: {
          contributions: [row],
          ...(passage && {
            passages: [{ caseId, contributionId: row.id, documentId, ...passage, resolvedAt: null }],
          }),
          ...(participant.made && { participants: [participant.made] }),
        },
        answer: { contributionId: row.id, participantId: participant.id },
      });
    },
  },

  settle: {
    action: 'document.remark',
    accepts: null,
    decide: async ({ contributionId, settled }, situation) => {
      const { store, case: at, held, participantId } = situation;
      const [passage] = await store.rows(at.id, 'passages', [contributionId]);
      const found = passage && (await documentFor(situation, passage.documentId, 'read', 'settle'));
      if (!found?.ok) return problem('contributionId', 'not_found');
      const [remark] = await store.rows(at.id, 'contributions', [contributionId]);
      const own =
        participantId !== null &&
        remark?.participantId === participantId &&
        isEnough(rightIn(situation, found.document.kind), 'comment');
      if (!own && !may(held, 'passage.settle')) return refuse({ id: 'forbidden' });
      return decided({
        type: settled ? 'passage.settled' : 'passage.reopened',
        data: { contributionId, documentId: passage!.documentId },
        put: { passages: [{ ...passage!, resolvedAt: settled ? situation.at : null }] },
        answer: { contributionId },
      });
    },
  },

  giveNote: {
    action: 'document.giveNote',
    accepts: null,
    once: ({ noteId }) => ({ key: noteKey(noteId), about: noteId }),
    decide: async ({ documentId, body, kind, code }, situation, entropy) => {
      const found = await documentFor(situation, documentId, 'edit', 'giveNote');
      if (!found.ok) return found;
      const cards = code ? await situation.store.rows(situation.case.id, 'participants') : [];
      const card = code ? cards.find((row) => row.code === readCode(code)) : undefined;
      if (code && !card) return problem('code', 'not_found');
      const participant: ReturnType<typeof participantOf> = card ?? participantOf(situation, entropy);
      const origin = found.document.kind === 'table' ? 'table' : 'document';
      const row = newContribution(situation, entropy, {
        participantId: participant.id,
        parentId: null,
        origin,
        originNote: found.document.title,
        kind,
        body,
        recordedBy: card && card.id !== situation.participantId ? staffId(situation) : null,
      });
      return decided({
        type: card ? 'contribution.recorded' : 'contribution.made',
        data: { contributionId: row.id, participantId: participant.id, origin, documentId },
        commitments: committed(row),
        put: { contributions: [row], ...(participant.made && { participants: [participant.made] }) },
        answer: { contributionId: row.id, participantId: participant.id },
      });
    },
  },

  hideContribution: {
    action: 'contribution.hide',
    accepts: null,
    decide: async ({ contributionId, reason }, situation) => {
      const { store, case: at } = situation;
      const [contribution] = await store.rows(at.id, 'contributions', [contributionId]);
      if (!contribution) return problem('contributionId', 'not_found');
      const hiding = {
        caseId: at.id,
        contributionId,
        reason,
        personId: staffId(situation),
        hiddenAt: situation.at,
      };
      return decided({
        type: 'contribution.hidden',
        data: { contributionId },
        words: { reason },
        put: { hidings: [hiding] },
        answer: { contributionId },
      });
    },
  },

  showContribution: {
    action: 'contribution.hide',
    accepts: null,
    decide: async ({ contributionId }, situation) => {
      const hidings = await situation.store.rows(situation.case.id, 'hidings', [contributionId]);
      if (hidings.length === 0) return problem('contributionId', 'not_found');
      return decided({
        type: 'contribution.shown',
        data: { contributionId },
        remove: { hidings },
        answer: { contributionId },
      });
    },
  },
};
