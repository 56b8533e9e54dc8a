/* eslint-disable max-lines -- the ports are one page to read: the whole outside world as the engine needs it */
import type {
  Accounting,
  CaseRecord,
  ContentTable,
  ContentTables,
  Contribution,
  Deadline,
  Document,
  Effect,
  Facts,
  FollowUp,
  Hiding,
  Instant,
  Language,
  LogEntry,
  LogText,
  Participant,
  Passage,
  Person,
  Proposal,
  ProposalResponse,
  ResponseOutcome,
  RoleId,
  SnapshotEnvelope,
  Statement,
  VoteValue,
  Workshop,
  Member,
  Theme,
  Heard,
} from './case.ts';
import type { DocumentJson } from './document/read.ts';

/** The outside world as the engine needs it. Each port is a few methods; adapters implement them, and one
 * contract suite in `testing/` runs against every implementation. */

/** Tells the time. The store's own clock (the database's) is used where none is given. */
export type Clock = { now(): Date };

/** Unguessable randomness, from the operating system; tests give a seeded one. */
export type Entropy = {
  /** time-ordered id (UUID version 7) */
  uuid(at: Date): string;
  bytes(count: number): Uint8Array;
};

/** Rows of content to write; each is inserted, or replaces the row of the same key. */
export type ContentRows = { readonly [T in ContentTable]?: readonly ContentTables[T][] };

/** Everything that one command writes. All of it is stored, or nothing. */
export type CaseChange = {
  readonly case: CaseRecord;
  /** the `seq` the command was decided on; null makes a new case */
  readonly expectedSeq: number | null;
  readonly log: readonly LogEntry[];
  readonly texts: readonly LogText[];
  /** when given, these are all the deadlines of the case from now on */
  readonly deadlines?: readonly Deadline[];
  readonly effects: readonly Effect[];
  readonly put?: ContentRows;
  readonly remove?: ContentRows;
  /** people that must be there first (import); existing ones are left as they are */
  readonly people?: readonly Person[];
  /** what was written in documents that this change puts there (import) */
  readonly written?: WrittenDocuments;
};

/** What was written in the documents of a case, as a file can carry it: bytes are base64. */
export type WrittenDocuments = {
  /** every edit, in the order of document and number; numbers of one document have no gaps */
  readonly documentEdits: readonly (DocumentRef &
    Omit<StoredEdit, 'clients' | 'update'> & { readonly update: string })[];
  /** who writes under which Yjs id */
  readonly documentClients: readonly (DocumentRef & { readonly client: number; readonly author: string })[];
  readonly documentVersions: readonly (DocumentRef & DocumentVersion & { readonly state: string })[];
};

/** A case with what is needed to decide on a command. */
export type CaseReading = {
  readonly case: CaseRecord;
  readonly now: Date;
  /** the asking person's roles: in the whole organisation and in this case */
  readonly roles: readonly RoleId[];
  /** the asking person's participant row in this case, or the guest's, when it is of this case */
  readonly participantId: string | null;
  /** the log row that an earlier command with the same idempotency key left */
  readonly earlier: LogEntry | null;
};

export type ReadFor = {
  readonly personId?: string | undefined;
  readonly participantId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
};

/** A document with its case and whoever comes to it. */
export type DocumentReading = CaseReading & {
  readonly document: Document;
  /** name of the asking person, and what whoever asks is called in the case if they take part */
  readonly personName: string | null;
  readonly pseudonym: string | null;
};

/** What a log row of a transition says to somebody who draws the case: when, by which event, and where it led. */
export type Transition = { readonly at: Instant; readonly type: string; readonly step: string };

