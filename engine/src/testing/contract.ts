import { afterEach, beforeEach, describe } from 'vitest';
import { builders } from './builders.ts';
import type { Builders } from './builders.ts';
import { virtualClock } from './clock.ts';
import type { VirtualClock } from './clock.ts';
import { agendaContract } from './contract-agenda.ts';
import { documentsContract } from './contract-documents.ts';
import { engineContract } from './contract-engine.ts';
import { newsContract } from './contract-news.ts';
import { outcomesContract } from './contract-outcomes.ts';
import { peopleContract } from './contract-people.ts';
import { picturesContract } from './contract-pictures.ts';
import { readerContract } from './contract-reader.ts';
import { writeContract } from './contract-store.ts';
import type { MemoryStores } from './memory.ts';

export type Stores = MemoryStores;

/** What each test of the contract is given: empty stores, and makings of its own. */
export type Bench = { readonly stores: Stores; readonly clock: VirtualClock; readonly build: Builders };

/** The one suite that every implementation of the stores must pass.
 * @param open - makes empty stores that go by the clock; `close` gives up what they hold */
export function storeContract(
  name: string,
  open: (clock: VirtualClock) => Promise<{ stores: Stores; close: () => Promise<void> }>,
): void {
  describe(name, () => {
    const bench = {} as { -readonly [Key in keyof Bench]: Bench[Key] };
    let close: () => Promise<void>;
    beforeEach(async () => {
      bench.clock = virtualClock();
      bench.build = builders(1, bench.clock);
      const opened = await open(bench.clock);
      bench.stores = opened.stores;
      close = opened.close;
    });
    afterEach(() => close());

    writeContract(bench);
    readerContract(bench);
    newsContract(bench);
    outcomesContract(bench);
    documentsContract(bench);
    agendaContract(bench);
    peopleContract(bench);
    picturesContract(bench);
    engineContract(bench);
  });
}
