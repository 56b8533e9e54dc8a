import { sittingGapMs } from '@lakeus/engine';
import type {
  Clock,
  DocumentActivity,
  DocumentLog,
  DocumentRef,
  DocumentVersion,
  DocumentVisit,
  StoredEdit,
} from '@lakeus/engine';
import type { Sql } from './connection.ts';
import { given, guarded } from './connection.ts';

/** Edits of shared documents in PostgreSQL. The row of `document_states` is what numbers are given under: whoever
 * appends holds its lock until the rows are visible, so they appear in the order of their numbers. */

const columnOf = (refs: readonly DocumentRef[]) =>
  [refs.map((ref) => ref.caseId), refs.map((ref) => ref.documentId)] as const;

/** All of a document in one statement, so in one snapshot: folding meanwhile can neither hide a row nor give it twice.
 * No state row means that nothing was written yet. */
const loadQuery = `
  select d.case_id, coalesce(s.seq, 0) as seq, coalesce(s.folded_seq, 0) as folded_seq, s.folded, s.folded_vector,
    coalesce((select array_agg(e.seq order by e.seq) from document_edits e
      where e.case_id = d.case_id and e.document_id = d.id and e.seq > coalesce(s.folded_seq, 0)), '{}') as seqs,
    (select string_agg(e.update, ''::bytea order by e.seq) from document_edits e
      where e.case_id = d.case_id and e.document_id = d.id and e.seq > coalesce(s.folded_seq, 0)) as updates,
    coalesce((select array_agg(length(e.update) order by e.seq) from document_edits e
      where e.case_id = d.case_id and e.document_id = d.id and e.seq > coalesce(s.folded_seq, 0)), '{}') as lengths,
    coalesce((select json_object_agg(c.client, c.author) from document_clients c
      where c.case_id = d.case_id and c.document_id = d.id), '{}') as clients
  from documents d left join document_states s on s.case_id = d.case_id and s.document_id = d.id
  where d.case_id = $1 and d.id = $2`;

type Loaded = {
  readonly seq: number;
  readonly foldedSeq: number;
  readonly folded: Uint8Array | null;
  readonly foldedVector: Uint8Array | null;
  readonly seqs: readonly number[];
  readonly updates: Uint8Array | null;
  readonly lengths: readonly number[];
  readonly clients: Readonly<Record<string, string>>;
};

/** Locks are taken in the order of the keys, so that two processes with several documents each never wait in a ring. */
const appendQuery = `
  with given as (
    select * from unnest($1::uuid[], $2::text[], $3::int[]) with ordinality as g(case_id, document_id, edits, n)
  ), heads as (
    insert into document_states as s (case_id, document_id, seq)
    select g.case_id, g.document_id, g.edits from given g
    where exists (select from documents d where d.case_id = g.case_id and d.id = g.document_id)
    order by g.case_id, g.document_id
    on conflict (case_id, document_id) do update set seq = s.seq + excluded.seq
    returning case_id, document_id, seq
  ), numbered as (
    select g.n, h.case_id, h.document_id, h.seq - g.edits as before from given g join heads h using (case_id, document_id)
  ), edits as (
    insert into document_edits (case_id, document_id, seq, at, author, update)
    select d.case_id, d.document_id, d.before + e.k, coalesce($8::timestamptz, now()), e.author, decode(e.update, 'hex')
    from unnest($4::int[], $5::int[], $6::text[], $7::text[]) as e(n, k, author, update) join numbered d using (n)
  ), clients as (
    insert into document_clients (case_id, document_id, client, author)
    select d.case_id, d.document_id, c.client, c.author
    from unnest($9::int[], $10::bigint[], $11::text[]) as c(n, client, author) join numbered d using (n)
    on conflict do nothing
  )
  select document_id, seq from heads`;

/** An edit begins a sitting when the one before it is long past; how many have begun so far numbers them. */
const activityQuery = `
  with spaced as (
    select seq, at, author, at - lag(at) over (order by seq) as gap from document_edits
    where case_id = $1 and document_id = $2
  ), seated as (
    select seq, at, author,
      count(*) filter (where gap is null or gap >= $3 * interval '1 ms') over (order by seq) as sitting
    from spaced
  )
  select min(seq) as from_seq, max(seq) as to_seq, min(at) as "from", max(at) as "to",
    array_agg(distinct author order by author) as authors
  from seated group by sitting order by min(seq)`;

/** The old row is read from before the statement, so it is the one that the new one takes the place of. */
const seenQuery = `
  with before as (
    select seq, at from document_visits where case_id = $1 and document_id = $2 and author = $3
  ), visit as (
    insert into document_visits as v (case_id, document_id, author, seq, at)
    select d.case_id, d.id, $3, $4, coalesce($5::timestamptz, now()) from documents d
    where d.case_id = $1 and d.id = $2
    on conflict (case_id, document_id, author) do update set seq = greatest(v.seq, excluded.seq), at = excluded.at
  )
  select seq, at from before`;

/** What nearly every batch is: a letter of somebody who has written before. It costs the database half. */
const appendOneQuery = `
  with head as (
    update document_states set seq = seq + 1 where case_id = $1 and document_id = $2 returning seq
  )
  insert into document_edits (case_id, document_id, seq, at, author, update)
  select $1, $2, head.seq, coalesce($3::timestamptz, now()), $4, decode($5, 'hex') from head returning seq`;

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** Cuts what was sent as one value into the rows it was made of. */
function cut(row: Loaded): { seq: number; update: Uint8Array }[] {
  let at = 0;
  return row.seqs.map((seq, i) => {
    const update = row.updates!.subarray(at, (at += row.lengths[i]!));
    return { seq, update };
  });
}

