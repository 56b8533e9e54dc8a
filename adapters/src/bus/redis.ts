import { randomBytes } from 'node:crypto';
import type { Bus } from '@lakeus/engine';
import { Redis } from 'ioredis';
import { listeners } from './listeners.ts';
import type { BusOptions } from './listeners.ts';
import { outbox } from './outbox.ts';

const prefix = 'lakeus/';
/** where a process says that announcements of it were lost */
const gapChannel = 'lakeus gap';
const nodeBytes = 8;
const longestPauseMs = 2_000;

/** Carries word by Redis: whole messages, to those processes that have a listener of the topic. A topic that begins to
 * be heard after its first listener came is told null once: what was announced in between is in the store.
 * @param url - `redis:` or `rediss:` address */
export function redisBus(url: string, { onFault = () => undefined }: BusOptions = {}): Bus {
  const node = randomBytes(nodeBytes);
  const here = listeners(onFault);
  const settings = {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(25 * 2 ** Math.min(times, 10), longestPauseMs),
  };
  const sender = new Redis(url, settings);
  // What is heard is asked for anew below, so that a gap is told only when everything is heard again.
  const hearer = new Redis(url, { ...settings, autoResubscribe: false, enableOfflineQueue: false });
  let begun = false;
  let heardBefore = false;
  let closed = false;

  const subscribe = async (...topics: string[]) => {
    await hearer.subscribe(gapChannel, ...topics.map((topic) => prefix + topic));
  };
  const begin = () => {
    if (begun || closed) return;
    begun = true;
    hearer.connect().catch(() => undefined); // it goes on trying by itself, and `error` tells why
  };

  for (const client of [sender, hearer]) {
    let told = false; // once for each time that the connection is away
    client.on('error', (error: Error) => {
      if (!told && !closed) onFault(error);
      told = true;
    });
    client.on('ready', () => (told = false));
  }
  hearer.on('ready', () => {
    const topics = here.topics();
    subscribe(...topics).then(() => {
      if (heardBefore) here.tellGap();
      else for (const topic of topics) here.tell(topic, null);
      heardBefore = true;
    }, onFault);
  });
  hearer.on('messageBuffer', (channel: Buffer, message: Buffer) => {
    if (message.subarray(0, nodeBytes).equals(node)) return;
    const name = channel.toString();
    if (name === gapChannel) here.tellGap();
    else here.tell(name.slice(prefix.length), message.subarray(nodeBytes));
  });

  const out = outbox<{ readonly topic: string; readonly message: Uint8Array }>({
    onFault,
    send: async (items, gap) => {
      const pipeline = sender.pipeline();
      if (gap) pipeline.publish(gapChannel, node);
      for (const { topic, message } of items)
        pipeline.publish(prefix + topic, Buffer.concat([node, message]));
      for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    },
  });

  return {
    announce(topic, message) {
      if (closed) return;
      here.tell(topic, message);
      out.put({ topic, message: Buffer.from(message) });
    },
    listen(topic, hear) {
      const first = here.add(topic, hear);
      begin();
      if (first && hearer.status === 'ready') {
        subscribe(topic).then(
          () => here.tell(topic, null),
          () => undefined, // the connection was lost: it is asked for again when it is back
        );
      }
      return () => {
        const last = here.remove(topic, hear);
        if (last && hearer.status === 'ready') hearer.unsubscribe(prefix + topic).catch(() => undefined);
      };
    },
    onGap: (tell) => here.onGap(tell),
    async close() {
      closed = true;
      here.clear();
      await out.close();
      sender.disconnect();
      hearer.disconnect();
    },
  };
}
