/** Word between the processes of one installation: within one process, by PostgreSQL, or by Redis. */
export type { BusOptions } from './listeners.ts';
export { localBus } from './local.ts';
export { postgresBus } from './postgres.ts';
export type { PostgresBusOptions } from './postgres.ts';
export { redisBus } from './redis.ts';