export function documentLog(sql: Sql, clock: Clock | undefined): DocumentLog {
  const ask = <Row>(text: string, params: unknown[]): Promise<Row[]> =>
    sql.unsafe(text, params as never[], { prepare: true }) as unknown as Promise<Row[]>;

  return guarded<DocumentLog>({
    async load({ caseId, documentId }) {
      const [row] = await ask<Loaded>(loadQuery, [caseId, documentId]);
      if (!row) return null;
      const clients = new Map(
        Object.entries(row.clients).map(([client, author]) => [Number(client), author]),
      );
      const { seq, foldedSeq, folded, foldedVector } = row;
      return { seq, foldedSeq, folded, foldedVector, edits: cut(row), clients };
    },

    async append(batch) {
      const [first] = batch;
      const [edit] = first?.edits ?? [];
      if (first && edit && batch.length === 1 && first.edits.length === 1 && edit.clients.length === 0) {
        const { caseId, documentId } = first;
        const params = [caseId, documentId, given(clock), edit.author, hex(edit.update)];
        const [row] = await ask<{ seq: number }>(appendOneQuery, params);
        if (row) return new Map([[documentId, row.seq]]);
      }
      const edits = batch.flatMap(({ edits: list }, n) =>
        list.map((edit, k) => ({ n: n + 1, k: k + 1, edit })),
      );
      const clients = edits.flatMap(({ n, edit }) =>
        edit.clients.map((client) => ({ n, client, author: edit.author })),
      );
      const rows = await ask<{ documentId: string; seq: number }>(appendQuery, [
        ...columnOf(batch),
        batch.map(({ edits: list }) => list.length),
        edits.map(({ n }) => n),
        edits.map(({ k }) => k),
        edits.map(({ edit }) => edit.author),
        edits.map(({ edit }) => hex(edit.update)),
        given(clock),
        clients.map(({ n }) => n),
        clients.map(({ client }) => client),
        clients.map(({ author }) => author),
      ]);
      return new Map(rows.map(({ documentId, seq }) => [documentId, seq]));
    },

    since: ({ caseId, documentId }, seq) =>
      ask<StoredEdit>(
        `select seq, at, author, update, '{}'::int[] as clients from document_edits
          where case_id = $1 and document_id = $2 and seq > $3 order by seq`,
        [caseId, documentId, seq],
      ),

    async newest(refs) {
      const rows = await ask<{ documentId: string; seq: number; caseSeq: number }>(
        `select d.id as document_id, coalesce(s.seq, 0) as seq, c.seq as case_seq
          from unnest($1::uuid[], $2::text[]) as g(case_id, id) join documents d using (case_id, id)
          join cases c on c.id = d.case_id
          left join document_states s on s.case_id = d.case_id and s.document_id = d.id`,
        [...columnOf(refs)],
      );
      return new Map(rows.map(({ documentId, seq, caseSeq }) => [documentId, { seq, caseSeq }]));
    },

    async fold({ caseId, documentId }, seq, folded, vector) {
      const rows = await ask(
        `update document_states set folded = decode($4, 'hex'), folded_vector = decode($5, 'hex'),
            folded_seq = $3
          where case_id = $1 and document_id = $2 and folded_seq < $3 and seq >= $3 returning 1`,
        [caseId, documentId, seq, hex(folded), hex(vector)],
      );
      return rows.length > 0;
    },

    async saveVersion({ caseId, documentId }, version, state) {
      await ask(
        `insert into document_versions (case_id, document_id, seq, reason, name, author, authors, at, state)
          values ($1, $2, $3, $4, $5, $6, $7::text[], $8, decode($9, 'hex')) on conflict do nothing`,
        [
          caseId,
          documentId,
          version.seq,
          version.reason,
          version.name,
          version.author,
          version.authors,
          version.at,
          hex(state),
        ],
      );
    },

    versions: ({ caseId, documentId }) =>
      ask<DocumentVersion>(
        `select seq, at, reason, name, author, authors from document_versions
          where case_id = $1 and document_id = $2 order by seq desc, at desc`,
        [caseId, documentId],
      ),

    async baseFor({ caseId, documentId }, seq) {
      const [row] = await ask<{ base: Uint8Array | null; from: number }>(
        `select v.state as base, v.seq as from from document_versions v
          where v.case_id = $1 and v.document_id = $2 and v.seq <= $3 order by v.seq desc limit 1`,
        [caseId, documentId, seq],
      );
      const rows = await ask<{ update: Uint8Array }>(
        `select update from document_edits
          where case_id = $1 and document_id = $2 and seq > $3 and seq <= $4 order by seq`,
        [caseId, documentId, row?.from ?? 0, seq],
      );
      return [...(row?.base ? [row.base] : []), ...rows.map(({ update }) => update)];
    },

    activity: ({ caseId, documentId }) =>
      ask<DocumentActivity>(activityQuery, [caseId, documentId, sittingGapMs]),

    async seqAt({ caseId, documentId }, instants) {
      const rows = await ask<{ seq: number }>(
        `select coalesce((select e.seq from document_edits e
            where e.case_id = $1 and e.document_id = $2 and e.at <= g.at order by e.seq desc limit 1), 0) as seq
          from unnest($3::timestamptz[]) with ordinality as g(at, n) order by g.n`,
        [caseId, documentId, instants],
      );
      return rows.map(({ seq }) => seq);
    },

    async seen({ caseId, documentId }, author, seq) {
      const [before] = await ask<DocumentVisit>(seenQuery, [caseId, documentId, author, seq, given(clock)]);
      return before ?? null;
    },
  });
}
