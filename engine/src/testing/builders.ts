import type {
  CaseRecord,
  Contribution,
  ContentTable,
  ContentTables,
  Deadline,
  Effect,
  Participant,
  Person,
  Proposal,
  Statement,
} from '../case.ts';
import type { CaseChange, CaseStore, ContentRows, WrittenDocuments } from '../ports.ts';
import { emptyHead, logEntry } from '../process/log.ts';
import { startProcess } from '../process/restore.ts';
import { virtualClock } from './clock.ts';
import type { VirtualClock } from './clock.ts';
import { seededEntropy } from './entropy.ts';
import { fixtureWorkflow } from './fixture-workflow.ts';

/** Rows and changes for tests that talk to a store without the engine in between. */

type Without<T, Key extends keyof T> = Partial<Omit<T, Key>>;

export type Next = ContentRows & {
  readonly step?: string;
  readonly isPublic?: boolean;
  readonly transition?: boolean;
  readonly idempotencyKey?: string;
  readonly texts?: Readonly<Record<string, string>>;
  readonly deadlines?: readonly Omit<Deadline, 'caseId' | 'visit'>[];
  readonly effects?: readonly string[];
  readonly people?: readonly Person[];
  readonly remove?: ContentRows;
  readonly actor?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly written?: WrittenDocuments;
};

/** One test's makings; ids and salts come from a seed, time from its clock. */
export function builders(seed: string | number = 1, clock: VirtualClock = virtualClock()) {
  const entropy = seededEntropy(seed);
  const id = () => entropy.uuid(clock.now());
  const hex = (count: number) => Buffer.from(entropy.bytes(count)).toString('hex');
  const at = () => clock.now().toISOString();
  let made = 0;

  const change = (record: CaseRecord, expectedSeq: number | null, next: Next): CaseChange => {
    const { step, isPublic, transition, idempotencyKey, texts, deadlines, effects, people, remove, ...rest } =
      next;
    const { actor = 'operator', data, written, ...put } = rest;
    const seq = (expectedSeq ?? 0) + 1;
    const version = record.version + (transition ? 1 : 0);
    const entry = logEntry(
      {
        ...{ caseId: record.id, seq, at: at(), kind: transition ? 'transition' : 'content', actor, version },
        ...{ type: 'row.written', step: step ?? record.step, ...(data && { data }) },
      },
      record.head,
      {
        idempotencyKey: idempotencyKey ?? null,
        requestHash: idempotencyKey ? hex(32) : null,
        answer: { seq },
      },
    );
    const caseId = record.id;
    return {
      case: {
        ...record,
        seq,
        version,
        visit: step && step !== record.step ? version : record.visit,
        step: step ?? record.step,
        isPublic: isPublic ?? record.isPublic,
        head: entry.hash,
        updatedAt: at(),
      },
      expectedSeq,
      log: [entry],
      texts: Object.entries(texts ?? {}).map(([field, body]) => ({
        caseId,
        seq,
        field,
        salt: hex(16),
        body,
      })),
      ...(deadlines && { deadlines: deadlines.map((row) => ({ caseId, visit: version, ...row })) }),
      effects: (effects ?? []).map((kind, n): Effect => ({
        caseId,
        seq,
        n,
        kind,
        payload: { template: kind },
      })),
      ...(Object.keys(put).length > 0 && { put }),
      ...(remove && { remove }),
      ...(people && { people }),
      ...(written && { written }),
    };
  };

  const build = {
    clock,
    entropy,
    id,
    at,

    /** The change that makes a new case. */
    open: (next: Next = {}, caseId = id()): CaseChange => {
      const { snapshot, step } = startProcess(fixtureWorkflow).initial().position;
      const record: CaseRecord = {
        ...{
          id: caseId,
          workflow: 'fixture',
          workflowVersion: 1,
          seq: 0,
          version: 0,
          visit: 0,
          step,
          snapshot,
        },
        ...{ head: emptyHead, isPublic: true, language: 'fi', createdAt: at(), updatedAt: at() },
      };
      return change(record, null, next);
    },

    /** The change that follows on what was read. */
    next: (record: CaseRecord, next: Next = {}): CaseChange => change(record, record.seq, next),

    /** Makes a case and answers its id. */
    opened: async (store: CaseStore, next: Next = {}): Promise<string> => {
      const opening = build.open(next);
      const stored = await store.commit(opening);
      if (stored !== 'stored') throw new Error(`the case was not stored: ${stored}`);
      return opening.case.id;
    },

    /** Reads the case and writes what follows. */
    write: async (store: CaseStore, caseId: string, next: Next): Promise<void> => {
      const reading = await store.read(caseId);
      const stored = await store.commit(build.next(reading!.case, next));
      if (stored !== 'stored') throw new Error(`the change was not stored: ${stored}`);
    },

    person: (row: Without<Person, 'id'> = {}): Person => {
      return { id: id(), name: `Henkilö ${++made}`, title: null, language: 'fi', roles: [], ...row };
    },

    participant: (caseId: string, row: Partial<Participant> = {}): Participant => ({
      ...{ caseId, id: id(), personId: null, pseudonym: `Pihlaja ${++made}` },
      ...{ code: `${made}`.padStart(8, '0'), source: 'self', createdAt: at(), ...row },
    }),

    contribution: (caseId: string, participantId: string, row: Partial<Contribution> = {}): Contribution => ({
      ...{
        caseId,
        id: id(),
        participantId,
        parentId: null,
        origin: 'online',
        originNote: null,
        kind: 'experience',
      },
      ...{ body: `Puheenvuoro ${++made}`, salt: hex(16), recordedBy: null, createdAt: at(), ...row },
    }),

    statement: (caseId: string, participantId: string, row: Partial<Statement> = {}): Statement => {
      return {
        caseId,
        id: id(),
        participantId,
        body: `Väite ${++made}`,
        salt: hex(16),
        createdAt: at(),
        ...row,
      };
    },

    proposal: (caseId: string, number: number, row: Partial<Proposal> = {}): Proposal => {
      return { caseId, id: id(), number, title: `Ehdotus ${number}`, body: 'Sisältö', ...row };
    },

    response: (caseId: string, proposalId: string, personId: string): ContentTables['responses'] => ({
      ...{ caseId, proposalId, outcome: 'partly', reason: 'Rahat riittävät puoleen', forwardedTo: null },
      ...{ nextStep: 'Kokeilu yhdessä kunnassa', nextStepOn: '2017-12-01', personId, givenAt: at() },
    }),
  };
  return build;
}

