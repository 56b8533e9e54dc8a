import { expect } from '@playwright/test';
import type { Locator, Page, Response } from '@playwright/test';
import { expectSound, watch } from './checks.ts';
import type { LakeusServer } from './server.ts';
import { beginning, words } from './words.ts';
import type { Language, Words } from './words.ts';

export type DemoRole =
  'participant' | 'expert' | 'agent' | 'facilitator' | 'decider' | 'coordinator' | 'admin';

type Name = string | RegExp;

/** Somebody at a browser. Every page they come to is checked (see checks.ts). */
export class Visitor {
  readonly page: Page;
  readonly t: Words;
  /** status of the page they are on */
  status = 0;
  readonly server: LakeusServer;
  readonly #scripts: boolean;
  readonly #watched: { readonly faults: readonly string[] };

  constructor(page: Page, server: LakeusServer, language: Language, scripts = true) {
    this.#scripts = scripts;
    this.page = page;
    this.t = words(language);
    this.server = server;
    this.#watched = watch(page, server.url);
  }

  /** Carries out what leads to another page, and waits until that page is whole and sound. */
  async #arrive(go: () => Promise<unknown>): Promise<void> {
    const statusOf = (response: Response) => {
      if (response.request().isNavigationRequest()) this.status = response.status();
    };
    this.page.on('response', statusOf);
    await Promise.all([this.page.waitForEvent('load'), go()]);
    this.page.off('response', statusOf);
    await expectSound(this.page, this.t.language, this.#scripts);
  }

  async open(path: string): Promise<void> {
    await this.#arrive(() => this.page.goto(new URL(path, this.server.url).href));
  }

  /** Follows a link, by what it says. */
  async follow(name: Name, within: Locator | Page = this.page): Promise<void> {
    const link = within.getByRole('link', { name, exact: true }).first();
    await this.#arrive(() => link.click());
  }

  /** Presses a button that sends a form. */
  async press(name: Name, within: Locator | Page = this.page): Promise<void> {
    const button = within.getByRole('button', { name, exact: true }).first();
    await this.#arrive(() => button.click());
  }

  async fill(label: Name, text: string, within: Locator | Page = this.page): Promise<void> {
    await within.getByLabel(label, { exact: true }).fill(text);
  }

  /** Fills in what is given, field by field. */
  async fillAll(fields: readonly (readonly [Name, string])[], within?: Locator): Promise<void> {
    for (const [label, text] of fields) await this.fill(label, text, within);
  }

  /** Marks a radio button or a check box. */
  async choose(label: Name, within: Locator | Page = this.page): Promise<void> {
    await within.getByLabel(label, { exact: true }).check();
  }

  /** Unfolds what is folded away, if it is, and whatever that lies in. */
  async unfold(name: Name, within: Locator | Page = this.page): Promise<Locator> {
    const summary = within.locator('summary').filter({ hasText: name }).first();
    const folded = summary.locator('xpath=ancestor::details[not(@open)]');
    while ((await folded.count()) > 0) await folded.first().locator('> summary').click();
    return summary.locator('xpath=..');
  }

  async signIn(as: DemoRole): Promise<void> {
    const names: Readonly<Record<DemoRole, string>> = {
      participant: 'Aino Rintala',
      expert: 'Veikko Hautala',
      agent: 'Marita Kangas',
      facilitator: 'Sanna Ylitalo',
      decider: 'Heikki Luoma',
      coordinator: 'Päivi Norrgård',
      admin: 'Jarmo Viita',
    };
    await this.open('/demo');
    await this.press(new RegExp(names[as]));
    await expect(this.page.getByRole('contentinfo')).toContainText(names[as]);
  }

  async signOut(): Promise<void> {
    await this.press(this.t('layout.signOut'));
  }

  /** Lets days go by in the demonstration, in the steps that its page offers. */
  async letPass(days: number): Promise<void> {
    await this.open('/demo');
    const clock = this.page.locator('form[action="/demo/time"]');
    for (const step of [30, 7, 1]) {
      for (; days >= step; days -= step) {
        await this.#arrive(() => clock.locator(`button[value="${step}"]`).click());
        this.server.daysPassed += step;
      }
    }
  }

  heading(name: Name): Locator {
    return this.page.getByRole('heading', { name });
  }

  /** Links of an error summary: each leads to the field it speaks of. */
  get problems(): Locator {
    return this.page.getByRole('alert').getByRole('listitem');
  }

  button(name: Name): Locator {
    return this.page.getByRole('button', { name: beginning(name) });
  }

  expectNoFaults(): void {
    expect(this.#watched.faults, 'console, content policy and requests').toEqual([]);
  }
}
