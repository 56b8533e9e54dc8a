import type { AnyStateMachine } from 'xstate';
import type { ContentTable, Facts, Instant, RoleId } from './case.ts';

/** What a step lets in, besides its events. Names are the tables that the content lands in, plus the ways in. */
export type Accepts =
  | Exclude<
      ContentTable,
      | 'contributions'
      | 'participants'
      | 'contributionThemes'
      | 'proposalSources'
      | 'feedbacks'
      | 'documents'
      | 'passages'
      | 'hidings'
    >
  /** people give contributions themselves */
  | 'contributions'
  /** somebody writes in what was said at a table or on paper */
  | 'recordedContributions'
  | 'cards'
  /** staff open and edit the documents of tables and of the open period */
  | 'preparedDocuments'
  /** members and those with a card edit the documents of the workshop's tables */
  | 'tableDocuments'
  /** anybody edits the shared documents, and comments on those of the tables */
  | 'documents'
  /** staff and agents write the summary, members comment on it */
  | 'summaryDocument';

/** A deadline that stands while its step lasts: at the instant in `context[at]` the event is sent by the clock. */
export type DeadlineSpec = {
  readonly name: string;
  readonly at: string;
  readonly event: string;
  /** no deadline once this context key has a value */
  readonly unless?: string;
};

/** What each state of a workflow says about itself, beside its transitions. */
export type StepMeta = {
  readonly order: number;
  readonly lead: RoleId;
  /** the event that takes the case onward, and what must be there for it */
  readonly onward?: string;
  readonly mustProduce: readonly string[];
  readonly accepts: readonly Accepts[];
  readonly deadlines?: readonly DeadlineSpec[];
};

/** What the machine is sent. Time and facts come along, so that a replay needs nothing else. */
export type WorkflowEvent = {
  readonly type: string;
  readonly at: Instant;
  readonly facts: Facts;
  /** names of the texts that came with the event; the words themselves never enter a machine */
  readonly texts: readonly string[];
  readonly data: Readonly<Record<string, string | number>>;
};

/** `Context` is the machine's own; plain JSON. */
export type Requirement<Context = Record<string, unknown>> = {
  /** who can meet it: the to-do list of this role shows it */
  readonly role: RoleId;
  readonly holds: (facts: Facts, context: Context, at: Instant) => boolean;
  /** how many things still wait, where they can be counted */
  readonly count?: (facts: Facts) => number;
};

export type FieldKind = 'instant' | 'date' | 'count' | 'caseId';

/** Who may send an event and what it carries. `by: 'clock'` events come from deadlines only. */
export type EventSpec = {
  readonly by: readonly (RoleId | 'clock')[] | 'clock';
  readonly data?: Readonly<Record<string, FieldKind | `${FieldKind}?`>>;
  readonly texts?: readonly string[];
  /** whether guards look at content; without it the facts are not read */
  readonly needsFacts?: boolean;
};

/** What a workflow module supplies. Pure: no I/O, no clock, no randomness.
 * @source decisions/0002 */
export type Workflow = {
  readonly id: string;
  readonly version: number;
  readonly machine: AnyStateMachine;
  readonly requirements: Readonly<Record<string, Requirement>>;
  readonly events: Readonly<Record<string, EventSpec>>;
  /** whether everybody may see the case, by its context; until then staff, members and who raised it do */
  readonly isPublic: (context: Readonly<Record<string, unknown>>) => boolean;
};
