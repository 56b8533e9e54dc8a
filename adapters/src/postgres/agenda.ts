import type { Agenda, ClaimedDeadline, ClaimedEffect, Clock } from '@lakeus/engine';
import { given, guarded } from './connection.ts';
import type { Sql } from './connection.ts';

/** Claims what is due. A claim moves the row's turn (`try_at`) behind the lease and counts the attempt; only who knows
 * the newest attempt can finish the row. Rows that another worker is just claiming are passed over.
 *
 * $1 is the time where a clock stands in for the database's, else null. */
export function agendaOn(sql: Sql, clock?: Clock): Agenda {
  const query = <Row>(text: string, ...params: readonly unknown[]): Promise<Row[]> =>
    sql.unsafe(text, params as never[], { prepare: true }) as unknown as Promise<Row[]>;

  return guarded<Agenda>({
    claimDeadlines: (limit, leaseMs) =>
      query<ClaimedDeadline>(
        `with due as (
           select case_id, name from deadlines where try_at <= coalesce($1::timestamptz, now())
           order by try_at, case_id, name limit $2 for update skip locked
         )
         update deadlines d set attempts = d.attempts + 1,
           try_at = coalesce($1::timestamptz, now()) + $3::float8 * interval '1 ms'
         from due where d.case_id = due.case_id and d.name = due.name
         returning d.case_id, d.name, d.visit, d.due_at, d.event, d.attempts as attempt`,
        given(clock),
        limit,
        leaseMs,
      ).then((claimed) => claimed.sort(byDue)),

    // The date belongs to the token: a step dated anew counts attempts from the start.
    postponeDeadline: async ({ caseId, name, visit, dueAt, attempt }, againInMs, missing) => {
      await query(
        `update deadlines set try_at = coalesce($1::timestamptz, now()) + $2::float8 * interval '1 ms', missing = $3::text[]
         where case_id = $4 and name = $5 and visit = $6 and due_at = $7::timestamptz and attempts = $8`,
        given(clock),
        againInMs,
        missing,
        caseId,
        name,
        visit,
        dueAt,
        attempt,
      );
    },

    // Only the first pending effect of a case is anybody's to take: the order of a case is kept also across workers.
    claimEffects: (limit, leaseMs) =>
      query<ClaimedEffect>(
        `with due as (
           select e.case_id, e.seq, e.n from effects e
           where e.dead_at is null and e.try_at <= coalesce($1::timestamptz, now()) and not exists (
             select from effects b
             where b.case_id = e.case_id and b.dead_at is null and (b.seq, b.n) < (e.seq, e.n)
           )
           order by e.try_at, e.case_id limit $2 for update of e skip locked
         )
         update effects e set attempts = e.attempts + 1,
           try_at = coalesce($1::timestamptz, now()) + $3::float8 * interval '1 ms'
         from due where e.case_id = due.case_id and e.seq = due.seq and e.n = due.n
         returning e.case_id, e.seq, e.n, e.kind, e.payload, e.made_at, e.attempts as attempt`,
        given(clock),
        limit,
        leaseMs,
      ).then((claimed) => claimed.sort(byMaking)),

    effectDone: async ({ caseId, seq, n, attempt }) => {
      await query(
        'delete from effects where case_id = $1 and seq = $2 and n = $3 and attempts = $4 and dead_at is null',
        caseId,
        seq,
        n,
        attempt,
      );
    },

    effectFailed: async ({ caseId, seq, n, attempt }, error, againInMs) => {
      await query(
        `update effects set last_error = $3,
           try_at = coalesce($1::timestamptz, now()) + coalesce($2::float8, 0) * interval '1 ms',
           dead_at = case when $2::float8 is null then coalesce($1::timestamptz, now()) end
         where case_id = $4 and seq = $5 and n = $6 and attempts = $7 and dead_at is null`,
        given(clock),
        againInMs,
        error,
        caseId,
        seq,
        n,
        attempt,
      );
    },
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byDue = (a: ClaimedDeadline, b: ClaimedDeadline): number =>
  compare(a.dueAt, b.dueAt) || compare(a.caseId, b.caseId) || compare(a.name, b.name);
const byMaking = (a: ClaimedEffect, b: ClaimedEffect): number =>
  compare(a.madeAt, b.madeAt) || compare(a.caseId, b.caseId);
