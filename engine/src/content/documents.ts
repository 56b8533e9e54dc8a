import { documentKinds, documentRights } from '../case.ts';
import type { DocumentKind, DocumentRight } from '../case.ts';
import { may } from '../people/policy.ts';
import type { Standing } from '../people/policy.ts';
import type { Situation } from '../process/decide.ts';
import type { Accepts } from '../workflow.ts';

/** Who may do what to a shared document, by its kind and by what the step lets in: one table for pages, API and the
 * collaboration server. */

type Token = Extract<Accepts, 'preparedDocuments' | 'tableDocuments' | 'documents' | 'summaryDocument'>;
/** `staff` run cases; `member`: has a role in the case; `card`: takes part in it, with or without an account */
type Who = 'staff' | 'agent' | 'member' | 'card' | 'anyone';

/** What somebody may do while the step lets the token in; of several the strongest holds. All else is reading. */
const rights: {
  readonly [K in DocumentKind]: { readonly [T in Token]?: { readonly [W in Who]?: DocumentRight } };
} = {
  table: {
    preparedDocuments: { staff: 'edit' },
    tableDocuments: { agent: 'edit', member: 'edit', card: 'edit' },
    documents: { agent: 'edit', anyone: 'comment' },
  },
  shared: {
    preparedDocuments: { staff: 'edit' },
    tableDocuments: { agent: 'edit' },
    documents: { anyone: 'edit' },
  },
  summary: {
    summaryDocument: { staff: 'edit', agent: 'edit', member: 'comment' },
  },
};

/** Who asks, and where the case stands. */
export type DocumentAsked = {
  readonly kind: DocumentKind;
  readonly accepts: readonly Accepts[];
  /** what the step let in that the case was taken out of, while it lies still or after it has ended */
  readonly left?: readonly Accepts[];
  readonly summaryPublished: boolean;
  readonly held: readonly Standing[];
  /** whether they have any role, in the case or in the organisation */
  readonly member: boolean;
  readonly participantId: string | null;
};

/** Whether everybody may see the summary and what was done with each contribution for it. */
export const summaryPublished = ({ step, order }: { step: string; order: number | null }): boolean =>
  order !== null && order >= 6 && step !== 'cancelled' && step !== 'merged';

/** Whether a right is enough where another is needed. */
export const isEnough = (right: DocumentRight | null, needed: DocumentRight): boolean =>
  right !== null && documentRights.indexOf(right) >= documentRights.indexOf(needed);

/** Whether the step lets anybody do more to documents of the kind than read them. */
export const isWrittenIn = (kind: DocumentKind, accepts: readonly Accepts[]): boolean =>
  Object.keys(rights[kind]).some((token) => accepts.includes(token as Token));

/** What somebody may do to a document of the kind now; null when it is not shown to them. */
export function documentRight(asked: DocumentAsked): DocumentRight | null {
  const { kind, accepts, held, member, participantId } = asked;
  const is: Record<Who, boolean> = {
    staff: may(held, 'case.describe'),
    agent: held.includes('agent'),
    member,
    card: participantId !== null,
    anyone: held.includes('anyone'),
  };
  if (!isSeen(asked, member || is.staff)) return null;
  const given = Object.entries(rights[kind]).flatMap(([token, byWho]) =>
    accepts.includes(token as Token)
      ? Object.entries(byWho).flatMap(([who, right]) => (is[who as Who] ? [right] : []))
      : [],
  );
  return documentRights.findLast((right) => given.includes(right)) ?? 'read';
}

/** The group that plans sees everything; others see what is prepared when the workshop begins, and the summary when it
 * is published. */
function isSeen(
  { kind, accepts, left = [], summaryPublished: published }: DocumentAsked,
  plans: boolean,
): boolean {
  if (plans) return true;
  if (kind === 'summary') return published;
  const reached = [...accepts, ...left];
  const onlyPrepared =
    reached.includes('preparedDocuments') &&
    !reached.includes('tableDocuments') &&
    !reached.includes('documents');
  return !onlyPrepared;
}

/** {@link documentRight} of whoever acts. Somebody who may only look only reads. */
export function rightIn(situation: Situation, kind: DocumentKind): DocumentRight | null {
  const { position, held, roles, participantId, actor } = situation;
  const right = documentRight({
    kind,
    accepts: position.meta?.accepts ?? [],
    left: position.left?.accepts ?? [],
    summaryPublished: summaryPublished({ step: position.step, order: position.meta?.order ?? null }),
    held,
    member: roles.length > 0,
    participantId,
  });
  return right && actor.kind === 'person' && actor.readOnly ? 'read' : right;
}

export type DocumentRights = { readonly [K in DocumentKind]: DocumentRight | null };

/** The right to each kind of document. */
export const rightsIn = (situation: Situation): DocumentRights =>
  Object.fromEntries(documentKinds.map((kind) => [kind, rightIn(situation, kind)])) as DocumentRights;
