import type { DocumentLog } from '@lakeus/engine';
import { memoryDocumentLog } from '@lakeus/engine/testing';
import * as encoding from 'lib0/encoding';
import { afterEach } from 'vitest';
import * as Y from 'yjs';
import { raiseStage } from './stage.ts';
import type { Person, Sitter, Stage } from './stage.ts';

/** What the tests of the collaboration server have in common: a stage and people, who leave after each test. */

export const documentId = 'poyta-yksi';
export const patient = { timeout: 10_000, interval: 5 };
export const leaving: (() => unknown)[] = [];
afterEach(async () => {
  for (const leave of leaving.splice(0).reverse()) await leave();
});

/** A server, taken down after the test. */
export async function raised(
  log: DocumentLog = memoryDocumentLog(() => 1),
  options: Parameters<typeof raiseStage>[1] = {},
): Promise<Stage> {
  const stage = await raiseStage(log, options);
  leaving.push(() => stage.close());
  return stage;
}

/** Somebody at the document, who has all of it. */
export async function seated(
  stage: Stage,
  person: Person,
  params: Record<string, string> = {},
): Promise<Sitter> {
  const sitter = stage.sit(documentId, person, params);
  leaving.push(() => sitter.leave());
  await sitter.synced;
  return sitter;
}

/** A sync message. */
export const sync = (kind: number, content: Uint8Array): Uint8Array => {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, content);
  return encoding.toUint8Array(encoder);
};
/** An awareness message. */
export const presence = (content: Uint8Array): Uint8Array => {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint8Array(encoder, content);
  return encoding.toUint8Array(encoder);
};
/** What a fresh Yjs document writes. */
export const written = (act: (doc: Y.Doc) => void): Uint8Array => {
  const doc = new Y.Doc();
  act(doc);
  return Y.encodeStateAsUpdate(doc);
};
