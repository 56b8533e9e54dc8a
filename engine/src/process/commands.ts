import { z } from 'zod';
import {
  capacities,
  caseTextKeys,
  contributionKinds,
  documentKinds,
  followUpStates,
  heardAnswers,
  languages,
  responseOutcomes,
  roleIds,
} from '../case.ts';
import { refuse } from '../errors.ts';
import type { FieldProblem, Result } from '../errors.ts';
import type { EventSpec, FieldKind } from '../workflow.ts';

/** What may come in, checked once at the edge. Unknown keys are refused. */

export const limits = { line: 200, text: 10_000, reason: 2_000 } as const;

/** Whether a text has nothing that PostgreSQL cannot keep, or that is no character. */
// eslint-disable-next-line no-control-regex -- NUL is what is looked for
export const cleanText = (s: string): boolean => s.isWellFormed() && !/\u0000/.test(s);

const words = (max: number) =>
  z
    .string()
    .refine(cleanText, { params: { problem: 'not_text' } })
    .transform((s) => s.replace(/\r\n?/g, '\n').trim())
    .pipe(z.string().min(1).max(max));

export const line = words(limits.line);
export const text = words(limits.text);
export const reason = words(limits.reason);
export const id = z.uuid().toLowerCase();
/** Ids of documents stand in addresses; whoever opens one may choose it. */
export const documentIdPattern = /^[a-z0-9-]{8,64}$/;
export const documentId = z.string().toLowerCase().regex(documentIdPattern);
/** See `Passage.anchor`. */
export const anchor = z.string().regex(/^[A-Za-z0-9+/=]{0,200}\.[A-Za-z0-9+/=]{0,200}$/);
/** Words that stand in a document, as they are: blanks at their ends are part of them. */
const quoted = (max: number) =>
  z
    .string()
    .max(max)
    .refine(cleanText, { params: { problem: 'not_text' } });
/** Years that both we and PostgreSQL write with four digits. */
const inCalendar = (s: string): boolean => /^(?!0000)\d{4}-/.test(s);
export const instant = z.iso
  .datetime({ offset: true })
  .transform((s) => new Date(s).toISOString())
  .refine(inCalendar, { params: { problem: 'not_instant' } });
export const date = z.iso.date().refine(inCalendar, { params: { problem: 'not_instant' } });

/** Keys that a command makes of what it is about, whoever asks; nobody else may take them. */
export const noteKey = (noteId: string): string => `note:${noteId}`;
const isOwnKey = (key: string): boolean => !key.startsWith(noteKey(''));

const commandBase = {
  /** a repeat with the same key gets the first answer and does nothing */
  idempotencyKey: z.string().min(8).max(128).refine(cleanText).refine(isOwnKey).optional(),
};

export const textsSchema = z.partialRecord(z.enum(caseTextKeys), text);

export const contentCommands = {
  describe: z.strictObject({
    ...commandBase,
    texts: textsSchema.refine((texts) => Object.keys(texts).length > 0, { params: { problem: 'required' } }),
  }),
  nameMember: z.strictObject({
    ...commandBase,
    personId: id.optional(),
    name: line.optional(),
    title: line.optional(),
    role: z.enum(roleIds).exclude(['coordinator', 'admin']),
    capacity: z.enum(capacities),
  }),
  removeMember: z.strictObject({ ...commandBase, personId: id, role: z.enum(roleIds) }),
  printCards: z.strictObject({ ...commandBase, count: z.int().min(1).max(200) }),
  contribute: z.strictObject({
    ...commandBase,
    body: text,
    kind: z.enum(contributionKinds).exclude(['need']).default('experience'),
    parentId: id.optional(),
  }),
  record: z.strictObject({
    ...commandBase,
    body: text,
    kind: z.enum(contributionKinds).exclude(['need']).default('experience'),
    origin: z.enum(['table', 'paper']),
    originNote: line.optional(),
    /** the code on the participant's card; without it a new card is made and its code answered */
    code: z.string().max(20).optional(),
  }),
  state: z.strictObject({ ...commandBase, body: words(300) }),
  vote: z.strictObject({ statementId: id, value: z.enum(['agree', 'disagree', 'pass']) }),
  makeTheme: z.strictObject({ ...commandBase, title: line }),
  account: z.strictObject({
    ...commandBase,
    contributionIds: z.array(id).min(1).max(500),
    as: z.discriminatedUnion('outcome', [
      z.strictObject({ outcome: z.literal('used'), proposalId: id }),
      z.strictObject({ outcome: z.literal('merged'), intoId: id }),
      z.strictObject({ outcome: z.literal('leftOut'), reason }),
      z.strictObject({ outcome: z.literal('waiting') }),
      z.strictObject({ outcome: z.literal('theme'), themeId: id }),
    ]),
  }),
  propose: z.strictObject({
    ...commandBase,
    proposalId: id.optional(),
    title: line,
    body: text,
    contributionIds: z.array(id).max(5_000).optional(),
  }),
  withdrawProposal: z.strictObject({ ...commandBase, proposalId: id }),
  respond: z.strictObject({
    ...commandBase,
    proposalId: id,
    outcome: z.enum(responseOutcomes),
    reason,
    forwardedTo: line.optional(),
    nextStep: reason,
    nextStepOn: date,
  }),
  followUp: z.strictObject({ ...commandBase, proposalId: id, state: z.enum(followUpStates), body: reason }),
  hear: z.strictObject({ ...commandBase, answer: z.enum(heardAnswers), body: reason.optional() }),
  holdWorkshop: z.strictObject({
    ...commandBase,
    heldOn: date,
    onSite: z.int().min(0).max(100_000),
    remote: z.int().min(0).max(100_000),
    notes: text.optional(),
  }),
  openDocument: z.strictObject({
    ...commandBase,
    id: documentId.optional(),
    kind: z.enum(documentKinds),
    title: line,
  }),
  renameDocument: z.strictObject({ ...commandBase, documentId, title: line }),
  /** Starts a discussion at a passage, or answers in one. */
  remark: z.strictObject({
    ...commandBase,
    documentId,
    body: text,
    kind: z.enum(contributionKinds).exclude(['need']).default('comment'),
    passage: z
      .strictObject({ anchor, quote: quoted(limits.text), prefix: quoted(64), suffix: quoted(64) })
      .optional(),
    parentId: id.optional(),
  }),
  settle: z.strictObject({ ...commandBase, contributionId: id, settled: z.boolean() }),
  /** Makes a contribution of a sticky note; the same note is one contribution, whoever gives it and however often. */
  giveNote: z.strictObject({
    ...commandBase,
    documentId,
    noteId: id,
    body: text,
    kind: z.enum(contributionKinds).exclude(['need']).default('experience'),
    /** the code on the card of whoever said it; without it the note is the actor's own */
    code: z.string().max(20).optional(),
  }),
  hideContribution: z.strictObject({ ...commandBase, contributionId: id, reason }),
  showContribution: z.strictObject({ ...commandBase, contributionId: id }),
} as const;

