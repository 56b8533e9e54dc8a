import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { collabBench } from './collab.ts';
import { engineBench } from './engine.ts';
import type { Bench } from './figures.ts';
import { liveBench } from './live.ts';
import { pagesBench } from './pages.ts';
import { webBench } from './web.ts';

/** Benchmarks by name: `npm run bench -- NAME [--json FILE]`. */

const benches: Readonly<Record<string, Bench>> = {
  collab: collabBench,
  engine: engineBench,
  live: liveBench,
  pages: pagesBench,
  web: webBench,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    rounds: { type: 'string' },
    ms: { type: 'string' },
    clients: { type: 'string' },
    peers: { type: 'boolean' },
    kills: { type: 'string' },
    only: { type: 'string' },
  },
});
const [name] = positionals;
const bench = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;

if (!bench) {
  const lines = Object.entries(benches).map(([each, { does }]) => `  ${each.padEnd(10)}${does}`);
  const list = ['npm run bench -- NAME [--json FILE] [--rounds N] [--ms MILLISECONDS]', '', ...lines].join(
    '\n',
  );
  console.log(name === undefined ? list : `There is no bench ${name}.\n${list}`);
  process.exit(name === undefined ? 0 : 1);
}

const { text, figures, missed = [] } = await bench.run(values);
const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`;
console.log(`${text}\n\n${machine}`);
if (values.json !== undefined) {
  const file = resolve(process.env.INIT_CWD ?? process.cwd(), values.json);
  writeFileSync(
    file,
    `${JSON.stringify({ bench: name, at: new Date().toISOString(), machine, figures }, null, 2)}\n`,
  );
}
if (missed.length > 0) console.error(`\nMissed: ${missed.join(', ')}.`);
process.exit(missed.length > 0 ? 1 : 0);
