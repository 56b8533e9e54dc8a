import { randomBytes } from 'node:crypto';
import type { RequestEvent } from '@sveltejs/kit';
import { sha256 } from '@lakeus/engine';
import { keptFor, sessionCookie } from './visitor.ts';

const sessionDays = 14;
/** the demonstration's clock is moved by months, and nobody should have to come in again for that */
const demoSessionDays = 400;

/** Signs a person in on this browser: a new secret each time, of which only the hash is kept. */
export async function signIn({ cookies, locals, url }: RequestEvent, personId: string): Promise<void> {
  const { people, clock, demo } = locals.lakeus;
  const before = cookies.get(sessionCookie);
  if (before) await people.endSession(sha256(before));
  const secret = randomBytes(32).toString('base64url');
  const lastsMs = (demo ? demoSessionDays : sessionDays) * 86_400_000;
  await people.saveSession(sha256(secret), personId, new Date(clock.now().getTime() + lastsMs).toISOString());
  cookies.set(sessionCookie, secret, keptFor(url.protocol === 'https:', lastsMs / 1000));
}
