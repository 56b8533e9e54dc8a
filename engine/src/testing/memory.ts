import { contentKeys } from '../case.ts';
import type { ContentTable, ContentTables, Person } from '../case.ts';
import type { PictureStore } from '../document/pictures.ts';
import { factsOf } from '../content/facts.ts';
import type {
  Agenda,
  CaseReader,
  CaseStore,
  ClaimedDeadline,
  ClaimedEffect,
  Clock,
  PeopleStore,
  Message,
} from '../ports.ts';
import { contentOf as contentOfRow } from '../process/log.ts';
import { memoryPictures } from './memory-pictures.ts';
import { memoryReader, pageOf } from './memory-reader.ts';
import { changed, contentOf, emptyState, keyOf, rowsOf } from './memory-state.ts';
import type { KeptDeadline, KeptEffect, State } from './memory-state.ts';

export type MemoryStores = {
  readonly store: CaseStore;
  readonly agenda: Agenda;
  readonly reader: CaseReader;
  readonly people: PeopleStore;
  readonly pictures: PictureStore;
};

/** All stores in memory, with the semantics of a real one; the same contract suite runs over both.
 * @param options - `clock` is the store's own; the computer's unless given */
export function memoryStores({ clock = { now: () => new Date() } }: { clock?: Clock } = {}): MemoryStores {
  const state = emptyState();
  return {
    store: memoryStore(state, clock),
    agenda: memoryAgenda(state, clock),
    reader: memoryReader(state),
    people: memoryPeople(state, clock),
    pictures: memoryPictures(state),
  };
}

function memoryStore(state: State, clock: Clock): CaseStore {
  /** for each case that somebody holds: when the last in the queue lets go */
  const locks = new Map<string, Promise<void>>();

  const commit: CaseStore['commit'] = async (change) => {
    const before = state.cases.get(change.case.id);
    if ((before?.record.seq ?? null) !== change.expectedSeq) return 'conflict';
    const next = changed(state, change);
    if (!next) return 'conflict';
    state.cases.set(change.case.id, next.kept);
    for (const [id, person] of next.people) state.people.set(id, person);
    for (const { caseId, id, code } of change.remove?.participants ?? []) {
      if (state.codes.get(code)?.participantId === id && caseId === change.case.id) state.codes.delete(code);
    }
    for (const { id, code } of change.put?.participants ?? []) {
      state.codes.set(code, { caseId: change.case.id, participantId: id });
    }
    for (const { id } of change.put?.documents ?? []) state.documents.set(id, change.case.id);
    return 'stored';
  };

  const vote: CaseStore['vote'] = async (caseId, steps, { statementId, participantId, value }) => {
    const kept = state.cases.get(caseId);
    if (!kept || !steps.includes(kept.record.step) || !kept.tables.statements.has(statementId)) return false;
    if (!kept.tables.participants.has(participantId))
      throw new Error(`no participant ${participantId} in the case`);
    const ballot = { caseId, statementId, participantId, value };
    kept.tables.votes = new Map(kept.tables.votes).set(keyOf('votes', ballot), ballot);
    return true;
  };

  const free: CaseStore = {
    async read(caseId, { personId, participantId, idempotencyKey } = {}) {
      const kept = state.cases.get(caseId);
      if (!kept) return null;
      const own = personId === undefined ? undefined : firstRow(kept.tables.participants.values(), personId);
      const guest = participantId === undefined ? undefined : kept.tables.participants.get(participantId);
      const inCase = rowsOf(kept, 'members').filter((row) => row.personId === personId);
      return {
        case: kept.record,
        now: clock.now(),
        roles: [
          ...new Set([...(state.people.get(personId ?? '')?.roles ?? []), ...inCase.map((row) => row.role)]),
        ],
        participantId: own?.id ?? guest?.id ?? null,
        earlier:
          idempotencyKey === undefined
            ? null
            : (kept.log.find((row) => row.idempotencyKey === idempotencyKey) ?? null),
      };
    },
    async document(documentId, by = {}) {
      const caseId = state.documents.get(documentId);
      const document = caseId && state.cases.get(caseId)?.tables.documents.get(documentId);
      const reading = document && (await free.read(document.caseId, by));
      if (!reading) return null;
      const { tables } = state.cases.get(document.caseId)!;
      return {
        ...reading,
        document,
        personName: state.people.get(by.personId ?? '')?.name ?? null,
        pseudonym: tables.participants.get(reading.participantId ?? '')?.pseudonym ?? null,
      };
    },
    documentCases: async (ids) => new Map([...state.documents].filter(([id]) => ids.includes(id))),
    knows: async (personId) => state.people.has(personId),
    now: async () => clock.now(),
    facts: async (caseIds) =>
      new Map(
        caseIds.flatMap((id) => {
          const kept = state.cases.get(id);
          return kept ? [[id, factsOf(contentOf(kept))] as const] : [];
        }),
      ),
    async rows<T extends ContentTable>(caseId: string, table: T, keys?: readonly string[]) {
      const kept = state.cases.get(caseId);
      if (!kept) return [];
      const rows: ContentTables[T][] = rowsOf(kept, table);
      const first = contentKeys[table][0]!;
      return keys ? rows.filter((row) => keys.includes(row[first] as string)) : rows;
    },
    async transitions(caseId) {
      const rows = state.cases.get(caseId)?.log.filter(({ kind }) => kind === 'transition') ?? [];
      return rows.map((row) => ({ at: row.at, type: row.type, step: contentOfRow(row)!.step }));
    },
    commit: async (change) => {
      while (locks.has(change.case.id)) await locks.get(change.case.id);
      return commit(change);
    },
    vote: async (caseId, steps, ballot) => {
      while (locks.has(caseId)) await locks.get(caseId);
      return vote(caseId, steps, ballot);
    },
    locked: async (caseId, work) => {
      const turn = locks.get(caseId);
      const { promise, resolve } = Promise.withResolvers<void>();
      locks.set(caseId, promise);
      await turn;
      const before = {
        kept: state.cases.get(caseId),
        people: new Map(state.people),
        codes: new Map(state.codes),
        documents: new Map(state.documents),
      };
      const held: CaseStore = { ...free, commit, vote, locked: (_, inner) => inner(held) };
      try {
        return await work(held);
      } catch (error) {
        if (before.kept) state.cases.set(caseId, before.kept);
        else state.cases.delete(caseId);
        const { people, codes, documents } = before;
        Object.assign(state, { people, codes, documents });
        throw error;
      } finally {
        if (locks.get(caseId) === promise) locks.delete(caseId);
        resolve();
      }
    },
  };
  return free;
}

