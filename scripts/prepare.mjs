// Installing and building, each once per change.

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, at, childEnv, node, root, run, say, seconds } from './processes.mjs';

const PNPM = 'pnpm@12.21.0';

const packages = ['.', 'engine', 'workflows', 'adapters', 'forum', 'e2e'];

function installStamp() {
  const files = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    ...packages.map((folder) => join(folder, 'package.json')),
  ];
  // The platform counts: a folder carried from a Mac to Linux holds the wrong binaries.
  return digest(
    files.map((file) => at(file)),
    `${process.platform} ${process.arch}`,
  );
}

/** Installs the packages, unless nothing that decides them has changed since the last time. */
export async function install() {
  const done = () => readStamp('install') === installStamp() && existsSync(node);
  if (done()) return;
  await alone(async () => {
    if (done()) return; // somebody else did it while we waited
    const began = performance.now();
    say('Installing packages. The first time this takes about half a minute.');
    const reminder = setInterval(() => say(`Still installing (${seconds(began)}).`), 20_000);
    // CI: never ask a question. NODE_ENV: "production" would leave out what the build needs.
    // The log level: under `npm -s` npx would fail without a word.
    const env = { ...process.env, CI: 'true', NODE_ENV: undefined, npm_config_loglevel: 'error' };
    const install = ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'];
    const result = await run('npx', install, { env, capture: true, shell: process.platform === 'win32' });
    clearInterval(reminder);
    if (result.code !== 0) throw new Failure(`${result.output.trim()}\n\n${whyNotInstalled(result.output)}`);
    if (!existsSync(node)) {
      throw new Failure(
        `The packages were installed, but Node 26 did not come with them: npm may carry none for ${process.platform} ` +
          `${process.arch}, or scripts are switched off (look for ignore-scripts in .npmrc).`,
      );
    }
    writeStamp('install', installStamp());
    say(`Installed in ${seconds(began)}.`);
  });
}

function whyNotInstalled(output) {
  if (/OUTDATED_LOCKFILE|FROZEN_LOCKFILE|NO_LOCKFILE/.test(output)) {
    return (
      'pnpm-lock.yaml does not fit the package.json files. Whoever changed a package.json runs ' +
      `\`npx ${PNPM} install\` and commits the lockfile with it; it is never changed behind your back.`
    );
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|META_FETCH|fetch failed/.test(output)) {
    return 'The npm registry could not be reached. Check the network and npm’s proxy settings, then try again.';
  }
  if (/ENOSPC/.test(output)) return 'The disk is full. Free about a gigabyte and try again.';
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return `The packages could not be written. Check who owns ${at('node_modules')} and the npm cache, then try again.`;
  }
  if (/ENOENT.*npx|npx.*ENOENT/.test(output))
    return 'npx was not found. Install npm, which normally comes with Node.';
  return `Installing failed; pnpm’s own words are above. To start afresh: delete node_modules and try again.`;
}

const builtFrom = [
  'src',
  'messages',
  'static',
  'project.inlang/settings.json',
  'package.json',
  'tsconfig.json',
];

function buildStamp() {
  const forum = [
    ...builtFrom.map((name) => at('forum', name)),
    ...list(at('forum')).filter((path) => /\.[cm]?[jt]s$/.test(path)),
  ].flatMap(filesUnder);
  // Server code imports the other packages unbuilt, so they do not count. The moment code for the browser imports
  // them, they are inside the bundle, and then they do.
  const bundled = forum.some((path) => !isServerOnly(path) && importsOurs.test(readFileSync(path, 'utf8')));
  const others = bundled
    ? ['engine/src', 'workflows/src', 'adapters/src'].flatMap((name) => filesUnder(at(name)))
    : [];
  const sources = [...forum, ...others].filter((path) => !/\.test\.ts$/.test(path));
  return digest([...sources, at('pnpm-lock.yaml')]);
}

const importsOurs = /\b(?:import|export)\s+(?!type\b)[^;'"]*['"]@lakeus\/(?:engine|workflows|adapters)/;

function isServerOnly(path) {
  const inForum = relative(at('forum'), path).replaceAll('\\', '/');
  return !inForum.startsWith('src/') || /\/server\/|\.server\.ts$|\/\+server\.ts$/.test(inForum);
}

/** Builds the forum, unless its sources are those it was last built from. */
export async function build() {
  const done = () => existsSync(at('forum/build')) && readStamp('build') === buildStamp();
  if (done()) return;
  await alone(async () => {
    if (done()) return;
    const began = performance.now();
    say('Building the forum.');
    rmSync(at('.stamps/build'), { force: true });
    const result = await run(node, [at('forum/node_modules/vite/bin/vite.js'), 'build'], {
      cwd: at('forum'),
      env: childEnv({ NODE_ENV: undefined }),
      capture: true,
    });
    if (result.code !== 0)
      throw new Failure(`${result.output.trim()}\n\nBuilding the forum failed; the reason is above.`);
    // Taken after the build, because the message compiler writes into the tree.
    writeStamp('build', buildStamp());
    say(`Built in ${seconds(began)}.`);
  });
}

const readStamp = (name) =>
  existsSync(at('.stamps', name)) ? readFileSync(at('.stamps', name), 'utf8') : undefined;

function writeStamp(name, value) {
  mkdirSync(at('.stamps'), { recursive: true });
  writeFileSync(at('.stamps', name), value);
}

function digest(paths, salt = '') {
  const hash = createHash('sha256').update(salt);
  for (const path of [...new Set(paths)].sort()) {
    const content = existsSync(path) ? readFileSync(path) : 'absent';
    hash.update(`${relative(root, path)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

const list = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return list(path)
    .filter((inner) => !/[\\/](node_modules|build|\.svelte-kit)$/.test(inner))
    .flatMap(filesUnder);
}

/** Runs `work` while no other command of ours installs or builds in this tree. */
async function alone(work) {
  const lock = at('.stamps/busy');
  mkdirSync(at('.stamps'), { recursive: true });
  let told = false;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    // The holder touches the lock every five seconds; one left untouched belongs to a command that was killed.
    const touched = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - touched > 30_000) rmSync(lock, { recursive: true, force: true });
    else {
      if (!told) say('Another command is installing or building here; waiting for it.');
      told = true;
      await sleep(300);
    }
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  const touch = setInterval(() => existsSync(lock) && utimesSync(lock, new Date(), new Date()), 5_000);
  process.once('exit', release);
  try {
    await work();
  } finally {
    clearInterval(touch);
    process.off('exit', release);
    release();
  }
}
