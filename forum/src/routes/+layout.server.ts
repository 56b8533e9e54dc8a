import { randomUUID } from 'node:crypto';
import { takeNotice } from '#lib/server/notice.ts';
import type { LayoutServerLoad } from './$types';

/** What a person wrote: of all that a form carries, what has more than one word in it. */
const written = (typed: Readonly<Record<string, string>> = {}) =>
  Object.values(typed).filter((text) => /\S\s+\S/.test(text));

export const load: LayoutServerLoad = ({ locals, url, cookies, request }) => ({
  locale: locals.locale,
  demo: locals.lakeus.demo,
  person: locals.person && {
    name: locals.person.name,
    title: locals.person.title,
    roles: [...locals.person.roles],
  },
  here: url.pathname + url.search,
  now: locals.lakeus.clock.now().toISOString(),
  /** part of each form's idempotency key: a form sent twice is carried out once */
  formKey: randomUUID(),
  notice: request.method === 'GET' ? takeNotice(cookies) : null,
  /** what was being written when the session ended; the page that says so shows it */
  kept: locals.sessionEnded ? written(locals.typed) : [],
});
