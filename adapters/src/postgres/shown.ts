/** The SQL of what people look at: a contribution, and a proposal, with everything that is shown beside them. */

/** An instant inside JSON, as the domain writes it. */
export const iso = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Select list and joins of shown contributions.
 * @param source - SQL that gives rows of `contributions`
 * @param beside - columns of the source to be given too */
export const shownContributions = (source: string, beside = ''): string => `
  select ${beside} n.case_id, n.id, n.participant_id, n.parent_id, n.origin, n.origin_note, n.kind,
    case when h.reason is null then n.body else '' end as body, n.recorded_by,
    case when h.reason is not null then jsonb_build_object('reason', h.reason) end as hidden,
    n.created_at, pt.pseudonym, ct.theme_id,
    (select count(*)::int from contributions r where r.case_id = n.case_id and r.parent_id = n.id) as replies,
    array(
      select p.number from proposal_sources s join proposals p on p.case_id = s.case_id and p.id = s.proposal_id
      where s.case_id = n.case_id and s.contribution_id = n.id order by p.number
    ) as proposal_numbers,
    case when a.outcome is not null then jsonb_build_object('caseId', a.case_id, 'contributionId', a.contribution_id,
      'outcome', a.outcome, 'intoId', a.into_id, 'reason', a.reason) end as accounting
  from ${source} n
  join participants pt on pt.case_id = n.case_id and pt.id = n.participant_id
  left join contribution_themes ct on ct.case_id = n.case_id and ct.contribution_id = n.id
  left join accountings a on a.case_id = n.case_id and a.contribution_id = n.id
  left join hidings h on h.case_id = n.case_id and h.contribution_id = n.id`;

/** The documents of a case with what can be told of them at a glance: $1 is its id. */
export const documentsQuery = `
  select d.case_id, d.id, d.kind, d.title, d.created_at, count(p.contribution_id)::int as threads,
    (count(p.contribution_id) filter (where p.resolved_at is null))::int as open_threads,
    coalesce(s.seq, 0) as edits, e.at as changed_at
  from documents d
  left join passages p on p.case_id = d.case_id and p.document_id = d.id
  left join document_states s on s.case_id = d.case_id and s.document_id = d.id
  left join document_edits e on e.case_id = s.case_id and e.document_id = s.document_id and e.seq = s.seq
  where d.case_id = $1
  group by d.case_id, d.id, s.seq, e.at
  order by d.created_at, d.id`;

/** Proposals with their responses and follow-ups, without their sources.
 * @param condition - on `p`, the row of `proposals` */
export const shownProposals = (condition: string): string => `
  select p.case_id, p.id, p.number, p.title, p.body,
    (select count(*)::int from proposal_sources s where s.case_id = p.case_id and s.proposal_id = p.id) as source_count,
    case when r.outcome is not null then jsonb_build_object('caseId', r.case_id, 'proposalId', r.proposal_id,
      'outcome', r.outcome, 'reason', r.reason, 'forwardedTo', r.forwarded_to, 'nextStep', r.next_step,
      'nextStepOn', r.next_step_on, 'personId', r.person_id, 'givenAt', ${iso('r.given_at')},
      'personName', person.name, 'personTitle', person.title) end as response,
    coalesce((
      select jsonb_agg(jsonb_build_object('caseId', f.case_id, 'id', f.id, 'proposalId', f.proposal_id,
        'state', f.state, 'body', f.body, 'recordedBy', f.recorded_by, 'createdAt', ${iso('f.created_at')})
        order by f.created_at, f.id)
      from follow_ups f where f.case_id = p.case_id and f.proposal_id = p.id
    ), '[]') as follow_ups
  from proposals p
  left join responses r on r.case_id = p.case_id and r.proposal_id = p.id
  left join people person on person.id = r.person_id
  where ${condition}
  order by p.number, p.id`;

const answeredAt = `(c.snapshot #>> '{snapshot,context,answeredAt}')`;

/** The published answers that did not say no, each with when it last changed, and nothing else: what the list is
 * sorted, cut and counted by. Which cases are among them is the engine's `responsesPublished` said again; the contract
 * suite holds the two together, and the index `cases_answered` is for these words. */
export const publishedOutcomes = `
  select r.case_id, r.proposal_id,
    greatest(f.created_at, coalesce(${answeredAt}::timestamptz, r.given_at)) as changed_at
  from cases c
  join responses r on r.case_id = c.id and r.outcome <> 'notAdopted'
  left join (
    select f.case_id, f.proposal_id, max(f.created_at) as created_at from follow_ups f group by f.case_id, f.proposal_id
  ) f on f.case_id = r.case_id and f.proposal_id = r.proposal_id
  where c.is_public and c.step not in ('merged', 'cancelled')
    and (${answeredAt} is not null or c.step in ('feedback', 'closed'))`;

/** A page of them with everything that is shown, newest change first.
 * @param page - SQL that gives the rows of the page from `publishedOutcomes` */
