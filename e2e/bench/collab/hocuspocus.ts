import { Database } from '@hocuspocus/extension-database';
import { Server } from '@hocuspocus/server';
import postgres from 'postgres';

/** The peer as its documentation sets it up: the whole state of a document in one row, stored after 2 s of quiet and
 * at the latest after 10 s. */

const sql = postgres(process.env.DATABASE_URL!, { max: 4, onnotice: () => undefined });
await sql`create table if not exists hocuspocus_documents (name text primary key, state bytea not null)`;

const server = new Server({
  port: Number(process.env.PORT),
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: true,
  extensions: [
    new Database({
      fetch: async ({ documentName }) => {
        const [row] = await sql<{ state: Buffer }[]>`
          select state from hocuspocus_documents where name = ${documentName}`;
        return row ? new Uint8Array(row.state) : null;
      },
      store: async ({ documentName, state }) => {
        await sql`insert into hocuspocus_documents values (${documentName}, ${Buffer.from(state)})
          on conflict (name) do update set state = excluded.state`;
      },
    }),
  ],
});
await server.listen();
console.log('ready');
