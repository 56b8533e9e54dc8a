import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { openCaseFile } from '../support/case-file.ts';
import { folder, lakeus, start, stop } from '../faults/house.ts';
import { markdown, measure, median, middleOf, range, shown, wholeNumber } from './figures.ts';
import type { Bench, Measured } from './figures.ts';

/** How quickly people see a case in which a thousand have spoken, asked for by eight at once. */

const contributions = 1_000;
const connections = 8;
const warmMs = 700;

/** @returns how many bytes came
 * @throws {Error} when the answer is not a good one */
function fetched(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let bytes = 0;
      response.on('data', (part: Buffer) => (bytes += part.length));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url}: ${response.statusCode}`)),
      );
    }).on('error', reject);
  });
}

export const pagesBench: Bench = {
  does: 'requests a second of the pages and the API of a case with 1,000 contributions',
  async run({ rounds, ms }) {
    const many = wholeNumber(rounds, 3, 'rounds');
    const lasting = wholeNumber(ms, 3_000, 'ms');
    const place = folder();
    const env = { DATA_DIR: join(place.path, 'data'), DEMO: '1', NODE_ENV: 'production' };
    const file = openCaseFile({ contributions });
    writeFileSync(join(place.path, 'case.json'), JSON.stringify(file));
    // The demonstration is laid out first, so that the front page has more to show than this one case.
    const server = await start(env, 'web,api,worker');
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    try {
      const imported = await lakeus(env, 'import', 'case', join(place.path, 'case.json'));
      if (imported.code !== 0) throw new Error(imported.err);
      const at = `/cases/${file.case.id}`;
      const paths = [
        '/',
        at,
        `${at}/discussion`,
        `${at}/discussion?limit=1000`,
        `/api/v1${at}/contributions?limit=1000`,
      ];
      const timed = paths.map((path) => ({ path, rounds: [] as Measured[], bytes: 0 }));
      for (const each of timed) each.bytes = await fetched(agent, server.origin + each.path);
      for (let round = 0; round < many; round++) {
        for (const each of round % 2 === 0 ? timed : timed.toReversed()) {
          const work = () => fetched(agent, server.origin + each.path);
          each.rounds.push(await measure(connections, work, { ms: lasting, warmMs }));
          process.stderr.write('.');
        }
      }
      process.stderr.write('\n');
      const figures = timed.map((each) => ({ ...each, ...middleOf(each.rounds) }));
      const rows = figures.map(({ path, rate, p50Ms, p95Ms, rounds: all, bytes }) => [
        ...[`\`${path.replace(file.case.id, '{id}')}\``, shown(bytes / 1024, 0), shown(rate, 1)],
        ...[
          range(
            all.map((round) => round.rate),
            1,
          ),
          shown(p50Ms, 1),
          shown(p95Ms, 1),
        ],
      ]);
      const head = ['', 'KB', 'requests/s', 'min–max', 'p50 ms', 'p95 ms'];
      const about = `${contributions} contributions, ${connections} connections, ${many} rounds × ${lasting} ms, medians`;
      const slowest = median(figures.map((each) => each.p95Ms));
      return {
        figures: { pages: figures, medianP95Ms: slowest },
        text: `${markdown(head, rows)}\n\n${about}`,
      };
    } finally {
      agent.destroy();
      await stop(server);
      place.remove();
    }
  },
};
