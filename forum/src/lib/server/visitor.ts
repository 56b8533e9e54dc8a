import type { Cookies } from '@sveltejs/kit';
import { readCode } from '@lakeus/engine';
import type { Actor, CaseReader } from '@lakeus/engine';

/** What a visitor's browser keeps: a session for those who signed in, and a card for each case a guest took part in. */

export const sessionCookie = 'lakeus_session';
const yearSeconds = 31_536_000;

export const keptFor = (secure: boolean, maxAge = yearSeconds) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge }) as const;

const cardCookie = (caseId: string) => `lakeus_card_${caseId.replaceAll('-', '')}`;

/** What stands in a `Cookie` header, where there is no SvelteKit to read it. Ours need no decoding. */
export function cookiesIn(header: string | undefined): Pick<Cookies, 'get'> {
  const pairs = (header ?? '').split(';').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
  });
  return { get: (name) => pairs.find(([key]) => key === name)?.[1] };
}

/** The guest as the card that their browser holds for this case. */
export async function cardOf(
  reader: CaseReader,
  cookies: Pick<Cookies, 'get'>,
  caseId: string,
): Promise<Actor> {
  const code = readCode(cookies.get(cardCookie(caseId)) ?? '');
  const participant = code ? await reader.participantByCode(code) : null;
  return participant?.caseId === caseId
    ? { kind: 'guest', participantId: participant.id }
    : { kind: 'guest' };
}

/** Keeps a guest's card in their browser, so that they stay the same somebody in this case. */
export async function keepCard(
  reader: CaseReader,
  cookies: Cookies,
  caseId: string,
  participantId: string,
  secure: boolean,
): Promise<void> {
  const participant = await reader.participant(caseId, participantId);
  if (participant) cookies.set(cardCookie(caseId), participant.code, keptFor(secure));
}

/** The cards that this browser holds, case by case. */
export function heldCodes(cookies: Cookies): string[] {
  return cookies
    .getAll()
    .filter(({ name }) => name.startsWith('lakeus_card_'))
    .flatMap(({ value }) => readCode(value) ?? []);
}
