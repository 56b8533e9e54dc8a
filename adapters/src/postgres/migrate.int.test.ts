import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '../testing/database.ts';
import type { FreshDatabase } from '../testing/database.ts';
import { connect } from './connection.ts';
import { openPostgres } from './index.ts';
import type { PostgresStores } from './index.ts';
import { knownMigrations, migrate } from './migrate.ts';

let database: FreshDatabase;
let stores: PostgresStores;
beforeEach(async () => {
  database = await freshDatabase({ empty: true });
  stores = await openPostgres({ connection: database.connection });
});
afterEach(async () => {
  await stores.close();
  await database.drop();
});

const names = knownMigrations().map(({ name }) => name);

describe('migrations', () => {
  it('are applied in order, once', async () => {
    expect(await stores.ready()).toEqual({ database: true, migrated: false });
    expect(await stores.migrate()).toEqual(names);
    expect(await stores.migrate()).toEqual([]);
    expect(await stores.ready()).toEqual({ database: true, migrated: true });
  });

  it('are only told of in a dry run', async () => {
    expect(await stores.migrate({ dryRun: true })).toEqual(names);
    expect(await stores.ready()).toEqual({ database: true, migrated: false });
    await stores.migrate();
    expect(await stores.migrate({ dryRun: true })).toEqual([]);
  });

  it('are applied once when processes start together', async () => {
    const others = await Promise.all(
      Array.from({ length: 4 }, () => openPostgres({ connection: database.connection, maxConnections: 1 })),
    );
    const applied = await Promise.all(others.map((other) => other.migrate()));
    expect(applied.flat()).toEqual(names);
    await Promise.all(others.map((other) => other.close()));
  });

  it('refuse a file that was edited after it was applied', async () => {
    await stores.migrate();
    const known = knownMigrations().map((migration, i) =>
      i === 0 ? { ...migration, sha256: 'f'.repeat(64) } : migration,
    );
    await expect(migrate({ connection: database.connection }, { known })).rejects.toThrow(
      /000001-cases has been edited since it was applied/,
    );
  });

  it('refuse a database that a newer version has been at', async () => {
    await stores.migrate();
    const known = knownMigrations().slice(0, -1);
    await expect(migrate({ connection: database.connection }, { known })).rejects.toThrow(
      /a newer version has been here/,
    );
  });

  it('leave nothing of a file that fails, and keep those before it', async () => {
    const faulty = {
      name: '999999-faulty',
      sha256: '0'.repeat(64),
      text: 'create table half (id int); select 1 / 0;',
    };
    const known = [...knownMigrations(), faulty];
    await expect(migrate({ connection: database.connection }, { known })).rejects.toThrow(/division by zero/);
    expect(await stores.migrate({ dryRun: true })).toEqual([]);
    const sql = connect({ connection: database.connection, maxConnections: 1 });
    expect(await sql`select to_regclass('half') as half`).toEqual([{ half: null }]);
    await sql.end();
  });
});

it('says store_unavailable when no database answers', async () => {
  const connection = { host: '/nowhere', user: 'nobody', database: 'nothing' };
  const lost = await openPostgres({ connection, maxConnections: 1 });
  await expect(lost.store.now()).rejects.toMatchObject({ id: 'store_unavailable' });
  await expect(lost.migrate()).rejects.toMatchObject({ id: 'store_unavailable' });
  expect(await lost.ready()).toEqual({ database: false, migrated: false });
  await lost.close();
});
