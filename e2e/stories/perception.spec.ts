import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { Crowd } from '../support/crowd.ts';
import {
  edgeless,
  enlargeText,
  ill,
  movements,
  spaceOutText,
  stops,
  tooPale,
  tooSmall,
} from '../support/perception.ts';
import { answeredStage, openStage, reviewStage, summaryStage } from '../support/states.ts';
import type { Stage } from '../support/states.ts';
import { expect, test } from '../support/story.ts';
import type { Visitor } from '../support/visitor.ts';

/** The main pages as they are met by somebody who sees a little at a time, in large letters, without colours, without a
 * mouse, on paper or with thick fingers. */

type Way = {
  readonly name: string;
  readonly options: BrowserContextOptions;
  /** sets the page up and tells what is wrong with it */
  readonly look: (page: Page) => Promise<readonly string[]>;
};

const desk = { width: 1280, height: 900 };
/** 1280 × 1024 enlarged four times: what WCAG 1.4.10 asks for */
const enlarged = { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4, bypassCSP: true };

let stopsSeen = 0;

async function walk(page: Page): Promise<readonly string[]> {
  const { count, faults } = await stops(page);
  stopsSeen += count;
  return faults;
}

const ways: readonly Way[] = [
  { name: 'by keys, in the light', options: { viewport: desk, reducedMotion: 'reduce' }, look: walk },
  {
    name: 'by keys, in the dark, at 400 %',
    options: { ...enlarged, colorScheme: 'dark', reducedMotion: 'reduce' },
    look: async (page) => [...(await walk(page)), ...(await movements(page))],
  },
  {
    name: 'at 400 %',
    options: enlarged,
    look: async (page) => {
      const plain = await ill(page);
      await spaceOutText(page);
      return [...plain, ...(await ill(page)).map((one) => `spaced out: ${one}`)];
    },
  },
  {
    name: 'with large letters',
    options: { viewport: desk, bypassCSP: true },
    look: async (page) => {
      await enlargeText(page);
      return ill(page);
    },
  },
  {
    name: 'with letters and lines far apart',
    options: { viewport: desk, bypassCSP: true },
    look: async (page) => {
      await spaceOutText(page);
      return ill(page);
    },
  },
  { name: 'in forced colours', options: { viewport: desk, forcedColors: 'active' }, look: edgeless },
  {
    name: 'on paper',
    options: { viewport: { width: 794, height: 1123 } },
    look: async (page) => {
      await page.emulateMedia({ media: 'print' });
      const faults = await tooPale(page);
      await page.emulateMedia({ media: 'screen' });
      return faults;
    },
  },
  {
    name: 'with a finger',
    options: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    look: tooSmall,
  },
];

/** The questions themselves are asked of a page where each has something to find, so that silence means something. */
const planted: readonly {
  readonly ask: (page: Page) => Promise<readonly string[]>;
  html: string;
  told: RegExp;
}[] = [
  { ask: walk, html: '<button style="outline: 0">Press</button>', told: /no ring/ },
  { ask: walk, html: '<button style="outline: 3px solid #ddd">Press</button>', told: /stands out/ },
  {
    ask: walk,
    html: '<button>Press</button><div style="position: fixed; inset: 0; background: white">Over</div>',
    told: /covered/,
  },
  {
    ask: walk,
    html: '<button>One</button><button onfocus="this.previousSibling.focus()">Two</button><button>Three</button>',
    told: /Three: never reached/,
  },
  { ask: ill, html: '<p style="width: 3000px">Wide</p>', told: /px in/ },
  { ask: ill, html: '<p style="height: 9px; overflow: hidden">Cut<br>off</p>', told: /cut/ },
  { ask: ill, html: '<button>One</button><button style="margin-left: -20px">Two</button>', told: /overlaps/ },
  {
    ask: movements,
    html: '<style>@keyframes a { to { rotate: 1turn } } p { animation: a 1s infinite }</style><p>Round',
    told: /moves/,
  },
  { ask: edgeless, html: '<button style="border: 0">Press</button>', told: /no edge/ },
  { ask: tooPale, html: '<h1>Title</h1><p style="color: #aaa">Pale</p>', told: /too pale/ },
  { ask: tooSmall, html: '<button style="width: 20px; height: 20px">x</button>', told: /20 × 20/ },
];

test('what is wrong is found', async ({ browser }) => {
  const page = await browser.newPage();
  for (const { ask, html, told } of planted) {
    await page.setContent(`<!doctype html><html lang="en"><body><main>${html}</main></body></html>`);
    expect((await ask(page)).join('\n'), html).toMatch(told);
  }
  await page.close();
});

const faults: string[] = [];

async function look(stage: Stage, browser: Browser, guest: Visitor): Promise<void> {
  for (const way of ways) {
    const crowd = new Crowd(browser, guest.server, way.options);
    await crowd.page('guest', guest.page.context());
    for (const state of stage.states.filter(({ main }) => main)) {
      await test.step(`${state.name} ${way.name}`, async () => {
        const { page } = await crowd.come(state);
        faults.push(...(await way.look(page)).map((one) => `${state.name} ${way.name}: ${one}`));
      });
    }
    await crowd.leave();
  }
}

test('the main pages can be seen and followed however one looks at them', async ({
  browser,
  visitor,
  another,
}) => {
  test.setTimeout(600_000);
  const worker = await another();
  const open = await openStage(visitor, worker);
  await look(open, browser, visitor);
  await look(await summaryStage(worker, open.at), browser, visitor);
  const review = await reviewStage(worker, open.at);
  await look(review, browser, visitor);
  await look(await answeredStage(worker, visitor.server, open.at, review.brief), browser, visitor);
  console.log(`${stopsSeen} stops of the Tab key`);
  expect(faults.join('\n')).toBe('');
});
