import type { Agenda, CaseReader, CaseStore, DocumentLog, PeopleStore, PictureStore } from '@lakeus/engine';
import { agendaOn } from './agenda.ts';
import { connect, guarded } from './connection.ts';
import type { Options } from './connection.ts';
import { builderOn } from './database.ts';
import { documentLog } from './document-log.ts';
import { isMigrated, migrate } from './migrate.ts';
import { peopleStore } from './people.ts';
import { pictureStore } from './pictures.ts';
import { caseReader } from './reader.ts';
import { caseStore } from './store.ts';

export type { Connection, Options } from './connection.ts';

/** The engine's stores on one PostgreSQL. */
export type PostgresStores = {
  readonly store: CaseStore;
  readonly agenda: Agenda;
  readonly reader: CaseReader;
  readonly people: PeopleStore;
  readonly documentLog: DocumentLog;
  readonly pictures: PictureStore;
  /** Brings the schema up to date; safe from several processes at once. With `dryRun` nothing is changed.
   * @returns names of the migrations applied, or pending */
  migrate(options?: { dryRun?: boolean }): Promise<string[]>;
  /** Whether the database answers, and whether its schema is the one this version needs. */
  ready(): Promise<{ database: boolean; migrated: boolean }>;
  /** Waits for running statements (at most five seconds) and closes all connections. */
  close(): Promise<void>;
};

/** Opens the stores. No connection is made before the first question, so a database that is down is met there: every
 * method then throws `store_unavailable`.
 * @param options - `clock` stands in for the database's own everywhere; `onQuery` sees the text of each statement */
export async function openPostgres(options: Options): Promise<PostgresStores> {
  const sql = connect(options);
  const { clock } = options;
  return {
    store: caseStore(sql, clock),
    agenda: agendaOn(sql, clock),
    reader: caseReader(sql),
    people: peopleStore(builderOn(sql), clock),
    documentLog: documentLog(sql, clock),
    pictures: pictureStore(sql),
    ...guarded({ migrate: (how?: { dryRun?: boolean }) => migrate(options, how) }),
    async ready() {
      try {
        return { database: true, migrated: await isMigrated(sql) };
      } catch {
        return { database: false, migrated: false };
      }
    },
    close: () => sql.end({ timeout: 5 }),
  };
}
