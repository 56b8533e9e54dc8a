import type { CaseChange, ContentTable, ContentTables, WrittenDocuments } from '@lakeus/engine';
import { contentTables, keyOf, onePerKey, shapes, snake } from './rows.ts';
import type { TableShape } from './rows.ts';

/** The one statement that stores a change. Its text depends on which tables the change touches and never on how many
 * rows there are, so that the server keeps a prepared plan for each kind of change. Every table's rows are one JSON
 * parameter; every part hangs on the row that the guarded write of `cases` answers, so that nothing is written when
 * the case has moved on. Parts see one snapshot and checks run when all are done: order does not matter.
 *
 * JSON goes as `$n::text::jsonb`: the driver would encode a string bound to jsonb twice. */

export type Statement = { readonly text: string; readonly params: unknown[] };

const quoted = (columns: readonly string[]): string => columns.map(snake).join(', ');
const fromRecord = (columns: readonly string[]): string =>
  columns.map((column) => `x."${column}"`).join(', ');

const logColumns = [
  ...([
    ['seq', 'int'],
    ['at', 'timestamptz'],
    ['type', 'text'],
    ['kind', 'text'],
    ['actor', 'text'],
  ] as const),
  ...([
    ['body', 'text'],
    ['prev', 'text'],
    ['hash', 'text'],
    ['idempotencyKey', 'text'],
  ] as const),
  ...([
    ['requestHash', 'text'],
    ['answer', 'jsonb'],
  ] as const),
] as const;
const effectColumns = [
  ['seq', 'int'],
  ['n', 'int'],
  ['kind', 'text'],
  ['payload', 'jsonb'],
] as const;

const recordOf = (columns: readonly (readonly [string, string])[]): string =>
  columns.map(([column, type]) => `"${column}" ${type}`).join(', ');

/** What nearly every command writes is one row: as plain parameters it costs the database half of what JSON does. */
function oneRow<Row extends object>(
  row: Row,
  columns: readonly (readonly [keyof Row & string, string])[],
  $: (value: unknown) => string,
): string {
  const values = columns.map(([column, type]) => {
    const value = row[column];
    return type === 'jsonb' ? `${$(JSON.stringify(value))}::text::jsonb` : `${$(value)}::${type}`;
  });
  return `(values (${values.join(', ')})) as x(${columns.map(([column]) => `"${column}"`).join(', ')})`;
}

/** Builds the statement; it answers one row if the change was stored, else none.
 * @param at - the time, or null for the database's own */
export function changeStatement(change: CaseChange, at: string | null): Statement {
  const params: unknown[] = [];
  const $ = (value: unknown): string => `$${params.push(value)}`;
  const json = (rows: unknown): string => `${$(JSON.stringify(rows))}::text::jsonb`;
  const now = () => (at === null ? 'now()' : `${$(at)}::timestamptz`);
  const source = <Row extends object>(
    rows: readonly Row[],
    columns: readonly (readonly [keyof Row & string, string])[],
  ) =>
    rows.length === 1
      ? oneRow(rows[0]!, columns, $)
      : `jsonb_to_recordset(${json(rows)}) as x(${recordOf(columns)})`;
  const parts: string[] = [`c as (${caseWrite(change, $)})`];
  const part = (text: string): void => void parts.push(`w${parts.length} as (${text})`);

  if (change.people && change.people.length > 0) {
    part(`insert into people (id, name, title, language, roles)
      select x.id, x.name, x.title, x.language, array(select jsonb_array_elements_text(x.roles))
      from c, jsonb_to_recordset(${json(change.people)}) as x(id uuid, name text, title text, language text, roles jsonb)
      on conflict do nothing`);
  }
  part(`insert into log (case_id, seq, at, type, kind, actor, body, prev, hash, idempotency_key, request_hash, answer)
    select c.id, x.seq, x.at, x.type, x.kind, x.actor, x.body, x.prev, x.hash, x."idempotencyKey", x."requestHash", x.answer
    from c, ${source(change.log, logColumns)}`);
  if (change.texts.length > 0) {
    part(`insert into log_texts (case_id, seq, field, salt, body) select c.id, x.seq, x.field, x.salt, x.body
      from c, jsonb_to_recordset(${json(change.texts)}) as x(seq int, field text, salt text, body text)`);
  }
  if (change.effects.length > 0) {
    part(`insert into effects (case_id, seq, n, kind, payload, made_at, try_at)
      select c.id, x.seq, x.n, x.kind, x.payload, c.updated_at, least(c.updated_at, ${now()})
      from c, ${source(change.effects, effectColumns)}`);
  }
  if (change.deadlines) {
    // What goes and what comes are told apart by name, because both see the rows as they were before.
    const rows = json(change.deadlines);
    part(`delete from deadlines d using c where d.case_id = c.id
      and not exists (select from jsonb_array_elements(${rows}) as x where x ->> 'name' = d.name)`);
    if (change.deadlines.length > 0) {
      part(`insert into deadlines as d (case_id, name, visit, due_at, event, try_at)
        select c.id, x.name, x.visit, x."dueAt", x.event, x."dueAt"
        from c, jsonb_to_recordset(${rows}) as x(name text, visit int, "dueAt" timestamptz, event text)
        on conflict (case_id, name) do update set visit = excluded.visit, due_at = excluded.due_at,
          event = excluded.event, try_at = excluded.try_at, attempts = 0, missing = '{}'`);
    }
  }
  for (const table of contentTables) {
    const put = onePerKey(table, change.put?.[table] ?? []);
    const removed = removals(table, change.remove?.[table] ?? [], put);
    if (removed.length > 0) part(removal(shapes[table], json(removed)));
    if (put.length === 0) continue;
    const rows = json(put);
    part(upsert(shapes[table], rows));
    if (table === 'participants') part(newCodes(rows));
    if (table === 'documents') part(newDocumentIds(rows));
  }
  if (change.written) writtenParts(change.written, json).forEach(part);
  if (change.remove?.participants?.length) {
    part(`delete from card_codes k using c, jsonb_to_recordset(${json(change.remove.participants)}) as x(id uuid)
      where k.case_id = c.id and k.participant_id = x.id`);
  }
  return { text: `with ${parts.join(',\n')}\nselect 1 as stored from c`, params };
}

