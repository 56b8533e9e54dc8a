import { schema } from '@lakeus/engine/document';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { isDocument, writeContent } from './content.ts';

/** Edits of a document one by one, as a log keeps them. */
function edits(...texts: string[]): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const text of texts) {
    const paragraph = schema.node('paragraph', null, [schema.text(text)]);
    writeContent(doc, schema.node('doc', null, [paragraph]), 'test');
  }
  return updates;
}

describe('edits in a file', () => {
  it('make a document when all are there, or none', () => {
    const updates = edits('Käynnit', 'Käynnit sovitaan', 'Käynnit sovitaan viikko ennen');
    expect(updates.length).toBeGreaterThan(2);
    expect(isDocument(updates)).toBe(true);
    expect(isDocument([])).toBe(true);
  });

  it('make none when one is missing, is no update, or stands beside the text', () => {
    const updates = edits('Käynnit', 'Käynnit sovitaan');
    expect(isDocument(updates.slice(1))).toBe(false);
    expect(isDocument([...updates, new Uint8Array([1, 2, 3])])).toBe(false);
    const beside = new Y.Doc();
    beside.getMap('elsewhere').set('key', 'value');
    expect(isDocument([...updates, Y.encodeStateAsUpdate(beside)])).toBe(false);
  });
});
