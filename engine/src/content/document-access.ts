import type { Document, DocumentRight } from '../case.ts';
import { refuse } from '../errors.ts';
import type { Result } from '../errors.ts';
import { may } from '../people/policy.ts';
import type { Actor } from '../people/policy.ts';
import type { DocumentReading } from '../ports.ts';
import { situate, whoReads } from '../process/decide.ts';
import type { Deciding, Situation } from '../process/decide.ts';
import { join } from './content.ts';
import { isEnough, rightIn } from './documents.ts';

/** Coming to a shared document: what somebody may do there, and under whose name. */

export type DocumentAccess = {
  readonly document: Document;
  readonly right: DocumentRight;
  /** as whom edits are kept: `person:<id>`, `participant:<id>`, `server` for the operator, or `guest` for somebody who
   * has no row in the case yet */
  readonly author: string;
  /** what others see at the cursor; empty for a guest */
  readonly name: string;
  readonly participantId: string | null;
  /** whether they may bring an earlier state of it back now */
  readonly mayRestore: boolean;
  readonly step: string;
  /** number of the case's newest log row: rights may be others once it has grown */
  readonly caseSeq: number;
};

export type DocumentCommands = {
  /** What the actor may do to a document now. Missing and hidden documents look the same. One query. */
  document(documentId: string, actor: Actor): Promise<Result<{ access: DocumentAccess }>>;
  /** The same, but somebody who may write or comment and does not take part yet does from now on: a guest is given
   * a card. Whoever may only read leaves no trace. */
  joinDocument(documentId: string, actor: Actor): Promise<Result<{ access: DocumentAccess }>>;
};

export function documentCommandsOf(deciding: Deciding): DocumentCommands {
  const { store } = deciding;
  const document: DocumentCommands['document'] = async (documentId, actor) => {
    const reading = await store.document(documentId, whoReads(actor));
    const situation = situate(deciding, reading, actor, store);
    const right = situation && rightIn(situation, reading!.document.kind);
    if (!right) return refuse({ id: 'not_found' });
    return { ok: true, access: accessOf(reading!, situation, right) };
  };
  return {
    document,
    joinDocument: async (documentId, actor) => {
      const found = await document(documentId, actor);
      if (!found.ok || !isEnough(found.access.right, 'comment') || found.access.author !== 'guest')
        return found;
      const joined = await join(deciding, found.access.document.caseId, actor);
      if (typeof joined !== 'string') return joined;
      return document(documentId, actor.kind === 'guest' ? { ...actor, participantId: joined } : actor);
    },
  };
}

function accessOf(reading: DocumentReading, situation: Situation, right: DocumentRight): DocumentAccess {
  const { document, personName, pseudonym, participantId, case: record } = reading;
  return {
    document,
    right,
    ...nameIn(situation, personName, pseudonym),
    participantId,
    mayRestore: right === 'edit' && may(situation.held, 'document.restore'),
    step: situation.position.step,
    caseSeq: record.seq,
  };
}

/** Staff and agents write in their own name, everybody else under their pseudonym. */
function nameIn(
  { actor, held, participantId }: Situation,
  personName: string | null,
  pseudonym: string | null,
) {
  if (actor.kind === 'operator') return { author: 'server', name: '' };
  if (actor.kind === 'person' && may(held, 'document.open')) {
    return { author: `person:${actor.personId}`, name: personName ?? '' };
  }
  if (participantId) return { author: `participant:${participantId}`, name: pseudonym ?? '' };
  return { author: 'guest', name: '' };
}
