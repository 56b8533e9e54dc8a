import { error, fail, redirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import type { FieldProblem, Refusal, Result } from '@lakeus/engine';
import { instantInFinland, words } from '#lib/i18n.ts';
import type { Locale, MessageKey, Words } from '#lib/i18n.ts';
import { leaveNotice } from './notice.ts';
import type { Notice } from './notice.ts';
import { keepCard } from './visitor.ts';

/** How a form goes to the engine and comes back: input kept, problems in words, and a redirect when all went well. */

export type Problem = { readonly field: string | null; readonly text: string };
export type FormAnswer = { readonly problems: Problem[]; readonly values: Record<string, string> };

/** The form that was posted; one that cannot be read is a bad request, not a fault of ours. */
async function formOf({ request }: RequestEvent): Promise<FormData> {
  try {
    return await request.formData();
  } catch (cause) {
    if (cause instanceof TypeError) error(400, { message: 'unexpected', status: 400 });
    throw cause;
  }
}

/** The text fields of a posted form; a field given many times is joined by commas. */
export async function fieldsOf(event: RequestEvent): Promise<Record<string, string>> {
  const data = await formOf(event);
  const fields: Record<string, string> = {};
  for (const [name, value] of data) {
    if (typeof value !== 'string') continue;
    fields[name] = fields[name] === undefined ? value : `${fields[name]},${value}`;
  }
  event.locals.typed = fields;
  return fields;
}

/** The fields that were filled in, so that empty ones count as not given. */
export const given = (fields: Record<string, string>, ...names: string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (fields[name]?.trim() ? [[name, fields[name]]] : [])));

/** The dates and times that were filled in, as instants; what is none stays as typed, so that it is refused by name. */
export const givenInstants = (fields: Record<string, string>, ...names: string[]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given(fields, ...names)).map(([name, local]) => [name, instantInFinland(local) ?? local]),
  );

const lastPart = (path: string) => path.split('.').at(-1) ?? path;

/** What the labels of a form say, by field, where that is not what the field is called everywhere. */
export type Labels = Readonly<Record<string, MessageKey>>;

function fieldProblem(t: Words, { path, problem, limit }: FieldProblem, labels: Labels): Problem {
  const field = lastPart(path);
  const key = labels[field] ?? `field.${field}`;
  const label = t.has(key) ? t(key as MessageKey) : field;
  const shown = typeof limit === 'number' ? t.number(limit) : (limit ?? '');
  return { field, text: t(`problem.${problem}`, { field: label, limit: shown }) };
}

/** What a refusal says to a person: one problem for each thing to put right.
 * @param labels - so that a problem calls its field what the form does */
export function problemsOf(locale: Locale, refusal: Refusal, labels: Labels = {}): Problem[] {
  const t = words(locale);
  switch (refusal.id) {
    case 'invalid':
      return refusal.fields.map((problem) => fieldProblem(t, problem, labels));
    case 'requirements_missing':
      return refusal.missing.map(({ requirement, count }) => ({
        field: null,
        text: t(`requirement.${requirement}.missing`, { count: count ?? 0 }),
      }));
    case 'not_in_this_step':
      return [{ field: null, text: t('refusal.not_in_this_step', { step: t(`step.${refusal.step}.name`) }) }];
    default:
      return [{ field: null, text: t(`refusal.${refusal.id}`) }];
  }
}

const statuses: Partial<Record<Refusal['id'], number>> = {
  forbidden: 403,
  not_found: 404,
  case_changed: 409,
};

/** The page that a refusal of a whole page shows. */
export function refusePage(refusal: Refusal): never {
  if (refusal.id === 'not_found') error(404, { message: 'not_found', status: 404 });
  if (refusal.id === 'forbidden') error(403, { message: 'forbidden', status: 403 });
  error(400, { message: refusal.id, status: 400 });
}

/** What was found, or the page that says why not. */
export function found<T>(result: Result<T>): { readonly ok: true } & T {
  if (!result.ok) refusePage(result.refusal);
  return result;
}

type Told<T> = Notice | ((done: T) => Notice | null | Promise<Notice | null>);

/** Gives a command to the engine. On success the browser goes on to `next`, where `notice` is told; else the form comes
 * back with what was typed and what to put right, each field called by its label in `labels`. Who was signed in when
 * they began to write and no longer is, is told so before anything is done in another name. */
export async function submit<T extends object>(
  event: RequestEvent,
  fields: Record<string, string>,
  command: () => Promise<Result<T>>,
  next: string | ((done: T) => string | Promise<string>),
  notice?: Told<T>,
  labels?: Labels,
) {
  if (event.locals.sessionEnded) {
    const text = words(event.locals.locale)('session.ended');
    return fail(401, { problems: [{ field: null, text }], values: fields } satisfies FormAnswer);
  }
  const result = await command();
  if (!result.ok) {
    const problems = problemsOf(event.locals.locale, result.refusal, labels);
    return fail(statuses[result.refusal.id] ?? 400, { problems, values: fields } satisfies FormAnswer);
  }
  const told = typeof notice === 'function' ? await notice(result) : notice;
  if (told) leaveNotice(event, told);
  redirect(303, typeof next === 'string' ? next : await next(result));
}

type Taken = { decided: { answer: Readonly<Record<string, unknown>> } };

/** As `submit`, for what guests do in a case: their card is kept in their browser.
 * @param caseId - null when the command itself makes the case, and tells which */
export async function submitAsParticipant(
  event: RequestEvent,
  caseId: string | null,
  fields: Record<string, string>,
  command: () => Promise<Result<Taken> | Result<{ participantId: string }>>,
  next: string | ((answer: Readonly<Record<string, unknown>>) => string),
  notice?: Notice,
  labels?: Labels,
) {
  const arrive = async (done: object) => {
    const answer = 'decided' in done ? (done as Taken).decided.answer : (done as Record<string, unknown>);
    const { participantId } = answer;
    const inCase = caseId ?? answer.caseId;
    if (!event.locals.person && typeof participantId === 'string' && typeof inCase === 'string') {
      const { locals, cookies, url } = event;
      await keepCard(locals.lakeus.reader, cookies, inCase, participantId, url.protocol === 'https:');
    }
    return typeof next === 'string' ? next : next(answer);
  };
  return submit(event, fields, command as () => Promise<Result<object>>, arrive, notice, labels);
}
