import { IndexeddbPersistence } from 'y-indexeddb';
import type { Doc } from 'yjs';
import type { Keeping } from './connection.ts';

/** A document on the device: what was written without a network is there after the page was closed. */

const counted = 'unsafe';

/** Keeps a document under a name; whoever else uses the device with another card or another editor has another.
 * Kept when all that the device had of it stands in the document. */
export async function keepOnDevice(name: string, doc: Doc): Promise<Keeping> {
  const kept = new IndexeddbPersistence(name, doc);
  await kept.whenSynced;
  const unsafe: unknown = await kept.get(counted);
  let written = typeof unsafe === 'number' ? unsafe : 0;
  return {
    unsafe: written,
    count: (now) => {
      if (now === written) return;
      written = now;
      kept.set(counted, now).catch(() => undefined);
    },
    forget: () => kept.clearData(),
  };
}
