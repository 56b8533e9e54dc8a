/* eslint-disable max-lines -- the words of the domain, read from top to bottom in one place */
/** The words of the domain as types: a case, the people in it, and what they say. Instants are ISO 8601 strings in UTC. */

export type Instant = string;

export const roleIds = [
  'participant',
  'expert',
  'agent',
  'facilitator',
  'decider',
  'coordinator',
  'admin',
] as const;
/** @source domain.md, roles */
export type RoleId = (typeof roleIds)[number];

/** In what capacity a member of the planning group takes part. */
export const capacities = ['client', 'relative', 'expert', 'worker', 'decider'] as const;
export type Capacity = (typeof capacities)[number];

export const caseTextKeys = [
  'title',
  'question',
  'theme',
  'concerns',
  'service',
  'canInfluence',
  'cannotInfluence',
  'workshopTheme',
  'workshopPlace',
  'summary',
] as const;
/** What is told of a case in words; each has one current wording, earlier ones are in the log. */
export type CaseTextKey = (typeof caseTextKeys)[number];

export const origins = ['online', 'table', 'paper', 'document'] as const;
/** Where a contribution was given. `table`: at a workshop table; `document`: at a passage of a shared text. */
export type Origin = (typeof origins)[number];

export const contributionKinds = ['need', 'experience', 'suggestion', 'comment'] as const;
export type ContributionKind = (typeof contributionKinds)[number];

export const documentKinds = ['table', 'shared', 'summary'] as const;
/** `table`: notes of one workshop table; `shared`: a text written together in the open period; `summary`: the working
 * text of the summary. */
export type DocumentKind = (typeof documentKinds)[number];

export const documentRights = ['read', 'comment', 'edit'] as const;
/** What somebody may do to a document now; each includes those before it. */
export type DocumentRight = (typeof documentRights)[number];

export const responseOutcomes = ['adopted', 'partly', 'forwarded', 'notAdopted'] as const;
export type ResponseOutcome = (typeof responseOutcomes)[number];

export const followUpStates = ['kept', 'late', 'changed'] as const;
export type FollowUpState = (typeof followUpStates)[number];

export const heardAnswers = ['yes', 'partly', 'no'] as const;
export type HeardAnswer = (typeof heardAnswers)[number];

export const languages = ['fi', 'sv', 'en'] as const;
export type Language = (typeof languages)[number];

/** What XState gave us to keep, in our own envelope so that another major version can be told apart. */
export type SnapshotEnvelope = {
  readonly workflow: string;
  readonly version: number;
  readonly snapshot: unknown;
};

/** A case as the process sees it. */
export type CaseRecord = {
  readonly id: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  /** number of the newest log row; every logged write raises it */
  readonly seq: number;
  /** number of transitions so far; what `expectedVersion` is held against */
  readonly version: number;
  /** the version at which the present step was entered; deadlines belong to one visit */
  readonly visit: number;
  readonly step: string;
  readonly snapshot: SnapshotEnvelope;
  /** hash of the newest log row, hex */
  readonly head: string;
  /** a need that nobody has accepted is not shown to everybody */
  readonly isPublic: boolean;
  readonly language: Language;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
};

/** A row of the log. `body` is the exact text that was hashed: ids, times, figures and commitments, never words. */
export type LogEntry = {
  readonly caseId: string;
  readonly seq: number;
  readonly at: Instant;
  readonly type: string;
  readonly kind: 'transition' | 'content';
  readonly actor: string;
  readonly body: string;
  readonly prev: string;
  readonly hash: string;
  readonly idempotencyKey: string | null;
  readonly requestHash: string | null;
  /** what the command answered, so that a repeat gets the same answer */
  readonly answer: Readonly<Record<string, unknown>>;
};

/** Words that a log row commits to, kept beside it so that they can be erased without breaking the chain. */
export type LogText = {
  readonly caseId: string;
  readonly seq: number;
  readonly field: string;
  readonly salt: string;
  readonly body: string;
};

export type Deadline = {
  readonly caseId: string;
  readonly name: string;
  readonly visit: number;
  readonly dueAt: Instant;
  readonly event: string;
};

