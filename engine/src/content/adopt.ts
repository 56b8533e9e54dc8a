import type { CaseRecord, ContentTable, ContentTables, Facts, LogEntry, LogText } from '../case.ts';
import { EngineError, invalid, refuse } from '../errors.ts';
import type { Result } from '../errors.ts';
import { may, standings } from '../people/policy.ts';
import type { Actor } from '../people/policy.ts';
import type { ContentRows, WrittenDocuments } from '../ports.ts';
import type { EventSpec } from '../workflow.ts';
import { eventSchema, parse } from '../process/commands.ts';
import { plannedDeadlines } from '../process/deadlines.ts';
import { newSalt } from '../process/decide.ts';
import type { Deciding } from '../process/decide.ts';
import {
  canonicalJson,
  commitment,
  contentOf,
  emptyHead,
  firstBreak,
  logEntry,
  sha256,
} from '../process/log.ts';
import type { LogContent } from '../process/log.ts';
import type { Position, Process } from '../process/restore.ts';
import { caseFileSchema, logContentSchema } from './case-file.ts';
import type { CaseFile } from './case-file.ts';
import { factsOf } from './facts.ts';
import type { CaseContent } from './facts.ts';
import { linkProblems, reported, unreadable } from './links.ts';

/** Taking in a whole case: every link, the order of events and the chain of the log are checked before the first row
 * is written, and then all rows are written at once. */

export type Adopted = { readonly caseId: string; readonly rows: Readonly<Record<string, number>> };

type Replayed = { readonly position: Position; readonly version: number; readonly visit: number };

/** Walks a log through the machine again.
 * @returns where it ends, or the number of the row that the machine does not accept */
export function replay(process: Process, log: readonly LogContent[]): Replayed | { refusedAt: number } {
  let { position } = process.initial();
  let version = 0;
  let visit = 0;
  for (const entry of log) {
    if (entry.kind === 'transition') {
      const next = nextOf(process, position, entry);
      if (!next) return { refusedAt: entry.seq };
      version++;
      if (next.step !== position.step) visit = version;
      position = next;
    }
    if (entry.version !== version || entry.step !== position.step) return { refusedAt: entry.seq };
  }
  return { position, version, visit };
}

/** Null also when the machine fails on what the row carries: it cannot have been written by us. */
function nextOf(process: Process, position: Position, entry: LogContent): Position | null {
  const spec = specOf(process, entry.type);
  if (!spec) return null;
  try {
    const next = process.next(position.snapshot, {
      type: entry.type,
      at: entry.at,
      data: (entry.data ?? {}) as Record<string, string | number>,
      texts: Object.keys(entry.commitments ?? {}).filter((name) => spec.texts?.includes(name)),
      facts: entry.facts as unknown as Facts,
    });
    return next?.position ?? null;
  } catch {
    return null;
  }
}

const specOf = (process: Process, type: string): EventSpec | undefined =>
  Object.hasOwn(process.workflow.events, type) ? process.workflow.events[type] : undefined;

/** Whether a row says what we write, with values that the case can go on with. */
function isOurs(process: Process, row: LogEntry): boolean {
  const content = logContentSchema.safeParse(contentOf(row));
  if (!content.success) return false;
  const { kind, type, data = {} } = content.data;
  if (kind !== 'transition') return true;
  const spec = specOf(process, type);
  const carried = spec && eventSchema(spec).shape.data.safeParse(data);
  return carried?.success === true && canonicalJson(carried.data) === canonicalJson(data);
}

/** Words that log rows commit to and that are kept in content rows under their own salt. */
export function committedWords(log: readonly LogEntry[], content: CaseContent): LogText[] {
  const words = new Map([...content.contributions, ...content.statements].map((row) => [row.id, row]));
  return log.flatMap((entry) => {
    const data = contentOf(entry)?.data;
    const row = words.get((data?.contributionId ?? data?.statementId ?? '') as string);
    if (!row) return [];
    const field = entry.type === 'need.raised' ? 'need' : 'body';
    const made = ['need.raised', 'contribution.made', 'contribution.recorded', 'statement.made'].includes(
      entry.type,
    );
    return made ? [{ caseId: entry.caseId, seq: entry.seq, field, salt: row.salt, body: row.body }] : [];
  });
}

