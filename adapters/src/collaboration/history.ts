import type {
  Difference,
  DocumentActivity,
  DocumentHistory,
  DocumentLog,
  DocumentRef,
  DocumentVersion,
  HistoryPoint,
  Instant,
  LiveDocuments,
  StoredEdit,
  Transition,
} from '@lakeus/engine';
import { readDocument } from '@lakeus/engine/document';
import * as Y from 'yjs';
import { blocksOf } from './blocks.ts';
import { contentOf, repairOf } from './content.ts';
import { differenceOf } from './difference.ts';
import type { Hands } from './difference.ts';

/** The past of shared documents, read from their log: nothing is kept for it that is not an edit, except names. */

export type HistoryPorts = {
  readonly log: DocumentLog;
  readonly live: LiveDocuments;
  /** the transitions of a case, oldest first */
  readonly transitions: (caseId: string) => Promise<readonly Transition[]>;
  readonly now: () => Date;
};

/** From so many updates on, what came of them is kept, so that the next reader need not put them together again. */
const worthKeeping = 2_000;
/** The event by which a case shows its summary. */
const publishing = 'summary.published';

export function historyOf({ log, live, transitions, now }: HistoryPorts): DocumentHistory {
  const newestOf = async (ref: DocumentRef): Promise<number | null> =>
    (await log.newest([ref])).get(ref.documentId)?.seq ?? null;
  const isThere = async (ref: DocumentRef, seqs: readonly number[]): Promise<boolean> => {
    const newest = await newestOf(ref);
    return newest !== null && seqs.every((seq) => Number.isInteger(seq) && seq >= 0 && seq <= newest);
  };

  /** The Yjs document as it stood. */
  const docAt = async (ref: DocumentRef, seq: number): Promise<Y.Doc> => {
    const updates = await log.baseFor(ref, seq);
    const doc = new Y.Doc();
    doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)));
    if (updates.length > worthKeeping)
      await log.saveVersion(ref, plainVersion(seq, now()), Y.encodeStateAsUpdate(doc));
    return doc;
  };

  const handsOf = async (ref: DocumentRef, fromSeq: number, toSeq: number): Promise<Omit<Hands, 'isNew'>> => {
    const [stored, edits] = await Promise.all([log.load(ref), log.since(ref, fromSeq)]);
    return {
      wrote: (client) => stored?.clients.get(client) ?? null,
      removed: removalsOf(edits.filter(({ seq }) => seq <= toSeq)),
    };
  };

  const compare: DocumentHistory['compare'] = async (ref, one, other) => {
    const [fromSeq, toSeq] = one <= other ? [one, other] : [other, one];
    if (!(await isThere(ref, [fromSeq, toSeq]))) return null;
    const [before, after, hands] = await Promise.all([
      docAt(ref, fromSeq),
      docAt(ref, toSeq),
      handsOf(ref, fromSeq, toSeq),
    ]);
    const blocks = differenceOf(blocksOf(before), blocksOf(after), {
      ...hands,
      isNew: (client, clock) => clock >= Y.getState(before.store, client),
    });
    before.destroy();
    after.destroy();
    return { fromSeq, toSeq, blocks, authors: authorsOf(blocks) };
  };

  return {
    compare,

    async points(ref) {
      const [versions, sittings, moves] = await Promise.all([
        log.versions(ref),
        log.activity(ref),
        transitions(ref.caseId),
      ]);
      const seqs = await log.seqAt(
        ref,
        moves.map(({ at }) => at),
      );
      const points = [
        ...sittings.map((sitting) => endOf(sitting)),
        ...moves.map((move, i) => pointOfMove(move, seqs[i]!)),
        ...versions.filter(({ reason }) => reason !== 'regular').map((version) => pointOf(version, sittings)),
      ].filter(({ seq }) => seq > 0);
      return withAuthors(withoutRepeats(points.sort(newestFirst)), sittings);
    },

    async at(ref, seq) {
      if (!(await isThere(ref, [seq]))) return null;
      const doc = await docAt(ref, seq);
      const content = (repairOf(doc)?.toJSON() as ReturnType<typeof contentOf> | undefined) ?? contentOf(doc);
      doc.destroy();
      return content;
    },

    async name(ref, seq, name, author) {
      if (seq === 0 || !(await isThere(ref, [seq]))) return null;
      const versions = await log.versions(ref);
      if (versions.some((version) => version.seq === seq && version.reason === 'named')) return 'hasName';
      const doc = await docAt(ref, seq);
      const version = { ...plainVersion(seq, now()), reason: 'named' as const, name, author };
      await log.saveVersion(ref, version, Y.encodeStateAsUpdate(doc));
      doc.destroy();
      return 'named';
    },

    async restore(ref, seq, author) {
      const standing = await live.read(ref);
      if (!standing || !(await isThere(ref, [seq]))) return null;
      const doc = await docAt(ref, seq);
      const wanted = repairOf(doc) ?? readDocument(contentOf(doc));
      doc.destroy();
      const before = standing.seq;
      const was = await docAt(ref, before);
      const version = { ...plainVersion(before, now()), reason: 'beforeRestore' as const, author };
      await log.saveVersion(ref, version, Y.encodeStateAsUpdate(was));
      was.destroy();
      const written = await live.write(ref, author, () => wanted.toJSON() as ReturnType<typeof contentOf>);
      return written && { before, after: written.seq };
    },

    async changedSince(ref, seq) {
      if (!(await isThere(ref, [seq]))) return null;
      const edits = await log.since(ref, seq);
      const authors = [...new Set(edits.map(({ author }) => author))].filter((author) => author !== 'server');
      const newest = edits.at(-1)?.seq ?? seq;
      const difference = edits.length > 0 ? await compare(ref, seq, newest) : null;
      const blocks = difference?.blocks.filter(({ change }) => change !== 'same').length ?? 0;
      return { seq: newest, edits: edits.length, authors, blocks };
    },

    seen: (ref, author, seq) => log.seen(ref, author, seq),
  };
}

