import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import * as chromeLauncher from 'chrome-launcher';
import lighthouse from 'lighthouse';
import type { Result as LighthouseResult } from 'lighthouse';
import { folder, lakeus } from '../faults/house.ts';
import { account, briefLink, caseOf, propose, takeOnward } from '../support/case-work.ts';
import { LakeusServer } from '../support/server.ts';
import { Visitor } from '../support/visitor.ts';
import { markdown, median, shown, wholeNumber } from './figures.ts';
import type { Bench } from './figures.ts';

/** What Lighthouse says of the five pages that people meet most: as on a middling phone on a slow network, simulated,
 * with its own defaults. */

const titles = {
  open: 'Omaishoitajan vapaa, joka toteutuu',
  closed: 'Ensimmäinen tapaaminen työllisyyspalvelussa',
};

const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
const kinds = { JS: 'Script', CSS: 'Stylesheet', fonts: 'Font', HTML: 'Document', images: 'Image' } as const;
type Kind = keyof typeof kinds;

type Page = {
  readonly name: string;
  readonly url: string;
  /** behind a personal link or a code: kept out of search engines on purpose */
  readonly personal: boolean;
};

type Round = {
  readonly scores: Readonly<Record<(typeof categories)[number], number>>;
  readonly lcpMs: number;
  readonly cls: number;
  readonly tbtMs: number;
  /** as they went over the wire */
  readonly bytes: Readonly<Record<Kind, number>>;
  readonly failed: readonly { readonly id: string; readonly title: string; readonly category: string }[];
};

type Limit = { readonly what: string; readonly holds: (round: Round, page: Page) => boolean };

const atLeast = (category: (typeof categories)[number], score: number): Limit => ({
  what: `${category} ≥ ${score}`,
  holds: ({ scores }) => scores[category] >= score,
});
const atMost = (kind: Kind, kilobytes: number): Limit => ({
  what: `${kind} ≤ ${kilobytes} kB`,
  holds: ({ bytes }) => bytes[kind] <= kilobytes * 1000,
});

const limits: readonly Limit[] = [
  atLeast('performance', 95),
  atLeast('accessibility', 100),
  atLeast('best-practices', 100),
  {
    what: 'seo 100 (behind a personal link: all but is-crawlable)',
    holds: ({ scores, failed }, { personal }) =>
      personal
        ? failed.filter(({ category }) => category === 'seo').every(({ id }) => id === 'is-crawlable')
        : scores.seo >= 100,
  },
  atMost('JS', 60),
  atMost('CSS', 25),
  atMost('fonts', 60),
  { what: 'CLS < 0.02', holds: ({ cls }) => cls < 0.02 },
];

const score = (result: LighthouseResult, id: string): number =>
  Math.round((result.categories[id]?.score ?? 0) * 100);

function roundOf(result: LighthouseResult): Round {
  const figure = (id: string) => result.audits[id]?.numericValue ?? Number.NaN;
  const details = result.audits['network-requests']?.details as
    { items?: { resourceType?: string; transferSize?: number }[] } | undefined;
  const bytesOf = (type: string) =>
    (details?.items ?? [])
      .filter(({ resourceType }) => resourceType === type)
      .reduce((sum, { transferSize }) => sum + (transferSize ?? 0), 0);
  const failed = categories.flatMap((category) =>
    (result.categories[category]?.auditRefs ?? [])
      .map(({ id, weight }) => ({ audit: result.audits[id], weight }))
      .filter(({ audit, weight }) => {
        if (audit?.score == null) return false;
        // What weighs nothing is advice; of performance it says what to mend, elsewhere it is not told.
        return category === 'performance' ? audit.score < 0.9 : weight > 0 && audit.score < 1;
      })
      .map(({ audit }) => ({
        ...{ id: audit!.id, category },
        title: [audit!.title, audit!.displayValue].filter(Boolean).join(': '),
      })),
  );
  return {
    scores: Object.fromEntries(categories.map((id) => [id, score(result, id)])) as Round['scores'],
    lcpMs: figure('largest-contentful-paint'),
    cls: figure('cumulative-layout-shift'),
    tbtMs: figure('total-blocking-time'),
    bytes: Object.fromEntries(
      Object.entries(kinds).map(([kind, type]) => [kind, bytesOf(type)]),
    ) as Round['bytes'],
    failed,
  };
}

