// Everything that must pass: format, lint, types, tests, and the stories in a browser.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NoChromium, findChromium } from './chromium.mjs';
import { build, install } from './prepare.mjs';
import { Failure, at, childEnv, node, run, say, seconds } from './processes.mjs';

const groups = ['lint', 'types', 'unit', 'browser'];

const tool = (path) => at('node_modules', path);

/**
 * `npm test`: every stage is run whatever became of the others, and the last line counts them all. Groups named in
 * `args` leave the rest out; any other word is part of a test file's name, and alone means Vitest's.
 */
export async function test(args) {
  const began = performance.now();
  const named = args.filter((arg) => groups.includes(arg));
  const filters = args.filter((arg) => !groups.includes(arg));
  if (filters.length > 0 && named.length === 0) named.push('unit');
  const wanted = (group) => named.length === 0 || named.includes(group);
  const reports = mkdtempSync(join(tmpdir(), 'lakeus-test-'));
  const total = { passed: 0, failed: 0, skipped: 0 };

  await install();
  let built = true;
  // Lint and the type checks too: they read the messages and types that the build generates.
  if (wanted('lint') || wanted('types') || wanted('browser')) {
    built = await stage(total, 'build', () => build().then(() => one('passed')));
  }

  const waiting = [...(wanted('lint') ? lint() : []), ...(wanted('types') ? types() : [])];
  const checkOneByOne = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { name, command, cwd } = check;
      await stage(total, name, async () => {
        const { code, output } = await run(node, command, { cwd, env: childEnv(), capture: true });
        return { ...one(code === 0 ? 'passed' : 'failed'), output };
      });
    }
  };
  await Promise.all([checkOneByOne(), checkOneByOne()]); // two at a time: our machines have two cores

  if (wanted('unit')) {
    await stage(total, 'vitest', () => unit(reports, named.includes('browser') ? [] : filters));
  }
  if (wanted('browser') && existsSync(at('e2e/playwright.config.ts'))) {
    await stage(total, 'playwright', () => stories(reports, filters, built));
  }

  rmSync(reports, { recursive: true, force: true });
  console.log(`\nFinished in ${seconds(began)}.`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

const lint = () => [
  { name: 'prettier', command: [tool('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'] },
  { name: 'eslint', command: [tool('eslint/bin/eslint.js'), '--max-warnings=0', '.'] },
];

function types() {
  const projects = ['tsconfig.json', 'e2e/tsconfig.json'].filter((path) => existsSync(at(path)));
  const svelteCheck = at('forum/node_modules/svelte-check/bin/svelte-check');
  return [
    ...projects.map((path) => ({
      name: path === 'tsconfig.json' ? 'tsc' : `tsc ${dirname(path)}`,
      command: [tool('typescript/bin/tsc'), '--pretty', 'false', '-p', at(path)],
    })),
    // Warnings fail too: Svelte's accessibility findings are warnings.
    {
      name: 'svelte-check',
      command: [svelteCheck, '--tsconfig', './tsconfig.json', '--fail-on-warnings'],
      cwd: at('forum'),
    },
  ];
}

async function unit(reports, filters) {
  const report = join(reports, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const command = [tool('vitest/vitest.mjs'), 'run', ...reporters, ...filters];
  const result = await run(node, command, { env: childEnv(), stdin: 'ignore' });
  return count(result, report, vitestCounts);
}

async function stories(reports, filters, built) {
  if (process.env.SKIP_BROWSER === '1') {
    console.log(
      '\n!! SKIP_BROWSER=1: the browser stories were NOT run, so this run says nothing about pages.\n',
    );
    return one('skipped');
  }
  if (!built) {
    console.log('The browser stories were not run, because the forum was not built.');
    return one('skipped');
  }
  const report = join(reports, 'playwright.json');
  const env = childEnv({ CHROMIUM_PATH: findChromium({ say }), PLAYWRIGHT_JSON_OUTPUT_FILE: report });
  const playwright = at('e2e/node_modules/@playwright/test/cli.js');
  const command = [playwright, 'test', '--reporter=list,json', ...filters];
  const result = await run(node, command, { cwd: at('e2e'), env, stdin: 'ignore' });
  return count(result, report, playwrightCounts);
}

const one = (outcome) => ({ passed: 0, failed: 0, skipped: 0, [outcome]: 1 });

/** Runs one stage, prints how it went, adds its counts to `total`; a stage that breaks counts as one failed test. */
async function stage(total, name, work) {
  const began = performance.now();
  const result = await work().catch((error) => {
    const worded = error instanceof Failure || error instanceof NoChromium;
    console.log(worded ? error.message : (error.stack ?? error));
    return one('failed');
  });
  for (const key of Object.keys(total)) total[key] += result[key];
  if (result.failed > 0 && result.output) console.log(`\n${shortened(result.output)}\n`);
  const outcome =
    result.failed > 0 ? 'FAILED' : result.skipped > 0 && result.passed === 0 ? 'skipped' : 'passed';
  console.log(`${name.padEnd(14)}${outcome.padEnd(9)}${seconds(began).padStart(8)}`);
  return result.failed === 0;
}

/** One wrong setting can fail ten thousand lines at once; the first and the last of them say which. */
function shortened(output) {
  const lines = output.trim().split('\n');
  if (lines.length <= 300) return lines.join('\n');
  return [...lines.slice(0, 200), `… ${lines.length - 250} lines left out …`, ...lines.slice(-50)].join('\n');
}

/** A runner that fails without naming a failed test (a file that does not load, a crash) has still failed once. */
function count(result, report, read) {
  const counts = existsSync(report) ? read(JSON.parse(readFileSync(report, 'utf8'))) : one('failed');
  if (result.code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function vitestCounts(report) {
  const notLoaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + notLoaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function playwrightCounts({ stats }) {
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}
