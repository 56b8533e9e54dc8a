import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openCaseFile } from '../support/case-file.ts';
import { folder, lakeus, staff, start, stop, told } from '../faults/house.ts';
import { markdown, quantile, shown, wholeNumber } from './figures.ts';
import type { Bench } from './figures.ts';

/** Two thousand pages of one case, open at once on one process, while people speak and vote. Readers live in a process
 * of their own (live-readers.ts); the time counts from before the writer's request goes out. */

const usualPages = 2_000;
const warmPages = 100;
const contributions = 50;
const ballots = 20;
const betweenMs = 100;
/** for memory to come to rest after many have come */
const restMs = 3_000;

const limits = { p95Ms: 500, kilobytesEach: 30 } as const;
const now = (): number => performance.timeOrigin + performance.now();

/** What the server's process holds in memory, kilobytes; Linux only. */
const residentKilobytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

type Answer = {
  readonly opened?: number;
  readonly told?: string;
  readonly waiting?: string;
  readonly lost?: number;
  readonly tookMs?: number[];
};

/** Sends an order to the readers and waits for the answer that `holds`. */
function ask(readers: ChildProcess, order: object, holds: (answer: Answer) => boolean): Promise<Answer> {
  return new Promise((answered, failed) => {
    const end = () => {
      readers.off('message', hear);
      readers.off('exit', ended);
    };
    const ended = () => failed(new Error('the readers ended'));
    const hear = (answer: Answer) => {
      if (!holds(answer)) return;
      end();
      answered(answer);
    };
    readers.on('message', hear).once('exit', ended);
    readers.send(order);
  });
}

export const liveBench: Bench = {
  does: 'event to page, and memory of a page, with 2,000 pages open on one process',
  async run({ clients }) {
    const pages = wholeNumber(clients, usualPages, 'clients');
    const place = folder();
    const env = { DATA_DIR: join(place.path, 'data'), NODE_ENV: 'production', TRUST_PROXY: '1' };
    const file = openCaseFile({ contributions: 100 });
    writeFileSync(join(place.path, 'case.json'), JSON.stringify(file));
    const server = await start(env, 'web,api,worker');
    const readers = fork(new URL('./live-readers.ts', import.meta.url));
    let lost = 0;
    readers.on('message', (answer: Answer) => {
      if (answer.lost !== undefined) lost += 1;
    });
    const base = `/cases/${file.case.id}`;
    const open = (count: number) =>
      ask(
        readers,
        { open: { origin: server.origin, path: `${base}/live`, pages: count } },
        (answer) => answer.opened !== undefined,
      );
    try {
      const imported = await lakeus(env, 'import', 'case', join(place.path, 'case.json'));
      if (imported.code !== 0) throw new Error(imported.err);
      const { token } = await staff(env);
      const speak = async (n: number) => {
        const body = { body: `Puheenvuoro ${n}`, kind: 'experience' };
        const { contributionId } = await told(server.origin, `${base}/contributions`, { token, body });
        return contributionId as string;
      };
      const { statementId } = await told(server.origin, `${base}/statements`, {
        token,
        body: { body: 'Käynnit pitää sopia asiakkaan kanssa.' },
      });
      await open(warmPages);
      for (let n = 0; n < contributions; n++) await speak(n);
      await delay(restMs);
      const pid = server.process.pid!;
      const before = residentKilobytes(pid);
      const beganAt = now();
      await open(pages);
      const openedMs = now() - beganAt;
      await delay(restMs);
      const after = residentKilobytes(pid);

      const spoken: Record<string, number> = {};
      for (let n = 0; n < contributions; n++) {
        const sentAt = now();
        spoken[await speak(n)] = sentAt;
        await delay(betweenMs);
      }
      const last = Object.keys(spoken).at(-1)!;
      const all = pages + warmPages;
      await ask(readers, { until: { key: last, times: all } }, (answer) => answer.told === last);

      const cast: Record<string, number> = {};
      for (let n = 0; n < ballots; n++) {
        const key = `ballot ${n}`;
        await ask(readers, { until: { key, times: all } }, (answer) => answer.waiting === key);
        cast[key] = now();
        const heardByAll = ask(readers, {}, (answer) => answer.told === key);
        const value = n % 2 === 0 ? 'agree' : 'disagree';
        await told(server.origin, `${base}/votes`, { token, body: { statementId, value } });
        await heardByAll;
      }
      const took = async (report: Record<string, number>) =>
        (await ask(readers, { report }, (answer) => answer.tookMs !== undefined)).tookMs!;
      const [bySpoken, byCast] = [await took(spoken), await took(cast)];
      const peak = residentKilobytes(pid);

      const each = (after - before) / pages;
      const rows = [
        latencyRow('contribution to page', bySpoken, contributions * all),
        latencyRow('ballot to page', byCast, ballots * all),
        [
          'memory of an open page',
          `${shown(each, 1)} KB`,
          `${limits.kilobytesEach} KB`,
          each <= limits.kilobytesEach ? 'met' : 'MISSED',
        ],
        ['pages lost', String(lost), '0', lost === 0 ? 'met' : 'MISSED'],
      ];
      const about = [
        `${pages} pages of one case, ${contributions} contributions, ${ballots} ballots, one server with its database and`,
        `the readers on the same machine; opened in ${shown(openedMs, 0)} ms; server ${shown(before / 1024, 0)} MB`,
        `before, ${shown(after / 1024, 0)} MB with the pages, ${shown(peak / 1024, 0)} MB at the end`,
      ].join(' ');
      return {
        figures: {
          pages,
          before,
          after,
          peak,
          each,
          lost,
          contribution: told95(bySpoken),
          ballot: told95(byCast),
        },
        text: `${markdown(['', 'measured', 'limit', ''], rows)}\n\n${about}`,
        missed: rows.filter((row) => row.at(-1) === 'MISSED').map(([what]) => what!),
      };
    } finally {
      readers.kill();
      await stop(server);
      place.remove();
    }
  },
};

const told95 = (tookMs: readonly number[]) => ({
  p50Ms: quantile(tookMs, 0.5),
  p95Ms: quantile(tookMs, 0.95),
  times: tookMs.length,
});

function latencyRow(name: string, tookMs: readonly number[], expected: number): string[] {
  const { p50Ms, p95Ms } = told95(tookMs);
  const holds = p95Ms <= limits.p95Ms && tookMs.length >= expected;
  const measured = `p50 ${shown(p50Ms, 0)} ms, p95 ${shown(p95Ms, 0)} ms, told ${tookMs.length} of ${expected}`;
  return [name, measured, `p95 ${limits.p95Ms} ms`, holds ? 'met' : 'MISSED'];
}
