import { contentKeys, contentLinks } from '../case.ts';
import type {
  CaseRecord,
  ContentTable,
  ContentTables,
  Deadline,
  Effect,
  Instant,
  LogEntry,
  LogText,
  Person,
} from '../case.ts';
import type { CaseContent } from '../content/facts.ts';
import type { CaseChange, Link, Message, WrittenDocuments } from '../ports.ts';

/** What the stores in memory keep, and the rules that a database would hold it to. */

export const contentTables = Object.keys(contentKeys) as ContentTable[];

type Tables = { [T in ContentTable]: Map<string, ContentTables[T]> };
export type KeptDeadline = Deadline & { tryAt: number; attempts: number; missing: readonly string[] };
export type KeptEffect = Effect & {
  madeAt: Instant;
  tryAt: number;
  attempts: number;
  lastError: string | null;
  dead: boolean;
};

export type KeptCase = {
  record: CaseRecord;
  log: LogEntry[];
  texts: LogText[];
  deadlines: KeptDeadline[];
  effects: KeptEffect[];
  tables: Tables;
  written: WrittenDocuments;
};

export type State = {
  cases: Map<string, KeptCase>;
  people: Map<string, Person>;
  codes: Map<string, { caseId: string; participantId: string }>;
  /** the case of each document, by the document's id */
  documents: Map<string, string>;
  sessions: Map<string, { personId: string; expiresAt: Instant }>;
  links: Map<string, Link & { usedAt: Instant | null }>;
  tokens: Map<string, { personId: string; scopes: readonly string[] }>;
  messages: Map<string, Message>;
  settings: Map<string, string>;
};

const nothingWritten: WrittenDocuments = { documentEdits: [], documentClients: [], documentVersions: [] };

export const emptyState = (): State => ({
  cases: new Map(),
  people: new Map(),
  codes: new Map(),
  documents: new Map(),
  sessions: new Map(),
  links: new Map(),
  tokens: new Map(),
  messages: new Map(),
  settings: new Map(),
});

export const keyOf = <T extends ContentTable>(table: T, row: ContentTables[T]): string =>
  contentKeys[table].map((key) => row[key]).join(' ');

/** Rows in the order of their keys, as a database gives them. */
export const rowsOf = <T extends ContentTable>(kept: KeptCase, table: T): ContentTables[T][] =>
  [...kept.tables[table]].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);

export const contentOf = (kept: KeptCase): CaseContent =>
  Object.fromEntries(contentTables.map((table) => [table, rowsOf(kept, table)])) as unknown as CaseContent;

function checkReferences(
  tables: Tables,
  people: ReadonlyMap<string, Person>,
  touched: ReadonlySet<ContentTable>,
): void {
  for (const [table, columns] of Object.entries(contentLinks)) {
    for (const [column, target] of Object.entries(columns)) {
      if (!touched.has(table as ContentTable) && !touched.has(target as ContentTable)) continue;
      const there = target === 'people' ? people : tables[target];
      for (const row of tables[table as ContentTable].values()) {
        const value = (row as unknown as Record<string, string | null>)[column] ?? null;
        if (value !== null && !there.has(value)) {
          throw new Error(`${table}.${column} ${value} refers to no row of ${target}`);
        }
      }
    }
  }
}

/** The case as it will be, or null when something that must be one of a kind is taken.
 * @throws {Error} when a row refers to nothing; the state is as it was */
export function changed(
  state: State,
  change: CaseChange,
): { kept: KeptCase; people: Map<string, Person> } | null {
  const before = state.cases.get(change.case.id);
  const copy = structuredClone(change);
  const people = new Map(state.people);
  for (const person of copy.people ?? []) if (!people.has(person.id)) people.set(person.id, person);
  const tables = Object.fromEntries(
    contentTables.map((t) => [t, before?.tables[t] ?? new Map()]),
  ) as unknown as Tables;
  const touched = new Set<ContentTable>();
  for (const table of contentTables) {
    const removed = copy.remove?.[table] ?? [];
    const put = copy.put?.[table] ?? [];
    if (removed.length + put.length === 0) continue;
    touched.add(table);
    const rows = new Map(tables[table] as Map<string, never>);
    for (const row of removed) rows.delete(keyOf(table, row));
    for (const row of put) rows.set(keyOf(table, row), row as never);
    (tables as Record<ContentTable, unknown>)[table] = rows;
  }
  checkReferences(tables, people, touched);

  const pseudonyms = new Set<string>();
  for (const { id, pseudonym, code } of touched.has('participants') ? tables.participants.values() : []) {
    const holder = state.codes.get(code);
    if (pseudonyms.has(pseudonym)) return null;
    if (holder && (holder.caseId !== copy.case.id || holder.participantId !== id)) return null;
    pseudonyms.add(pseudonym);
  }
  for (const { id } of copy.put?.documents ?? []) {
    if ((state.documents.get(id) ?? copy.case.id) !== copy.case.id) return null;
  }
  const log = [...(before?.log ?? []), ...copy.log];
  const keys = log.flatMap((row) => (row.idempotencyKey === null ? [] : [row.idempotencyKey]));
  if (new Set(keys).size < keys.length) return null;

  const { updatedAt } = copy.case;
  const kept: KeptCase = {
    record: { ...copy.case, ...(before && immutable(before.record)) },
    log,
    texts: [...(before?.texts ?? []), ...copy.texts],
    deadlines: copy.deadlines
      ? copy.deadlines.map((row) => ({ ...row, tryAt: Date.parse(row.dueAt), attempts: 0, missing: [] }))
      : (before?.deadlines ?? []),
    effects: [
      ...(before?.effects ?? []),
      ...copy.effects.map((row) => {
        return {
          ...row,
          madeAt: updatedAt,
          tryAt: Date.parse(updatedAt),
          attempts: 0,
          lastError: null,
          dead: false,
        };
      }),
    ],
    tables,
    written: copy.written ?? before?.written ?? nothingWritten,
  };
  for (const { documentId } of kept.written.documentEdits) {
    if (!tables.documents.has(documentId)) throw new Error(`there is no document ${documentId} to edit`);
  }
  return { kept, people };
}

const immutable = ({ id, workflow, workflowVersion, language, createdAt }: CaseRecord) => {
  return { id, workflow, workflowVersion, language, createdAt };
};