/** The middle of each figure by itself; everything that failed in any round. */
function middle(rounds: readonly Round[]): Round {
  const of = (read: (round: Round) => number) => median(rounds.map(read));
  const failed = new Map(rounds.flatMap((round) => round.failed.map((one) => [one.id, one])));
  return {
    scores: Object.fromEntries(
      categories.map((id) => [id, of(({ scores }) => scores[id])]),
    ) as Round['scores'],
    lcpMs: of(({ lcpMs }) => lcpMs),
    cls: of(({ cls }) => cls),
    tbtMs: of(({ tbtMs }) => tbtMs),
    bytes: Object.fromEntries(
      Object.keys(kinds).map((kind) => [kind, of(({ bytes }) => bytes[kind as Kind])]),
    ) as Round['bytes'],
    failed: [...failed.values()],
  };
}

async function at(v: Visitor, title: string): Promise<string> {
  await v.open('/cases');
  await v.follow(title);
  return caseOf(v);
}

/** A code whose remarks have been answered, out of the file of a case that is closed. */
async function answeredCode(dataDir: string, base: string): Promise<string> {
  const place = folder();
  try {
    const file = join(place.path, 'case.json');
    const ran = await lakeus({ DATA_DIR: dataDir }, 'export', 'case', base.replace('/cases/', ''), file);
    if (ran.code !== 0) throw new Error(ran.err);
    const { content } = JSON.parse(readFileSync(file, 'utf8')) as {
      content: { participants: { id: string; code: string }[]; contributions: { participantId: string }[] };
    };
    const speaker = content.participants.find(({ id }) =>
      content.contributions.some(({ participantId }) => participantId === id),
    );
    if (!speaker) throw new Error('nobody spoke in the closed case');
    return speaker.code;
  } finally {
    place.remove();
  }
}

/** The pages of a case that is open, and of one that is closed. */
async function pagesWhileOpen(v: Visitor, server: LakeusServer, dataDir: string): Promise<Page[]> {
  const [open, closed] = [await at(v, titles.open), await at(v, titles.closed)];
  await v.open(`${open}/contribute`);
  await v.fill(v.t('contribute.body'), 'Sijainen oli tuttu, ja ehdin saunaan.');
  await v.press(v.t('contribute.send'));
  const code =
    (await v.page
      .getByText(/^\w{4}-\w{4}$/)
      .first()
      .textContent()) ?? '';
  const answered = await answeredCode(dataDir, closed);
  const page = (name: string, path: string, personal = false) => ({ name, url: server.url + path, personal });
  return [
    page('front', '/'),
    page('case, closed', closed),
    page('open period: case', open),
    page('open period: discussion', `${open}/discussion`),
    page('impact, waiting', `/impact/${code.replace('-', '')}`, true),
    page('impact, answered', `/impact/${answered}`, true),
  ];
}

/** The brief of the case that was open, once its period is over and its summary is out. */
async function brief(v: Visitor): Promise<Page> {
  const base = await at(v, titles.open);
  await v.signIn('facilitator');
  await v.letPass(14);
  await propose(v, base, 'Tutustumiskäynti ennen vapaata', 'Sijainen käy kerran kotona ennen vapaata.');
  await propose(v, base, 'Vapaata voi käyttää tunteina', 'Kaksi tuntia viikossa lasketaan vapaaksi.');
  await account(v, base, { used: 1 }, ['Meillä sijaishoitaja kävi ensin']);
  await account(v, base, { used: 2 }, ['Voisiko vapaan käyttää tunteina?']);
  await account(v, base, { leftOut: 'Asia vaatii oman tapauksensa.' });
  await takeOnward(v, base, 'summary.published');
  await v.signIn('coordinator');
  return { name: 'brief', url: await briefLink(v, titles.open), personal: true };
}