export type Builders = ReturnType<typeof builders>;

/** One row at least in every content table, all tied together. */
export function fullContent(
  build: Builders,
  caseId: string,
  person: Person,
): { [T in ContentTable]: ContentTables[T][] } {
  const [anna, bertil] = [
    build.participant(caseId, { personId: person.id }),
    build.participant(caseId, { source: 'card' }),
  ];
  const first = build.contribution(caseId, anna.id, { kind: 'need' });
  const told = build.contribution(caseId, bertil.id, {
    origin: 'table',
    originNote: 'Pöytä 2',
    recordedBy: person.id,
  });
  const reply = build.contribution(caseId, bertil.id, { parentId: first.id, kind: 'comment' });
  const again = build.contribution(caseId, anna.id, { body: 'Sama toisin sanoin' });
  const odd = build.contribution(caseId, bertil.id, { body: 'Aiheen ulkopuolelta' });
  const theme = { caseId, id: build.id(), title: 'Liikkuminen' };
  const documentId = build.id();
  const statement = build.statement(caseId, anna.id);
  const [one, two] = [build.proposal(caseId, 1), build.proposal(caseId, 2)];
  return {
    caseTexts: [
      { caseId, key: 'title', body: 'Kotihoidon reitit' },
      { caseId, key: 'question', body: 'Miten käynnit sovitaan?' },
      { caseId, key: 'theme', body: 'Kotihoito' },
    ],
    members: [
      { caseId, personId: person.id, role: 'decider', capacity: 'decider' },
      { caseId, personId: person.id, role: 'expert', capacity: 'worker' },
    ],
    participants: [anna, bertil],
    contributions: [first, told, reply, again, odd],
    themes: [theme],
    contributionThemes: [{ caseId, contributionId: first.id, themeId: theme.id }],
    statements: [statement],
    votes: [
      { caseId, statementId: statement.id, participantId: anna.id, value: 'agree' },
      { caseId, statementId: statement.id, participantId: bertil.id, value: 'pass' },
    ],
    proposals: [one, two],
    proposalSources: [
      { caseId, proposalId: one.id, contributionId: first.id },
      { caseId, proposalId: one.id, contributionId: told.id },
    ],
    accountings: [
      { caseId, contributionId: again.id, outcome: 'merged', intoId: first.id, reason: null },
      { caseId, contributionId: odd.id, outcome: 'leftOut', intoId: null, reason: 'Ei koske palvelua' },
    ],
    responses: [build.response(caseId, one.id, person.id)],
    followUps: [
      {
        ...{ caseId, id: build.id(), proposalId: one.id, state: 'kept', body: 'Kokeilu alkoi' },
        ...{ recordedBy: person.id, createdAt: build.at() },
      },
    ],
    feedbacks: [{ caseId, participantId: anna.id, channel: 'message', givenAt: build.at() }],
    heard: [{ caseId, participantId: anna.id, answer: 'partly', body: null, givenAt: build.at() }],
    documents: [
      { caseId, id: documentId, kind: 'shared', title: 'Reittien periaatteet', createdAt: first.createdAt },
    ],
    passages: [
      {
        caseId,
        contributionId: again.id,
        documentId,
        anchor: 'AAEC.AwQF',
        quote: 'sama hoitaja',
        prefix: 'Käynnit tekee ',
        suffix: ' koko viikon.',
        resolvedAt: null,
      },
    ],
    hidings: [
      { caseId, contributionId: odd.id, reason: 'Loukkaa', personId: person.id, hiddenAt: build.at() },
    ],
    workshops: [{ caseId, id: build.id(), heldOn: '2017-09-14', onSite: 21, remote: 4, notes: null }],
  };
}