function caseWrite({ case: record, expectedSeq }: CaseChange, $: (value: unknown) => string): string {
  const { id, seq, version, visit, step, snapshot, head, isPublic, updatedAt } = record;
  const envelope = () => `${$(JSON.stringify(snapshot))}::text::jsonb`;
  if (expectedSeq === null) {
    const { workflow, workflowVersion, language, createdAt } = record;
    return `insert into cases (id, workflow, workflow_version, seq, version, visit, step, snapshot, head, is_public,
        language, created_at, updated_at)
      values (${$(id)}, ${$(workflow)}, ${$(workflowVersion)}, ${$(seq)}, ${$(version)}, ${$(visit)}, ${$(step)},
        ${envelope()}, ${$(head)}, ${$(isPublic)}, ${$(language)}, ${$(createdAt)}, ${$(updatedAt)})
      on conflict (id) do nothing returning id, updated_at`;
  }
  return `update cases set seq = ${$(seq)}, version = ${$(version)}, visit = ${$(visit)}, step = ${$(step)},
      snapshot = ${envelope()}, head = ${$(head)}, is_public = ${$(isPublic)}, updated_at = ${$(updatedAt)}
    where id = ${$(id)} and seq = ${$(expectedSeq)} returning id, updated_at`;
}

/** A row both removed and put is put: one statement cannot touch it twice. */
function removals<T extends ContentTable>(
  table: T,
  removed: readonly ContentTables[T][],
  put: readonly ContentTables[T][],
): readonly ContentTables[T][] {
  if (removed.length === 0 || put.length === 0) return removed;
  const kept = new Set(put.map((row) => keyOf(table, row)));
  return removed.filter((row) => !kept.has(keyOf(table, row)));
}

function removal({ name, keys, record }: TableShape, rows: string): string {
  const same = keys.map((key) => `t.${snake(key)} = x."${key}"`).join(' and ');
  return `delete from ${name} t using c, jsonb_to_recordset(${rows}) as x(${record}) where t.case_id = c.id and ${same}`;
}

function upsert({ name, columns, keys, record }: TableShape, rows: string): string {
  const rest = columns.filter((column) => !keys.includes(column)).map(snake);
  const change =
    rest.length > 0 ? `update set ${rest.map((r) => `${r} = excluded.${r}`).join(', ')}` : 'nothing';
  return `insert into ${name} (case_id, ${quoted(columns)}) select c.id, ${fromRecord(columns)}
    from c, jsonb_to_recordset(${rows}) as x(${record}) on conflict (case_id, ${quoted(keys)}) do ${change}`;
}

/** What was written in documents, as a file brought it. The newest number is told by the edits themselves. */
function writtenParts(
  { documentEdits, documentClients, documentVersions }: WrittenDocuments,
  json: (rows: unknown) => string,
): string[] {
  const edits = json(documentEdits);
  const edit = '"documentId" text, seq int, at timestamptz, author text, update text';
  const version =
    '"documentId" text, seq int, reason text, name text, author text, authors jsonb, at timestamptz, state text';
  return [
    `insert into document_states (case_id, document_id, seq) select c.id, x."documentId", max(x.seq)
      from c, jsonb_to_recordset(${edits}) as x(${edit}) group by c.id, x."documentId"`,
    `insert into document_edits (case_id, document_id, seq, at, author, update)
      select c.id, x."documentId", x.seq, x.at, x.author, decode(x.update, 'base64')
      from c, jsonb_to_recordset(${edits}) as x(${edit})`,
    `insert into document_clients (case_id, document_id, client, author)
      select c.id, x."documentId", x.client, x.author
      from c, jsonb_to_recordset(${json(documentClients)}) as x("documentId" text, client bigint, author text)`,
    `insert into document_versions (case_id, document_id, seq, reason, name, author, authors, at, state)
      select c.id, x."documentId", x.seq, x.reason, x.name, x.author,
        array(select jsonb_array_elements_text(x.authors)), x.at, decode(x.state, 'base64')
      from c, jsonb_to_recordset(${json(documentVersions)}) as x(${version})`,
  ];
}

/** A code that somebody else has is a unique violation, and nothing is stored; one that is there already is left. */
function newCodes(rows: string): string {
  return `insert into card_codes (code, case_id, participant_id) select x.code, c.id, x.id
    from c, jsonb_to_recordset(${rows}) as x(${shapes.participants.record})
    where not exists (select from card_codes k where k.code = x.code and k.case_id = c.id and k.participant_id = x.id)`;
}

/** An id that stands in another case is a unique violation, and nothing is stored. */
function newDocumentIds(rows: string): string {
  return `insert into document_ids (id, case_id) select x.id, c.id
    from c, jsonb_to_recordset(${rows}) as x(${shapes.documents.record})
    where not exists (select from document_ids k where k.id = x.id and k.case_id = c.id)`;
}