const plainVersion = (seq: number, now: Date): DocumentVersion => ({
  ...{ seq, at: now.toISOString(), reason: 'regular', name: null },
  ...{ author: 'server', authors: [] },
});

const endOf = ({ toSeq, to }: DocumentActivity): HistoryPoint => ({
  ...{ seq: toSeq, at: to, why: 'regular', name: null, step: null, authors: [] },
});

const pointOfMove = ({ at, type, step }: Transition, seq: number): HistoryPoint => ({
  ...{ seq, at, why: type === publishing ? 'published' : 'stepChanged', name: null, step, authors: [] },
});

/** A version may be named long after the document stood so: it is told of where it belongs. */
function pointOf(
  { seq, at, reason, name }: DocumentVersion,
  sittings: readonly DocumentActivity[],
): HistoryPoint {
  const sitting = sittings.find(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq);
  const then = sitting ? (seq === sitting.toSeq ? sitting.to : between(at, sitting.from, sitting.to)) : at;
  return { seq, at: then, why: reason, name, step: null, authors: [] };
}

const between = (at: Instant, from: Instant, to: Instant): Instant => (at < from ? from : at > to ? to : at);

/** Of what happened at the same edit, the end of the sitting came first and what somebody named stands on top. */
const rank = ['regular', 'beforeRepair', 'beforeRestore', 'stepChanged', 'published', 'named'];
const newestFirst = (a: HistoryPoint, b: HistoryPoint): number =>
  b.seq - a.seq || rank.indexOf(b.why) - rank.indexOf(a.why) || (a.at < b.at ? 1 : -1);

/** The end of a sitting says nothing where something else happened at the same edit. */
const withoutRepeats = (points: readonly HistoryPoint[]): HistoryPoint[] =>
  points.filter(({ seq, why }, i) => why !== 'regular' || points[i - 1]?.seq !== seq);

/** Each point is told with those who wrote since the edit of the one before it. */
function withAuthors(points: readonly HistoryPoint[], sittings: readonly DocumentActivity[]): HistoryPoint[] {
  return points.map((point) => {
    const since = points.find(({ seq }) => seq < point.seq)?.seq ?? 0;
    const authors = sittings
      .filter(({ fromSeq, toSeq }) => fromSeq <= point.seq && toSeq > since)
      .flatMap((sitting) => sitting.authors);
    return { ...point, authors: [...new Set(authors)].filter((author) => author !== 'server') };
  });
}

type Removal = { readonly clock: number; readonly end: number; readonly author: string };

/** Who took out which letters: an edit names what it removes by item, and the first who does so has done it. */
function removalsOf(edits: readonly StoredEdit[]): Hands['removed'] {
  const byClient = new Map<number, Removal[]>();
  for (const { author, update } of edits) {
    for (const [client, ranges] of Y.decodeUpdate(update).ds.clients) {
      const known = byClient.get(client) ?? [];
      byClient.set(client, known);
      for (const { clock, len } of ranges) known.push({ clock, end: clock + len, author });
    }
  }
  const sorted = new Map([...byClient].map(([client, removals]) => [client, disjoint(removals)]));
  return (client, clock) => {
    const removals = sorted.get(client) ?? [];
    let [low, high] = [0, removals.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (removals[middle]!.end <= clock) low = middle + 1;
      else high = middle;
    }
    const next = removals[low];
    if (!next) return { author: null, letters: Number.MAX_SAFE_INTEGER };
    if (next.clock > clock) return { author: null, letters: next.clock - clock };
    return { author: next.author, letters: next.end - clock };
  };
}

/** Ascending stretches; where several cover the same letters, the first that was given has them. */
function disjoint(removals: readonly Removal[]): Removal[] {
  const bounds = [...new Set(removals.flatMap(({ clock, end }) => [clock, end]))].sort((a, b) => a - b);
  const owner = new Array<string | undefined>(bounds.length);
  // What is taken is stepped over, so that each stretch between two bounds is looked at about once.
  const next = bounds.map((_, i) => i);
  const free = (i: number): number => {
    let root = i;
    while (root < bounds.length && next[root] !== root) root = next[root]!;
    for (let at = i; at < root;) [at, next[at]] = [next[at]!, root];
    return root;
  };
  const place = new Map(bounds.map((bound, i) => [bound, i]));
  for (const { clock, end, author } of removals) {
    const to = place.get(end)!;
    for (let i = free(place.get(clock)!); i < to; i = free(i)) {
      owner[i] = author;
      next[i] = i + 1;
    }
  }
  return owner.flatMap((author, i) =>
    author === undefined ? [] : [{ clock: bounds[i]!, end: bounds[i + 1]!, author }],
  );
}

function authorsOf(blocks: Difference['blocks']): string[] {
  const authors = new Set<string>();
  for (const { pieces } of blocks) {
    for (const { change, author, removedBy } of pieces) {
      const hand = change === 'removed' ? removedBy : author;
      if (hand) authors.add(hand);
    }
  }
  return [...authors];
}