type Written = { log: LogEntry[]; texts: LogText[]; position: Position; record: CaseRecord };

/** The log of an exported case, checked against itself and against the machine. */
function checkedLog(file: CaseFile, content: CaseContent, process: Process): Result<{ written: Written }> {
  const { id: caseId } = file.case;
  const log = file.log!.map((row): LogEntry => ({ caseId, ...row }));
  const texts = file.logTexts.map((row): LogText => ({ caseId, ...row }));
  const strange = log.findIndex((row) => !isOurs(process, row));
  if (strange >= 0) return invalid({ path: `log.${strange}.body`, problem: 'invalid' });
  const words = [...texts, ...committedWords(log, content)];
  const broken = firstBreak(caseId, log, words, file.case.head ?? '');
  if (broken) {
    const isThere = (row: LogEntry, i: number) => {
      return broken.why === 'sequence' ? row.seq !== i + 1 : row.seq === broken.seq;
    };
    const place = broken.why === 'head' ? -1 : log.findIndex(isThere);
    return invalid({ path: place < 0 ? 'case.head' : `log.${place}`, problem: 'invalid' });
  }
  const astray = texts.findIndex((text) => text.seq > log.length);
  if (astray >= 0) return invalid({ path: `logTexts.${astray}.seq`, problem: 'not_found' });
  const replayed = replay(
    process,
    log.map((row) => JSON.parse(row.body) as LogContent),
  );
  if ('refusedAt' in replayed)
    return invalid({ path: `log.${replayed.refusedAt - 1}.type`, problem: 'invalid' });
  const { position, version, visit } = replayed;
  const { snapshot } = position.snapshot;
  const standing = { seq: log.length, version, visit, step: position.step, snapshot } as const;
  for (const [name, value] of Object.entries(standing)) {
    const told = file.case[name as keyof typeof standing];
    if (told === undefined) return invalid({ path: `case.${name}`, problem: 'required' });
    if (canonicalJson(told) !== canonicalJson(value))
      return invalid({ path: `case.${name}`, problem: 'invalid' });
  }
  const record = recordOf(file, {
    seq: log.length,
    version,
    visit,
    head: file.case.head!,
    position,
    process,
  });
  return { ok: true, written: { log, texts, position, record } };
}

/** A log written from plain events. Guards see the content of the file as it stands at the end. */
function writtenLog(
  file: CaseFile,
  content: CaseContent,
  process: Process,
  deciding: Deciding,
): Result<{ written: Written }> {
  const caseId = file.case.id;
  const facts = factsOf(content);
  const log: LogEntry[] = [];
  const texts: LogText[] = [];
  let { position } = process.initial();
  let visit = 0;
  let version = 0;
  const write = (
    row: Omit<LogContent, 'caseId' | 'seq' | 'actor' | 'version' | 'step'>,
    said: Record<string, string>,
  ) => {
    const seq = log.length + 1;
    const kept = Object.entries(said).map(([field, body]) => ({
      caseId,
      seq,
      field,
      salt: newSalt(deciding.entropy),
      body,
    }));
    texts.push(...kept);
    const commitments = Object.fromEntries(kept.map((t) => [t.field, commitment(t.salt, t.body)]));
    const all = { ...row, caseId, seq, actor: 'operator', version, step: position.step, commitments };
    log.push(
      logEntry(all, log.at(-1)?.hash ?? emptyHead, { idempotencyKey: null, requestHash: null, answer: {} }),
    );
  };
  const rows = file.content.contributions.map((row) => [row.id, commitment(row.salt, row.body)]);
  const imported = { contributions: rows.length, contributionsDigest: sha256(canonicalJson(rows)) };
  write({ at: file.case.createdAt, type: 'case.imported', kind: 'content', data: imported }, {});
  for (const [i, event] of (file.history ?? []).entries()) {
    const spec = specOf(process, event.type);
    if (!spec) return invalid({ path: `history.${i}.type`, problem: 'not_one_of' });
    const carried = parse(eventSchema(spec), { data: event.data, texts: event.texts }, `history.${i}`);
    if (!carried.ok) return carried;
    const data = carried.value.data as Record<string, string | number>;
    const said = carried.value.texts as Record<string, string>;
    const next = process.next(position.snapshot, {
      type: event.type,
      at: event.at,
      data,
      texts: Object.keys(said),
      facts,
    });
    if (!next) return invalid({ path: `history.${i}.type`, problem: 'invalid' });
    version++;
    if (next.position.step !== position.step) visit = version;
    position = next.position;
    write(
      { at: event.at, type: event.type, kind: 'transition', data, ...(spec.needsFacts && { facts }) },
      said,
    );
  }
  const head = log.at(-1)!.hash;
  const record = recordOf(file, { seq: log.length, version, visit, head, position, process });
  return { ok: true, written: { log, texts, position, record } };
}