type Joined = { readonly id: string; readonly personId: string | null; readonly createdAt: string };

const firstRow = <Row extends Joined>(rows: Iterable<Row>, personId: string): Row | undefined =>
  [...rows]
    .filter((row) => row.personId === personId)
    .sort((a, b) => (`${a.createdAt} ${a.id}` < `${b.createdAt} ${b.id}` ? -1 : 1))[0];

function memoryAgenda(state: State, clock: Clock): Agenda {
  const now = () => clock.now().getTime();
  const cases = () => [...state.cases.values()];
  const byTurn = (a: { tryAt: number; caseId: string }, b: { tryAt: number; caseId: string }) =>
    a.tryAt - b.tryAt || (a.caseId < b.caseId ? -1 : 1);
  const claim = (row: KeptDeadline | KeptEffect, leaseMs: number) => {
    row.attempts += 1;
    row.tryAt = now() + leaseMs;
  };
  const held = ({ caseId, seq, n, attempt }: ClaimedEffect): KeptEffect | undefined =>
    state.cases
      .get(caseId)
      ?.effects.find((row) => row.seq === seq && row.n === n && row.attempts === attempt && !row.dead);

  return {
    claimDeadlines: async (limit, leaseMs) => {
      const due = cases().flatMap((kept) => kept.deadlines.filter((row) => row.tryAt <= now()));
      return due
        .sort(byTurn)
        .slice(0, limit)
        .map((row): ClaimedDeadline => {
          claim(row, leaseMs);
          const { caseId, name, visit, dueAt, event, attempts } = row;
          return { caseId, name, visit, dueAt, event, attempt: attempts };
        });
    },
    postponeDeadline: async ({ caseId, name, visit, dueAt, attempt }, againInMs, missing) => {
      const row = state.cases.get(caseId)?.deadlines.find((d) => d.name === name);
      if (row?.visit !== visit || row.dueAt !== dueAt || row.attempts !== attempt) return;
      Object.assign(row, { tryAt: now() + againInMs, missing: [...missing] });
    },
    claimEffects: async (limit, leaseMs) => {
      const first = cases().flatMap((kept) => {
        const pending = kept.effects.filter((row) => !row.dead).sort((a, b) => a.seq - b.seq || a.n - b.n);
        return pending.slice(0, 1).filter((row) => row.tryAt <= now());
      });
      return first
        .sort(byTurn)
        .slice(0, limit)
        .map((row): ClaimedEffect => {
          claim(row, leaseMs);
          const { caseId, seq, n, kind, payload, madeAt, attempts } = row;
          return { caseId, seq, n, kind, payload, madeAt, attempt: attempts };
        });
    },
    effectDone: async (effect) => {
      const kept = state.cases.get(effect.caseId);
      const row = held(effect);
      if (kept && row) kept.effects = kept.effects.filter((other) => other !== row);
    },
    effectFailed: async (effect, error, againInMs) => {
      const row = held(effect);
      if (row)
        Object.assign(row, { lastError: error, tryAt: now() + (againInMs ?? 0), dead: againInMs === null });
    },
  };
}

