import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Starts one real PostgreSQL for all integration tests of a run. */
const postgres = here('./adapters/src/testing/postgres-setup.ts');

const exclude = [...configDefaults.exclude, '**/build/**', '**/.svelte-kit/**', 'e2e/stories/**', 'data/**'];

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,mjs}'],
          exclude: [...exclude, '**/*.int.test.ts'],
        },
      },
      {
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude,
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          globalSetup: existsSync(postgres) ? [postgres] : [],
        },
      },
    ],
  },
});
