import type {
  CaseReading,
  CaseRecord,
  CaseStore,
  Clock,
  ContentTable,
  ContentTables,
  DocumentKind,
  Facts,
  LogEntry,
  ReadFor,
  RoleId,
  Transition,
} from '@lakeus/engine';
import type { TransactionSql } from 'postgres';
import { given, guarded, isLostRace, isUniqueViolation } from './connection.ts';
import type { Db, Sql } from './connection.ts';
import { factsQuery } from './facts.ts';
import { isId, shapes, snake } from './rows.ts';
import { changeStatement } from './write.ts';

export const caseColumns = `c.id, c.workflow, c.workflow_version, c.seq, c.version, c.visit, c.step, c.snapshot, c.head,
  c.is_public, c.language, c.created_at, c.updated_at`;
export const logColumns = `l.case_id, l.seq, l.at, l.type, l.kind, l.actor, l.body, l.prev, l.hash, l.idempotency_key,
  l.request_hash, l.answer`;

/** Keeps cases in PostgreSQL. A command costs two statements: what it is decided on, and what it writes. */
export function caseStore(sql: Sql, clock?: Clock): CaseStore {
  return guarded({
    ...storeOn(sql, clock),
    commit: (change) => {
      const { text, params } = changeStatement(change, given(clock));
      if (!isLarge(params)) return stored(() => sql.unsafe(text, params as never[], { prepare: true }));
      return stored(() =>
        sql.begin(async (tx) => {
          await tx`set local statement_timeout = '10min'`;
          return tx.unsafe(text, params as never[]);
        }),
      );
    },
    locked: <T>(caseId: string, work: (store: CaseStore) => Promise<T>): Promise<T> => {
      return sql.begin(async (tx) => {
        if (isId(caseId))
          await tx.unsafe('select 1 from cases where id = $1 for update', [caseId], { prepare: true });
        return work(lockedStore(tx, clock));
      }) as Promise<T>;
    },
  });
}

/** Whether a change is so large, as only an import is, that it may take longer than other statements are given. */
const isLarge = (params: readonly unknown[]): boolean =>
  params.some((param) => typeof param === 'string' && param.length > 1_000_000);

/** The store inside a transaction that holds the case. A refused write is undone alone, or it would end them all. */
function lockedStore(tx: TransactionSql, clock?: Clock): CaseStore {
  const store: CaseStore = {
    ...storeOn(tx, clock),
    commit: (change) => {
      const { text, params } = changeStatement(change, given(clock));
      return stored(() => tx.savepoint((point) => point.unsafe(text, params as never[], { prepare: true })));
    },
    locked: (_, work) => work(store),
  };
  return store;
}

/** A pseudonym, card code or idempotency key that somebody else took is a conflict like any other: deciding anew
 * draws new ones, or finds what the first of the two left. */
async function stored(write: () => Promise<readonly unknown[]>): Promise<'stored' | 'conflict'> {
  try {
    return (await write()).length > 0 ? 'stored' : 'conflict';
  } catch (error) {
    if (isUniqueViolation(error) || isLostRace(error)) return 'conflict';
    throw error;
  }
}

/** What needs no transaction of its own; on the pool, or inside one that is open. */
export function storeOn(db: Db, clock: Clock | undefined): Omit<CaseStore, 'commit' | 'locked'> {
  const query = <Row>(text: string, params: readonly unknown[]): Promise<Row[]> =>
    db.unsafe(text, params as never[], { prepare: true }) as unknown as Promise<Row[]>;

  return {
    async read(caseId, by = {}) {
      if (!isId(caseId)) return null;
      const { text, params } = readStatement(caseId, by);
      const [row] = await query<ReadRow>(text, params);
      return row ? readingOf(row, clock) : null;
    },

    async document(documentId, by = {}) {
      const { text, params } = documentStatement(documentId, by);
      const [row] = await query<DocumentRow>(text, params);
      if (!row) return null;
      return {
        ...readingOf(row, clock),
        document: {
          caseId: row.id,
          id: documentId,
          kind: row.documentKind,
          title: row.documentTitle,
          createdAt: row.documentCreatedAt,
        },
        personName: row.personName ?? null,
        pseudonym: row.pseudonym ?? null,
      };
    },

    async documentCases(documentIds) {
      const rows = await query<{ id: string; caseId: string }>(
        'select d.id, d.case_id from document_ids d where d.id = any($1::text[])',
        [documentIds],
      );
      return new Map(rows.map(({ id, caseId }) => [id, caseId]));
    },

    async knows(personId) {
      if (!isId(personId)) return false;
      return (await query('select 1 from people where id = $1', [personId])).length > 0;
    },

    async now() {
      if (clock) return clock.now();
      const [row] = await query<{ now: string }>('select now()', []);
      return new Date(row!.now);
    },

    async facts(caseIds) {
      const ids = caseIds.filter(isId);
      if (ids.length === 0) return new Map();
      const rows = await query<Facts & { caseId: string }>(factsQuery, [ids]);
      return new Map(rows.map(({ caseId, ...facts }) => [caseId, facts]));
    },

    async rows<T extends ContentTable>(caseId: string, table: T, keys?: readonly string[]) {
      if (!isId(caseId)) return [];
      const { name, columns, keys: keyColumns, firstKeyType } = shapes[table];
      const wanted = firstKeyType === 'uuid' ? keys?.filter(isId) : keys;
      if (wanted?.length === 0) return [];
      const among = wanted ? `and ${snake(keyColumns[0]!)} = any($2::${firstKeyType}[])` : '';
      return query<ContentTables[T]>(
        `select case_id, ${columns.map(snake).join(', ')} from ${name} where case_id = $1 ${among}
         order by ${keyColumns.map(snake).join(', ')}`,
        wanted ? [caseId, wanted] : [caseId],
      );
    },

    async transitions(caseId) {
      if (!isId(caseId)) return [];
      return query<Transition>(
        `select l.at, l.type, l.body::jsonb ->> 'step' as step from log l
         where l.case_id = $1 and l.kind = 'transition' order by l.seq`,
        [caseId],
      );
    },

    async vote(caseId, steps, { statementId, participantId, value }) {
      if (!isId(caseId) || !isId(statementId)) return false;
      // The lock on the case keeps it in its step until the ballot is in.
      const kept = await query(
        `insert into votes (case_id, statement_id, participant_id, value)
         select s.case_id, s.id, $3, $4
         from (select id from cases where id = $1 and step = any($5::text[]) for share) c
         join statements s on s.case_id = c.id and s.id = $2
         on conflict (case_id, statement_id, participant_id) do update set value = excluded.value
         returning 1`,
        [caseId, statementId, participantId, value, steps],
      );
      return kept.length > 0;
    },
  };
}