function recordOf(
  file: CaseFile,
  at: { seq: number; version: number; visit: number; head: string; position: Position; process: Process },
): CaseRecord {
  const { id, language, createdAt, updatedAt } = file.case;
  const { position, process, ...rest } = at;
  return {
    ...rest,
    id,
    workflow: process.workflow.id,
    workflowVersion: process.workflow.version,
    language,
    createdAt,
    updatedAt,
    step: position.step,
    snapshot: position.snapshot,
    isPublic: process.workflow.isPublic(position.context),
  };
}

function writtenOf(file: CaseFile): WrittenDocuments {
  const caseId = file.case.id;
  const ofCase = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ caseId, ...row }));
  return {
    documentEdits: ofCase(file.documentEdits),
    documentClients: ofCase(file.documentClients),
    documentVersions: ofCase(file.documentVersions),
  };
}

/** See `Engine.adopt`. */
export async function adopt(
  deciding: Deciding,
  newest: (workflow: string) => Process,
  actor: Actor,
  input: unknown,
): Promise<Result<{ adopted: Adopted }>> {
  if (!may(standings(actor, []), 'case.import')) return refuse({ id: 'forbidden' });
  const read = parse(caseFileSchema, input);
  if (!read.ok) {
    const { refusal } = read;
    return refusal.id === 'invalid' ? invalid(...refusal.fields.slice(0, reported)) : read;
  }
  const file = read.value;
  const caseId = file.case.id;
  const links = linkProblems(file);
  const problems = links.length > 0 ? links : unreadable(file, deciding.isDocument);
  if (problems.length > 0) return invalid(...problems.slice(0, reported));
  let process: Process;
  try {
    process = file.log
      ? deciding.process(file.case.workflow, file.case.workflowVersion)
      : newest(file.case.workflow);
  } catch (error) {
    if (error instanceof EngineError && error.id === 'workflow_unknown') {
      return invalid({ path: 'case.workflow', problem: 'not_found' });
    }
    throw error;
  }
  const content = Object.fromEntries(
    Object.entries(file.content).map(([table, rows]) => [table, rows.map((row) => ({ caseId, ...row }))]),
  ) as unknown as { [T in ContentTable]: ContentTables[T][] };
  if (file.log && file.history) return invalid({ path: 'history', problem: 'unknown_field' });
  if (!file.log && file.logTexts.length > 0) return invalid({ path: 'logTexts', problem: 'unknown_field' });
  const made = file.log ? checkedLog(file, content, process) : writtenLog(file, content, process, deciding);
  if (!made.ok) return made;
  const { log, texts, position, record } = made.written;
  const stored = await deciding.store.commit({
    case: record,
    expectedSeq: null,
    log,
    texts,
    deadlines: plannedDeadlines(caseId, record.visit, position),
    effects: [],
    people: file.people,
    put: content satisfies ContentRows,
    ...(file.documentEdits.length + file.documentVersions.length > 0 && { written: writtenOf(file) }),
  });
  if (stored === 'conflict') {
    // All else that must be one of a kind was checked: a card's code or a document's id is taken by another case.
    if ((await deciding.store.read(caseId)) !== null) return refuse({ id: 'case_exists' });
    const taken = await deciding.store.documentCases(content.documents.map(({ id }) => id));
    return invalid({
      path: taken.size > 0 ? 'content.documents' : 'content.participants',
      problem: 'invalid',
    });
  }
  const rows = Object.fromEntries(Object.entries(content).map(([table, list]) => [table, list.length]));
  return { ok: true, adopted: { caseId, rows } };
}
