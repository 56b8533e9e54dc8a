import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { documentRights } from '../case.ts';

/** A ticket lets its bearer join one document for a few minutes: an address of a socket carries no cookie that a
 * foreign page could not send along, and what stands in it must be worth nothing soon.
 * @source OWASP ASVS 5.0, 4.4.2–4.4.4 */

export const ticketLifetimeMs = 5 * 60_000;

const claims = z.strictObject({
  caseId: z.uuid(),
  documentId: z.string(),
  /** what the bearer may do at most; what they may now is asked again when they come */
  right: z.enum(documentRights),
  actor: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('person'), personId: z.uuid(), readOnly: z.boolean().optional() }),
    z.strictObject({ kind: z.literal('guest'), participantId: z.uuid().optional() }),
  ]),
  /** under whose name edits are kept: `person:<id>`, `participant:<id>`, or `guest` for a reader without a card */
  author: z.string(),
  /** name or pseudonym that others see at the cursor */
  name: z.string(),
  schemaVersion: z.int(),
  expiresAt: z.iso.datetime(),
});
export type Ticket = z.output<typeof claims>;

/** Signs and reads tickets. */
export type Tickets = {
  issue(ticket: Ticket): string;
  /** Null when the text is no ticket of ours, or one that has expired. */
  read(text: string, now: Date): Ticket | null;
};

/** Tickets signed with HMAC-SHA-256; whoever has the key can make any.
 * @param key - secret of the installation, the same for all its processes; at least 32 bytes */
export function ticketsWith(key: Uint8Array): Tickets {
  const sign = (body: string): Buffer => createHmac('sha256', key).update(body).digest();
  return {
    issue: (ticket) => {
      const body = Buffer.from(JSON.stringify(ticket)).toString('base64url');
      return `${body}.${sign(body).toString('base64url')}`;
    },
    read: (text, now) => {
      const [body, signature, more] = text.split('.');
      if (!body || !signature || more !== undefined || text.length > 4_000) return null;
      const given = Buffer.from(signature, 'base64url');
      const right = sign(body);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
      const read = claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
      return read.success && new Date(read.data.expiresAt) > now ? read.data : null;
    },
  };
}