type ReadRow = CaseRecord & {
  now: string;
  roles?: RoleId[];
  participantId?: string | null;
  logSeq?: number | null;
} & { [Column in keyof LogEntry as `log${Capitalize<Column>}`]?: LogEntry[Column] };

type DocumentRow = ReadRow & {
  documentKind: DocumentKind;
  documentTitle: string;
  documentCreatedAt: string;
  personName?: string | null;
  pseudonym?: string | null;
};

const caseById = { from: 'cases c', where: 'c.id = $1', columns: [] as readonly string[] };
const caseByDocument = {
  from: 'document_ids i join documents d on d.case_id = i.case_id and d.id = i.id join cases c on c.id = d.case_id',
  where: 'i.id = $1',
  columns: ['d.kind as document_kind, d.title as document_title, d.created_at as document_created_at'],
};

/** One query, with only the parts that are asked for: a deadline has neither roles nor a participant. */
function readStatement(id: string, by: ReadFor, found = caseById): { text: string; params: unknown[] } {
  const params: unknown[] = [id];
  const $ = (value: unknown): string => `$${params.push(value)}`;
  // Not now(): behind a lock the transaction began long before.
  const columns = [caseColumns, 'statement_timestamp() as now', ...found.columns];
  let join = '';
  const participants: string[] = [];
  if (isId(by.personId)) {
    const person = $(by.personId);
    columns.push(`array(
      select unnest(p.roles) from people p where p.id = ${person}
      union select m.role from members m where m.case_id = c.id and m.person_id = ${person}
    ) as roles`);
    if (found === caseByDocument) {
      columns.push(`(select p.name from people p where p.id = ${person}) as person_name`);
    }
    participants.push(`(select p.id from participants p where p.case_id = c.id and p.person_id = ${person}
      order by p.created_at, p.id limit 1)`);
  }
  if (isId(by.participantId)) {
    participants.push(
      `(select p.id from participants p where p.case_id = c.id and p.id = ${$(by.participantId)})`,
    );
  }
  if (participants.length > 0) columns.push(`coalesce(${participants.join(', ')}) as participant_id`);
  if (by.idempotencyKey !== undefined) {
    columns.push(logColumns.replace(/l\.(\w+)/g, 'l.$1 as log_$1'));
    join = `left join log l on l.case_id = c.id and l.idempotency_key = ${$(by.idempotencyKey)}`;
  }
  return { text: `select ${columns.join(', ')} from ${found.from} ${join} where ${found.where}`, params };
}

/** The reading of a case found by one of its documents, with what the asker is called in it. */
function documentStatement(documentId: string, by: ReadFor): { text: string; params: unknown[] } {
  const { text, params } = readStatement(documentId, by, caseByDocument);
  if (!isId(by.personId) && !isId(by.participantId)) return { text, params };
  const named = `select r.*, t.pseudonym from (${text}) r
    left join participants t on t.case_id = r.id and t.id = r.participant_id`;
  return { text: named, params };
}

function readingOf(row: ReadRow, clock: Clock | undefined): CaseReading {
  const { id, workflow, workflowVersion, seq, version, visit, step, snapshot, head, isPublic, language } =
    row;
  const { createdAt, updatedAt } = row;
  return {
    case: {
      ...{ id, workflow, workflowVersion, seq, version, visit, step, snapshot, head, isPublic, language },
      ...{ createdAt, updatedAt },
    },
    now: clock?.now() ?? new Date(row.now),
    roles: row.roles ?? [],
    participantId: row.participantId ?? null,
    earlier: row.logSeq == null ? null : earlierOf(row),
  };
}

const earlierOf = (row: ReadRow): LogEntry => ({
  caseId: row.logCaseId!,
  seq: row.logSeq!,
  at: row.logAt!,
  type: row.logType!,
  kind: row.logKind!,
  actor: row.logActor!,
  body: row.logBody!,
  prev: row.logPrev!,
  hash: row.logHash!,
  idempotencyKey: row.logIdempotencyKey!,
  requestHash: row.logRequestHash!,
  answer: row.logAnswer!,
});
