import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { Language } from './words.ts';

/** What holds on every page, whoever sees it. */

const conformance = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const narrowest = 320;

/** The shape of a page without its words: elements, what is said about them, and whether there is text in them. Runs
 * of the same count as one. axe finds the same in two pages of one shape, so one of them is enough for a worker. */
const shapeOf = () => {
  const named = new Set(['class', 'type', 'role', 'rows', 'open', 'checked', 'required']);
  const shape = (element: Element): string => {
    const about = [...element.attributes]
      .map(({ name, value }) => (named.has(name) ? `${name}=${value}` : name))
      .sort();
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    const inside = [...element.children].map(shape);
    const different = inside.filter((one, i) => one !== inside[i - 1]);
    return `<${element.tagName} ${about.join(' ')}${text ? '.' : ''}${different.join('')}>`;
  };
  return `${document.documentElement.lang} ${innerWidth} ${shape(document.documentElement)}`;
};

const isDark = () => matchMedia('(prefers-color-scheme: dark)').matches;

/** The rules that look at colours: all there is to find anew when night falls on a page. */
const ofColours = ['color-contrast', 'link-in-text-block'];

/** By day (false), by night (true), or both. */
const found = new Map<string, Set<boolean>>();

/** How many shapes of pages this worker has let axe look at and found nothing in, and how many of them once more for
 * their colours. */
export const axeRuns = (): { readonly whole: number; readonly ofColours: number } => ({
  whole: found.size,
  ofColours: [...found.values()].filter(({ size }) => size > 1).length,
});

/** No violation of WCAG 2.2 AA or of what axe calls good practice, target sizes among them. */
export async function expectAccessible(page: Page): Promise<void> {
  const shape = await page.evaluate(shapeOf);
  const dark = await page.evaluate(isDark);
  const before = found.get(shape);
  if (before?.has(dark)) return;
  const builder = new AxeBuilder({ page })
    .options({
      runOnly: before ? { type: 'rule', values: ofColours } : { type: 'tag', values: conformance },
      ...(!before && { rules: { 'target-size': { enabled: true } } }),
      resultTypes: ['violations'],
    })
    .setLegacyMode(); // there are no frames
  const { violations } = await builder.analyze();
  const told = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    at: nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)),
  }));
  expect(told, `accessibility of ${page.url()}`).toEqual([]);
  found.set(shape, (before ?? new Set()).add(dark));
}

async function widths(page: Page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
}

/** Nothing is wider than the window, neither as it is now nor on the narrowest phone. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const before = page.viewportSize() ?? { width: 1280, height: 900 };
  for (const width of [...new Set([before.width, narrowest])]) {
    await page.setViewportSize({ width, height: before.height });
    const { scrollWidth, clientWidth } = await widths(page);
    expect(scrollWidth, `${page.url()} overflows at ${width} px`).toBeLessThanOrEqual(clientWidth);
  }
  await page.setViewportSize(before);
}

/** One main heading that says something, a title that says where one is, and the right language. */
export async function expectOrientation(page: Page, language: Language): Promise<void> {
  const { lang, title, h1 } = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    h1: [...document.querySelectorAll('h1')].map((heading) => heading.textContent?.trim() ?? ''),
  }));
  expect(lang, `language of ${page.url()}`).toBe(language === 'selko' ? 'fi-simple' : language);
  expect(title, `title of ${page.url()}`).toMatch(/^\S.{2,} – Lakeus$/);
  expect(h1, `main headings of ${page.url()}`).toEqual([expect.stringMatching(/\S{3}/)]);
}

/** Words, not the keys they are kept under: a message without a translation shows its key. */
export async function expectWords(page: Page): Promise<void> {
  const text = await page.evaluate(() => `${document.title}\n${document.body.innerText}`);
  const keys = text.match(/(?<![\w/@.-])[a-z][a-zA-Z]+(?:\.[a-zA-Z]+)+(?![\w/@-])/g) ?? [];
  expect(keys, `message keys shown on ${page.url()}`).toEqual([]);
}

export async function expectSound(page: Page, language: Language, scripts: boolean): Promise<void> {
  await expectOrientation(page, language);
  await expectWords(page);
  await expectNoOverflow(page);
  if (scripts) await expectAccessible(page); // axe waits for itself, and where scripts are off it waits for ever
}

const bare = (url: string) => url.replace(/#.*$/, '');

/** Watches a page for what it must never do: complain, be stopped by its own policy, or talk to anybody else. */
export function watch(page: Page, origin: string): { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const refused = new Set<string>();
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.status() >= 400)
      refused.add(bare(response.url()));
    if (response.status() >= 500) faults.push(`${response.status()} from ${response.url()}`);
  });
  page.on('console', (message) => {
    // The browser says so in the console when a page itself is a 404 that the story meant to see.
    if (message.text().startsWith('Failed to load resource') && refused.has(bare(message.location().url)))
      return;
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const { origin: asked, protocol } = new URL(request.url());
    if (asked !== origin && protocol !== 'data:') faults.push(`asked ${request.url()}`);
  });
  return { faults };
}

/** What the pages say aloud, as somebody who listens would hear it: everything that comes into a polite region after
 * the page has opened. Call it before the first page. */
export function announcements(page: Page): readonly string[] {
  const said: string[] = [];
  const mark = 'said aloud: ';
  page.on('console', (message) => {
    if (message.text().startsWith(mark)) said.push(message.text().slice(mark.length));
  });
  void page.addInitScript((prefix) => {
    document.addEventListener('DOMContentLoaded', () => {
      for (const region of document.querySelectorAll('[role=status], [aria-live]')) {
        new MutationObserver(() => {
          const text = region.textContent?.trim();
          if (text) console.debug(`${prefix}${text}`);
        }).observe(region, { childList: true, subtree: true, characterData: true });
      }
    });
  }, mark);
  return said;
}
