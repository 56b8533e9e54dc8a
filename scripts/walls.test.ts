import { ESLint } from 'eslint';
import ts from 'typescript-eslint';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// The files named here need not exist: each line is linted as if it stood there. What needs types is left out.
const eslint = new ESLint({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  overrideConfig: [ts.configs.disableTypeChecked],
});

async function complaints(path: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path });
  return (result?.messages ?? [])
    .filter(
      ({ ruleId }) =>
        ruleId === null || /restricted-imports|^lakeus|^jsdoc|max-lines|any$|at-html/.test(ruleId),
    )
    .map(({ message }) => message);
}

/** `[where, code, part of the sentence]` for what is refused; `[where, code]` for what is allowed. */
type Row = [path: string, code: string, because?: string];

const rows: Row[] = [
  // engine
  ['engine/src/process/engine.ts', `import { seven } from '@lakeus/workflows'; seven;`, 'nothing of ours'],
  [
    'engine/src/process/engine.ts',
    `import type { Seven } from '@lakeus/workflows'; export type A = Seven;`,
    'nothing of ours',
  ],
  [
    'engine/src/process/engine.test.ts',
    `import { seven } from '@lakeus/workflows'; seven;`,
    'nothing of ours',
  ],
  ['engine/src/process/engine.ts', `export { x } from '@lakeus/adapters/postgres';`, 'nothing of ours'],
  [
    'engine/src/process/engine.ts',
    `export const x = await import('@lakeus/adapters/postgres');`,
    'nothing of ours',
  ],
  ['engine/src/process/engine.ts', `import postgres from 'postgres'; postgres;`, 'behind a port'],
  ['engine/src/http/app.ts', `import { redirect } from '@sveltejs/kit'; redirect;`, 'behind a port'],
  ['engine/src/process/engine.ts', `import { transition } from 'xstate'; transition;`, 'restore.ts'],
  ['engine/src/content/impact.ts', `import { pathsFrom } from 'xstate/graph'; pathsFrom;`, 'restore.ts'],
  [
    'engine/src/process/engine.ts',
    `import type { AnyStateMachine } from 'xstate'; export type A = AnyStateMachine;`,
  ],
  ['engine/src/process/restore.ts', `import { transition } from 'xstate'; transition;`],
  ['engine/src/process/restore.ts', `import { seven } from '@lakeus/workflows'; seven;`, 'nothing of ours'],
  ['engine/src/process/engine.test.ts', `import { setup } from 'xstate'; setup;`],
  ['engine/src/testing/machines.ts', `import { setup } from 'xstate'; setup;`],
  [
    'engine/src/http/app.ts',
    `import { Hono } from 'hono'; import { send } from '../process/engine.ts'; send; Hono;`,
  ],
  [
    'engine/src/http/app.ts',
    `import { x } from '../../../adapters/src/postgres/index.ts'; x;`,
    'leave its package',
  ],

  // workflows
  ['workflows/src/seven-steps/machine.ts', `import { setup } from 'xstate'; setup;`],
  [
    'workflows/src/seven-steps/machine.ts',
    `import type { Workflow } from '@lakeus/engine'; export type A = Workflow;`,
  ],
  [
    'workflows/src/seven-steps/machine.ts',
    `import { open } from '@lakeus/engine'; open;`,
    'pure description',
  ],
  [
    'workflows/src/seven-steps/machine.ts',
    `import { readFile } from 'node:fs/promises'; readFile;`,
    'XState only',
  ],
  ['workflows/src/seven-steps/machine.ts', `import { z } from 'zod'; z;`, 'XState only'],
  [
    'workflows/src/seven-steps/machine.ts',
    `import type { Sql } from '@lakeus/adapters/postgres'; export type A = Sql;`,
    'neither adapters',
  ],
  ['workflows/src/seven-steps/machine.ts', `import { x } from '@lakeus/workflows'; x;`, 'relative path'],
  ['workflows/src/seven-steps/machine.test.ts', `import { readFile } from 'node:fs/promises'; readFile;`],
  [
    'workflows/src/seven-steps/machine.test.ts',
    `import { startProcess } from '@lakeus/engine'; startProcess;`,
  ],

  // adapters
  ['adapters/src/postgres/store.ts', `import { EngineError } from '@lakeus/engine'; EngineError;`],
  ['adapters/src/postgres/store.ts', `import postgres from 'postgres'; postgres;`],
  ['adapters/src/postgres/store.ts', `import { build } from '@lakeus/engine/testing'; build;`, 'for tests'],
  ['adapters/src/postgres/store.int.test.ts', `import { build } from '@lakeus/engine/testing'; build;`],
  ['adapters/src/postgres/store.ts', `import { seven } from '@lakeus/workflows'; seven;`, 'nor any workflow'],
  ['adapters/src/postgres/store.int.test.ts', `import { seven } from '@lakeus/workflows'; seven;`],
  [
    'adapters/src/postgres/store.int.test.ts',
    `import { page } from '@lakeus/forum'; page;`,
    'neither the forum',
  ],
  ['adapters/src/postgres/store.ts', `import { transition } from 'xstate'; transition;`, 'no statecharts'],

  // forum
  ['forum/src/routes/+page.server.ts', `import { sql } from '@lakeus/adapters/postgres'; sql;`, 'compose.ts'],
  [
    'forum/src/routes/+page.server.ts',
    `import type { Sql } from '@lakeus/adapters/postgres'; export type A = Sql;`,
    'compose.ts',
  ],
  ['forum/server.ts', `export const a = await import('@lakeus/adapters/postgres');`, 'compose.ts'],
  [
    'forum/src/routes/case/+page.svelte',
    `<script>import { sql } from '@lakeus/adapters/postgres'; sql;</script>`,
    'compose.ts',
  ],
  ['forum/src/lib/server/compose.ts', `import { sql } from '@lakeus/adapters/postgres'; sql;`],
  [
    'forum/src/lib/server/compose.ts',
    `import { sql } from '@lakeus/adapters/src/postgres/sql.ts'; sql;`,
    'what the package exports',
  ],
  ['forum/src/lib/server/compose.int.test.ts', `import { sql } from '@lakeus/adapters/postgres'; sql;`],
  [
    'forum/src/routes/+page.server.ts',
    `import { open } from '@lakeus/engine'; import { seven } from '@lakeus/workflows'; open; seven;`,
  ],
  ['forum/src/routes/+page.server.ts', `import { build } from '@lakeus/engine/testing'; build;`, 'for tests'],

  // e2e
  ['e2e/stories/citizen.spec.ts', `import { open } from '@lakeus/engine'; open;`, 'what a person sees'],
  [
    'e2e/stories/citizen.spec.ts',
    `import { sql } from '../../adapters/src/postgres/index.ts'; sql;`,
    'leave its package',
  ],
  ['e2e/stories/citizen.spec.ts', `import { test } from '@playwright/test'; test;`],
  [
    'e2e/bench/commands.ts',
    `import { open } from '@lakeus/engine'; import { sql } from '@lakeus/adapters/postgres'; open; sql;`,
  ],
  [
    'e2e/bench/commands.ts',
    `import { open } from '@lakeus/engine/src/process/engine.ts'; open;`,
    'what the package exports',
  ],

  // the clock and the dice
  ['engine/src/process/deadlines.ts', `export const now = Date.now();`, 'replayed'],
  ['engine/src/process/deadlines.ts', `export const now = new Date();`, 'replayed'],
  ['engine/src/process/deadlines.ts', `export const due = new Date('2026-11-21T00:00:00Z');`],
  ['engine/src/content/statements.ts', `export const id = Math.random();`, 'replayed'],
  ['engine/src/content/statements.ts', `export const now = Temporal.Now.instant();`, 'replayed'],
  ['workflows/src/seven-steps/machine.ts', `setTimeout(() => {}, 1);`, 'replayed'],
  ['engine/src/process/deadlines.test.ts', `export const now = Date.now();`],
  ['engine/src/testing/clock.ts', `export const now = Date.now();`],
  ['adapters/src/postgres/store.ts', `export const now = Date.now();`],

  // docstrings, and what citizens write
  [
    'engine/src/content/impact.ts',
    `/** @param {string} a - a */\nexport function f(a: string) { return a; }`,
    'Types are not permitted',
  ],
  ['engine/src/content/impact.ts', `/** @throws when closed */\nexport function f() { return 1; }`, 'type'],
  [
    'engine/src/content/impact.ts',
    `/** Counts.\n * @param at - UTC instant\n * @throws {Error} when closed\n * @source domain.md */\nexport function f(at: Date) { return at; }`,
  ],
  [
    'engine/src/content/impact.ts',
    `/** @param other - gone */\nexport function f(a: string) { return a; }`,
    'other',
  ],
  ['forum/src/lib/components/Quote.svelte', `<script>let { text } = $props();</script>{@html text}`, 'XSS'],

  // names and shape
  ['engine/src/content/statements.ts', `export default 1;`, 'Named exports only'],
  ['engine/src/content/statements.ts', `const a = 1; export { a as default };`, 'Named exports only'],
  ['forum/vite.config.ts', `export default {};`],
  ['engine/src/content/statements.ts', `export class CaseManager {}`, 'no Manager'],
  ['engine/src/content/statements.ts', `export interface ICase { id: string }`, 'without an I'],
  ['engine/src/content/statements.ts', `export interface Innoagent { id: string }`],
  ['engine/src/content/case-utils.ts', `export const a = 1;`, 'in the words of the domain'],
  ['engine/src/content/caseLog.ts', `export const a = 1;`, 'kebab-case'],
  ['forum/src/lib/components/CaseCard.svelte', `<p>Lakeus</p>`],
  ['forum/src/routes/case/[id]/+page.server.ts', `export const a = 1;`],
  ['forum/src/routes/+page@.svelte', `<p>Lakeus</p>`],
  ['engine/src/content/statements.ts', `export const a: any = 1;`, 'any'],
  ['engine/src/content/long.ts', `export const a = 1;\n${'// more\n'.repeat(400)}`, 'too many lines'],
  [
    'engine/src/content/long.ts',
    `/* eslint-disable max-lines */\nexport const a = 1;\n${'// more\n'.repeat(400)}`,
    'Say why',
  ],
  [
    'engine/src/content/long.ts',
    `/* eslint-disable max-lines -- one table */\nexport const a = 1;\n${'// more\n'.repeat(400)}`,
  ],
];

test.for(rows)('%s: %s', async ([path, code, because]) => {
  const said = await complaints(path, code);
  if (because) expect(said.join('\n')).toContain(because);
  else expect(said).toEqual([]);
});
