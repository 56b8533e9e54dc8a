import { randomBytes } from 'node:crypto';
import type { Bus } from '@lakeus/engine';
import { connect } from '../postgres/connection.ts';
import type { Connection, Sql } from '../postgres/connection.ts';
import { listeners } from './listeners.ts';
import type { BusOptions } from './listeners.ts';
import { outbox } from './outbox.ts';

const channel = 'lakeus';
/** PostgreSQL refuses 8,000 bytes */
const largestPayloadBytes = 7_900;
const nothingCarried = '-';
const gapMark = '!';

/** Carries word by LISTEN and NOTIFY: a doorbell, for what is announced must be small or asked for from the store.
 * Holds two connections of its own, the one that sends only while there is something to send. A topic that begins to be
 * heard after its first listener came is told null once: what was announced in between is in the store.
 * A pooler in front must let a connection keep its LISTEN (no transaction pooling). */
export function postgresBus({ connection, onFault = () => undefined }: PostgresBusOptions): Bus {
  const node = randomBytes(6).toString('base64url');
  const here = listeners(onFault);
  let sql: Sql | null = null;
  let hearing: 'no' | 'asked' | 'yes' = 'no';
  let closed = false;

  const opened = (): Sql => (sql ??= connect({ connection, maxConnections: 1 }));

  const arrived = (payload: string) => {
    const [from, carried, ...topic] = payload.split(' ');
    if (from === node || carried === undefined) return;
    if (carried === gapMark) here.tellGap();
    else here.tell(topic.join(' '), carried === nothingCarried ? null : Buffer.from(carried, 'base64'));
  };

  const hearAll = () => {
    if (hearing !== 'no' || closed) return;
    hearing = 'asked';
    // Called again each time the connection has come back.
    const onListening = () => {
      const again = hearing === 'yes';
      hearing = 'yes';
      if (again) here.tellGap();
      else for (const topic of here.topics()) here.tell(topic, null);
    };
    opened().listen(channel, arrived, onListening).catch(onFault);
  };

  const payloadOf = (topic: string, message: Uint8Array): string => {
    const whole = `${node} ${Buffer.from(message).toString('base64')} ${topic}`;
    return Buffer.byteLength(whole) <= largestPayloadBytes ? whole : `${node} ${nothingCarried} ${topic}`;
  };

  const out = outbox<string>({
    onFault,
    send: async (payloads, gap) => {
      const all = gap ? [`${node} ${gapMark}`, ...payloads] : payloads;
      const text = 'select pg_notify($1, p) from unnest($2::text[]) as p';
      await opened().unsafe(text, [channel, all as string[]], { prepare: true });
    },
  });

  return {
    announce(topic, message) {
      if (closed) return;
      here.tell(topic, message);
      out.put(payloadOf(topic, message));
    },
    listen(topic, hear) {
      here.add(topic, hear);
      hearAll();
      return () => void here.remove(topic, hear);
    },
    onGap: (tell) => here.onGap(tell),
    async close() {
      closed = true;
      here.clear();
      await out.close();
      await sql?.end({ timeout: 2 });
    },
  };
}

export type PostgresBusOptions = BusOptions & { readonly connection: Connection };
