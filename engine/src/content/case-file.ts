import { z } from 'zod';
import {
  capacities,
  caseTextKeys,
  contributionKinds,
  documentKinds,
  followUpStates,
  heardAnswers,
  languages,
  origins,
  responseOutcomes,
  roleIds,
} from '../case.ts';
import type { ContentTable } from '../case.ts';
import type { VersionReason, WholeCase, WrittenDocuments } from '../ports.ts';
import { anchor, cleanText, date, documentId, id, limits } from '../process/commands.ts';

/** A whole case as one JSON file: what `export case` writes and `import case` reads. Rows do not repeat the case's id.
 * Either `log` is there (from an export: hashed, replayed and checked), or `history` tells in plain events how the
 * case came to where it is, and the log is written from it. */

const deepest = 32;

/** Whether all text in a value is text, and its nesting has a bottom in sight. */
function plain(root: unknown): boolean {
  const open: (readonly [value: unknown, depth: number])[] = [[root, 0]];
  for (let place = open.pop(); place; place = open.pop()) {
    const [value, depth] = place;
    if (typeof value === 'string' && !cleanText(value)) return false;
    if (value === null || typeof value !== 'object') continue;
    if (depth === deepest) return false;
    for (const [key, below] of Object.entries(value)) {
      if (!cleanText(key)) return false;
      open.push([below, depth + 1]);
    }
  }
  return true;
}

const words = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(cleanText, { params: { problem: 'not_text' } });
/** Any precision comes in; we keep milliseconds. */
const instant = z.iso
  .datetime()
  .refine((s) => !s.startsWith('0000'), { params: { problem: 'not_instant' } })
  .transform((s) => new Date(s).toISOString());
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const salt = z.string().regex(/^[0-9a-f]{32}$/);
const count = z.int().min(0).max(1_000_000);
const name = words(limits.line);
const body = words(limits.text);

const rows = {
  caseTexts: z.strictObject({ key: z.enum(caseTextKeys), body }),
  members: z.strictObject({ personId: id, role: z.enum(roleIds), capacity: z.enum(capacities) }),
  participants: z.strictObject({
    id,
    personId: id.nullable(),
    pseudonym: name,
    code: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{8}$/),
    source: z.enum(['card', 'self']),
    createdAt: instant,
  }),
  contributions: z.strictObject({
    id,
    participantId: id,
    parentId: id.nullable(),
    origin: z.enum(origins),
    originNote: name.nullable(),
    kind: z.enum(contributionKinds),
    body,
    salt,
    recordedBy: id.nullable(),
    createdAt: instant,
  }),
  themes: z.strictObject({ id, title: name }),
  contributionThemes: z.strictObject({ contributionId: id, themeId: id }),
  statements: z.strictObject({ id, participantId: id, body, salt, createdAt: instant }),
  votes: z.strictObject({ statementId: id, participantId: id, value: z.enum(['agree', 'disagree', 'pass']) }),
  proposals: z.strictObject({ id, number: z.int().min(1).max(1_000_000), title: name, body }),
  proposalSources: z.strictObject({ proposalId: id, contributionId: id }),
  accountings: z.strictObject({
    contributionId: id,
    outcome: z.enum(['merged', 'leftOut']),
    intoId: id.nullable(),
    reason: words(limits.reason).nullable(),
  }),
  responses: z.strictObject({
    proposalId: id,
    outcome: z.enum(responseOutcomes),
    reason: words(limits.reason),
    forwardedTo: name.nullable(),
    nextStep: words(limits.reason),
    nextStepOn: date,
    personId: id,
    givenAt: instant,
  }),
  followUps: z.strictObject({
    id,
    proposalId: id,
    state: z.enum(followUpStates),
    body: words(limits.reason),
    recordedBy: id.nullable(),
    createdAt: instant,
  }),
  feedbacks: z.strictObject({ participantId: id, channel: z.enum(['message', 'card']), givenAt: instant }),
  heard: z.strictObject({
    participantId: id,
    answer: z.enum(heardAnswers),
    body: words(limits.reason).nullable(),
    givenAt: instant,
  }),
  workshops: z.strictObject({ id, heldOn: date, onSite: count, remote: count, notes: body.nullable() }),
  documents: z.strictObject({ id: documentId, kind: z.enum(documentKinds), title: name, createdAt: instant }),
  passages: z.strictObject({
    contributionId: id,
    documentId,
    anchor,
    quote: z.string().max(limits.text),
    prefix: z.string().max(limits.line),
    suffix: z.string().max(limits.line),
    resolvedAt: instant.nullable(),
  }),
  hidings: z.strictObject({
    contributionId: id,
    reason: words(limits.reason),
    personId: id.nullable(),
    hiddenAt: instant,
  }),
} as const satisfies Record<ContentTable, z.ZodType>;

const versionReasons = [
  'named',
  'published',
  'stepChanged',
  'regular',
  'beforeRepair',
  'beforeRestore',
] as const satisfies readonly VersionReason[];

const list = <T extends z.ZodType>(row: T) => z.array(row).max(100_000);
const content = z.strictObject(
  Object.fromEntries(Object.entries(rows).map(([table, row]) => [table, list(row).default([])])) as {
    [T in ContentTable]: z.ZodDefault<z.ZodArray<(typeof rows)[T]>>;
  },
);

