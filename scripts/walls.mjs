// The import walls: who may import whom, with the sentence a person reads when they run into one.
// architecture.md has the table; package `exports` and pnpm's strict node_modules hold the same line at run time.

/**
 * One wall: module names matching `ban` are refused with `because`. `types: true` lets `import type` through.
 *
 * @typedef {{ ban: RegExp, because: string, types?: boolean }} Wall
 */

const deep = {
  ban: /^@lakeus\/[^/]+\/src(\/|$)/,
  because:
    'Import what the package exports, not a file inside it; if something is missing, add it to its index.ts.',
};

const sideways = {
  ban: /^(\.\.\/)+(engine|workflows|adapters|forum|e2e)\/(src\/|[^/]+\.ts$)/,
  because: 'A relative path must not leave its package: import the package by name, if the table allows it.',
};

const own = (name) => ({
  ban: new RegExp(`^@lakeus/${name}(/|$)`),
  because: 'Inside a package, import its own files by relative path.',
});

const engineAlone = {
  ban: /^@lakeus\//,
  because:
    'The engine imports nothing of ours: say what it needs as a port in ports.ts, and an adapter supplies it.',
};

const engineKnowsNoWorld = {
  ban: /^(svelte|@sveltejs|postgres|pg|kysely|kysely-postgres-js|vite|yjs|ws|nodemailer)(\/|$)/,
  because: 'The engine knows no page, database or socket: those live in forum and adapters, behind a port.',
};

const statechartsOnlyInRestore = {
  ban: /^xstate(\/|$)/,
  types: true,
  because:
    'Only engine/src/process/restore.ts runs XState, because version 6 restores snapshots differently and one file ' +
    'must then change. Its types may be imported anywhere.',
};

const workflowsTakeTypes = {
  ban: /^@lakeus\/engine(\/|$)/,
  types: true,
  because:
    'A workflow is a pure description: it may name the engine’s types (`import type`) but not run its code.',
};

const workflowsArePure = {
  ban: /^(?!\.|@lakeus\/|xstate(\/|$))/,
  because: 'A workflow is statecharts and data, and imports XState only: no I/O, no clock, no library.',
};

const workflowsAlone = {
  ban: /^@lakeus\/(?!engine(\/|$)|workflows(\/|$))/,
  because: 'A workflow knows neither adapters nor pages: it imports XState and the engine’s types.',
};

const adaptersServeTheEngine = (testing) => ({
  ban: testing
    ? /^@lakeus\/(?!engine(\/|$)|workflows(\/|$)|adapters(\/|$))/
    : /^@lakeus\/(?!engine(\/|$)|adapters(\/|$))/,
  because:
    'An adapter knows the engine’s ports and its own driver, neither the forum nor any workflow (tests may).',
});

const adaptersShowNothing = {
  ban: /^(svelte|@sveltejs|xstate)(\/|$)/,
  because: 'An adapter stands between the engine and the outside world: no pages and no statecharts here.',
};

const testingInTests = {
  ban: /^@lakeus\/engine\/testing(\/|$)/,
  because: 'In-memory ports and builders are for tests: import them in *.test.ts or a testing/ folder only.',
};

const oneComposer = {
  ban: /^@lakeus\/adapters(\/|$)/,
  because: 'Only forum/src/lib/server/compose.ts knows adapters: take the port it composed.',
};

const storiesFromOutside = {
  ban: /^@lakeus\//,
  because:
    'A story sees what a person sees: browser and HTTP, nothing of ours. (Benches may: they drive the engine directly.)',
};

/**
 * What each place may not import. A later entry replaces an earlier one for the files it names, as in ESLint itself.
 *
 * @type {{ files: string[], walls: Wall[] }[]}
 */
export const walls = [
  {
    files: ['engine/**/*.ts'],
    walls: [deep, sideways, engineAlone, engineKnowsNoWorld, statechartsOnlyInRestore],
  },
  {
    // Tests and builders make small machines of their own; restore.ts is the one place that runs real ones.
    files: ['engine/src/process/restore.ts', 'engine/src/testing/**/*.ts', 'engine/**/*.test.ts'],
    walls: [deep, sideways, engineAlone, engineKnowsNoWorld],
  },
  {
    files: ['workflows/**/*.ts'],
    walls: [deep, sideways, own('workflows'), workflowsAlone, workflowsTakeTypes, workflowsArePure],
  },
  {
    // Tests and the script that writes seven-steps.md touch files.
    files: ['workflows/**/*.test.ts', 'workflows/**/testing/**/*.ts', 'workflows/scripts/**/*.ts'],
    walls: [deep, sideways, own('workflows'), workflowsAlone],
  },
  {
    files: ['adapters/**/*.ts'],
    walls: [
      deep,
      sideways,
      own('adapters'),
      adaptersServeTheEngine(false),
      adaptersShowNothing,
      testingInTests,
    ],
  },
  {
    files: ['adapters/**/*.test.ts', 'adapters/**/testing/**/*.ts'],
    walls: [deep, sideways, own('adapters'), adaptersServeTheEngine(true), adaptersShowNothing],
  },
  {
    files: ['forum/**/*.{ts,svelte}'],
    walls: [deep, sideways, own('forum'), oneComposer, testingInTests],
  },
  {
    files: ['forum/src/lib/server/compose.ts'],
    walls: [deep, sideways, own('forum'), testingInTests],
  },
  { files: ['forum/**/*.test.ts'], walls: [deep, sideways, own('forum')] },
  { files: ['e2e/**/*.ts'], walls: [deep, sideways, storiesFromOutside] },
  // A bench measures the engine's own write path; a browser or HTTP in between would measure those.
  { files: ['e2e/bench/**/*.ts'], walls: [deep, sideways] },
];

/** The options of `@typescript-eslint/no-restricted-imports` for these walls. */
export function importPatterns(given) {
  return given.map(({ ban, because, types }) => ({
    regex: ban.source,
    caseSensitive: true,
    message: because,
    ...(types && { allowTypeImports: true }),
  }));
}

/** The same walls for `import()`, which that rule does not see: the options of `lakeus/dynamic-import-walls`. */
export function dynamicImports(given) {
  return given.map(({ ban, because }) => ({ regex: ban.source, message: because }));
}
