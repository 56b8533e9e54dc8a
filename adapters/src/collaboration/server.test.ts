import { memoryDocumentLog } from '@lakeus/engine/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { raiseStage, say, until, wordsOf } from './testing/stage.ts';
import type { Sitter, Stage } from './testing/stage.ts';

const documentId = 'poyta-yksi';
const stages: Stage[] = [];
const sitters: Sitter[] = [];

afterEach(async () => {
  for (const sitter of sitters.splice(0)) sitter.leave();
  for (const stage of stages.splice(0)) await stage.close();
});

async function raised(log = memoryDocumentLog(() => 1)): Promise<Stage> {
  const stage = await raiseStage(log);
  stages.push(stage);
  return stage;
}
const seated = (sitter: Sitter): Sitter => {
  sitters.push(sitter);
  return sitter;
};

describe('people at one document', () => {
  test('see what each other writes', async () => {
    const stage = await raised();
    const [aino, veikko] = [seated(stage.sit(documentId, { name: 'Aino' })), seated(stage.sit(documentId, { name: 'Veikko' }))];
    await Promise.all([aino.synced, veikko.synced]);
    say(aino.doc, 'Bussi ei tule enää.');
    await until(veikko.doc, () => wordsOf(veikko.doc).includes('Bussi'));
    say(veikko.doc, 'Kela-taksi tulee.');
    await until(aino.doc, () => wordsOf(aino.doc).includes('Kela'));
    expect(wordsOf(aino.doc)).toBe(wordsOf(veikko.doc));
  });

  test('who comes later is sent all of it at the first sync', async () => {
    const stage = await raised();
    const aino = seated(stage.sit(documentId, { name: 'Aino' }));
    await aino.synced;
    for (let i = 0; i < 20; i += 1) say(aino.doc, `Rivi ${i}`);
    const veikko = seated(stage.sit(documentId, { name: 'Veikko' }));
    await veikko.synced;
    await until(veikko.doc, () => wordsOf(veikko.doc) === wordsOf(aino.doc));
  });
});
