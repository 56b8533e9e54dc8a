import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sittingGapMs } from '../document/history.ts';
import type { DocumentEdit, DocumentLog, DocumentRef, DocumentVersion } from '../ports.ts';
import { virtualClock } from './clock.ts';
import type { VirtualClock } from './clock.ts';

/** A log of shared documents under test. */
export type DocumentLogEnds = {
  readonly log: DocumentLog;
  /** an empty document, in a case of its own whose newest log row has the number `caseSeq` */
  readonly document: () => Promise<DocumentRef & { readonly caseSeq: number }>;
  readonly close: () => Promise<void>;
};

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const plain = (update: Uint8Array): number[] => [...update];

/** The one suite that every log of shared documents must pass. Updates are bytes here: a log never reads them.
 * @param open - an empty log that goes by the clock */
export function documentLogContract(
  name: string,
  open: (clock: VirtualClock) => Promise<DocumentLogEnds>,
): void {
  describe(name, () => {
    let clock: VirtualClock;
    let ends: DocumentLogEnds;
    beforeEach(async () => {
      clock = virtualClock();
      ends = await open(clock);
    });
    afterEach(() => ends.close());

    const edit = (author: string, update: number, clients: number[] = []): DocumentEdit => ({
      author,
      clients,
      update: bytes(update),
    });
    const write = (ref: DocumentRef, ...edits: DocumentEdit[]) => ends.log.append([{ ...ref, edits }]);
    const version = (seq: number, more: Partial<DocumentVersion> = {}): DocumentVersion => ({
      ...{ seq, at: clock.now().toISOString(), reason: 'named', name: 'Ensimmäinen' },
      ...{ author: 'person:p', authors: ['person:p'], ...more },
    });
    const gone = { caseId: '00000000-0000-7000-8000-00000000dead', documentId: 'ei-missaan' };

    it('has nothing of a document that nobody has written in, and no document that there is not', async () => {
      const ref = await ends.document();
      expect(await ends.log.load(ref)).toEqual({
        ...{ seq: 0, foldedSeq: 0, folded: null, foldedVector: null, edits: [], clients: new Map() },
      });
      expect(await ends.log.load(gone)).toBeNull();
      expect(await ends.log.load({ ...ref, caseId: gone.caseId })).toBeNull();
      expect(await ends.log.since(ref, 0)).toEqual([]);
      expect(await ends.log.versions(ref)).toEqual([]);
      expect(await ends.log.baseFor(ref, 0)).toEqual([]);
      expect(await ends.log.activity(ref)).toEqual([]);
    });

    it('numbers what is appended in the order given, and gives it back so', async () => {
      const ref = await ends.document();
      expect(await write(ref, edit('person:a', 1), edit('person:b', 2))).toEqual(
        new Map([[ref.documentId, 2]]),
      );
      expect(await write(ref, edit('person:a', 3))).toEqual(new Map([[ref.documentId, 3]]));
      const loaded = (await ends.log.load(ref))!;
      expect(loaded.seq).toBe(3);
      expect(loaded.edits.map(({ seq, update }) => [seq, plain(update)])).toEqual([
        [1, [1]],
        [2, [2]],
        [3, [3]],
      ]);
      const rows = await ends.log.since(ref, 1);
      const at = clock.now().toISOString();
      expect(rows.map((row) => ({ ...row, update: plain(row.update) }))).toEqual([
        { seq: 2, at, author: 'person:b', clients: [], update: [2] },
        { seq: 3, at, author: 'person:a', clients: [], update: [3] },
      ]);
    });

    it('takes edits of several documents at once, and those of one that is gone harm nobody', async () => {
      const [one, other] = [await ends.document(), await ends.document()];
      await write(other, edit('person:a', 9));
      const last = await ends.log.append([
        { ...one, edits: [edit('person:a', 1), edit('person:b', 2)] },
        { ...gone, edits: [edit('person:a', 3)] },
        { ...other, edits: [edit('person:b', 4)] },
      ]);
      expect(last).toEqual(
        new Map([
          [one.documentId, 2],
          [other.documentId, 2],
        ]),
      );
      expect((await ends.log.since(other, 0)).map(({ update }) => plain(update))).toEqual([[9], [4]]);
    });

    it('numbers without gaps what many append at once, each batch in its own order', async () => {
      const ref = await ends.document();
      const many = Array.from({ length: 20 }, (_, i) => i);
      const last = await Promise.all(
        many.map(async (i) =>
          (await write(ref, edit(`person:${i}`, i), edit(`person:${i}`, i + 100))).get(ref.documentId),
        ),
      );
      expect(last.map(Number).sort((a, b) => a - b)).toEqual(many.map((i) => 2 * i + 2));
      const rows = await ends.log.since(ref, 0);
      expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
      for (const [i, to] of last.entries()) {
        expect(rows.slice(to! - 2, to).map(({ update }) => plain(update)[0])).toEqual([i, i + 100]);
      }
    });

    it('never lets a reader pass an edit by that gets its number meanwhile', async () => {
      const ref = await ends.document();
      const seen: number[] = [];
      let writing = true;
      const reading = (async () => {
        for (let last = 0, more = true; more;) {
          more = writing;
          const rows = await ends.log.since(ref, last);
          seen.push(...rows.map(({ seq }) => seq));
          last = seen.at(-1) ?? 0;
        }
      })();
      await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          for (let n = 0; n < 5; n += 1) await write(ref, edit(`person:${i}`, n));
        }),
      );
      writing = false;
      await reading;
      expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    });

    it('gives an id to the first who wrote under it', async () => {
      const ref = await ends.document();
      await write(ref, edit('person:a', 1, [7, 4_294_967_295]));
      await write(ref, edit('person:b', 2, [7, 8]));
      expect((await ends.log.load(ref))!.clients).toEqual(
        new Map([
          [7, 'person:a'],
          [4_294_967_295, 'person:a'],
          [8, 'person:b'],
        ]),
      );
    });

    it('tells the newest number of each document that there is, and of its case', async () => {
      const [one, other] = [await ends.document(), await ends.document()];
      await write(one, edit('person:a', 1));
      expect(await ends.log.newest([one, other, gone])).toEqual(
        new Map([
          [one.documentId, { seq: 1, caseSeq: one.caseSeq }],
          [other.documentId, { seq: 0, caseSeq: other.caseSeq }],
        ]),
      );
      expect(await ends.log.newest([])).toEqual(new Map());
    });

    it('folds without losing a row, forwards only, and never past what there is', async () => {
      const ref = await ends.document();
      await write(ref, edit('person:a', 1), edit('person:a', 2), edit('person:a', 3));
      expect(await ends.log.fold(ref, 2, bytes(12), bytes(0))).toBe(true);
      expect(await ends.log.fold(ref, 1, bytes(11), bytes(0))).toBe(false);
      expect(await ends.log.fold(ref, 2, bytes(13), bytes(0))).toBe(false);
      expect(await ends.log.fold(ref, 4, bytes(14), bytes(0))).toBe(false);
      expect(await ends.log.fold(gone, 1, bytes(14), bytes(0))).toBe(false);
      const { folded, foldedVector, foldedSeq, edits, seq } = (await ends.log.load(ref))!;
      expect([plain(folded!), plain(foldedVector!), foldedSeq, seq]).toEqual([[12], [0], 2, 3]);
      expect(edits.map((each) => each.seq)).toEqual([3]);
      expect((await ends.log.since(ref, 0)).length).toBe(3);
      expect((await ends.log.baseFor(ref, 2)).map(plain)).toEqual([[1], [2]]);
    });

    it('keeps versions, the newest first, each reason once for the same edit', async () => {
      const ref = await ends.document();
      await write(ref, edit('person:a', 1), edit('person:b', 2));
      const first = version(1);
      clock.forward({ minutes: 1 });
      const second = version(2, { reason: 'beforeRestore', name: null, authors: ['person:a', 'person:b'] });
      const named = version(2, { name: 'Toinen' });
      await ends.log.saveVersion(ref, first, bytes(1));
      await ends.log.saveVersion(ref, second, bytes(2));
      clock.forward({ minutes: 1 });
      const later = { ...named, at: clock.now().toISOString() };
      await ends.log.saveVersion(ref, later, bytes(2));
      await ends.log.saveVersion(ref, { ...later, name: 'Kolmas' }, bytes(3));
      expect(await ends.log.versions(ref)).toEqual([later, second, first]);
    });

    it('gives what a document stood on after an edit: the nearest version before it, and what came since', async () => {
      const ref = await ends.document();
      await write(ref, edit('person:a', 1), edit('person:a', 2), edit('person:a', 3), edit('person:a', 4));
      await ends.log.saveVersion(ref, version(2), bytes(22));
      const base = async (seq: number) => (await ends.log.baseFor(ref, seq)).map(plain);
      expect(await base(0)).toEqual([]);
      expect(await base(1)).toEqual([[1]]);
      expect(await base(2)).toEqual([[22]]);
      expect(await base(4)).toEqual([[22], [3], [4]]);
    });

    it('tells sittings: edits that follow one another soon', async () => {
      const ref = await ends.document();
      const at = () => clock.now().toISOString();
      const begun = at();
      await write(ref, edit('person:b', 1));
      clock.forward({ ms: sittingGapMs - 1 });
      const ended = at();
      await write(ref, edit('person:a', 2), edit('person:b', 3));
      clock.forward({ ms: sittingGapMs });
      const again = at();
      await write(ref, edit('participant:c', 4));
      expect(await ends.log.activity(ref)).toEqual([
        { fromSeq: 1, toSeq: 3, from: begun, to: ended, authors: ['person:a', 'person:b'] },
        { fromSeq: 4, toSeq: 4, from: again, to: again, authors: ['participant:c'] },
      ]);
      const early = new Date(Date.parse(begun) - 1).toISOString();
      expect(await ends.log.seqAt(ref, [again, early, begun, ended])).toEqual([4, 0, 1, 3]);
      expect(await ends.log.seqAt(ref, [])).toEqual([]);
    });

    it('remembers for each one what they were shown last, and never goes back', async () => {
      const ref = await ends.document();
      const first = clock.now().toISOString();
      expect(await ends.log.seen(ref, 'person:a', 5)).toBeNull();
      clock.forward({ minutes: 1 });
      expect(await ends.log.seen(ref, 'person:a', 3)).toEqual({ seq: 5, at: first });
      expect(await ends.log.seen(ref, 'person:a', 8)).toMatchObject({ seq: 5 });
      expect(await ends.log.seen(ref, 'person:b', 1)).toBeNull();
    });
  });
}
