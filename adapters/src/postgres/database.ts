import type { Link, Message, Person } from '@lakeus/engine';
import { CamelCasePlugin, Kysely } from 'kysely';
import { PostgresJSDialect } from 'kysely-postgres-js';
import type { Sql } from './connection.ts';

/** The tables that are read and written row by row, for the query builder. Case data goes by SQL of its own. */
export type Database = {
  people: Person;
  sessions: { tokenHash: string; personId: string; expiresAt: string };
  links: Link & { tokenHash: string; usedAt: string | null };
  apiTokens: { tokenHash: string; personId: string; name: string; scopes: readonly string[] };
  messages: Omit<Message, 'values'> & { values: unknown };
  settings: { name: string; value: string };
};

/** A query builder on the same pool. Columns are already in camelCase when they come from it. */
export const builderOn = (sql: Sql): Kysely<Database> =>
  new Kysely<Database>({
    dialect: new PostgresJSDialect({ postgres: sql }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
