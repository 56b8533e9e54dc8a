/* eslint-disable max-lines -- one reader, each method a few lines; the real one is beside it method by method */
import type { Contribution, ContentTable, Instant } from '../case.ts';
import { authorsOf } from '../content/case-file.ts';
import { responsesPublished } from '../content/impact.ts';
import type {
  CaseNews,
  CaseReader,
  CaseSummary,
  ImpactReading,
  Page,
  PageRequest,
  ShownContribution,
  ShownLogEntry,
  ShownOutcome,
  ShownProposal,
  WholeCase,
} from '../ports.ts';
import { contentOf } from '../process/log.ts';
import { contentTables, rowsOf } from './memory-state.ts';
import type { KeptCase, State } from './memory-state.ts';

type Place = readonly [at: Instant | number, id?: string];

const compare = (a: Place, b: Place): number => {
  const i = a[0] === b[0] ? 1 : 0;
  return a[i] === b[i] ? 0 : a[i]! < b[i]! ? -1 : 1;
};

function readCursor(cursor: string | undefined): Place | null {
  try {
    const place = JSON.parse(Buffer.from(cursor ?? '', 'base64url').toString()) as unknown;
    return Array.isArray(place) ? (place as unknown as Place) : null;
  } catch {
    return null;
  }
}

/** Puts rows in order and cuts the page that was asked for. */
export function pageOf<Row>(
  rows: readonly Row[],
  { cursor, limit }: PageRequest,
  placeOf: (row: Row) => Place,
  order: 'oldestFirst' | 'newestFirst' = 'oldestFirst',
): Page<Row> {
  const sign = order === 'newestFirst' ? -1 : 1;
  const sorted = rows.toSorted((a, b) => sign * compare(placeOf(a), placeOf(b)));
  const after = readCursor(cursor);
  const rest = after ? sorted.filter((row) => sign * compare(placeOf(row), after) > 0) : sorted;
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const next =
    rest.length > limit && last ? Buffer.from(JSON.stringify(placeOf(last))).toString('base64url') : null;
  return { items, next, total: rows.length };
}

const byTime = (row: { createdAt: Instant; id: string }): Place => [row.createdAt, row.id];
const inTime = <Row extends { createdAt: Instant; id: string }>(rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) => compare(byTime(a), byTime(b)));

function newsOf(kept: KeptCase, after: number, limit: number): CaseNews {
  const { id, seq, step, isPublic } = kept.record;
  const entries = kept.log
    .filter((row) => row.seq > after)
    .toSorted((a, b) => a.seq - b.seq)
    .slice(0, limit)
    .map((row) => {
      const content = contentOf(row)!;
      return { seq: row.seq, type: row.type, kind: row.kind, step: content.step, data: content.data ?? {} };
    });
  const votes = rowsOf(kept, 'votes');
  const ballots = [...new Set(votes.map((vote) => vote.statementId))].sort().map((statementId) => {
    const of = (value: string) =>
      votes.filter((vote) => vote.statementId === statementId && vote.value === value).length;
    return { statementId, agree: of('agree'), disagree: of('disagree'), pass: of('pass') };
  });
  return { caseId: id, after, seq, step, isPublic, entries, ballots };
}

/** The person that a reference names; null when it names none. */
const personOf = (reference: string): string | null =>
  reference.startsWith('person:') ? reference.slice('person:'.length) : null;

