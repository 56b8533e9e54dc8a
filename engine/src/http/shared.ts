import { z } from 'zod';
import type { Actor } from '../people/policy.ts';
import type { Decided } from '../process/decide.ts';
import type { Api } from './route.ts';
import { cardOf } from './shown.ts';
import type { cardSchema } from './shown.ts';

/** What the operations have in common: pages, commands and cards. */

export const cursor = z
  .string()
  .regex(/^[\x21-\x7e]{1,500}$/)
  .optional()
  .describe('Where the page before ended: its `next`.');
export const limitUpTo = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual).describe('How many at most.');
export const yesNo = z.enum(['true', 'false']).optional();

/** What a command answered. */
export const doneOf = ({ caseId, seq, version, step, repeated }: Decided) => ({
  caseId,
  seq,
  version,
  step,
  repeated,
});

/** The card of whoever gave something, so that a guest can come back; never somebody else's. */
export async function ownCard(
  { reader }: Api,
  caseId: string,
  actor: Actor,
  participantId: string,
): Promise<z.input<typeof cardSchema> | null> {
  if (actor.kind === 'guest' && actor.participantId && actor.participantId !== participantId) return null;
  const participant = await reader.participant(caseId, participantId);
  return participant && cardOf(participant);
}

/** The idempotency key comes in a header, never in a body. */
export const withoutKey = { idempotencyKey: true } as const;