/** Walks the demonstration, on one server to where it stands and on another to the review, for the addresses. */
async function addresses(open: LakeusServer, later: LakeusServer, dataDir: string): Promise<readonly Page[]> {
  const browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox'] });
  try {
    const visitorOf = async (server: LakeusServer) => {
      const context = await browser.newContext({ locale: 'fi-FI', timezoneId: 'Europe/Helsinki' });
      return new Visitor(await context.newPage(), server, 'fi');
    };
    const pages = await pagesWhileOpen(await visitorOf(open), open, dataDir);
    return [...pages.slice(0, 4), await brief(await visitorOf(later)), ...pages.slice(4)];
  } finally {
    await browser.close();
  }
}

const chrome = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

async function lookAt(url: string): Promise<Round> {
  const browser = await chromeLauncher.launch({
    chromePath: chrome,
    chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--accept-lang=fi'],
    logLevel: 'silent',
  });
  try {
    const ran = await lighthouse(url, {
      ...{ port: browser.port, output: 'json', logLevel: 'silent' },
      ...{ onlyCategories: [...categories], extraHeaders: { 'Accept-Language': 'fi' } },
    });
    if (!ran || ran.lhr.runtimeError)
      throw new Error(`${url}: ${ran?.lhr.runtimeError?.message ?? 'nothing'}`);
    return roundOf(ran.lhr);
  } finally {
    browser.kill();
  }
}

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);

export const webBench: Bench = {
  does: 'what Lighthouse says of the front page, a case, its open period, the brief and an impact page',
  async run({ rounds }) {
    const many = wholeNumber(rounds, 3, 'rounds');
    const place = folder();
    const dataDir = join(place.path, 'data');
    const servers: LakeusServer[] = [];
    try {
      const open = await LakeusServer.start([], { DATA_DIR: dataDir });
      servers.push(open);
      const later = await LakeusServer.start();
      servers.push(later);
      const pages = await addresses(open, later, dataDir);
      const seen = pages.map((page) => ({ page, rounds: [] as Round[] }));
      for (let round = 0; round < many; round++) {
        for (const { page, rounds: all } of round % 2 === 0 ? seen : seen.toReversed()) {
          all.push(await lookAt(page.url));
          process.stderr.write('.');
        }
      }
      process.stderr.write('\n');
      const figures = seen.map(({ page, rounds: all }) => {
        const measured = middle(all);
        const missed = limits.filter(({ holds }) => !holds(measured, page)).map(({ what }) => what);
        return { ...page, ...measured, missed, rounds: all };
      });
      return { figures: { pages: figures }, text: told(figures, many) };
    } finally {
      for (const server of servers) await server.stop();
      place.remove();
    }
  },
};

function told(pages: readonly (Page & Round & { missed: readonly string[] })[], many: number): string {
  const head = [
    '',
    'perf',
    'a11y',
    'best',
    'SEO',
    'LCP ms',
    'CLS',
    'TBT ms',
    ...Object.keys(kinds),
    'limits',
  ];
  const rows = pages.map(({ name, scores, lcpMs, cls, tbtMs, bytes, missed }) => [
    ...[name, ...categories.map((id) => String(scores[id]))],
    ...[shown(lcpMs, 0), cls.toFixed(3), shown(tbtMs, 0)],
    ...Object.keys(kinds).map((kind) => kilobytes(bytes[kind as Kind])),
    missed.length === 0 ? 'met' : `missed: ${missed.join('; ')}`,
  ]);
  const audits = [...new Set(pages.flatMap(({ failed }) => failed.map(({ id }) => id)))].map((id) => {
    const where = pages.flatMap(({ name, failed }) => {
      const here = failed.find((one) => one.id === id);
      return here ? [{ name, ...here }] : [];
    });
    const [{ category, title } = { category: '', title: id }] = where;
    return `- ${category}: ${title} (${id}): ${where.map(({ name }) => name).join('; ')}`;
  });
  return [
    markdown(head, rows),
    `Lighthouse, mobile, simulated throttling, ${many} rounds, medians; kB as sent`,
    `limits: ${limits.map(({ what }) => what).join(', ')}`,
    audits.length === 0 ? 'Nothing failed.' : `What failed or can be better:\n${audits.join('\n')}`,
  ].join('\n\n');
}
