import { storeContract } from './contract.ts';
import { memoryStores } from './memory.ts';

storeContract('stores in memory', async (clock) => ({
  stores: memoryStores({ clock }),
  close: async () => undefined,
}));
