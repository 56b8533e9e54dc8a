import type { KeptPicture, PictureStore } from '@lakeus/engine';
import { guarded } from './connection.ts';
import type { Sql } from './connection.ts';
import { isId } from './rows.ts';

/** Which case has which picture. */
export function pictureStore(sql: Sql): PictureStore {
  return guarded<PictureStore>({
    async add({ caseId, hash, type, width, height, bytes, addedBy, addedAt }) {
      await sql`
        insert into pictures (case_id, hash, type, width, height, bytes, added_by, added_at)
        values (${caseId}, ${hash}, ${type}, ${width}, ${height}, ${bytes}, ${addedBy}, ${addedAt})
        on conflict do nothing`;
    },

    // The rule of `look`: what is public; what one has a role for, in the organisation or the case; what one is part of.
    async shown(hash, { personId, codes = [] }) {
      const person = isId(personId) ? personId : null;
      const [found] = await sql<KeptPicture[]>`
        select p.* from pictures p join cases c on c.id = p.case_id
        where p.hash = ${hash} and (
          c.is_public
          or exists (select from people o where o.id = ${person} and cardinality(o.roles) > 0)
          or exists (select from members m where m.case_id = p.case_id and m.person_id = ${person})
          or exists (select from participants t
            where t.case_id = p.case_id and (t.person_id = ${person} or t.code = any(${[...codes]}::text[])))
        )
        order by c.is_public desc, p.case_id
        limit 1`;
      return found ?? null;
    },

    async of(caseId) {
      if (!isId(caseId)) return [];
      const rows = await sql<{ hash: string }[]>`
        select hash from pictures where case_id = ${caseId} order by hash`;
      return rows.map(({ hash }) => hash);
    },
  });
}
