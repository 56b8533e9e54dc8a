import { randomUUID } from 'node:crypto';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals, url }) => ({
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
});
