// Finds the browser the stories run in, and fetches one when the machine has none.
// No dependencies: run.mjs calls this on whatever Node the machine carries.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const applications = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** No Chromium was found and none could be installed; the message says what to do. */
export class NoChromium extends Error {}

/**
 * The path of a Chromium that is already here, or undefined. Installs nothing.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 * @throws {NoChromium} when CHROMIUM_PATH names something that cannot be run
 */
export function locateChromium(env = process.env) {
  if (env.CHROMIUM_PATH) {
    if (isProgram(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH;
    throw new NoChromium(
      `CHROMIUM_PATH is ${env.CHROMIUM_PATH}, and that is not a program that can be run here. Correct it or unset it.`,
    );
  }
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => commands.map((command) => join(folder, command)));
  return [...onPath, ...applications].find(isProgram) ?? playwrightDownload();
}

/**
 * The path of a Chromium, installing one when there is none: first Playwright's own download, then Debian's package
 * when we are root.
 *
 * @param {{ env?: NodeJS.ProcessEnv, say?: (sentence: string) => void }} [options]
 * @returns {string}
 * @throws {NoChromium} when neither way works
 */
export function findChromium({ env = process.env, say = () => {} } = {}) {
  const here = locateChromium(env);
  if (here) return here;

  const playwright = join(root, 'e2e/node_modules/@playwright/test/cli.js');
  if (existsSync(playwright)) {
    say('No Chromium on this machine: trying Playwright’s own download.');
    // A closed network must not hold the tests up: give up on a silent host after ten seconds.
    const quick = { ...env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
    attempt(process.execPath, [playwright, 'install', '--no-shell', 'chromium'], quick);
    const downloaded = playwrightDownload();
    if (downloaded) return downloaded;
  }

  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('Playwright’s download did not work: trying Debian’s package.');
    const unattended = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
    attempt('apt-get', ['update'], unattended);
    attempt('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], unattended);
    const installed = locateChromium(env);
    if (installed) return installed;
  }

  throw new NoChromium(
    'The browser stories need Chromium or Chrome and none was found. Install one (on Debian or Ubuntu: ' +
      '`apt-get install chromium`), or set CHROMIUM_PATH to one you have. SKIP_BROWSER=1 leaves the stories out.',
  );
}

/** @returns {string | undefined} */
function playwrightDownload() {
  try {
    const require = createRequire(join(root, 'e2e/package.json'));
    const path = require('@playwright/test').chromium.executablePath();
    return isProgram(path) ? path : undefined;
  } catch {
    return undefined; // Playwright itself is not installed
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function attempt(command, args, env) {
  spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 10 * 60_000 });
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
