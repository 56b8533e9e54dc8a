import type {
  CaseRecord,
  ContentTable,
  Deadline,
  LogEntry,
  LogText,
  Person,
  WholeCase,
} from '@lakeus/engine';
import type { Sql } from './connection.ts';
import { contentTables, isId } from './rows.ts';
import { caseColumns, logColumns, storeOn } from './store.ts';

/** Everybody that a row of the case points at, and everybody that its log names as who acted. */
const peopleQuery = `
  select p.id, p.name, p.title, p.language, p.roles from people p where p.id in (
    select m.person_id from members m where m.case_id = $1
    union select t.person_id from participants t where t.case_id = $1
    union select n.recorded_by from contributions n where n.case_id = $1
    union select r.person_id from responses r where r.case_id = $1
    union select f.recorded_by from follow_ups f where f.case_id = $1
    union select h.person_id from hidings h where h.case_id = $1
    union select substring(a.author from '^person:([0-9a-f-]{36})$')::uuid from (
      select e.author from document_edits e where e.case_id = $1
      union select k.author from document_clients k where k.case_id = $1
      union select v.author from document_versions v where v.case_id = $1
      union select unnest(v.authors) from document_versions v where v.case_id = $1
    ) a
    union select substring(l.actor from '^person:([0-9a-f-]{36})$')::uuid from log l where l.case_id = $1
  ) order by p.id`;

/** PostgreSQL breaks base64 into lines. */
const base64 = (column: string): string => `replace(encode(${column}, 'base64'), E'\\n', '')`;

/** All rows of a case as they were at one moment; the questions go out together on one connection. */
export async function wholeCase(sql: Sql, caseId: string): Promise<WholeCase | null> {
  if (!isId(caseId)) return null;
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const query = <Row>(text: string): Promise<Row[]> =>
      tx.unsafe(text, [caseId], { prepare: true }) as unknown as Promise<Row[]>;
    const { rows } = storeOn(tx, undefined);
    const [
      cases,
      people,
      log,
      logTexts,
      deadlines,
      documentEdits,
      documentClients,
      documentVersions,
      ...content
    ] = await Promise.all([
      query<CaseRecord>(`select ${caseColumns} from cases c where c.id = $1`),
      query<Person>(peopleQuery),
      query<LogEntry>(`select ${logColumns} from log l where l.case_id = $1 order by l.seq`),
      query<LogText>(`select t.case_id, t.seq, t.field, t.salt, t.body from log_texts t where t.case_id = $1
        order by t.seq, t.field`),
      query<Deadline>(`select d.case_id, d.name, d.visit, d.due_at, d.event from deadlines d where d.case_id = $1
        order by d.name`),
      query<WholeCase['documentEdits'][number]>(
        `select e.case_id, e.document_id, e.seq, e.at, e.author, ${base64('e.update')} as update
         from document_edits e where e.case_id = $1 order by e.document_id, e.seq`,
      ),
      query<WholeCase['documentClients'][number]>(
        `select k.case_id, k.document_id, k.client::float8 as client, k.author from document_clients k
         where k.case_id = $1 order by k.document_id, k.client`,
      ),
      query<WholeCase['documentVersions'][number]>(
        `select v.case_id, v.document_id, v.seq, v.at, v.reason, v.name, v.author, v.authors,
           ${base64('v.state')} as state
         from document_versions v where v.case_id = $1 order by v.document_id, v.seq, v.reason`,
      ),
      ...contentTables.map((table) => rows(caseId, table)),
    ]);
    const [record] = cases;
    if (!record) return null;
    const tables = Object.fromEntries(contentTables.map((table: ContentTable, i) => [table, content[i]]));
    return {
      case: record,
      people,
      log,
      logTexts,
      deadlines,
      content: tables as unknown as WholeCase['content'],
      documentEdits,
      documentClients,
      documentVersions,
    };
  });
}
