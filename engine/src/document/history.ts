import type { Instant } from '../case.ts';
import type { DocumentRef, VersionReason } from '../ports.ts';
import type { DocumentJson } from './read.ts';

/** What has become of a shared document: as it stood, what changed between, who changed it. */

/** How long nobody writes until what is written next is another sitting. */
export const sittingGapMs = 30 * 60_000;

/** A moment of a document that somebody may want to look at again. */
export type HistoryPoint = {
  /** the edit after which the document stood so */
  readonly seq: number;
  readonly at: Instant;
  /** `regular`: the end of a sitting */
  readonly why: VersionReason;
  /** what somebody called it */
  readonly name: string | null;
  /** the step that the case came to, where that is why */
  readonly step: string | null;
  /** who wrote in the sittings that led here, as in `DocumentEdit.author` */
  readonly authors: readonly string[];
};

/** What a block of the text is to a reader. A row is a whole row of a table. */
export type BlockKind = 'paragraph' | 'heading' | 'item' | 'quote' | 'row' | 'note' | 'picture' | 'rule';

/** Words one after another that share a fate. */
export type DifferencePiece = {
  readonly text: string;
  readonly change: 'same' | 'added' | 'removed';
  /** who wrote the words; null where they are the same, or nobody knows */
  readonly author: string | null;
  /** who took them out; null where they stay, or nobody knows */
  readonly removedBy: string | null;
};

export type DifferenceBlock = {
  readonly kind: BlockKind;
  /** `restyled`: the same words in another shape, e.g. a heading that was a paragraph; `moved`: the same words
   * elsewhere, told where they stand now */
  readonly change: 'same' | 'added' | 'removed' | 'changed' | 'moved' | 'restyled';
  readonly pieces: readonly DifferencePiece[];
};

export type Difference = {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** in the order of the newer text, what is gone standing where it stood */
  readonly blocks: readonly DifferenceBlock[];
  /** who wrote or removed something that shows, in the order of the text */
  readonly authors: readonly string[];
};

/** What happened to a document since a moment, in short. */
export type ChangedSince = {
  readonly seq: number;
  readonly edits: number;
  /** who made the edits, each once */
  readonly authors: readonly string[];
  /** blocks that read otherwise now */
  readonly blocks: number;
};

export type DocumentHistory = {
  /** Newest first; of the same edit, what happened last comes first. Empty when nothing was written. */
  points(ref: DocumentRef): Promise<HistoryPoint[]>;
  /** The document as it stood after an edit. Null when there is no such edit; 0 is the empty document. */
  at(ref: DocumentRef, seq: number): Promise<DocumentJson | null>;
  /** What changed between two moments, whichever is named first. Null when there is no such edit. */
  compare(ref: DocumentRef, fromSeq: number, toSeq: number): Promise<Difference | null>;
  /** Calls a moment by a name.
   * @returns 'hasName' when it has one already, null when there is no such edit */
  name(ref: DocumentRef, seq: number, name: string, author: string): Promise<'named' | 'hasName' | null>;
  /** Makes the document say what it said after an edit, by a change like any other: whoever has it open sees it happen,
   * and what was there before stays in the history.
   * @returns where the document stood before, so that this can be undone; null when there is no such edit */
  restore(
    ref: DocumentRef,
    seq: number,
    author: string,
  ): Promise<{ readonly before: number; readonly after: number } | null>;
  /** What happened after an edit. Null when there is no such edit. */
  changedSince(ref: DocumentRef, seq: number): Promise<ChangedSince | null>;
  /** Keeps that somebody is shown the document up to `seq`, and tells what they were shown last time; null at their
   * first visit. */
  seen(ref: DocumentRef, author: string, seq: number): Promise<{ seq: number; at: Instant } | null>;
};
