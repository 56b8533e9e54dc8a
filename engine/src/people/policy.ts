import type { RoleId } from '../case.ts';
import type { EventSpec } from '../workflow.ts';

/** Who acts. A guest may have a participant row in the case (their card), a person may have roles. */
export type Actor =
  | { readonly kind: 'person'; readonly personId: string; readonly readOnly?: boolean }
  | { readonly kind: 'guest'; readonly participantId?: string }
  /** a deadline that came due */
  | { readonly kind: 'clock' }
  /** the person at the command line of the server */
  | { readonly kind: 'operator' };

/** A role, or what everybody is. */
export type Standing = RoleId | 'anyone' | 'clock' | 'operator';

const staff = ['facilitator', 'coordinator', 'admin'] as const;
const recorders = [...staff, 'agent'] as const;

/** Who may do what, beside the events of a workflow (each of which names its own senders in the same words).
 * One table for pages, API and background work. */
export const rules = {
  'case.raise': ['anyone'],
  /** a need that is not accepted yet is seen by who raised it and by staff */
  'case.seeRaised': [...staff],
  'case.import': ['operator'],
  'case.describe': [...staff],
  'members.name': [...staff],
  'cards.print': [...recorders],
  'cards.list': [...recorders],
  'contribution.make': ['anyone'],
  'contribution.record': [...recorders],
  /** takes its words out of sight, and puts them back */
  'contribution.hide': [...recorders],
  'contribution.seeHidden': [...recorders],
  /** what somebody may do in a document hangs on its kind and the step: `documentRight` */
  'document.open': [...recorders],
  'document.rename': [...recorders],
  /** makes a text say again what it said before; whoever may write in it may name how it stands */
  'document.restore': [...recorders],
  'document.remark': ['anyone'],
  'document.giveNote': ['anyone'],
  /** whoever began a discussion may always settle it */
  'passage.settle': [...recorders],
  'statement.make': ['anyone'],
  'vote.cast': ['anyone'],
  'theme.set': [...staff],
  'contribution.account': [...staff],
  'proposal.write': [...staff],
  'workshop.record': [...staff],
  'response.give': ['decider'],
  'response.seeDrafts': ['decider', ...staff],
  'followUp.record': ['decider', ...staff],
  'heard.answer': ['anyone'],
  'feedback.deliver': ['clock'],
  'log.read': ['anyone'],
  'tasks.read': ['anyone'],
  'outbox.read': [...staff],
  'people.name': [...staff],
} as const satisfies Record<string, readonly Standing[]>;

export type Action = keyof typeof rules;

/** The standings of an actor whose roles are known. */
export function standings(actor: Actor, roles: readonly RoleId[]): readonly Standing[] {
  switch (actor.kind) {
    case 'person':
      return ['anyone', ...roles];
    case 'guest':
      return ['anyone'];
    case 'clock':
      return ['clock'];
    case 'operator':
      return ['anyone', 'operator', 'admin', 'coordinator', 'facilitator'];
  }
}

/** Whether any of the standings is let do this. */
export function may(held: readonly Standing[], action: Action): boolean {
  const allowed: readonly Standing[] = rules[action];
  return held.some((standing) => allowed.includes(standing));
}

/** Whether any of the standings may send this event. Staff of the organisation may do what a facilitator may. */
export function maySend(held: readonly Standing[], spec: EventSpec): boolean {
  if (spec.by === 'clock') return held.includes('clock');
  const allowed: readonly Standing[] = spec.by.includes('facilitator') ? [...spec.by, ...staff] : spec.by;
  return held.some((standing) => allowed.includes(standing));
}
