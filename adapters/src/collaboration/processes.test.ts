import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import type { Bus } from '@lakeus/engine';
import { memoryDocumentLog } from '@lakeus/engine/testing';
import { localBus } from '../bus/index.ts';
import { documentId, leaving, patient, raised, seated } from './testing/company.ts';
import { say, until, wordsOf } from './testing/stage.ts';

describe('several processes', () => {
  /** A bus on which some announcements are lost. */
  function lossyBus(bus: Bus, lost: () => boolean): Bus {
    return { ...bus, announce: (topic, message) => (lost() ? undefined : bus.announce(topic, message)) };
  }

  test.each([
    ['all announcements arrive', () => false],
    [
      'every second is lost',
      (() => {
        let n = 0;
        return () => n++ % 2 === 0;
      })(),
    ],
    ['none arrives', () => true],
  ])('have the same document when %s', async (_name, lost) => {
    const log = memoryDocumentLog(() => 1);
    const bus = localBus();
    leaving.push(() => bus.close());
    const here = await raised(log, { bus: lossyBus(bus, lost) });
    const there = await raised(log, { bus: lossyBus(bus, lost) });
    const [aino, veikko] = [await seated(here, { name: 'Aino' }), await seated(there, { name: 'Veikko' })];
    for (let i = 0; i < 15; i += 1) {
      say(aino.doc, `Aino ${i}`);
      say(veikko.doc, `Veikko ${i}`);
    }
    await until(aino.doc, () => wordsOf(aino.doc).includes('Veikko 14'));
    await until(veikko.doc, () => wordsOf(veikko.doc).includes('Aino 14'));
    expect(Y.encodeStateAsUpdate(aino.doc)).toEqual(Y.encodeStateAsUpdate(veikko.doc));
  });

  test('show who is at the other', async () => {
    const log = memoryDocumentLog(() => 1);
    const bus = localBus();
    leaving.push(() => bus.close());
    const [here, there] = [await raised(log, { bus }), await raised(log, { bus })];
    const aino = await seated(here, { name: 'Aino' });
    const veikko = await seated(there, { name: 'Veikko' });
    veikko.provider.awareness.setLocalStateField('cursor', null);
    await vi.waitFor(() => {
      const names = [...aino.provider.awareness.getStates().values()].map(
        (state) => (state.user as { name?: string })?.name,
      );
      expect(names).toContain('Veikko');
    }, patient);
  });
});

describe('words lost on the way', () => {
  /** A client whose every n-th outgoing frame never arrives. */
  function lossy(every: number) {
    let sent = 0;
    return class extends WebSocket {
      override send(data: Parameters<WebSocket['send']>[0]): void {
        sent += 1;
        if (sent % every !== 0) super.send(data);
      }
    };
  }

  test('are asked for again', async () => {
    const stage = await raised();
    const veikko = await seated(stage, { name: 'Veikko' });
    const aino = stage.sit(documentId, { name: 'Aino' }, {}, lossy(4));
    leaving.push(() => aino.leave());
    await aino.synced;
    const text = say(aino.doc, 'a');
    for (let i = 0; i < 40; i += 1) text.insert(text.length, String(i % 10));
    await until(veikko.doc, () => wordsOf(veikko.doc) === wordsOf(aino.doc));
  });
});