function memoryPeople(state: State, clock: Clock): PeopleStore {
  const known = (id: string): Person => {
    const person = state.people.get(id);
    if (!person) throw new Error(`no person ${id}`);
    return person;
  };
  return {
    person: async (id) => state.people.get(id) ?? null,
    people: async () =>
      [...state.people.values()].sort((a, b) => (`${a.name} ${a.id}` < `${b.name} ${b.id}` ? -1 : 1)),
    savePerson: async (person) => void state.people.set(person.id, structuredClone(person)),
    saveSession: async (tokenHash, personId, expiresAt) =>
      void state.sessions.set(tokenHash, { personId: known(personId).id, expiresAt }),
    session: async (tokenHash) => {
      const session = state.sessions.get(tokenHash);
      return session && session.expiresAt > clock.now().toISOString() ? known(session.personId) : null;
    },
    endSession: async (tokenHash) => void state.sessions.delete(tokenHash),
    saveLink: async (tokenHash, link) =>
      void state.links.set(tokenHash, { ...link, personId: known(link.personId).id, usedAt: null }),
    link: async (tokenHash) => state.links.get(tokenHash) ?? null,
    useLink: async (tokenHash) => {
      const link = state.links.get(tokenHash);
      if (!link || link.usedAt) return false;
      state.links.set(tokenHash, { ...link, usedAt: clock.now().toISOString() });
      return true;
    },
    saveApiToken: async (tokenHash, personId, _, scopes) =>
      void state.tokens.set(tokenHash, { personId: known(personId).id, scopes: [...scopes] }),
    apiToken: async (tokenHash) => {
      const token = state.tokens.get(tokenHash);
      return token ? { person: known(token.personId), scopes: token.scopes } : null;
    },
    saveMessages: async (messages) => {
      messages.forEach((message) => known(message.personId));
      for (const message of messages) {
        if (!state.messages.has(message.id)) state.messages.set(message.id, structuredClone(message));
      }
    },
    messages: async ({ personId, ...page }) => {
      const all = [...state.messages.values()].filter(
        (row) => personId === undefined || row.personId === personId,
      );
      const named = all.map((row): Message & { personName: string } => {
        return { ...row, personName: known(row.personId).name };
      });
      return pageOf(named, page, (row) => [row.createdAt, row.id], 'newestFirst');
    },
    setting: async (name) => state.settings.get(name) ?? null,
    saveSetting: async (name, value) => void state.settings.set(name, value),
    keepSetting: async (name, value) => {
      if (!state.settings.has(name)) state.settings.set(name, value);
      return state.settings.get(name)!;
    },
  };
}