/** Bytes in a file: base64 with its padding, nothing else. */
const bytes = z.base64().max(20_000_000);
/** `person:<id>`, `participant:<id>` or `server`. */
const author = z
  .string()
  .toLowerCase()
  .regex(/^(server|(person|participant):[0-9a-f-]{36})$/);
const edit = z.int().min(1).max(2_147_483_647);
const written = {
  documentEdits: z
    .array(z.strictObject({ documentId, seq: edit, at: instant, author, update: bytes.min(1) }))
    .max(2_000_000)
    .default([]),
  documentClients: list(z.strictObject({ documentId, client: z.int().min(0), author })).default([]),
  documentVersions: list(
    z.strictObject({
      documentId,
      seq: z.int().min(0).max(2_147_483_647),
      at: instant,
      reason: z.enum(versionReasons),
      name: name.nullable(),
      author,
      authors: z.array(author).max(10_000),
      state: bytes,
    }),
  ).default([]),
};

const logRow = z.strictObject({
  seq: z.int().min(1),
  at: instant,
  type: name,
  kind: z.enum(['transition', 'content']),
  actor: name,
  body: z.string().refine(cleanText, { params: { problem: 'not_text' } }),
  prev: hash,
  hash,
  idempotencyKey: words(128).nullable(),
  requestHash: hash.nullable(),
  answer: z.record(z.string(), z.unknown()).refine(plain, { params: { problem: 'not_text' } }),
});

/** What the text of a log row holds; `LogContent` as it comes from outside. */
export const logContentSchema = z.strictObject({
  caseId: id,
  seq: z.int(),
  at: instant,
  type: name,
  kind: z.enum(['transition', 'content']),
  actor: name,
  version: count,
  step: name,
  data: z.record(z.string(), z.unknown()).optional(),
  facts: z.record(z.string(), z.unknown()).optional(),
  commitments: z.record(z.string(), hash).optional(),
});

const historyRow = z.strictObject({
  at: instant,
  type: name,
  data: z.record(z.string(), z.union([z.string().max(limits.line), z.number()])).default({}),
  texts: z.record(z.string(), words(limits.reason)).default({}),
});

export const caseFileSchema = z.strictObject({
  format: z.literal('lakeus-case'),
  formatVersion: z.literal(1),
  case: z.strictObject({
    id,
    workflow: name,
    workflowVersion: z.int().min(1),
    language: z.enum(languages),
    createdAt: instant,
    updatedAt: instant,
    seq: z.int().min(1).optional(),
    version: count.optional(),
    visit: count.optional(),
    step: name.optional(),
    snapshot: z
      .unknown()
      .refine(plain, { params: { problem: 'not_text' } })
      .optional(),
    isPublic: z.boolean().optional(),
    head: hash.optional(),
  }),
  people: z
    .array(
      z.strictObject({
        id,
        name,
        title: name.nullable(),
        language: z.enum(languages),
        roles: z.array(z.enum(roleIds)),
      }),
    )
    .max(100_000)
    .default([]),
  content,
  log: list(logRow).optional(),
  logTexts: list(
    z.strictObject({
      seq: z.int().min(1),
      field: name,
      salt,
      body: z.string().refine(cleanText, { params: { problem: 'not_text' } }),
    }),
  ).default([]),
  ...written,
  history: z.array(historyRow).max(1_000).optional(),
});

export type CaseFile = z.output<typeof caseFileSchema>;

/** The published JSON Schema of a case file (draft 2020-12). */
export const caseFileJsonSchema = (): Record<string, unknown> => ({
  $id: 'urn:lakeus:case-file:1',
  title: 'Lakeus case file',
  ...z.toJSONSchema(caseFileSchema, { io: 'input', unrepresentable: 'any' }),
});

/** Everybody who wrote in the documents, as they are referred to. */
export const authorsOf = (of: {
  readonly [List in keyof WrittenDocuments]: readonly { author: string; authors?: readonly string[] }[];
}): string[] => [
  ...new Set(
    [...of.documentEdits, ...of.documentClients, ...of.documentVersions].flatMap((row) => [
      row.author,
      ...(row.authors ?? []),
    ]),
  ),
];

const withoutCase = <Row extends { caseId: string }>({ caseId: _, ...row }: Row): Omit<Row, 'caseId'> => row;

/** Writes a case as a file. `adopt` of it makes the same case again, row for row. */
export function caseFile(whole: WholeCase): CaseFile {
  const file = {
    format: 'lakeus-case',
    formatVersion: 1,
    case: { ...whole.case, snapshot: whole.case.snapshot.snapshot },
    people: whole.people.map((person) => ({ ...person, roles: [...person.roles] })),
    content: Object.fromEntries(
      Object.entries(whole.content).map(([table, rows]) => [
        table,
        (rows as readonly unknown[] as readonly { caseId: string }[]).map(withoutCase),
      ]),
    ),
    log: whole.log.map(withoutCase),
    logTexts: whole.logTexts.map(withoutCase),
    documentEdits: whole.documentEdits.map(withoutCase),
    documentClients: whole.documentClients.map(withoutCase),
    documentVersions: whole.documentVersions.map(withoutCase),
  };
  return file as unknown as CaseFile;
}
