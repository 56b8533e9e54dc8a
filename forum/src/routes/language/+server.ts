import { redirect } from '@sveltejs/kit';
import { isLocale } from '#lib/i18n.ts';
import { fieldsOf } from '#lib/server/forms.ts';
import { ownPath } from '#lib/server/paths.ts';
import { keptFor } from '#lib/server/visitor.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async (event) => {
  const { to, back } = await fieldsOf(event);
  if (isLocale(to)) event.cookies.set('lakeus_language', to, keptFor(event.url.protocol === 'https:'));
  redirect(303, ownPath(back));
};
