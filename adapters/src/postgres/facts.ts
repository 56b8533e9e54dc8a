/** The figures of cases. The same as `factsOf` of the engine; the contract suite holds the two together. $1 is a list
 * of ids. Where there may be many rows, sets are counted and nothing is joined: a plan made before the database knew
 * how many rows there are is then as good as any. */
export const factsQuery = `
  select c.id as case_id, ${factsColumns('c.id')}, n.contributions, n.participants,
    n.contributions - (
      select count(*)::int from (
        select s.contribution_id from proposal_sources s where s.case_id = c.id
        union select a.contribution_id from accountings a where a.case_id = c.id
      ) accounted
    ) as contributions_unaccounted,
    (
      select count(*)::int from (
        select n.participant_id from contributions n where n.case_id = c.id
        except select f.participant_id from feedbacks f where f.case_id = c.id
      ) waiting
    ) as participants_without_feedback
  from cases c
  cross join lateral (
    select coalesce(sum(n.said), 0)::int as contributions, count(*)::int as participants
    from (select count(*) as said from contributions n where n.case_id = c.id group by n.participant_id) n
  ) n
  where c.id = any($1::uuid[])`;

/** @param id - SQL expression of the case's id */
function factsColumns(id: string): string {
  const members = (condition: string) =>
    `(select count(distinct m.person_id)::int from members m where m.case_id = ${id} and ${condition})`;
  const count = (rows: string) => `(select count(*)::int from ${rows})`;
  return `array(select t.key from case_texts t where t.case_id = ${id} order by t.key) as texts,
    ${members("m.capacity in ('client', 'relative', 'expert')")} as clients,
    ${members("m.capacity = 'worker'")} as workers,
    ${members("m.role = 'decider'")} as deciders,
    ${count(`workshops w where w.case_id = ${id}`)} as workshops,
    ${count(`proposals p where p.case_id = ${id}`)} as proposals,
    ${count(`proposals p where p.case_id = ${id} and not exists (
      select from proposal_sources s where s.case_id = p.case_id and s.proposal_id = p.id)`)} as proposals_without_source,
    ${count(`proposals p where p.case_id = ${id} and not exists (
      select from responses r where r.case_id = p.case_id and r.proposal_id = p.id)`)} as proposals_unanswered`;
}

/** Condition on a row of contributions: it stands behind no proposal, and nobody has said why. */
export const unaccounted = (row: string): string =>
  `not exists (select from proposal_sources s where s.case_id = ${row}.case_id and s.contribution_id = ${row}.id)
   and not exists (select from accountings a where a.case_id = ${row}.case_id and a.contribution_id = ${row}.id)`;
