import { busContract } from '@lakeus/engine/testing';
import { localBus } from './index.ts';

busContract('a bus within one process', async () => {
  const bus = localBus();
  return { here: bus, there: bus, close: () => bus.close() };
});
