import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import { lakeus } from './scripts/eslint-rules.mjs';
import { dynamicImports, importPatterns, walls } from './scripts/walls.mjs';

const typed = ['**/*.ts', '**/*.svelte'];
const tests = ['**/*.test.ts', '**/testing/**/*.ts'];

const mayDefaultExport = ['**/*.config.{js,ts}', 'e2e/**/global-*.ts'];
const mustBeReplayable = [
  'engine/src/process/**/*.ts',
  'engine/src/content/**/*.ts',
  'workflows/src/**/*.ts',
];

export default defineConfig(
  {
    ignores: [
      '**/node_modules/',
      '**/build/',
      '**/.svelte-kit/',
      '**/test-results/',
      '**/playwright-report/',
      '.stamps/',
      'data/',
      'forum/src/lib/paraglide/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  js.configs.recommended,
  {
    files: typed,
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A port's method is async whether or not this one implementation waits for anything.
      '@typescript-eslint/require-await': 'off',
      'no-undef': 'off', // the compiler knows
    },
  },

  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { parser: ts.parser, projectService: true, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      'svelte/no-at-html-tags': 'error', // what citizens write must never become markup
      'svelte/no-navigation-without-resolve': 'off', // we are served from the root: there is no base path to add
      // The linter sees other components as `any`; svelte-check, which does not, checks these.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'prefer-const': 'off', // `let { x } = $props()`
    },
  },

  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { ...globals.node } },
  },
  { files: ['forum/static/**/*.js'], languageOptions: { globals: { ...globals.browser } } },

  {
    files: ['**/*.{ts,js,mjs,svelte}'],
    plugins: { lakeus },
    rules: {
      'lakeus/named-exports': 'error',
      'lakeus/domain-names': 'error',
      'lakeus/file-name': 'error',
      'lakeus/disable-says-why': 'error',
      // Past this, say why: `eslint-disable max-lines -- the reason`.
      'max-lines': ['error', { max: 400 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },

  ...walls.map(({ files, walls }) => ({
    files,
    plugins: { lakeus },
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: importPatterns(walls) }],
      'lakeus/dynamic-import-walls': ['error', dynamicImports(walls)],
    },
  })),
  { files: mayDefaultExport, rules: { 'lakeus/named-exports': 'off' } },
  { files: mustBeReplayable, ignores: tests, rules: { 'lakeus/no-clock-no-dice': 'error' } },

  {
    files: ['engine/src/**/*.ts', 'adapters/src/**/*.ts'],
    ignores: tests,
    plugins: { jsdoc },
    settings: { jsdoc: { mode: 'typescript' } },
    rules: {
      'jsdoc/check-tag-names': ['error', { definedTags: ['source'] }],
      'jsdoc/check-param-names': ['error', { checkDestructured: false, disableMissingParamChecks: true }],
      'jsdoc/no-types': 'error',
      'jsdoc/require-throws-type': 'error',
      'jsdoc/empty-tags': 'error',
    },
  },
  {
    files: ['engine/src/index.ts', 'engine/src/*/index.ts', 'adapters/src/*/index.ts'],
    plugins: { lakeus },
    rules: { 'lakeus/public-docs': 'error' },
  },
);