const edit = z.int().min(0).max(2_147_483_647);

/** What is done to the history of a document. It leaves no row in the log of the case: the document has its own. */
export const historyCommands = {
  nameVersion: z.strictObject({ ...commandBase, seq: edit, name: line }),
  restoreVersion: z.strictObject({ ...commandBase, seq: edit }),
} as const;

export const raiseSchema = z.strictObject({
  ...commandBase,
  title: line,
  need: text,
  concerns: text.optional(),
  service: text.optional(),
  language: z.enum(languages).default('fi'),
});

const fieldSchemas = { instant, date, count: z.int().min(0).max(1_000_000), caseId: id } as const;

const eventSchemas = new WeakMap<EventSpec, ReturnType<typeof buildEventSchema>>();

/** The schema of what an event carries, made once from the workflow's own description of it. */
export function eventSchema(spec: EventSpec): ReturnType<typeof buildEventSchema> {
  const made = eventSchemas.get(spec) ?? buildEventSchema(spec);
  eventSchemas.set(spec, made);
  return made;
}

function buildEventSchema(spec: EventSpec) {
  const data: Record<string, z.ZodType> = {};
  for (const [name, kind] of Object.entries(spec.data ?? {})) {
    const optional = kind.endsWith('?');
    const schema = fieldSchemas[(optional ? kind.slice(0, -1) : kind) as FieldKind];
    data[name] = optional ? schema.optional() : schema;
  }
  const texts = Object.fromEntries((spec.texts ?? []).map((name) => [name, reason]));
  return z.strictObject({ data: z.strictObject(data), texts: z.strictObject(texts) });
}

/** Turns what zod found into our own field problems, so that no library's words reach a person. */
export function fieldProblems(error: z.ZodError, prefix = ''): FieldProblem[] {
  return error.issues.flatMap((issue): FieldProblem[] => {
    const path = [prefix, ...issue.path.map(String)].filter(Boolean).join('.');
    const named = (issue as { params?: { problem?: FieldProblem['problem'] } }).params?.problem;
    if (named) return [{ path, problem: named }];
    switch (issue.code) {
      case 'invalid_type':
        return [{ path, problem: issue.input === undefined ? 'required' : 'invalid' }];
      case 'too_big':
        return [{ path, problem: 'too_long', limit: Number(issue.maximum) }];
      case 'too_small':
        return [
          Number(issue.minimum) <= 1
            ? { path, problem: 'required' }
            : { path, problem: 'too_short', limit: Number(issue.minimum) },
        ];
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          path: [path, key].filter(Boolean).join('.'),
          problem: 'unknown_field' as const,
        }));
      case 'invalid_value':
        return [{ path, problem: issue.input === undefined ? 'required' : 'not_one_of' }];
      case 'invalid_format':
        return [
          {
            path,
            problem: issue.format === 'datetime' || issue.format === 'date' ? 'not_instant' : 'invalid',
          },
        ];
      default:
        return [{ path, problem: 'invalid' }];
    }
  });
}

/** Reads input by a schema.
 * @param prefix - where the input stood in the whole command, for the field paths */
export function parse<T>(schema: z.ZodType<T>, input: unknown, prefix = ''): Result<{ value: T }> {
  const read = schema.safeParse(input, { reportInput: true });
  return read.success
    ? { ok: true, value: read.data }
    : refuse({ id: 'invalid', fields: fieldProblems(read.error, prefix) });
}
