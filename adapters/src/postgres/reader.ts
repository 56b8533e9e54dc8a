import type {
  CaseNews,
  CaseOverview,
  CaseReader,
  CaseSummary,
  Heard,
  HiddenContribution,
  ImpactReading,
  Page,
  Participant,
  Passage,
  ShownContribution,
  ShownDocument,
  ShownLogEntry,
  ShownOutcome,
  ShownProposal,
  ShownStatement,
  Theme,
} from '@lakeus/engine';
import { guarded } from './connection.ts';
import type { Sql } from './connection.ts';
import { cursorOf, readInstantCursor, readNumberCursor } from './cursor.ts';
import { unaccounted } from './facts.ts';
import { isId } from './rows.ts';
import {
  documentsQuery,
  logQuery,
  newsQuery,
  overviewQuery,
  publishedOutcomes,
  shownContributions,
  shownOutcomes,
  shownProposals,
} from './shown.ts';
import { wholeCase } from './whole.ts';

const emptyPage = { items: [], next: null, total: 0 };
const nothingTold: CaseOverview = {
  texts: {},
  members: [],
  workshops: [],
  themes: [],
  deadlines: [],
  heard: { yes: 0, partly: 0, no: 0 },
};

/** Collects parameters while a statement is put together. */
function parameters() {
  const params: unknown[] = [];
  return { params, $: (value: unknown): string => `$${params.push(value)}` };
}

/** One row more than the page was asked for: it tells whether there is a next page. */
function pageOf<Row>(
  rows: Row[],
  limit: number,
  total: number,
  at: (row: Row) => (string | number)[],
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursorOf(...at(last)) : null, total };
}