export const shownOutcomes = (page: string): string => `
  select o.case_id, coalesce(t.body, '') as case_title, o.proposal_id, p.number, p.title, r.outcome, r.reason,
    r.forwarded_to, r.next_step, r.next_step_on, r.given_at, ${answeredAt}::timestamptz as answered_at, o.changed_at,
    person.name as person_name, person.title as person_title,
    (select count(*)::int from proposal_sources s where s.case_id = o.case_id and s.proposal_id = o.proposal_id)
      as source_count,
    (
      select jsonb_build_object('state', f.state, 'body', f.body, 'createdAt', ${iso('f.created_at')})
      from follow_ups f where f.case_id = o.case_id and f.proposal_id = o.proposal_id
      order by f.created_at desc, f.id desc limit 1
    ) as follow_up
  from ${page} o
  join cases c on c.id = o.case_id
  join proposals p on p.case_id = o.case_id and p.id = o.proposal_id
  join responses r on r.case_id = o.case_id and r.proposal_id = o.proposal_id
  join people person on person.id = r.person_id
  left join case_texts t on t.case_id = o.case_id and t.key = 'title'
  order by o.changed_at desc, o.proposal_id desc`;

/** A case at a glance in one row: $1 is its id. Lists are JSON, so that one question has one answer. */
export const overviewQuery = `
  select
    coalesce((select jsonb_object_agg(t.key, t.body) from case_texts t where t.case_id = $1), '{}') as told,
    coalesce((
      select jsonb_agg(jsonb_build_object('caseId', m.case_id, 'personId', m.person_id, 'role', m.role,
        'capacity', m.capacity, 'name', p.name, 'title', p.title) order by m.person_id, m.role)
      from members m join people p on p.id = m.person_id where m.case_id = $1
    ), '[]') as members,
    coalesce((
      select jsonb_agg(jsonb_build_object('caseId', w.case_id, 'id', w.id, 'heldOn', w.held_on, 'onSite', w.on_site,
        'remote', w.remote, 'notes', w.notes) order by w.held_on, w.id)
      from workshops w where w.case_id = $1
    ), '[]') as workshop_list,
    coalesce((
      select jsonb_agg(jsonb_build_object('caseId', h.case_id, 'id', h.id, 'title', h.title, 'contributions', (
        select count(*) from contribution_themes ct where ct.case_id = h.case_id and ct.theme_id = h.id
      )) order by h.id)
      from themes h where h.case_id = $1
    ), '[]') as themes,
    coalesce((
      select jsonb_agg(jsonb_build_object('caseId', d.case_id, 'name', d.name, 'visit', d.visit,
        'dueAt', ${iso('d.due_at')}, 'event', d.event, 'missing', d.missing) order by d.due_at, d.name)
      from deadlines d where d.case_id = $1
    ), '[]') as deadlines,
    (
      select jsonb_build_object('yes', count(*) filter (where answer = 'yes'),
        'partly', count(*) filter (where answer = 'partly'), 'no', count(*) filter (where answer = 'no'))
      from heard where case_id = $1
    ) as heard`;

/** Parameters: ids of cases, for each the number of its log asked about, and how many rows of each log come at most. */
export const newsQuery = `
  select c.id as case_id, w.seq as after, c.seq, c.step, c.is_public, e.entries, b.ballots
  from unnest($1::uuid[], $2::int[]) with ordinality as w (id, seq, n)
  join cases c on c.id = w.id
  cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('seq', l.seq, 'type', l.type, 'kind', l.kind,
      'step', l.body::jsonb ->> 'step', 'data', coalesce(l.body::jsonb -> 'data', '{}')) order by l.seq), '[]') as entries
    from (select * from log l where l.case_id = c.id and l.seq > w.seq order by l.seq limit $3) l
  ) e
  cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('statementId', v.statement_id, 'agree', v.agree,
      'disagree', v.disagree, 'pass', v.pass) order by v.statement_id), '[]') as ballots
    from (
      select v.statement_id, count(*) filter (where v.value = 'agree') as agree,
        count(*) filter (where v.value = 'disagree') as disagree, count(*) filter (where v.value = 'pass') as pass
      from votes v where v.case_id = c.id group by v.statement_id
    ) v
  ) b
  order by w.n`;

/** A page of the log, newest first: $1 the case, $2 the number it begins below or null, $3 how many rows. Somebody who acted under their
 * pseudonym is named by it: the log is open to all and must not tell who stands behind a card. */
export const logQuery = `
  select l.case_id, l.seq, l.at, l.type, l.kind, l.actor, l.body, l.prev, l.hash, l.idempotency_key, l.request_hash,
    l.answer, coalesce(t.texts, '{}') as texts,
    case when p.id is null or pt.person_id = p.id then pt.pseudonym else p.name end as actor_name
  from (select * from log l where l.case_id = $1 and ($2::int is null or l.seq < $2) order by l.seq desc limit $3) l
  left join people p on p.id = substring(l.actor from '^person:([0-9a-f-]{36})$')::uuid
  left join participants pt on pt.case_id = l.case_id and pt.id = coalesce(
    substring(l.actor from '^participant:([0-9a-f-]{36})$'),
    case when p.id is not null then substring(l.body from '"participantId":"([0-9a-f-]{36})"') end
  )::uuid
  left join lateral (
    select jsonb_object_agg(t.field, t.body) as texts from log_texts t where t.case_id = l.case_id and t.seq = l.seq
  ) t on true
  order by l.seq desc`;
