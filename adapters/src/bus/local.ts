import type { Bus } from '@lakeus/engine';
import { listeners } from './listeners.ts';
import type { BusOptions } from './listeners.ts';

/** Carries word within one process: for tests, and where nothing else runs on the same data. */
export function localBus({ onFault }: BusOptions = {}): Bus {
  const here = listeners(onFault);
  return {
    announce: (topic, message) => here.tell(topic, message),
    listen(topic, hear) {
      here.add(topic, hear);
      return () => void here.remove(topic, hear);
    },
    onGap: (tell) => here.onGap(tell),
    close: async () => here.clear(),
  };
}
