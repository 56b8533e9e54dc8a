// The one door: npm start, npm test, npm run dev, npm run bench, npm run lakeus.
//
// Needs nothing but Node 20 and npm. It installs the packages when they changed, builds the forum when its sources
// changed, and hands over to the Node that came with the packages, so that every machine runs the same one.

import { build, install } from './prepare.mjs';
import { Failure, at, handOver, say } from './processes.mjs';
import { test } from './test-run.mjs';

const usage = `npm start [-- --services=a,b]   install and build what changed, then serve
npm run dev                     serve with hot reload
npm test [-- lint|types|unit|browser] [-- part of a file name]
npm run bench [-- NAME …]       run a benchmark; without a name, list them
npm run lakeus -- VERB …        the operator's command line; --help on each verb`;

const verbs = { start, dev, test, bench, lakeus };

async function start(args) {
  await install();
  await build();
  await handOver([at('forum/server.ts'), ...args], { NODE_ENV: process.env.NODE_ENV ?? 'production' });
}

async function dev(args) {
  await install();
  const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
  const where = ['--host', HOST, '--port', PORT, '--strictPort'];
  await handOver([at('forum/node_modules/vite/bin/vite.js'), 'dev', ...where, ...args], {}, at('forum'));
}

async function lakeus(args) {
  await install();
  await handOver([at('forum/cli.ts'), ...args]);
}

async function bench(args) {
  await install();
  await build();
  await handOver([at('e2e/bench/index.ts'), ...args]);
}

const [verb, ...given] = process.argv.slice(2);
if (given[0] === '--') given.shift();

try {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Failure(`Node ${process.versions.node} is too old: install Node 20 or newer.`);
  }
  if (!Object.hasOwn(verbs, verb ?? '')) {
    throw new Failure(verb ? `There is no ${verb} here.\n${usage}` : usage);
  }
  await verbs[verb](given);
} catch (error) {
  say(error instanceof Failure ? error.message : (error.stack ?? String(error)));
  process.exitCode = 1;
}
