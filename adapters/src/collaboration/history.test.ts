import { memoryDocumentLog, virtualClock } from '@lakeus/engine/testing';
import { describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import { documentId, raised, seated } from './testing/company.ts';
import { caseId, say, until, wordsOf } from './testing/stage.ts';

/** The past of a document that people write in at real sockets. */

const ref = { caseId, documentId };

async function laidOut() {
  const clock = virtualClock('2026-03-02T08:00:00.000Z');
  const log = memoryDocumentLog(
    () => 1,
    () => clock.now(),
  );
  const moves = [{ at: '2026-03-02T08:45:00.000Z', type: 'period.closed', step: 'summary' }];
  const stage = await raised(log, { now: () => clock.now(), transitions: () => Promise.resolve(moves) });
  const { history } = stage.collaboration;
  const newest = async () => (await stage.collaboration.documents.read(ref))!.seq;
  return { clock, log, stage, history, newest };
}

describe('the history of a document', () => {
  it('tells its points: sittings, steps, names, and who wrote', async () => {
    const { clock, stage, history, newest } = await laidOut();
    const anna = await seated(stage, { name: 'anna' });
    say(anna.doc, 'Anna aloitti.');
    await until(anna.doc, () => true);
    const bertta = await seated(stage, { name: 'bertta' });
    await until(bertta.doc, () => wordsOf(bertta.doc).includes('Anna'));
    const first = await newest();
    clock.forward({ hours: 1 });
    say(bertta.doc, 'Bertta jatkoi.');
    await until(anna.doc, () => wordsOf(anna.doc).includes('Bertta'));
    const second = await newest();
    expect(await history.name(ref, first, 'Ennen kokousta', 'person:x')).toBe('named');
    expect(await history.name(ref, first, 'Uudestaan', 'person:x')).toBe('hasName');
    expect(await history.name(ref, 99, 'Ei mitään', 'person:x')).toBeNull();
    const points = await history.points(ref);
    expect(points.map(({ seq, why, name, step }) => [seq, why, name, step])).toEqual([
      [second, 'regular', null, null],
      [first, 'named', 'Ennen kokousta', null],
      [first, 'stepChanged', null, 'summary'],
    ]);
    expect(points.map(({ authors }) => authors.length)).toEqual([1, 1, 1]);
    expect(points[0]!.authors).not.toEqual(points[1]!.authors);
  });

  it('shows it as it stood, compares by who wrote and who took out, and goes back by a change forward', async () => {
    const { stage, history, newest } = await laidOut();
    const anna = await seated(stage, { name: 'anna' });
    const bertta = await seated(stage, { name: 'bertta' });
    const text = say(anna.doc, 'Bussi kulkee harvoin.');
    await until(bertta.doc, () => wordsOf(bertta.doc).includes('harvoin'));
    const first = await newest();
    const theirs = (bertta.doc.getXmlFragment('prosemirror').get(0) as Y.XmlElement).get(0) as Y.XmlText;
    bertta.doc.transact(() => {
      theirs.delete(13, 7);
      theirs.insert(13, 'usein');
    });
    await until(anna.doc, () => text.toJSON().includes('usein'));
    const second = await newest();

    expect(JSON.stringify(await history.at(ref, first))).toContain('Bussi kulkee harvoin.');
    expect(await history.at(ref, second + 1)).toBeNull();
    expect(JSON.stringify(await history.at(ref, 0))).not.toContain('Bussi');
    const difference = (await history.compare(ref, second, first))!;
    const [annaIs, berttaIs] = [
      difference.blocks[0]!.pieces.find(({ change }) => change === 'removed')!.author,
      difference.blocks[0]!.pieces.find(({ change }) => change === 'added')!.author,
    ];
    expect(annaIs).not.toBe(berttaIs);
    expect(difference).toMatchObject({ fromSeq: first, toSeq: second, authors: [berttaIs] });
    expect(difference.blocks[0]!.pieces).toEqual([
      { text: 'Bussi kulkee ', change: 'same', author: null, removedBy: null },
      { text: 'harvoin', change: 'removed', author: annaIs, removedBy: berttaIs },
      { text: 'usein', change: 'added', author: berttaIs, removedBy: null },
      { text: '.', change: 'same', author: null, removedBy: null },
    ]);
    expect(await history.compare(ref, 0, 999)).toBeNull();
    expect(await history.changedSince(ref, first)).toMatchObject({
      authors: [berttaIs],
      blocks: 1,
      edits: 1,
    });
    expect(await history.changedSince(ref, second)).toMatchObject({ authors: [], blocks: 0, edits: 0 });

    const restored = (await history.restore(ref, first, 'person:sanna'))!;
    await until(anna.doc, () => text.toJSON().includes('harvoin'));
    expect(restored).toEqual({ before: second, after: await newest() });
    expect(wordsOf(anna.doc)).toBe('<paragraph>Bussi kulkee harvoin.</paragraph>');
    expect((await history.compare(ref, second, restored.after))!.authors).toEqual(['person:sanna']);
    expect((await history.points(ref)).map(({ why }) => why)).toContain('beforeRestore');

    await history.restore(ref, restored.before, 'person:sanna');
    await until(anna.doc, () => text.toJSON().includes('usein'));
    expect(await history.restore(ref, 999, 'person:sanna')).toBeNull();
  });
});
