import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import type { Actor } from '@lakeus/engine';
import { sequence } from '@sveltejs/kit/hooks';
import { randomUUID } from 'node:crypto';
import { acceptedLocale, isLocale, languageTag } from '#lib/i18n.ts';
import { bodyLimits, bodyWithin } from '#lib/server/body-limit.ts';
import { policyHeader } from '#lib/policy.ts';
import { packed } from '#lib/server/compression.ts';
import { cardOf, sessionCookie } from '#lib/server/visitor.ts';
import { reach } from '#lib/server/reach.ts';
import { sha256 } from '@lakeus/engine';

/** Who comes in, in which language, and what every answer carries. */

const setting: Handle = async ({ event, resolve }) => {
  const lakeus = reach();
  const { cookies, locals, request } = event;
  locals.lakeus = lakeus;
  const chosen = cookies.get('lakeus_language');
  locals.locale = isLocale(chosen) ? chosen : acceptedLocale(request.headers.get('accept-language'));
  const session = cookies.get(sessionCookie);
  locals.person = session ? await lakeus.people.session(sha256(session)) : null;
  locals.sessionEnded = session !== undefined && locals.person === null;
  if (locals.sessionEnded) cookies.delete(sessionCookie, { path: '/' });
  const actors = new Map<string, Promise<Actor>>();
  locals.actorIn = (caseId) => {
    const { person } = locals;
    if (person) return Promise.resolve({ kind: 'person', personId: person.id });
    const known = actors.get(caseId) ?? cardOf(lakeus.reader, cookies, caseId);
    actors.set(caseId, known);
    return known;
  };
  return resolve(event, {
    transformPageChunk: ({ html }) => html.replace('%lakeus.lang%', languageTag(locals.locale)),
    // The letters of our languages at once; those of others when a page has them.
    preload: ({ type, path }) => type === 'css' || (type === 'font' && path.includes('-latin-wght')),
  });
};

/** Pages of one person, found by a code or a personal link, or with what one wrote on them: not for search engines. */
const personal = new Set([
  '/cases/[id]/receipt',
  '/cases/[id]/review',
  '/desk',
  '/enter/[token]',
  '/impact/[code]',
  '/k/[code]',
  '/mine',
  '/outbox',
  '/review/[token]',
]);

const guarding: Handle = async ({ event, resolve }) => {
  const started = performance.now();
  const response = await resolve(event);
  const { headers } = response;
  if (!event.url.pathname.startsWith('/api/')) {
    if (!import.meta.env.DEV && !headers.has('content-security-policy'))
      headers.set('content-security-policy', policyHeader);
    if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-cache');
    if (headers.get('content-type') === 'text/html') headers.set('content-type', 'text/html; charset=utf-8');
    if (personal.has(event.route.id ?? '')) headers.set('x-robots-tag', 'noindex');
  }
  headers.set('x-content-type-options', 'nosniff');
  // Not 'no-referrer': with that a browser sends forms with `Origin: null`, and they would be refused as somebody else's.
  headers.set('referrer-policy', 'same-origin');
  const route = event.route.id ?? 'none';
  const seconds = (performance.now() - started) / 1000;
  event.locals.lakeus.metrics.requests.observe({ route, status: String(response.status) }, seconds);
  event.locals.lakeus.log.debug(
    { route, method: event.request.method, status: response.status, seconds },
    'answered',
  );
  return response;
};

const packing: Handle = async ({ event, resolve }) => packed(event.request, await resolve(event));

/** The server takes bodies as large as a picture may be; every other place takes what a form needs. */
const limiting: Handle = ({ event, resolve }) => {
  const limit = event.route.id === '/cases/[id]/pictures' ? bodyLimits.picture : bodyLimits.other;
  // Typed as read-only, but it is what the pages read the body from.
  Object.assign(event, { request: bodyWithin(event.request, limit) });
  return resolve(event);
};

export const handle = sequence(packing, guarding, limiting, setting);

/** Unknown errors are logged and never shown; the person gets a number to tell. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind !== 'unknown') return;
  const requestId = randomUUID().slice(0, 8);
  reach().log.error({ err: error, requestId, route: event.route.id }, 'a page failed');
  return { message: 'unexpected', requestId };
};
