import { EngineError } from '@lakeus/engine';
import type { Clock } from '@lakeus/engine';
import postgres from 'postgres';

export type Connection =
  | { readonly url: string }
  | { readonly host: string; readonly user: string; readonly database: string; readonly port?: number };

export type Options = {
  readonly connection: Connection;
  /** replaces the database's clock, for tests and the demonstration */
  readonly clock?: Clock;
  /** (Default: 10) */
  readonly maxConnections?: number;
  /** called with the text of each statement that is sent */
  readonly onQuery?: (statement: string) => void;
};

export type Sql = postgres.Sql;
/** The pool, or one transaction on it. */
export type Db = postgres.Sql | postgres.TransactionSql;

const timestamptz = 1184;
const date = 1082;

const statementTimeoutMs = 30_000;
const lockTimeoutMs = 10_000;

/** Instants come as ISO 8601 texts with milliseconds and dates as they are, as the domain writes them. */
const types = {
  instant: {
    to: timestamptz,
    from: [timestamptz],
    serialize: (value: Date | string) => (value instanceof Date ? value.toISOString() : value),
    parse: (value: string) => new Date(value).toISOString(),
  },
  date: { to: date, from: [date], serialize: (value: string) => value, parse: (value: string) => value },
};

/** Opens a pool; columns come back in camelCase. Connections are made when first needed. */
export function connect({ connection, maxConnections = 10, onQuery }: Options, unlimited = false): Sql {
  const settings = {
    max: maxConnections,
    connect_timeout: 10,
    idle_timeout: 120,
    types,
    transform: { column: { from: postgres.toCamel } },
    onnotice: () => undefined,
    ...(onQuery && { debug: (_: number, statement: string) => onQuery(statement) }),
    connection: {
      application_name: 'lakeus',
      TimeZone: 'UTC',
      statement_timeout: unlimited ? 0 : statementTimeoutMs,
      lock_timeout: unlimited ? 0 : lockTimeoutMs,
      idle_in_transaction_session_timeout: 60_000,
    },
  };
  const pool =
    'url' in connection ? postgres(connection.url, settings) : postgres({ ...connection, ...settings });
  return pool;
}

/** What a statement is given for the time where no clock stands in: null, for which it takes its own `now()`. */
export const given = (clock: Clock | undefined): string | null => clock?.now().toISOString() ?? null;

/** SQLSTATEs after which the same request may well succeed: connection lost, server stopping or out of resources,
 * statement or lock timed out, deadlock. */
const passing = /^(08|53|57|58|40|55P03)/;
const socketErrors =
  /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|ENOENT|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|EACCES|ERR_TLS|28000|28P01|3D000)/;

const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? '';

export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505';

/** Deadlock or serialization failure: nothing was written, and another try may go through. */
export const isLostRace = (error: unknown): boolean => codeOf(error) === '40P01' || codeOf(error) === '40001';

const asFault = (error: unknown): unknown => {
  if (error instanceof EngineError) return error;
  const code = codeOf(error);
  return passing.test(code) || socketErrors.test(code)
    ? new EngineError('store_unavailable', { code }, { cause: error })
    : error;
};

/** Gives every method of a port the engine's own fault for a database that cannot be reached. */
export function guarded<Port extends object>(port: Port): Port {
  type Method = (...args: unknown[]) => Promise<unknown>;
  const methods = Object.entries(port) as [string, Method][];
  return Object.fromEntries(
    methods.map(([name, method]) => [
      name,
      async (...args: unknown[]) => {
        try {
          return await method(...args);
        } catch (error) {
          throw asFault(error);
        }
      },
    ]),
  ) as Port;
}
