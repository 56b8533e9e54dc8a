import { contentKeys, contentLinks } from '../case.ts';
import type { ContentTable } from '../case.ts';
import type { FieldProblem } from '../errors.ts';
import type { Deciding } from '../process/decide.ts';
import type { CaseFile } from './case-file.ts';

/** What holds a case file together: every link between its rows, and all that must be one of a kind. */

/** How many problems of a file are told at once, so that the answer can be read. */
export const reported = 20;

/** Rows after the first that have the same value. */
function repeats<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => unknown,
  pathOf: (i: number) => string,
): FieldProblem[] {
  const seen = new Set<unknown>();
  const problems: FieldProblem[] = [];
  for (const [i, row] of rows.entries()) {
    const value = valueOf(row);
    if (value !== null && seen.has(value)) problems.push({ path: pathOf(i), problem: 'invalid' });
    seen.add(value);
  }
  return problems.slice(0, reported);
}

/** Problems of the links between rows, and of what must be one of a kind. */
export function linkProblems(file: CaseFile): FieldProblem[] {
  const { participants, proposals } = file.content;
  const problems: FieldProblem[] = [
    ...repeats(
      file.people,
      (row) => row.id,
      (i) => `people.${i}.id`,
    ),
    ...repeats(
      participants,
      (row) => row.code,
      (i) => `content.participants.${i}.code`,
    ),
    ...repeats(
      participants,
      (row) => row.pseudonym,
      (i) => `content.participants.${i}.pseudonym`,
    ),
    ...repeats(
      proposals,
      (row) => row.number,
      (i) => `content.proposals.${i}.number`,
    ),
    ...repeats(
      file.log ?? [],
      (row) => row.idempotencyKey,
      (i) => `log.${i}.idempotencyKey`,
    ),
    ...repeats(
      file.logTexts,
      (row) => `${row.seq} ${row.field}`,
      (i) => `logTexts.${i}`,
    ),
  ];
  const idsOf = new Map<string, Set<string>>([['people', new Set(file.people.map((row) => row.id))]]);
  for (const [table, rows] of Object.entries(file.content)) {
    idsOf.set(table, new Set(rows.map((row) => (row as { id?: string }).id ?? '')));
    const keys = contentKeys[table as ContentTable];
    const keyOf = (row: unknown) => keys.map((key) => (row as Record<string, unknown>)[key]).join(' ');
    problems.push(...repeats<unknown>(rows, keyOf, (i) => `content.${table}.${i}`));
  }
  for (const [table, columns] of Object.entries(contentLinks)) {
    file.content[table as ContentTable].forEach((row, i) => {
      for (const [column, target] of Object.entries(columns)) {
        const value = (row as Record<string, unknown>)[column];
        if (value !== null && !idsOf.get(target)!.has(value as string)) {
          problems.push({ path: `content.${table}.${i}.${column}`, problem: 'not_found' });
        }
      }
    });
  }
  const parents = new Map(file.content.contributions.map((row) => [row.id, row.parentId]));
  file.content.contributions.forEach((row, i) => {
    if (row.parentId && parents.get(row.parentId)) {
      problems.push({ path: `content.contributions.${i}.parentId`, problem: 'circular' });
    }
  });
  problems.push(...writtenProblems(file, idsOf));
  const merged = new Set(
    file.content.accountings.filter((row) => row.intoId).map((row) => row.contributionId),
  );
  file.content.accountings.forEach((row, i) => {
    const path = `content.accountings.${i}`;
    if (row.intoId && merged.has(row.intoId)) problems.push({ path: `${path}.intoId`, problem: 'circular' });
    if ((row.outcome === 'merged') !== (row.intoId !== null))
      problems.push({ path: `${path}.intoId`, problem: 'required' });
    if (row.outcome === 'leftOut' && !row.reason)
      problems.push({ path: `${path}.reason`, problem: 'required' });
  });
  return problems;
}

/** Problems of what was written in documents: numbers without gaps, and authors who are there. */
function writtenProblems(file: CaseFile, idsOf: ReadonlyMap<string, ReadonlySet<string>>): FieldProblem[] {
  const { documentEdits, documentClients, documentVersions } = file;
  const problems: FieldProblem[] = [
    ...repeats(
      documentClients,
      (row) => `${row.documentId} ${row.client}`,
      (i) => `documentClients.${i}`,
    ),
    ...repeats(
      documentVersions,
      (row) => `${row.documentId} ${row.seq} ${row.reason}`,
      (i) => `documentVersions.${i}`,
    ),
  ];
  const isKnown = (author: string): boolean => {
    const [kind, id = ''] = author.split(':');
    return kind === 'server' || idsOf.get(kind === 'person' ? 'people' : 'participants')!.has(id);
  };
  for (const [name, rows] of Object.entries({ documentEdits, documentClients, documentVersions })) {
    rows.forEach((row, i) => {
      const place = `${name}.${i}`;
      if (!idsOf.get('documents')!.has(row.documentId)) {
        problems.push({ path: `${place}.documentId`, problem: 'not_found' });
      }
      const authors = 'authors' in row ? [row.author, ...row.authors] : [row.author];
      if (!authors.every(isKnown)) problems.push({ path: `${place}.author`, problem: 'not_found' });
    });
  }
  const newest = new Map<string, number>();
  documentEdits.forEach(({ documentId, seq }, i) => {
    if (seq !== (newest.get(documentId) ?? 0) + 1) {
      problems.push({ path: `documentEdits.${i}.seq`, problem: 'invalid' });
    }
    newest.set(documentId, seq);
  });
  documentVersions.forEach(({ documentId, seq }, i) => {
    if (seq > (newest.get(documentId) ?? 0)) {
      problems.push({ path: `documentVersions.${i}.seq`, problem: 'not_found' });
    }
  });
  return problems;
}

/** The first edit of each document whose edits make no document. */
export function unreadable(file: CaseFile, isDocument: Deciding['isDocument']): FieldProblem[] {
  if (!isDocument) return [];
  const byDocument = Map.groupBy(file.documentEdits, (edit) => edit.documentId);
  return [...byDocument].flatMap(([documentId, edits]) => {
    const updates = edits.map(({ update }) => Buffer.from(update, 'base64'));
    if (isDocument(updates)) return [];
    const first = file.documentEdits.findIndex((edit) => edit.documentId === documentId);
    return [{ path: `documentEdits.${first}.update`, problem: 'invalid' as const }];
  });
}
