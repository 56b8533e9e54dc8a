import { expect } from '@playwright/test';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Response } from '@playwright/test';
import { watch } from './checks.ts';
import type { LakeusServer } from './server.ts';
import type { State, Who } from './states.ts';
import { words } from './words.ts';
import type { Language, Words } from './words.ts';

/** Pages that go on in the browser once they have come: a shared document, and the tables of a workshop. */
const goesOn = /\/documents\/(?:tables|[0-9a-f]{8}-[0-9a-f-]{27})$/;

/** Runs in the page: everybody who is to be joined is, or is offered to join, or there is nothing to join. */
function hasComeAlive(): boolean {
  const joined = [...document.querySelectorAll<HTMLElement>('.live-document')];
  if (joined.length > 0) return joined.every(({ dataset }) => dataset.state === 'saved');
  return document.querySelector('.needs-script button:enabled, main .empty') !== null;
}

/** Everybody who looks at the pages, each at a browser of their own, so that a walk over many states need not sign in
 * and out. */
export class Crowd {
  readonly #browser: Browser;
  readonly #server: LakeusServer;
  readonly #options: BrowserContextOptions;
  readonly #pages = new Map<Who, Page>();
  readonly #watched: { readonly faults: readonly string[] }[] = [];
  #language: Language = 'fi';

  constructor(browser: Browser, server: LakeusServer, options: BrowserContextOptions = {}) {
    this.#browser = browser;
    this.#server = server;
    this.#options = { locale: 'fi-FI', timezoneId: 'Europe/Helsinki', ...options };
  }

  get t(): Words {
    return words(this.#language);
  }

  async #ask(page: Page, path: string, form: Record<string, string>): Promise<void> {
    const { url } = this.#server;
    const answer = await page.request.post(url + path, { form, headers: { origin: url }, maxRedirects: 0 });
    expect(answer.status(), path).toBe(303);
  }

  /** The page that somebody sits at. `card`: another browser, whose cards are taken over. */
  async page(who: Who, card?: BrowserContext): Promise<Page> {
    const known = this.#pages.get(who);
    if (known) return known;
    const context = await this.#browser.newContext(this.#options);
    if (card) await context.addCookies(await card.cookies());
    const page = await context.newPage();
    this.#pages.set(who, page);
    this.#watched.push(watch(page, this.#server.url));
    if (who !== 'stranger' && who !== 'guest') await this.#ask(page, '/demo/sign-in', { as: who });
    await this.#speak(page);
    return page;
  }

  async #speak(page: Page): Promise<void> {
    await this.#ask(page, '/language', { to: this.#language, back: '/' });
  }

  /** From now on all read the pages in this language. */
  async speak(language: Language): Promise<void> {
    this.#language = language;
    for (const page of this.#pages.values()) await this.#speak(page);
  }

  /** Opens the page of a state, and sends its form empty where the state is what comes back.
   * @returns the page and what the server answered */
  async come({ who, path, status, send }: State): Promise<{ page: Page; html: string; response: Response }> {
    const page = await this.page(who);
    const opened = await page.goto(this.#server.url + path);
    if (!opened) throw new Error(`${path} was not answered`);
    if (goesOn.test(path)) await page.waitForFunction(hasComeAlive);
    if (!send) {
      expect(opened.status(), path).toBe(status ?? 200);
      return { page, html: await opened.text(), response: opened };
    }
    const name = this.t(send);
    await page.evaluate(() => {
      for (const folded of document.querySelectorAll('details')) folded.open = true;
    });
    const button = page.getByRole('main').getByRole('button', { name, exact: true }).first();
    await button.evaluate((pressed: HTMLButtonElement) => {
      for (const field of pressed.form?.elements ?? []) {
        const isField = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
        if (isField && !['hidden', 'radio', 'checkbox'].includes(field.type)) field.value = '';
        if (field instanceof HTMLInputElement && field.type === 'radio') field.checked = false;
      }
    });
    const answered = page.waitForResponse((response) => response.request().isNavigationRequest());
    await Promise.all([page.waitForEvent('load'), answered, button.click()]);
    const response = await answered;
    expect(response.status(), `${path}, sent empty`).toBe(status ?? 400);
    return { page, html: await response.text(), response };
  }

  /** No page complained, and all are closed. */
  async leave(): Promise<void> {
    for (const { faults } of this.#watched)
      expect(faults, 'console, content policy and requests').toEqual([]);
    for (const page of this.#pages.values()) await page.context().close();
    this.#pages.clear();
  }
}