/** What people look at. Every method asks a fixed number of questions, however many rows there are. */
export function caseReader(sql: Sql): CaseReader {
  const query = <Row>(text: string, params: readonly unknown[]): Promise<Row[]> =>
    sql.unsafe(text, params as never[], { prepare: true }) as unknown as Promise<Row[]>;
  const participantColumns = 'p.case_id, p.id, p.person_id, p.pseudonym, p.code, p.source, p.created_at';

  /** Those of a case that the condition holds for; $2 is the id that it speaks of. */
  const contributionsWhere = (caseId: string, condition: string, id: string): Promise<ShownContribution[]> =>
    query<ShownContribution>(
      `${shownContributions(`(select * from contributions n where n.case_id = $1 and ${condition})`)}
       order by n.created_at, n.id`,
      [caseId, id],
    );

  return guarded<CaseReader>({
    async cases({ cursor, limit, steps, personId, rolesOf, raised }) {
      if (personId !== undefined && !isId(personId)) return emptyPage;
      const { params, $ } = parameters();
      const filter = ['true'];
      if (!raised) filter.push('c.is_public');
      if (steps) filter.push(`c.step = any(${$(steps)}::text[])`);
      if (personId) {
        const person = $(personId);
        filter.push(`c.id in (select m.case_id from members m where m.person_id = ${person}
          union all select p.case_id from participants p where p.person_id = ${person})`);
      }
      const where = filter.join(' and ');
      const total = query<{ total: number }>(`select count(*)::int as total from cases c where ${where}`, [
        ...params,
      ]);
      const after = readInstantCursor(cursor);
      const from = after
        ? `(c.updated_at, c.id) < (${$(after[0])}::timestamptz, ${$(after[1])}::uuid)`
        : 'true';
      const text = (key: string) =>
        `(select t.body from case_texts t where t.case_id = c.id and t.key = '${key}')`;
      const roles = isId(rolesOf)
        ? `array(select m.role from members m where m.case_id = c.id and m.person_id = ${$(rolesOf)} order by m.role)`
        : "'{}'::text[]";
      const [rows, [count]] = await Promise.all([
        query<CaseSummary>(
          `select c.id, c.workflow, c.workflow_version, c.snapshot, c.step, c.version, c.language, c.created_at,
             c.updated_at, ${roles} as roles,
             coalesce(${text('title')}, '') as title, ${text('question')} as question,
             c.snapshot -> 'snapshot' -> 'context' as context, n.contributions, n.participants
           from (select * from cases c where ${where} and ${from} order by c.updated_at desc, c.id desc
             limit ${$(limit + 1)}) c
           cross join lateral (
             select count(*)::int as contributions, count(distinct n.participant_id)::int as participants
             from contributions n where n.case_id = c.id
           ) n
           order by c.updated_at desc, c.id desc`,
          params,
        ),
        total,
      ]);
      return pageOf(rows, limit, count!.total, (row) => [row.updatedAt, row.id]);
    },

    async overview(caseId) {
      if (!isId(caseId)) return nothingTold;
      type Row = Pick<CaseOverview, 'members' | 'themes' | 'deadlines' | 'heard'> & {
        told: CaseOverview['texts'];
        workshopList: CaseOverview['workshops'];
      };
      const [row] = await query<Row>(overviewQuery, [caseId]);
      const { told, workshopList, ...rest } = row!;
      return { texts: told, workshops: workshopList, ...rest };
    },

    async contributions(caseId, filter) {
      const { parentId, participantId, unaccounted: waiting, newestFirst, cursor, limit } = filter;
      if (!isId(caseId) || [parentId, participantId].some((id) => id != null && !isId(id))) return emptyPage;
      const { params, $ } = parameters();
      const conditions = [`n.case_id = ${$(caseId)}`];
      if (parentId === null) conditions.push('n.parent_id is null');
      if (parentId) conditions.push(`n.parent_id = ${$(parentId)}`);
      if (participantId) conditions.push(`n.participant_id = ${$(participantId)}`);
      if (waiting) conditions.push(unaccounted('n'));
      const where = conditions.join(' and ');
      const total = query<{ total: number }>(
        `select count(*)::int as total from contributions n where ${where}`,
        [...params],
      );
      const [beyond, direction] = newestFirst ? ['<', 'desc'] : ['>', 'asc'];
      const after = readInstantCursor(cursor);
      const from = after
        ? `(n.created_at, n.id) ${beyond} (${$(after[0])}::timestamptz, ${$(after[1])}::uuid)`
        : 'true';
      const order = `order by n.created_at ${direction}, n.id ${direction}`;
      const page = `(select * from contributions n where ${where} and ${from} ${order} limit ${$(limit + 1)})`;
      const [rows, [count]] = await Promise.all([
        query<ShownContribution>(`${shownContributions(page)} ${order}`, params),
        total,
      ]);
      return pageOf(rows, limit, count!.total, (row) => [row.createdAt, row.id]);
    },

    async contribution(caseId, id) {
      if (!isId(caseId) || !isId(id)) return null;
      const [row] = await contributionsWhere(caseId, 'n.id = $2', id);
      return row ?? null;
    },

    async documents(caseId) {
      if (!isId(caseId)) return [];
      return query<ShownDocument>(documentsQuery, [caseId]);
    },

    async passages(caseId, documentId) {
      if (!isId(caseId)) return [];
      const threads =
        '(select p.contribution_id from passages p where p.case_id = $1 and p.document_id = $2)';
      const [passages, said] = await Promise.all([
        query<Passage>(
          `select p.case_id, p.contribution_id, p.document_id, p.anchor, p.quote, p.prefix, p.suffix, p.resolved_at
           from passages p join contributions n on n.case_id = p.case_id and n.id = p.contribution_id
           where p.case_id = $1 and p.document_id = $2 order by n.created_at, n.id`,
          [caseId, documentId],
        ),
        contributionsWhere(caseId, `(n.id in ${threads} or n.parent_id in ${threads})`, documentId),
      ]);
      const replies = Map.groupBy(said, (row) => row.parentId);
      const begun = new Map(said.map((row) => [row.id, row]));
      return passages.flatMap((passage) => {
        const contribution = begun.get(passage.contributionId);
        // Two questions, two moments: what was said between them comes the next time.
        if (!contribution) return [];
        return [{ passage, contribution, replies: replies.get(contribution.id) ?? [] }];
      });
    },

    async hidden(caseId) {
      if (!isId(caseId)) return [];
      return query<HiddenContribution>(
        `select h.case_id, h.contribution_id, h.reason, h.person_id, h.hidden_at, n.body, p.name as person_name
         from hidings h
         join contributions n on n.case_id = h.case_id and n.id = h.contribution_id
         left join people p on p.id = h.person_id
         where h.case_id = $1 order by h.hidden_at desc, h.contribution_id desc`,
        [caseId],
      );
    },

    async statements(caseId, participantId) {
      if (!isId(caseId)) return [];
      return query<ShownStatement>(
        `select s.case_id, s.id, s.participant_id, s.body, s.created_at, p.pseudonym,
           coalesce(v.agree, 0) as agree, coalesce(v.disagree, 0) as disagree, coalesce(v.pass, 0) as pass,
           own.value as own
         from statements s
         join participants p on p.case_id = s.case_id and p.id = s.participant_id
         left join (
           select v.statement_id, count(*) filter (where v.value = 'agree')::int as agree,
             count(*) filter (where v.value = 'disagree')::int as disagree,
             count(*) filter (where v.value = 'pass')::int as pass
           from votes v where v.case_id = $1 group by v.statement_id
         ) v on v.statement_id = s.id
         left join votes own on own.case_id = s.case_id and own.statement_id = s.id and own.participant_id = $2
         where s.case_id = $1 order by s.created_at, s.id`,
        [caseId, isId(participantId) ? participantId : null],
      );
    },

    async proposals(caseId, sourcesPerProposal) {
      if (!isId(caseId)) return [];
      const sources = `(
        select n.* from (
          select n.*, s.proposal_id, row_number() over (partition by s.proposal_id order by n.created_at, n.id) as place
          from proposal_sources s join contributions n on n.case_id = s.case_id and n.id = s.contribution_id
          where s.case_id = $1
        ) n where $2::int is null or n.place <= $2::int
      )`;
      const [proposals, rows] = await Promise.all([
        query<Omit<ShownProposal, 'sources'>>(shownProposals('p.case_id = $1'), [caseId]),
        query<ShownContribution & { proposalId: string }>(
          `${shownContributions(sources, 'n.proposal_id,')} order by n.created_at, n.id`,
          [caseId, sourcesPerProposal ?? null],
        ),
      ]);
      const byProposal = Map.groupBy(rows, (row) => row.proposalId);
      return proposals.map((proposal) => ({
        ...proposal,
        sources: (byProposal.get(proposal.id) ?? []).map(({ proposalId: _, ...source }) => source),
      }));
    },

    async outcomes({ cursor, limit }) {
      const { params, $ } = parameters();
      const after = readInstantCursor(cursor);
      const from = after
        ? `(o.changed_at, o.proposal_id) < (${$(after[0])}::timestamptz, ${$(after[1])}::uuid)`
        : 'true';
      const page = `(select * from (${publishedOutcomes}) o where ${from}
        order by o.changed_at desc, o.proposal_id desc limit ${$(limit + 1)})`;
      const [rows, [count]] = await Promise.all([
        query<ShownOutcome>(shownOutcomes(page), params),
        query<{ total: number }>(`select count(*)::int as total from (${publishedOutcomes}) o`, []),
      ]);
      return pageOf(rows, limit, count!.total, (row) => [row.changedAt, row.proposalId]);
    },

    async log(caseId, { cursor, limit }) {
      if (!isId(caseId)) return emptyPage;
      const [rows, [count]] = await Promise.all([
        query<ShownLogEntry>(logQuery, [caseId, readNumberCursor(cursor), limit + 1]),
        query<{ total: number }>('select count(*)::int as total from log where case_id = $1', [caseId]),
      ]);
      return pageOf(rows, limit, count!.total, (row) => [row.seq]);
    },

    async news(after, limit) {
      const asked = after.filter(({ caseId }) => isId(caseId));
      if (asked.length === 0) return [];
      const ids = asked.map(({ caseId }) => caseId);
      return query<CaseNews>(newsQuery, [ids, asked.map(({ seq }) => seq), limit]);
    },

    async impact(caseId, by) {
      const id = 'participantId' in by ? by.participantId : by.contributionId;
      if (!isId(caseId) || !isId(id)) return [];
      const column = 'participantId' in by ? 'participant_id' : 'id';
      const own = `select n.id from contributions n where n.case_id = $1 and n.${column} = $2`;
      const targets = `select a.into_id from accountings a where a.case_id = $1 and a.contribution_id in (${own})`;
      const [contributions, merged, themes, proposals, sources] = await Promise.all([
        contributionsWhere(caseId, `n.${column} = $2`, id),
        contributionsWhere(caseId, `n.id in (${targets})`, id),
        query<Theme>('select case_id, id, title from themes where case_id = $1', [caseId]),
        query<Omit<ShownProposal, 'sources'>>(
          shownProposals(`p.case_id = $1 and p.id in (
            select s.proposal_id from proposal_sources s
            where s.case_id = $1 and (s.contribution_id in (${own}) or s.contribution_id in (${targets})))`),
          [caseId, id],
        ),
        query<{ proposalId: string; contributionId: string }>(
          `select s.proposal_id, s.contribution_id from proposal_sources s
           where s.case_id = $1 and (s.contribution_id in (${own}) or s.contribution_id in (${targets}))`,
          [caseId, id],
        ),
      ]);
      const stands = new Set(sources.map((row) => `${row.proposalId} ${row.contributionId}`));
      return contributions.map((contribution): ImpactReading => {
        const intoId = contribution.accounting?.intoId;
        const behind = [contribution.id, ...(intoId ? [intoId] : [])];
        return {
          contribution,
          theme: themes.find((theme) => theme.id === contribution.themeId) ?? null,
          mergedInto: merged.find((row) => row.id === intoId) ?? null,
          // What was merged goes where the other one goes.
          proposals: proposals.filter((p) => behind.some((n) => stands.has(`${p.id} ${n}`))),
        };
      });
    },

    async participants(caseId) {
      if (!isId(caseId)) return [];
      return query<Participant & { contributions: number }>(
        `select ${participantColumns}, coalesce(n.contributions, 0) as contributions
         from participants p left join (
           select n.participant_id, count(*)::int as contributions from contributions n where n.case_id = $1
           group by n.participant_id
         ) n on n.participant_id = p.id
         where p.case_id = $1 order by p.created_at, p.id`,
        [caseId],
      );
    },

    async participantByCode(code) {
      const [row] = await query<Participant>(
        `select ${participantColumns} from card_codes k
         join participants p on p.case_id = k.case_id and p.id = k.participant_id and p.code = k.code
         where k.code = $1`,
        [code],
      );
      return row ?? null;
    },

    async participant(caseId, id) {
      if (!isId(caseId) || !isId(id)) return null;
      const [row] = await query<Participant>(
        `select ${participantColumns} from participants p where p.case_id = $1 and p.id = $2`,
        [caseId, id],
      );
      return row ?? null;
    },

    async participantsOf(personId) {
      if (!isId(personId)) return [];
      return query<Participant>(
        `select ${participantColumns} from participants p where p.person_id = $1 order by p.created_at desc, p.id desc`,
        [personId],
      );
    },

    async heard(caseId, participantId) {
      if (!isId(caseId) || !isId(participantId)) return null;
      const [row] = await query<Heard>(
        `select h.case_id, h.participant_id, h.answer, h.body, h.given_at from heard h
         where h.case_id = $1 and h.participant_id = $2`,
        [caseId, participantId],
      );
      return row ?? null;
    },

    whole: (caseId) => wholeCase(sql, caseId),

    async caseIds() {
      return (await query<{ id: string }>('select c.id from cases c order by c.id', [])).map((row) => row.id);
    },
  });
}