/** Keeps cases. A write is guarded by the `seq` it was decided on, so what was read was still true. */
export type CaseStore = {
  /** One query. Null when there is no such case. */
  read(caseId: string, by?: ReadFor): Promise<CaseReading | null>;
  /** A document by its own id. One query: the collaboration server asks at every connection. */
  document(documentId: string, by?: ReadFor): Promise<DocumentReading | null>;
  /** Which case has the document of each id; one that there is not is absent. */
  documentCases(documentIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** whether there is such a person */
  knows(personId: string): Promise<boolean>;
  /** the store's own clock */
  now(): Promise<Date>;
  facts(caseIds: readonly string[]): Promise<Map<string, Facts>>;
  /** Rows of one table of a case, all of them or those whose first key (see `contentKeys`) is among `keys`. */
  rows<T extends ContentTable>(
    caseId: string,
    table: T,
    keys?: readonly string[],
  ): Promise<ContentTables[T][]>;
  /** The transitions of a case, oldest first; empty when there is no such case. */
  transitions(caseId: string): Promise<Transition[]>;
  /** Stores the change in one transaction.
   * @returns 'conflict' when the case has moved on (or exists already), and then nothing was written */
  commit(change: CaseChange): Promise<'stored' | 'conflict'>;
  /** Runs `work` while nobody else can write to the case; for cases where `commit` keeps meeting conflicts. */
  locked<T>(caseId: string, work: (store: CaseStore) => Promise<T>): Promise<T>;
  /** Keeps a ballot if the case is still in one of `steps`; it leaves no trace in the log.
   * @returns false when the case has left the step, or the statement is not of the case */
  vote(
    caseId: string,
    steps: readonly string[],
    vote: { statementId: string; participantId: string; value: VoteValue },
  ): Promise<boolean>;
};

/** A deadline or an effect that a worker holds until `leaseMs` has passed. `attempt` is its fencing token. */
export type ClaimedDeadline = Deadline & { readonly attempt: number };
export type ClaimedEffect = Effect & { readonly attempt: number; readonly madeAt: Instant };

/** What is due. Rows are claimed with a lease, so that two workers never hold the same one. */
export type Agenda = {
  claimDeadlines(limit: number, leaseMs: number): Promise<ClaimedDeadline[]>;
  /** The event was refused: asked again after `againInMs`, and kept visible with what was missing. */
  postponeDeadline(deadline: ClaimedDeadline, againInMs: number, missing: readonly string[]): Promise<void>;
  claimEffects(limit: number, leaseMs: number): Promise<ClaimedEffect[]>;
  effectDone(effect: ClaimedEffect): Promise<void>;
  /** Tried again after `againInMs`; null puts it aside for a person to look at. */
  effectFailed(effect: ClaimedEffect, error: string, againInMs: number | null): Promise<void>;
};

export type Page<T> = { readonly items: readonly T[]; readonly next: string | null; readonly total: number };
export type PageRequest = { readonly cursor?: string | undefined; readonly limit: number };

export type CaseSummary = {
  readonly id: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly snapshot: SnapshotEnvelope;
  /** roles that the person asked for holds in the case; empty when nobody was asked for */
  readonly roles: readonly RoleId[];
  readonly step: string;
  readonly version: number;
  readonly language: Language;
  readonly title: string;
  readonly question: string | null;
  readonly context: Readonly<Record<string, unknown>>;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly contributions: number;
  readonly participants: number;
};

/** `body` is empty while the contribution is hidden; `hidden` says why. */
export type ShownContribution = Omit<Contribution, 'salt'> & {
  readonly hidden: { readonly reason: string } | null;
  readonly pseudonym: string;
  readonly replies: number;
  readonly themeId: string | null;
  readonly proposalNumbers: readonly number[];
  readonly accounting: Accounting | null;
};

/** What was taken out of sight, for those who may put it back. */
export type HiddenContribution = Hiding & { readonly body: string; readonly personName: string | null };

export type ShownDocument = Document & {
  /** discussions at its passages, and those of them that are not settled */
  readonly threads: number;
  readonly openThreads: number;
  /** how many edits it has had */
  readonly edits: number;
  /** when it was last edited; null when nothing was written yet */
  readonly changedAt: Instant | null;
};

/** A discussion at a passage: what began it, and the answers in the order of time. */
export type ShownPassage = {
  readonly passage: Passage;
  readonly contribution: ShownContribution;
  readonly replies: readonly ShownContribution[];
};

export type ShownStatement = Omit<Statement, 'salt'> & {
  readonly pseudonym: string;
  readonly agree: number;
  readonly disagree: number;
  readonly pass: number;
  readonly own: VoteValue | null;
};

export type ShownProposal = Proposal & {
  readonly sources: readonly ShownContribution[];
  readonly sourceCount: number;
  readonly response:
    (ProposalResponse & { readonly personName: string; readonly personTitle: string | null }) | null;
  readonly followUps: readonly FollowUp[];
};

export type ShownMember = Member & { readonly name: string; readonly title: string | null };

export type CaseOverview = {
  readonly texts: Readonly<Record<string, string>>;
  readonly members: readonly ShownMember[];
  readonly workshops: readonly Workshop[];
  readonly themes: readonly (Theme & { readonly contributions: number })[];
  readonly deadlines: readonly (Deadline & { readonly missing: readonly string[] })[];
  readonly heard: { readonly yes: number; readonly partly: number; readonly no: number };
};

export type ContributionFilter = PageRequest & {
  /** only answers to this one; `null`: only those that start a thread */
  readonly parentId?: string | null | undefined;
  readonly participantId?: string | undefined;
  readonly unaccounted?: boolean | undefined;
  readonly newestFirst?: boolean | undefined;
};

/** What a thread of impact is made of: the contribution with all that it led to. */
export type ImpactReading = {
  readonly contribution: ShownContribution;
  readonly theme: Theme | null;
  /** the contribution that this one was merged into */
  readonly mergedInto: ShownContribution | null;
  readonly proposals: readonly Omit<ShownProposal, 'sources'>[];
};

export type ShownLogEntry = LogEntry & {
  readonly texts: Readonly<Record<string, string>>;
  readonly actorName: string | null;
};

/** What people's remarks led to: one published answer that did not say no. */
export type ShownOutcome = {
  readonly caseId: string;
  readonly caseTitle: string;
  readonly proposalId: string;
  readonly number: number;
  readonly title: string;
  readonly outcome: Exclude<ResponseOutcome, 'notAdopted'>;
  readonly reason: string;
  readonly forwardedTo: string | null;
  readonly nextStep: string;
  /** calendar date, yyyy-mm-dd, Europe/Helsinki */
  readonly nextStepOn: string;
  readonly givenAt: Instant;
  /** when the answers of the case were published; null where the case does not remember it */
  readonly answeredAt: Instant | null;
  /** the latest of the newest follow-up and the publishing (or, where that is not remembered, the giving) */
  readonly changedAt: Instant;
  readonly personName: string;
  readonly personTitle: string | null;
  /** how many contributions stand behind the proposal */
  readonly sourceCount: number;
  /** the newest one */
  readonly followUp: Pick<FollowUp, 'state' | 'body' | 'createdAt'> | null;
};

/** How a statement has been answered so far. */
export type Ballots = {
  readonly statementId: string;
  readonly agree: number;
  readonly disagree: number;
  readonly pass: number;
};

/** What a case has become since a number of its log, without words: for pages that are open. */
export type CaseNews = {
  readonly caseId: string;
  /** the number asked about */
  readonly after: number;
  /** number of the newest log row */
  readonly seq: number;
  readonly step: string;
  readonly isPublic: boolean;
  /** log rows after that number, in order */
  readonly entries: readonly (Pick<LogEntry, 'seq' | 'type' | 'kind'> & {
    /** where the case stood afterwards */
    readonly step: string;
    readonly data: Readonly<Record<string, unknown>>;
  })[];
  /** of the statements that anybody has answered, in the order of their ids */
  readonly ballots: readonly Ballots[];
};

/** All rows of one case, as they are kept. */
export type WholeCase = WrittenDocuments & {
  readonly case: CaseRecord;
  readonly people: readonly Person[];
  readonly log: readonly LogEntry[];
  readonly logTexts: readonly LogText[];
  readonly deadlines: readonly Deadline[];
  readonly content: { readonly [T in ContentTable]: readonly ContentTables[T][] };
};

/** Reads for people to look at. The number of queries never depends on the number of rows. */
export type CaseReader = {
  /** Newest change first.
   * @param filter.personId - only cases in which the person is a member or takes part
   * @param filter.rolesOf - whose roles in each case are told
   * @param filter.raised - whether needs that are not accepted yet are among them */
  cases(
    filter: PageRequest & { steps?: readonly string[]; personId?: string; rolesOf?: string; raised: boolean },
  ): Promise<Page<CaseSummary>>;
  overview(caseId: string): Promise<CaseOverview>;
  contributions(caseId: string, filter: ContributionFilter): Promise<Page<ShownContribution>>;
  contribution(caseId: string, id: string): Promise<ShownContribution | null>;
  /** oldest first */
  documents(caseId: string): Promise<ShownDocument[]>;
  /** Discussions in a document, oldest first. */
  passages(caseId: string, documentId: string): Promise<ShownPassage[]>;
  /** newest hiding first */
  hidden(caseId: string): Promise<HiddenContribution[]>;
  statements(caseId: string, participantId?: string | null): Promise<ShownStatement[]>;
  /** @param sourcesPerProposal - how many contributions are shown in full for each; the count is always whole */
  proposals(caseId: string, sourcesPerProposal?: number): Promise<ShownProposal[]>;
  /** What has changed thanks to people who took part: the published answers `adopted`, `partly` and `forwarded` of all
   * public cases, by `changedAt`, newest first. Drafts never show, nor does a case that was merged or cancelled.
   * @source experience.md, front page */
  outcomes(page: PageRequest): Promise<Page<ShownOutcome>>;
  /** newest first */
  log(caseId: string, page: PageRequest): Promise<Page<ShownLogEntry>>;
  /** What has become of cases since numbers of their logs, in the order asked; a case may be asked about more than
   * once, and one that does not exist is absent. One query.
   * @param limit - how many log rows of each case come at most */
  news(
    after: readonly { readonly caseId: string; readonly seq: number }[],
    limit: number,
  ): Promise<CaseNews[]>;
  impact(
    caseId: string,
    by: { participantId: string } | { contributionId: string },
  ): Promise<ImpactReading[]>;
  participants(caseId: string): Promise<(Participant & { readonly contributions: number })[]>;
  participantByCode(code: string): Promise<Participant | null>;
  participant(caseId: string, id: string): Promise<Participant | null>;
  /** a person's rows in all cases, newest first */
  participantsOf(personId: string): Promise<Participant[]>;
  heard(caseId: string, participantId: string): Promise<Heard | null>;
  whole(caseId: string): Promise<WholeCase | null>;
  /** ids in order, for checking every case */
  caseIds(): Promise<string[]>;
};

export type LinkPurpose = 'brief' | 'enter';
export type Link = {
  readonly purpose: LinkPurpose;
  readonly personId: string;
  readonly caseId: string | null;
  readonly expiresAt: Instant;
};

/** A message to a person, as a template with values; the surface that shows it writes the words. */
export type Message = {
  readonly id: string;
  readonly caseId: string;
  readonly personId: string;
  readonly template: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly createdAt: Instant;
};

/** People, their sessions and links. Secrets are kept as hashes only. */
export type PeopleStore = {
  person(id: string): Promise<Person | null>;
  people(): Promise<Person[]>;
  savePerson(person: Person): Promise<void>;
  /** @param tokenHash - SHA-256 of the secret that the browser or client holds, hex */
  saveSession(tokenHash: string, personId: string, expiresAt: Instant): Promise<void>;
  session(tokenHash: string): Promise<Person | null>;
  endSession(tokenHash: string): Promise<void>;
  saveLink(tokenHash: string, link: Link): Promise<void>;
  link(tokenHash: string): Promise<(Link & { readonly usedAt: Instant | null }) | null>;
  /** @returns false when the link was used before */
  useLink(tokenHash: string): Promise<boolean>;
  saveApiToken(tokenHash: string, personId: string, name: string, scopes: readonly string[]): Promise<void>;
  apiToken(tokenHash: string): Promise<{ person: Person; scopes: readonly string[] } | null>;
  /** Repeats with the same id change nothing. */
  saveMessages(messages: readonly Message[]): Promise<void>;
  messages(
    filter: PageRequest & { personId?: string },
  ): Promise<Page<Message & { readonly personName: string }>>;
  /** One value kept for the instance, e.g. which demonstration was laid out. */
  setting(name: string): Promise<string | null>;
  saveSetting(name: string, value: string): Promise<void>;
  /** Keeps the value unless there is one already, and answers the one that is kept: the same for all processes. */
  keepSetting(name: string, value: string): Promise<string>;
};

/** Which document; ids of documents are one of a kind in the installation, and every row is found by its case. */
export type DocumentRef = { readonly caseId: string; readonly documentId: string };

/** An edit of a shared document on its way to the store. */
export type DocumentEdit = {
  /** `person:<id>`, `participant:<id>` or `server` */
  readonly author: string;
  /** Yjs ids under which this author writes in this batch */
  readonly clients: readonly number[];
  /** a Yjs update, V1 */
  readonly update: Uint8Array;
};

export type StoredEdit = DocumentEdit & { readonly seq: number; readonly at: Instant };

/** What is stored of a document: the folded state up to `foldedSeq`, and every edit after it, in order. */
export type StoredDocument = {
  /** number of the newest edit; 0 when nothing was written */
  readonly seq: number;
  readonly foldedSeq: number;
  /** a Yjs update that holds all edits up to `foldedSeq`; null when nothing was folded */
  readonly folded: Uint8Array | null;
  /** the state vector of `folded`, so that it can be handed on unread */
  readonly foldedVector: Uint8Array | null;
  readonly edits: readonly { readonly seq: number; readonly update: Uint8Array }[];
  /** who writes under which Yjs id; an id belongs to the first who used it */
  readonly clients: ReadonlyMap<number, string>;
};

/** Why a version of a document was kept. */
export type VersionReason =
  'named' | 'published' | 'stepChanged' | 'regular' | 'beforeRepair' | 'beforeRestore';

export type DocumentVersion = {
  /** the edit after which the document stood so */
  readonly seq: number;
  readonly at: Instant;
  readonly reason: VersionReason;
  /** what somebody called it */
  readonly name: string | null;
  /** who kept it, as in `DocumentEdit.author` */
  readonly author: string;
  /** who had written since the version before */
  readonly authors: readonly string[];
};

/** Keeps the edits of shared documents. What is appended is durable when the promise is kept; numbers of one document
 * become visible in order, so 'what came after n' never misses a row, also between several processes. */
export type DocumentLog = {
  /** Everything of a document at one moment. One statement. Null when there is no such document. */
  load(ref: DocumentRef): Promise<StoredDocument | null>;
  /** Stores edits of several documents in one statement; edits of one document get the next numbers in the order given.
   * @returns the last number given to each document; one that does not exist any more is absent */
  append(
    batch: readonly (DocumentRef & { readonly edits: readonly DocumentEdit[] })[],
  ): Promise<Map<string, number>>;
  /** Edits after `seq`, in order. */
  since(ref: DocumentRef, seq: number): Promise<StoredEdit[]>;
  /** Number of the newest edit of each document that exists, with the number of its case's newest log row: whether
   * others have written, and whether rights may have changed. One statement. */
  newest(
    refs: readonly DocumentRef[],
  ): Promise<Map<string, { readonly seq: number; readonly caseSeq: number }>>;
  /** Puts `folded` in the place of all edits up to `seq`, unless more was folded already. Rows stay as history.
   * @returns whether it was taken */
  fold(ref: DocumentRef, seq: number, folded: Uint8Array, vector: Uint8Array): Promise<boolean>;
  /** Keeps a version. One with the same seq and reason is not kept twice. */
  saveVersion(ref: DocumentRef, version: DocumentVersion, state: Uint8Array): Promise<void>;
  /** newest first */
  versions(ref: DocumentRef): Promise<DocumentVersion[]>;
  /** The updates that, applied in order, give the document as it stood after edit `seq`: the nearest version kept
   * before it and what came since. */
  baseFor(ref: DocumentRef, seq: number): Promise<Uint8Array[]>;
  /** Sittings, oldest first: edits that follow one another within `sittingGapMs`. One statement. */
  activity(ref: DocumentRef): Promise<DocumentActivity[]>;
  /** Number of the last edit made at or before each moment, in the order asked; 0 when there was none. One statement. */
  seqAt(ref: DocumentRef, instants: readonly Instant[]): Promise<number[]>;
  /** Keeps up to where somebody has now been shown the document.
   * @param author - as in `DocumentEdit.author`
   * @returns up to where they had been before; null at their first visit. One statement. */
  seen(ref: DocumentRef, author: string, seq: number): Promise<DocumentVisit | null>;
};

/** People wrote for a while, and then nobody did for at least `sittingGapMs`. */
export type DocumentActivity = {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly from: Instant;
  readonly to: Instant;
  /** as in `DocumentEdit.author`, each once, in order */
  readonly authors: readonly string[];
};

export type DocumentVisit = { readonly seq: number; readonly at: Instant };

/** Carries word between the processes of one installation, and within one. What is announced may be lost or come
 * twice: whoever listens looks into the store after a gap, and now and then without one. */
export type Bus = {
  /** Tells every listener of the topic, here and elsewhere. Never waits and never fails. */
  announce(topic: string, message: Uint8Array): void;
  /** @param hear - the message; null when the store must be asked instead: the message was too large to carry, or the
   * topic is heard from the other processes only from now on
   * @returns stops listening */
  listen(topic: string, hear: (message: Uint8Array | null) => void): () => void;
  /** Called when announcements may have been missed, e.g. after the connection came back. */
  onGap(tell: () => void): () => void;
  close(): Promise<void>;
};

/** Keeps what people upload, by the SHA-256 (hex) of its content. */
export type BlobStore = {
  /** Keeping the same content twice is keeping it once. */
  put(hash: string, content: Uint8Array, type: string): Promise<void>;
  get(hash: string): Promise<{ readonly content: Uint8Array; readonly type: string } | null>;
  has(hash: string): Promise<boolean>;
  remove(hash: string): Promise<void>;
};

/** Shared documents as they stand now, open or not, with everything that is durable in them. */
export type LiveDocuments = {
  /** Null when there is no such document. */
  read(ref: DocumentRef): Promise<{ readonly seq: number; readonly content: DocumentJson } | null>;
  /** Writes as `author`: `change` is given the document as it stands and answers what it is to be; only the difference
   * is written, as an edit like any other, so that whoever has it open sees it happen. Kept when it is durable.
   * @returns null when there is no such document
   * @throws {RangeError} when the answer is not of the schema; nothing is written */
  write(
    ref: DocumentRef,
    author: string,
    change: (now: DocumentJson) => DocumentJson,
  ): Promise<{ readonly seq: number } | null>;
};
