import { sittingGapMs } from '../document/history.ts';
import type {
  DocumentActivity,
  DocumentLog,
  DocumentRef,
  DocumentVersion,
  DocumentVisit,
  StoredEdit,
} from '../ports.ts';

type Kept = {
  edits: StoredEdit[];
  folded: Uint8Array | null;
  foldedVector: Uint8Array | null;
  foldedSeq: number;
  clients: Map<number, string>;
  versions: { version: DocumentVersion; state: Uint8Array }[];
  visits: Map<string, DocumentVisit>;
};

function sittingsOf(edits: readonly StoredEdit[]): DocumentActivity[] {
  const sittings: StoredEdit[][] = [];
  for (const edit of edits) {
    const last = sittings.at(-1)?.at(-1);
    if (last && Date.parse(edit.at) - Date.parse(last.at) < sittingGapMs) sittings.at(-1)!.push(edit);
    else sittings.push([edit]);
  }
  return sittings.map((sitting) => ({
    fromSeq: sitting[0]!.seq,
    toSeq: sitting.at(-1)!.seq,
    from: sitting[0]!.at,
    to: sitting.at(-1)!.at,
    authors: [...new Set(sitting.map(({ author }) => author))].sort(),
  }));
}

/** A log that forgets everything with the process.
 * @param caseSeqOf - number of the newest log row of the case; undefined when there is no such document */
export function memoryDocumentLog(
  caseSeqOf: (ref: DocumentRef) => number | undefined,
  now: () => Date = () => new Date(),
): DocumentLog {
  const all = new Map<string, Kept>();
  const keyOf = ({ caseId, documentId }: DocumentRef) => `${caseId} ${documentId}`;
  const keptOf = (ref: DocumentRef): Kept => {
    const known = all.get(keyOf(ref));
    if (known) return known;
    const fresh: Kept = {
      edits: [],
      folded: null,
      foldedVector: null,
      foldedSeq: 0,
      clients: new Map(),
      versions: [],
      visits: new Map(),
    };
    all.set(keyOf(ref), fresh);
    return fresh;
  };
  // What a store does takes a turn, as in the real one.
  const later = <T>(value: () => T): Promise<T> => new Promise((done) => setImmediate(() => done(value())));

  return {
    load: (ref) =>
      later(() => {
        if (caseSeqOf(ref) === undefined) return null;
        const { edits, folded, foldedVector, foldedSeq, clients } = keptOf(ref);
        return {
          seq: edits.length,
          foldedSeq,
          folded,
          foldedVector,
          edits: edits.slice(foldedSeq),
          clients: new Map(clients),
        };
      }),
    append: (batch) =>
      later(() => {
        const there = batch.filter((each) => caseSeqOf(each) !== undefined);
        return new Map(
          there.map((each) => {
            const kept = keptOf(each);
            const at = now().toISOString();
            for (const edit of each.edits) {
              kept.edits.push({ ...edit, seq: kept.edits.length + 1, at });
              for (const client of edit.clients) {
                if (!kept.clients.has(client)) kept.clients.set(client, edit.author);
              }
            }
            return [each.documentId, kept.edits.length];
          }),
        );
      }),
    since: (ref, seq) =>
      later(() =>
        keptOf(ref)
          .edits.slice(seq)
          .map((edit) => ({ ...edit, clients: [] })),
      ),
    newest: (refs) =>
      later(
        () =>
          new Map(
            refs.flatMap((ref) => {
              const caseSeq = caseSeqOf(ref);
              return caseSeq === undefined
                ? []
                : [[ref.documentId, { seq: keptOf(ref).edits.length, caseSeq }] as const];
            }),
          ),
      ),
    fold: (ref, seq, folded, vector) =>
      later(() => {
        const kept = keptOf(ref);
        if (seq <= kept.foldedSeq || seq > kept.edits.length) return false;
        kept.folded = folded;
        kept.foldedVector = vector;
        kept.foldedSeq = seq;
        return true;
      }),
    saveVersion: (ref, version, state) =>
      later(() => {
        const { versions } = keptOf(ref);
        const same = versions.some(({ version: v }) => v.seq === version.seq && v.reason === version.reason);
        if (!same) versions.push({ version, state });
      }),
    versions: (ref) =>
      later(() =>
        keptOf(ref)
          .versions.map(({ version }) => version)
          .sort((a, b) => b.seq - a.seq || (a.at < b.at ? 1 : -1)),
      ),
    baseFor: (ref, seq) =>
      later(() => {
        const { versions, edits } = keptOf(ref);
        const nearest = versions
          .filter(({ version }) => version.seq <= seq)
          .sort((a, b) => b.version.seq - a.version.seq)[0];
        const since = edits.slice(nearest?.version.seq ?? 0, seq).map(({ update }) => update);
        return nearest ? [nearest.state, ...since] : since;
      }),
    activity: (ref) => later(() => sittingsOf(keptOf(ref).edits)),
    seqAt: (ref, instants) =>
      later(() =>
        instants.map(
          (instant) =>
            keptOf(ref).edits.findLast(({ at }) => Date.parse(at) <= Date.parse(instant))?.seq ?? 0,
        ),
      ),
    seen: (ref, author, seq) =>
      later(() => {
        const { visits } = keptOf(ref);
        const before = visits.get(author) ?? null;
        visits.set(author, { seq: Math.max(seq, before?.seq ?? 0), at: now().toISOString() });
        return before;
      }),
  };
}