export type Effect = {
  readonly caseId: string;
  readonly seq: number;
  readonly n: number;
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

export type Person = {
  readonly id: string;
  readonly name: string;
  /** office or task in words, e.g. 'palvelujohtaja'; shown beside a decision-maker's name */
  readonly title: string | null;
  readonly language: Language;
  /** roles held in the whole organisation */
  readonly roles: readonly RoleId[];
};

export type CaseText = { readonly caseId: string; readonly key: CaseTextKey; readonly body: string };

export type Member = {
  readonly caseId: string;
  readonly personId: string;
  readonly role: RoleId;
  readonly capacity: Capacity;
};

/** Somebody in one case under a pseudonym, with or without an account. `code` is printed on the card. */
export type Participant = {
  readonly caseId: string;
  readonly id: string;
  readonly personId: string | null;
  readonly pseudonym: string;
  readonly code: string;
  /** `card`: made ahead to be printed; `self`: made when the person first took part */
  readonly source: 'card' | 'self';
  readonly createdAt: Instant;
};

export type Contribution = {
  readonly caseId: string;
  readonly id: string;
  readonly participantId: string;
  readonly parentId: string | null;
  readonly origin: Origin;
  /** table's name, or the passage that a document contribution stands at */
  readonly originNote: string | null;
  readonly kind: ContributionKind;
  readonly body: string;
  readonly salt: string;
  readonly recordedBy: string | null;
  readonly createdAt: Instant;
};

export type Theme = { readonly caseId: string; readonly id: string; readonly title: string };
export type ContributionTheme = {
  readonly caseId: string;
  readonly contributionId: string;
  readonly themeId: string;
};

export type Statement = {
  readonly caseId: string;
  readonly id: string;
  readonly participantId: string;
  readonly body: string;
  readonly salt: string;
  readonly createdAt: Instant;
};

export type VoteValue = 'agree' | 'disagree' | 'pass';
export type Vote = {
  readonly caseId: string;
  readonly statementId: string;
  readonly participantId: string;
  readonly value: VoteValue;
};

export type Proposal = {
  readonly caseId: string;
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
};

export type ProposalSource = {
  readonly caseId: string;
  readonly proposalId: string;
  readonly contributionId: string;
};

/** How a contribution that stands behind no proposal was accounted for. */
export type Accounting = {
  readonly caseId: string;
  readonly contributionId: string;
  readonly outcome: 'merged' | 'leftOut';
  readonly intoId: string | null;
  readonly reason: string | null;
};

export type ProposalResponse = {
  readonly caseId: string;
  readonly proposalId: string;
  readonly outcome: ResponseOutcome;
  readonly reason: string;
  readonly forwardedTo: string | null;
  readonly nextStep: string;
  /** calendar date, yyyy-mm-dd, Europe/Helsinki */
  readonly nextStepOn: string;
  readonly personId: string;
  readonly givenAt: Instant;
};

export type FollowUp = {
  readonly caseId: string;
  readonly id: string;
  readonly proposalId: string;
  readonly state: FollowUpState;
  readonly body: string;
  readonly recordedBy: string | null;
  readonly createdAt: Instant;
};

/** That a participant was given their feedback, and how. */
export type Feedback = {
  readonly caseId: string;
  readonly participantId: string;
  readonly channel: 'message' | 'card';
  readonly givenAt: Instant;
};

export type Heard = {
  readonly caseId: string;
  readonly participantId: string;
  readonly answer: HeardAnswer;
  readonly body: string | null;
  readonly givenAt: Instant;
};

export type Workshop = {
  readonly caseId: string;
  readonly id: string;
  readonly heldOn: string;
  readonly onSite: number;
  readonly remote: number;
  readonly notes: string | null;
};

/** A text that people write together. What stands in it is kept edit by edit, beside the case's own rows. */
export type Document = {
  readonly caseId: string;
  /** one of a kind in the installation; letters a–z, digits and hyphens */
  readonly id: string;
  readonly kind: DocumentKind;
  readonly title: string;
  readonly createdAt: Instant;
};

/** Where in a document a remark was made. The place moves with the text; the words around it find it again when it
 * was cut and put elsewhere, and show what was meant when it is gone. */
export type Passage = {
  readonly caseId: string;
  /** the contribution that starts the discussion at the passage; answers to it are its replies */
  readonly contributionId: string;
  readonly documentId: string;
  /** two encoded Yjs relative positions, base64 each, with a full stop between; opaque here */
  readonly anchor: string;
  readonly quote: string;
  /** up to 32 letters before and after */
  readonly prefix: string;
  readonly suffix: string;
  /** when somebody said that the matter is settled; null while it is open */
  readonly resolvedAt: Instant | null;
};

/** That somebody took the words of a contribution out of sight, and why; the contribution stays, and so does what it
 * leads to. */
export type Hiding = {
  readonly caseId: string;
  readonly contributionId: string;
  readonly reason: string;
  /** null: the operator */
  readonly personId: string | null;
  readonly hiddenAt: Instant;
};

/** Every kind of content row by its table. The store writes and reads these as they are. */
export type ContentTables = {
  caseTexts: CaseText;
  members: Member;
  participants: Participant;
  contributions: Contribution;
  themes: Theme;
  contributionThemes: ContributionTheme;
  statements: Statement;
  votes: Vote;
  proposals: Proposal;
  proposalSources: ProposalSource;
  accountings: Accounting;
  responses: ProposalResponse;
  followUps: FollowUp;
  feedbacks: Feedback;
  heard: Heard;
  workshops: Workshop;
  documents: Document;
  passages: Passage;
  hidings: Hiding;
};
export type ContentTable = keyof ContentTables;

/** The columns (beside `caseId`) that make a row of each table one of a kind. */
export const contentKeys: { readonly [T in ContentTable]: readonly (keyof ContentTables[T] & string)[] } = {
  caseTexts: ['key'],
  members: ['personId', 'role'],
  participants: ['id'],
  contributions: ['id'],
  themes: ['id'],
  contributionThemes: ['contributionId'],
  statements: ['id'],
  votes: ['statementId', 'participantId'],
  proposals: ['id'],
  proposalSources: ['proposalId', 'contributionId'],
  accountings: ['contributionId'],
  responses: ['proposalId'],
  followUps: ['id'],
  feedbacks: ['participantId'],
  heard: ['participantId'],
  workshops: ['id'],
  documents: ['id'],
  passages: ['contributionId'],
  hidings: ['contributionId'],
};

/** Which row a column points at. */
export const contentLinks: {
  readonly [T in ContentTable]?: Readonly<Record<string, ContentTable | 'people'>>;
} = {
  members: { personId: 'people' },
  participants: { personId: 'people' },
  contributions: { participantId: 'participants', parentId: 'contributions', recordedBy: 'people' },
  contributionThemes: { contributionId: 'contributions', themeId: 'themes' },
  statements: { participantId: 'participants' },
  votes: { statementId: 'statements', participantId: 'participants' },
  proposalSources: { proposalId: 'proposals', contributionId: 'contributions' },
  accountings: { contributionId: 'contributions', intoId: 'contributions' },
  responses: { proposalId: 'proposals', personId: 'people' },
  followUps: { proposalId: 'proposals', recordedBy: 'people' },
  feedbacks: { participantId: 'participants' },
  heard: { participantId: 'participants' },
  passages: { contributionId: 'contributions', documentId: 'documents' },
  hidings: { contributionId: 'contributions', personId: 'people' },
};

/** What is true of a case's content when an event arrives: figures and the names of the texts given, no words. */
export type Facts = {
  readonly texts: readonly string[];
  readonly clients: number;
  readonly workers: number;
  readonly deciders: number;
  readonly workshops: number;
  readonly contributions: number;
  readonly contributionsUnaccounted: number;
  readonly proposals: number;
  readonly proposalsWithoutSource: number;
  readonly proposalsUnanswered: number;
  readonly participants: number;
  readonly participantsWithoutFeedback: number;
};

export const noFacts: Facts = {
  texts: [],
  clients: 0,
  workers: 0,
  deciders: 0,
  workshops: 0,
  contributions: 0,
  contributionsUnaccounted: 0,
  proposals: 0,
  proposalsWithoutSource: 0,
  proposalsUnanswered: 0,
  participants: 0,
  participantsWithoutFeedback: 0,
};
