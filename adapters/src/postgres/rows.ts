import { contentKeys } from '@lakeus/engine';
import type { ContentTable, ContentTables } from '@lakeus/engine';

/** The one place that names the columns of the content tables, with their types in the database. Rows travel as JSON
 * under the names of the domain and are spread over columns there. */

type ColumnType = 'uuid' | 'text' | 'int' | 'date' | 'timestamptz';
type Columns<Row> = { readonly [C in Exclude<keyof Row & string, 'caseId'>]: ColumnType };

export const contentColumns: { readonly [T in ContentTable]: Columns<ContentTables[T]> } = {
  caseTexts: { key: 'text', body: 'text' },
  members: { personId: 'uuid', role: 'text', capacity: 'text' },
  participants: {
    id: 'uuid',
    personId: 'uuid',
    pseudonym: 'text',
    code: 'text',
    source: 'text',
    createdAt: 'timestamptz',
  },
  contributions: {
    id: 'uuid',
    participantId: 'uuid',
    parentId: 'uuid',
    origin: 'text',
    originNote: 'text',
    kind: 'text',
    body: 'text',
    salt: 'text',
    recordedBy: 'uuid',
    createdAt: 'timestamptz',
  },
  themes: { id: 'uuid', title: 'text' },
  contributionThemes: { contributionId: 'uuid', themeId: 'uuid' },
  statements: { id: 'uuid', participantId: 'uuid', body: 'text', salt: 'text', createdAt: 'timestamptz' },
  votes: { statementId: 'uuid', participantId: 'uuid', value: 'text' },
  proposals: { id: 'uuid', number: 'int', title: 'text', body: 'text' },
  proposalSources: { proposalId: 'uuid', contributionId: 'uuid' },
  accountings: { contributionId: 'uuid', outcome: 'text', intoId: 'uuid', reason: 'text' },
  responses: {
    proposalId: 'uuid',
    outcome: 'text',
    reason: 'text',
    forwardedTo: 'text',
    nextStep: 'text',
    nextStepOn: 'date',
    personId: 'uuid',
    givenAt: 'timestamptz',
  },
  followUps: {
    id: 'uuid',
    proposalId: 'uuid',
    state: 'text',
    body: 'text',
    recordedBy: 'uuid',
    createdAt: 'timestamptz',
  },
  feedbacks: { participantId: 'uuid', channel: 'text', givenAt: 'timestamptz' },
  heard: { participantId: 'uuid', answer: 'text', body: 'text', givenAt: 'timestamptz' },
  workshops: { id: 'uuid', heldOn: 'date', onSite: 'int', remote: 'int', notes: 'text' },
  documents: { id: 'text', kind: 'text', title: 'text', createdAt: 'timestamptz' },
  passages: {
    contributionId: 'uuid',
    documentId: 'text',
    anchor: 'text',
    quote: 'text',
    prefix: 'text',
    suffix: 'text',
    resolvedAt: 'timestamptz',
  },
  hidings: { contributionId: 'uuid', reason: 'text', personId: 'uuid', hiddenAt: 'timestamptz' },
};

export const contentTables = Object.keys(contentColumns) as ContentTable[];

/** `caseTexts` → `case_texts` */
export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What a table looks like to SQL. */
export type TableShape = {
  readonly name: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  /** `"personId" uuid, …`: how `jsonb_to_recordset` is to read the rows */
  readonly record: string;
  /** type of the first key, by which rows are asked for */
  readonly firstKeyType: ColumnType;
};

const shapeOf = (table: ContentTable): TableShape => {
  const columns = Object.entries(contentColumns[table] as Record<string, ColumnType>);
  const keys = contentKeys[table] as readonly string[];
  return {
    name: snake(table),
    columns: columns.map(([column]) => column),
    keys,
    record: columns.map(([column, type]) => `"${column}" ${type}`).join(', '),
    firstKeyType: Object.fromEntries(columns)[keys[0]!]!,
  };
};

export const shapes = Object.fromEntries(contentTables.map((table) => [table, shapeOf(table)])) as {
  readonly [T in ContentTable]: TableShape;
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text can be an id at all. What comes from an address or a cookie may be anything, and PostgreSQL fails on
 * a malformed uuid where the answer is simply that there is no such row. */
export const isId = (text: string | null | undefined): text is string =>
  typeof text === 'string' && uuid.test(text);

/** Rows of one key would meet in one statement, which PostgreSQL refuses: the last one stands. */
export function onePerKey<T extends ContentTable>(
  table: T,
  rows: readonly ContentTables[T][],
): readonly ContentTables[T][] {
  if (rows.length < 2) return rows;
  return [...new Map(rows.map((row) => [keyOf(table, row), row])).values()];
}

export const keyOf = <T extends ContentTable>(table: T, row: ContentTables[T]): string =>
  contentKeys[table].map((key) => row[key]).join(' ');
