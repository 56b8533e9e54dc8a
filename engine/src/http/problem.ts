import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { FieldProblem, Refusal, Result } from '../errors.ts';

/** How a 'no' looks on the wire: RFC 9457 problem documents. Nowhere else are ids turned into statuses. */

const problems = {
  not_found: [404, 'There is nothing here, or it is not shown to you.'],
  forbidden: [403, 'You may not do this.'],
  unknown_event: [422, 'The workflow of this case has no such event.'],
  not_in_this_step: [409, 'The case does not take this in at its present step.'],
  requirements_missing: [409, 'Something that this step must produce is still missing.'],
  case_changed: [409, 'The case has moved on since the version you looked at.'],
  case_exists: [409, 'There is such a case already.'],
  idempotency_key_reused: [422, 'This idempotency key was used for another request.'],
  invalid: [422, 'Some of the fields cannot be taken as they are.'],
  malformed_json: [400, 'The body is not JSON in UTF-8.'],
  body_too_large: [413, 'The body is too large.'],
  unsupported_media_type: [415, 'Send the body as application/json in UTF-8, not compressed.'],
  method_not_allowed: [405, 'This address does not know the method.'],
  token_unknown: [401, 'The bearer token is not known.'],
  card_unknown: [401, 'The participant card is not known.'],
  store_unavailable: [503, 'The service cannot be reached just now. Try again in a moment.'],
  case_contended: [503, 'Too many are writing to this case at once. Try again in a moment.'],
  internal: [500, 'Something went wrong on our side. It has been written down under the request id.'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemId = keyof typeof problems;

const fieldProblemIds = [
  'required',
  'too_long',
  'too_short',
  'not_text',
  'not_instant',
  'not_count',
  'not_one_of',
  'not_found',
  'unknown_field',
  'must_be_later',
  'circular',
  'invalid',
] as const satisfies readonly FieldProblem['problem'][];

export const problemSchema = z.strictObject({
  type: z.string().startsWith('urn:lakeus:problem:'),
  id: z.enum(Object.keys(problems) as ProblemId[]),
  title: z.string(),
  status: z.int(),
  /** which fields, and why; dotted from the root of the body, or the name of a header or of a query parameter */
  fields: z
    .array(
      z.strictObject({
        path: z.string(),
        problem: z.enum(fieldProblemIds),
        limit: z.union([z.number(), z.string()]).optional(),
      }),
    )
    .optional(),
  /** ids of the requirements that are not met */
  missing: z.array(z.string()).optional(),
  requirements: z.array(z.strictObject({ requirement: z.string(), count: z.int().optional() })).optional(),
  /** the version that the case has now */
  version: z.int().optional(),
  step: z.string().optional(),
  /** how large a body may be, bytes */
  limit: z.int().optional(),
  requestId: z.string().optional(),
});

export type ProblemDocument = z.input<typeof problemSchema>;

/** Everything that the API itself says no to, beside what the engine does. */
export type Trouble =
  | Refusal
  | { readonly id: 'body_too_large'; readonly limit: number }
  | { readonly id: Exclude<ProblemId, Refusal['id'] | 'body_too_large'> };

/** A 'no' on its way out of a handler. */
export class Refused extends Error {
  readonly trouble: Trouble;
  /** the sender asked by If-Match, and hears of a newer version as a failed precondition */
  readonly byIfMatch: boolean;

  constructor(trouble: Trouble, byIfMatch = false) {
    super(trouble.id);
    this.name = 'Refused';
    this.trouble = trouble;
    this.byIfMatch = byIfMatch;
  }
}

/** Takes what was granted out of a result.
 * @param options.inPath - ids that stood in the address: one that is not found is a 404, not a faulty field
 * @throws {Refused} when the engine refused */
export function granted<T>(
  result: Result<T>,
  options: { inPath?: readonly string[]; byIfMatch?: boolean } = {},
): { readonly ok: true } & T {
  if (result.ok) return result;
  const { refusal } = result;
  const { inPath = [], byIfMatch = false } = options;
  const absent =
    refusal.id === 'invalid' &&
    refusal.fields.some(({ path, problem }) => problem === 'not_found' && inPath.includes(path));
  throw new Refused(absent ? { id: 'not_found' } : refusal, byIfMatch);
}

const fieldsShown = 50;
const pathShown = 200;

const shown = ({ path, problem, limit }: FieldProblem): FieldProblem => ({
  path: path.slice(0, pathShown).toWellFormed(),
  problem,
  ...(limit !== undefined && { limit }),
});

function details(trouble: Trouble): Partial<ProblemDocument> {
  switch (trouble.id) {
    case 'invalid':
      return { fields: trouble.fields.slice(0, fieldsShown).map(shown) };
    case 'unknown_event':
      return { fields: [{ path: 'type', problem: 'not_one_of' }] };
    case 'not_in_this_step':
      return { step: trouble.step };
    case 'requirements_missing':
      return {
        step: trouble.step,
        missing: trouble.missing.map((m) => m.requirement),
        requirements: trouble.missing.map(({ requirement, count }) => ({
          requirement,
          ...(count !== undefined && { count }),
        })),
      };
    case 'case_changed':
      return { version: trouble.version };
    case 'body_too_large':
      return { limit: trouble.limit };
    default:
      return {};
  }
}

const retryAfterSeconds = { store_unavailable: '5', case_contended: '1' } as const;

/** Writes a problem down as an answer. */
export function problemResponse(
  trouble: Trouble,
  { byIfMatch = false, requestId }: { byIfMatch?: boolean; requestId?: string } = {},
): Response {
  const [usual, title] = problems[trouble.id];
  const status = trouble.id === 'case_changed' && byIfMatch ? 412 : usual;
  const document: ProblemDocument = {
    type: `urn:lakeus:problem:${trouble.id}`,
    id: trouble.id,
    title,
    status,
    ...details(trouble),
    ...(trouble.id === 'internal' && requestId && { requestId }),
  };
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="lakeus"');
  if (status === 503)
    headers.set('retry-after', retryAfterSeconds[trouble.id as keyof typeof retryAfterSeconds]);
  return new Response(JSON.stringify(document), { status, headers });
}

/** What the outside hears of a fault: nothing, unless waiting helps. */
export function troubleOf(error: unknown): Trouble {
  const passes =
    error instanceof EngineError && (error.id === 'store_unavailable' || error.id === 'case_contended');
  return { id: passes ? error.id : 'internal' };
}

/** Statuses and what they mean, for the document of the API. */
export const problemStatuses = (ids: readonly ProblemId[]): Record<number, string> => {
  const byStatus: Record<number, string> = {};
  for (const id of ids) {
    const [status] = problems[id];
    byStatus[status] = byStatus[status] ? `${byStatus[status]}, ${id}` : id;
  }
  return byStatus;
};
