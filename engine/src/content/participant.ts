import type { Participant } from '../case.ts';
import type { Entropy } from '../ports.ts';
import type { Situation } from '../process/decide.ts';
import { newCode, newPseudonym } from './cards.ts';

/** The participant row of whoever acts: theirs, or a new one with a new card. */
export function participantOf(situation: Situation, entropy: Entropy): { id: string; made?: Participant } {
  if (situation.participantId) return { id: situation.participantId };
  const { actor } = situation;
  const made = newParticipant(situation, entropy, actor.kind === 'person' ? actor.personId : null, 'self');
  return { id: made.id, made };
}

export function newParticipant(
  situation: Situation,
  entropy: Entropy,
  personId: string | null,
  source: Participant['source'],
): Participant {
  return {
    caseId: situation.case.id,
    id: entropy.uuid(situation.now),
    personId,
    pseudonym: newPseudonym(entropy),
    code: newCode(entropy),
    source,
    createdAt: situation.at,
  };
}
