import type { Clock, Message, PeopleStore, Person } from '@lakeus/engine';
import { sql as raw } from 'kysely';
import type { Kysely } from 'kysely';
import { given, guarded } from './connection.ts';
import { cursorOf, readInstantCursor } from './cursor.ts';
import type { Database } from './database.ts';
import { isId } from './rows.ts';

const personColumns = [
  'people.id',
  'people.name',
  'people.title',
  'people.language',
  'people.roles',
] as const;

/** People, their sessions, links and messages. */
export function peopleStore(db: Kysely<Database>, clock?: Clock): PeopleStore {
  const now = () => raw<string>`coalesce(${given(clock)}::timestamptz, now())`;

  return guarded<PeopleStore>({
    async person(id) {
      if (!isId(id)) return null;
      return (
        (await db.selectFrom('people').select(personColumns).where('id', '=', id).executeTakeFirst()) ?? null
      );
    },

    people: () => db.selectFrom('people').select(personColumns).orderBy('name').orderBy('id').execute(),

    async savePerson(person) {
      await db
        .insertInto('people')
        .values(person)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(person))
        .execute();
    },

    async saveSession(tokenHash, personId, expiresAt) {
      // Whoever comes in sweeps the floor: no session outlives its end by more than the next sign-in.
      await db
        .with('ended', (ended) => ended.deleteFrom('sessions').where('expiresAt', '<=', now()))
        .insertInto('sessions')
        .values({ tokenHash, personId, expiresAt })
        .execute();
    },

    async session(tokenHash) {
      const person = await db
        .selectFrom('sessions')
        .innerJoin('people', 'people.id', 'sessions.personId')
        .select(personColumns)
        .where('tokenHash', '=', tokenHash)
        .where('expiresAt', '>', now())
        .executeTakeFirst();
      return person ?? null;
    },

    async endSession(tokenHash) {
      await db.deleteFrom('sessions').where('tokenHash', '=', tokenHash).execute();
    },

    async saveLink(tokenHash, link) {
      const { purpose, personId, caseId, expiresAt } = link;
      await db
        .insertInto('links')
        .values({ tokenHash, purpose, personId, caseId, expiresAt, usedAt: null })
        .execute();
    },

    async link(tokenHash) {
      const link = await db
        .selectFrom('links')
        .select(['purpose', 'personId', 'caseId', 'expiresAt', 'usedAt'])
        .where('tokenHash', '=', tokenHash)
        .executeTakeFirst();
      return link ?? null;
    },

    async useLink(tokenHash) {
      const used = await db
        .updateTable('links')
        .set({ usedAt: now() })
        .where('tokenHash', '=', tokenHash)
        .where('usedAt', 'is', null)
        .returning('tokenHash')
        .executeTakeFirst();
      return used !== undefined;
    },

    async saveApiToken(tokenHash, personId, name, scopes) {
      await db.insertInto('apiTokens').values({ tokenHash, personId, name, scopes }).execute();
    },

    async apiToken(tokenHash) {
      const found = await db
        .selectFrom('apiTokens')
        .innerJoin('people', 'people.id', 'apiTokens.personId')
        .select([...personColumns, 'apiTokens.scopes'])
        .where('tokenHash', '=', tokenHash)
        .executeTakeFirst();
      if (!found) return null;
      const { scopes, ...person } = found;
      return { person: person satisfies Person, scopes };
    },

    async saveMessages(messages) {
      if (messages.length === 0) return;
      const rows = raw<Message>`jsonb_to_recordset(${JSON.stringify(messages)}::text::jsonb) as x(
        id uuid, "caseId" uuid, "personId" uuid, template text, "values" jsonb, "createdAt" timestamptz)`;
      await raw`insert into messages (id, case_id, person_id, template, "values", created_at)
        select x.id, x."caseId", x."personId", x.template, x."values", x."createdAt" from ${rows}
        on conflict (id) do nothing`.execute(db);
    },

    async messages({ cursor, limit, personId }) {
      if (personId !== undefined && !isId(personId)) return { items: [], next: null, total: 0 };
      const after = readInstantCursor(cursor);
      const of = personId ? raw<boolean>`m.person_id = ${personId}` : raw<boolean>`true`;
      const from = after
        ? raw<boolean>`(m.created_at, m.id) < (${after[0]}, ${after[1]})`
        : raw<boolean>`true`;
      type Row = Message & { personName: string };
      const [page, count] = await Promise.all([
        raw<Row>`select m.id, m.case_id, m.person_id, m.template, m."values", m.created_at, p.name as person_name
          from messages m join people p on p.id = m.person_id where ${of} and ${from}
          order by m.created_at desc, m.id desc limit ${limit + 1}`.execute(db),
        raw<{ total: number }>`select count(*)::int as total from messages m where ${of}`.execute(db),
      ]);
      const items = page.rows.slice(0, limit);
      const last = items.at(-1);
      const next = page.rows.length > limit && last ? cursorOf(last.createdAt, last.id) : null;
      return { items, next, total: count.rows[0]!.total };
    },

    async setting(name) {
      const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
      return row?.value ?? null;
    },

    async saveSetting(name, value) {
      await db
        .insertInto('settings')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute();
    },

    async keepSetting(name, value) {
      // The empty update makes the row that is there come back, also one that another process is just writing.
      const row = await db
        .insertInto('settings')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ name }))
        .returning('value')
        .executeTakeFirstOrThrow();
      return row.value;
    },
  });
}