/** Reads for people to look at, over the state in memory. */
export function memoryReader(state: State): CaseReader {
  const shown = (kept: KeptCase, row: Contribution): ShownContribution => {
    const { salt: _, ...rest } = row;
    const { participants, proposals, contributionThemes, accountings, hidings } = kept.tables;
    const hiding = hidings.get(row.id);
    const sources = rowsOf(kept, 'proposalSources').filter((source) => source.contributionId === row.id);
    return {
      ...rest,
      body: hiding ? '' : row.body,
      hidden: hiding ? { reason: hiding.reason } : null,
      pseudonym: participants.get(row.participantId)!.pseudonym,
      replies: rowsOf(kept, 'contributions').filter((other) => other.parentId === row.id).length,
      themeId: contributionThemes.get(row.id)?.themeId ?? null,
      proposalNumbers: sources
        .map((source) => proposals.get(source.proposalId)!.number)
        .sort((a, b) => a - b),
      accounting: accountings.get(row.id) ?? null,
    };
  };

  const shownProposals = (kept: KeptCase): Omit<ShownProposal, 'sources'>[] =>
    rowsOf(kept, 'proposals')
      .sort((a, b) => compare([a.number, a.id], [b.number, b.id]))
      .map((proposal) => {
        const response = kept.tables.responses.get(proposal.id);
        const person = response && state.people.get(response.personId);
        return {
          ...proposal,
          sourceCount: rowsOf(kept, 'proposalSources').filter((row) => row.proposalId === proposal.id).length,
          response: response ? { ...response, personName: person!.name, personTitle: person!.title } : null,
          followUps: inTime(rowsOf(kept, 'followUps').filter((row) => row.proposalId === proposal.id)),
        };
      });

  const summary = (kept: KeptCase, rolesOf: string | undefined): CaseSummary => {
    const { id, workflow, workflowVersion, snapshot, step, version, language, createdAt, updatedAt } =
      kept.record;
    const { caseTexts } = kept.tables;
    const contributions = rowsOf(kept, 'contributions');
    return {
      ...{ id, workflow, workflowVersion, snapshot, step, version, language, createdAt, updatedAt },
      roles: rowsOf(kept, 'members').flatMap((row) => (row.personId === rolesOf ? [row.role] : [])),
      title: caseTexts.get('title')?.body ?? '',
      question: caseTexts.get('question')?.body ?? null,
      context: (snapshot.snapshot as { context: Record<string, unknown> }).context,
      contributions: contributions.length,
      participants: new Set(contributions.map((row) => row.participantId)).size,
    };
  };

  const impact = (kept: KeptCase, row: Contribution): ImpactReading => {
    const contribution = shown(kept, row);
    const into = kept.tables.contributions.get(contribution.accounting?.intoId ?? '');
    const behind = rowsOf(kept, 'proposalSources')
      .filter((source) => [row.id, into?.id].includes(source.contributionId))
      .map((source) => source.proposalId);
    return {
      contribution,
      theme: kept.tables.themes.get(contribution.themeId ?? '') ?? null,
      mergedInto: into ? shown(kept, into) : null,
      proposals: shownProposals(kept).filter((proposal) => behind.includes(proposal.id)),
    };
  };

  const outcomes = (kept: KeptCase): ShownOutcome[] => {
    const { id: caseId, step, isPublic } = kept.record;
    const { title: caseTitle, context } = summary(kept, undefined);
    if (!isPublic || step === 'merged' || step === 'cancelled') return [];
    if (!responsesPublished({ step, context })) return [];
    const answeredAt = (context.answeredAt as Instant | null | undefined) ?? null;
    return shownProposals(kept).flatMap(
      ({ id: proposalId, number, title, response, sourceCount, followUps }) => {
        if (!response || response.outcome === 'notAdopted') return [];
        const { caseId: _, proposalId: __, personId: ___, outcome, givenAt, ...given } = response;
        const newest = followUps.at(-1);
        const published = answeredAt ?? givenAt;
        return {
          ...{
            caseId,
            caseTitle,
            proposalId,
            number,
            title,
            outcome,
            ...given,
            givenAt,
            answeredAt,
            sourceCount,
          },
          changedAt: newest && newest.createdAt > published ? newest.createdAt : published,
          followUp: newest ? { state: newest.state, body: newest.body, createdAt: newest.createdAt } : null,
        };
      },
    );
  };

  const actorName = (kept: KeptCase, actor: string, body: string): string | null => {
    const [kind, id = ''] = actor.split(':');
    if (kind === 'participant') return kept.tables.participants.get(id)?.pseudonym ?? null;
    const person = kind === 'person' ? state.people.get(id) : undefined;
    if (!person) return null;
    const spokenFor = /"participantId":"([0-9a-f-]{36})"/.exec(body)?.[1] ?? '';
    const participant = kept.tables.participants.get(spokenFor);
    return participant?.personId === id ? participant.pseudonym : person.name;
  };

  const peopleOf = (kept: KeptCase) => {
    const ids = new Set<string | null>([
      ...rowsOf(kept, 'members').map((row) => row.personId),
      ...rowsOf(kept, 'participants').map((row) => row.personId),
      ...rowsOf(kept, 'contributions').map((row) => row.recordedBy),
      ...rowsOf(kept, 'responses').map((row) => row.personId),
      ...rowsOf(kept, 'followUps').map((row) => row.recordedBy),
      ...rowsOf(kept, 'hidings').map((row) => row.personId),
      ...authorsOf(kept.written).map(personOf),
      ...kept.log.map((row) => personOf(row.actor)),
    ]);
    return [...state.people.values()]
      .filter((person) => ids.has(person.id))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  };

  return {
    async cases({ steps, personId, rolesOf, raised, ...page }) {
      const kept = [...state.cases.values()].filter(
        ({ record, tables }) =>
          (raised || record.isPublic) &&
          (!steps || steps.includes(record.step)) &&
          (personId === undefined ||
            [...tables.members.values(), ...tables.participants.values()].some(
              (row) => row.personId === personId,
            )),
      );
      const place = (row: CaseSummary): Place => [row.updatedAt, row.id];
      return pageOf(
        kept.map((one) => summary(one, rolesOf)),
        page,
        place,
        'newestFirst',
      );
    },

    async overview(caseId) {
      const kept = state.cases.get(caseId);
      const rows = <T extends ContentTable>(table: T) => (kept ? rowsOf(kept, table) : []);
      const placed = rows('contributionThemes');
      const heard = rows('heard').map((row) => row.answer);
      const count = (answer: string) => heard.filter((given) => given === answer).length;
      return {
        texts: Object.fromEntries(rows('caseTexts').map((row) => [row.key, row.body])),
        members: rows('members').map((row) => {
          const { name, title } = state.people.get(row.personId)!;
          return { ...row, name, title };
        }),
        workshops: rows('workshops').sort((a, b) => compare([a.heldOn, a.id], [b.heldOn, b.id])),
        themes: rows('themes').map((theme) => ({
          ...theme,
          contributions: placed.filter((row) => row.themeId === theme.id).length,
        })),
        deadlines: (kept?.deadlines ?? [])
          .toSorted((a, b) => compare([a.dueAt, a.name], [b.dueAt, b.name]))
          .map(({ tryAt: _, attempts: __, ...deadline }) => deadline),
        heard: { yes: count('yes'), partly: count('partly'), no: count('no') },
      };
    },

    async contributions(caseId, { parentId, participantId, unaccounted, newestFirst, ...page }) {
      const kept = state.cases.get(caseId);
      if (!kept) return { items: [], next: null, total: 0 };
      const used = new Set(rowsOf(kept, 'proposalSources').map((row) => row.contributionId));
      const rows = rowsOf(kept, 'contributions').filter(
        (row) =>
          (parentId === undefined || row.parentId === parentId) &&
          (participantId === undefined || row.participantId === participantId) &&
          (!unaccounted || (!used.has(row.id) && !kept.tables.accountings.has(row.id))),
      );
      const { items, ...rest } = pageOf(rows, page, byTime, newestFirst ? 'newestFirst' : 'oldestFirst');
      return { items: items.map((row) => shown(kept, row)), ...rest };
    },

    async contribution(caseId, id) {
      const kept = state.cases.get(caseId);
      const row = kept?.tables.contributions.get(id);
      return kept && row ? shown(kept, row) : null;
    },

    async documents(caseId) {
      const kept = state.cases.get(caseId);
      if (!kept) return [];
      return inTime(rowsOf(kept, 'documents')).map((document) => {
        const threads = rowsOf(kept, 'passages').filter((row) => row.documentId === document.id);
        const edits = kept.written.documentEdits.filter((edit) => edit.documentId === document.id);
        return {
          ...document,
          threads: threads.length,
          openThreads: threads.filter((row) => row.resolvedAt === null).length,
          edits: edits.length,
          changedAt: edits.at(-1)?.at ?? null,
        };
      });
    },

    async passages(caseId, documentId) {
      const kept = state.cases.get(caseId);
      if (!kept) return [];
      const all = inTime(rowsOf(kept, 'contributions'));
      return all.flatMap((row) => {
        const passage = kept.tables.passages.get(row.id);
        if (passage?.documentId !== documentId) return [];
        const replies = all.filter((other) => other.parentId === row.id);
        return [
          { passage, contribution: shown(kept, row), replies: replies.map((reply) => shown(kept, reply)) },
        ];
      });
    },

    async hidden(caseId) {
      const kept = state.cases.get(caseId);
      if (!kept) return [];
      return rowsOf(kept, 'hidings')
        .toSorted((a, b) => compare([b.hiddenAt, b.contributionId], [a.hiddenAt, a.contributionId]))
        .map((hiding) => ({
          ...hiding,
          body: kept.tables.contributions.get(hiding.contributionId)!.body,
          personName: state.people.get(hiding.personId ?? '')?.name ?? null,
        }));
    },

    async statements(caseId, participantId) {
      const kept = state.cases.get(caseId);
      if (!kept) return [];
      return inTime(rowsOf(kept, 'statements')).map(({ salt: _, ...row }) => {
        const votes = rowsOf(kept, 'votes').filter((vote) => vote.statementId === row.id);
        const count = (value: string) => votes.filter((vote) => vote.value === value).length;
        return {
          ...row,
          pseudonym: kept.tables.participants.get(row.participantId)!.pseudonym,
          ...{ agree: count('agree'), disagree: count('disagree'), pass: count('pass') },
          own: votes.find((vote) => vote.participantId === participantId)?.value ?? null,
        };
      });
    },

    async proposals(caseId, sourcesPerProposal) {
      const kept = state.cases.get(caseId);
      if (!kept) return [];
      return shownProposals(kept).map((proposal) => {
        const links = rowsOf(kept, 'proposalSources').filter((row) => row.proposalId === proposal.id);
        const sources = inTime(links.map((row) => kept.tables.contributions.get(row.contributionId)!));
        return { ...proposal, sources: sources.slice(0, sourcesPerProposal).map((row) => shown(kept, row)) };
      });
    },

    outcomes: async (page) =>
      pageOf(
        [...state.cases.values()].flatMap(outcomes),
        page,
        (row) => [row.changedAt, row.proposalId],
        'newestFirst',
      ),

    async log(caseId, page) {
      const kept = state.cases.get(caseId);
      if (!kept) return { items: [], next: null, total: 0 };
      const rows = kept.log.map((row): ShownLogEntry => {
        const texts = kept.texts
          .filter((text) => text.seq === row.seq)
          .map((text) => [text.field, text.body]);
        return {
          ...row,
          texts: Object.fromEntries(texts) as Record<string, string>,
          actorName: actorName(kept, row.actor, row.body),
        };
      });
      return pageOf(rows, page, (row) => [row.seq], 'newestFirst');
    },

    async impact(caseId, by) {
      const kept = state.cases.get(caseId);
      if (!kept) return [];
      const rows = inTime(rowsOf(kept, 'contributions'));
      const own = rows.filter((row) =>
        'participantId' in by ? row.participantId === by.participantId : row.id === by.contributionId,
      );
      return own.map((row) => impact(kept, row));
    },

    async participants(caseId) {
      const kept = state.cases.get(caseId);
      if (!kept) return [];
      const spoke = rowsOf(kept, 'contributions').map((row) => row.participantId);
      return inTime(rowsOf(kept, 'participants')).map((row) => {
        return { ...row, contributions: spoke.filter((id) => id === row.id).length };
      });
    },

    async participantByCode(code) {
      const at = state.codes.get(code);
      const row = at && state.cases.get(at.caseId)?.tables.participants.get(at.participantId);
      return row?.code === code ? row : null;
    },

    news: async (after, limit) =>
      after.flatMap(({ caseId, seq }) => {
        const kept = state.cases.get(caseId);
        return kept ? [newsOf(kept, seq, limit)] : [];
      }),

    participant: async (caseId, id) => state.cases.get(caseId)?.tables.participants.get(id) ?? null,

    async participantsOf(personId) {
      const rows = [...state.cases.values()].flatMap((kept) => rowsOf(kept, 'participants'));
      return inTime(rows.filter((row) => row.personId === personId)).reverse();
    },

    heard: async (caseId, participantId) => state.cases.get(caseId)?.tables.heard.get(participantId) ?? null,

    async whole(caseId) {
      const kept = state.cases.get(caseId);
      if (!kept) return null;
      const content = Object.fromEntries(contentTables.map((table) => [table, rowsOf(kept, table)]));
      return {
        case: kept.record,
        people: peopleOf(kept),
        log: kept.log.toSorted((a, b) => a.seq - b.seq),
        logTexts: kept.texts.toSorted((a, b) => compare([a.seq, a.field], [b.seq, b.field])),
        deadlines: kept.deadlines
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ tryAt: _, attempts: __, missing: ___, ...deadline }) => deadline),
        content: content as unknown as WholeCase['content'],
        ...kept.written,
      };
    },

    caseIds: async () => [...state.cases.keys()].sort(),
  };
}
