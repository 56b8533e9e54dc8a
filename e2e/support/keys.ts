import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { LakeusServer } from './server.ts';
import { words } from './words.ts';
import type { Language, Words } from './words.ts';

type Name = string | RegExp;

type Focused = { readonly role: string; readonly name: string };

const patience = 200;

/** Somebody with nothing but a keyboard: no pointer, no finger, no address of an element. They find their way by what
 * is read to them, stop by stop. */
export class Keyboard {
  readonly t: Words;
  readonly #page: Page;
  readonly #server: LakeusServer;

  constructor(page: Page, server: LakeusServer, language: Language = 'fi') {
    this.#page = page;
    this.#server = server;
    this.t = words(language);
  }

  /** Types an address, as one does in the browser's own bar. */
  async open(path: string): Promise<void> {
    await this.#page.goto(new URL(path, this.#server.url).href);
  }

  /** What is read aloud where one is. */
  async #here(): Promise<Focused | null> {
    const focused = this.#page.locator(':focus');
    if ((await focused.count()) === 0) return null;
    const [line = ''] = (await focused.ariaSnapshot()).split('\n');
    const [, role = '', name = ''] = /^- '?(\w+)(?: "((?:[^"\\]|\\.)*)")?/.exec(line) ?? [];
    return { role, name: name.replaceAll('\\"', '"') };
  }

  /** Goes on with Tab until `name` is read, past nothing twice and no further than two hundred stops. */
  async to(role: string, name: Name, { after }: { after?: Name } = {}): Promise<void> {
    const heard: string[] = [];
    let isPast = after === undefined;
    const says = (said: string, wanted: Name) =>
      typeof wanted === 'string' ? said === wanted : wanted.test(said);
    for (let i = 0; i < patience; i++) {
      const at = await this.#here();
      if (at) {
        if (isPast && at.role === role && says(at.name, name)) return;
        if (!isPast && after !== undefined && says(at.name, after)) isPast = true;
        heard.push(`${at.role} ${at.name}`);
      }
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(
      `${role} ${String(name)} was not reached by Tab. Heard: ${heard.slice(0, 60).join(' · ')}`,
    );
  }

  /** Carries out what leads to another page; there, focus begins where one expects it. */
  async #leave(key: 'Enter' | 'Space'): Promise<void> {
    await Promise.all([this.#page.waitForEvent('load'), this.#page.keyboard.press(key)]);
    await this.#expectOrientation();
  }

  /** Focus is where the browser begins, on the page's heading, or on what has to be put right; never lost midway. */
  async #expectOrientation(): Promise<void> {
    const at = await this.#page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return 'the beginning';
      if (focused.matches('h1, main')) return 'the heading';
      if (focused.matches('[role=alert], [role=status]')) return 'the news';
      const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
      if (target && (target === focused || target.contains(focused))) return 'what the address names';
      return focused.outerHTML.slice(0, 120);
    });
    const places = ['the beginning', 'the heading', 'the news', 'what the address names'];
    expect(places, `focus on ${this.#page.url()}`).toContain(at);
    await expect(this.#page.getByRole('heading', { level: 1 })).toHaveCount(1);
  }

  async follow(name: Name, where?: { after?: Name }): Promise<void> {
    await this.to('link', name, where);
    await this.#leave('Enter');
  }

  async press(name: Name, where?: { after?: Name }): Promise<void> {
    await this.to('button', name, where);
    await this.#leave('Enter');
  }

  async write(label: Name, text: string, where?: { after?: Name }): Promise<void> {
    await this.to('textbox', label, where);
    await this.#page.keyboard.press('ControlOrMeta+A');
    await this.#page.keyboard.insertText(text);
  }

  /** Types a date into its field, part by part, in whichever order this browser has the parts. */
  async writeDate(label: Name, day: string): Promise<void> {
    await this.#find(label);
    const [year = '', month = '', date = ''] = day.split('-');
    for (const typed of [date + month + year, month + date + year]) {
      await this.#page.keyboard.type(typed);
      if ((await this.#page.locator(':focus').inputValue()) === day) return;
      for (let i = 0; i < 3; i++) await this.#page.keyboard.press('ArrowLeft');
    }
    throw new Error(`${day} could not be typed`);
  }

  /** Chooses one of a few: Tab to the group, arrows within it. */
  async choose(label: Name): Promise<void> {
    for (let i = 0; i < patience; i++) {
      const at = await this.#here();
      if (at?.role === 'radio') {
        for (let j = 0; j < 10; j++) {
          const now = await this.#here();
          const said = now?.name ?? '';
          if (typeof label === 'string' ? said === label : label.test(said)) {
            await this.#page.keyboard.press('Space');
            return;
          }
          await this.#page.keyboard.press('ArrowDown');
        }
      }
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(`${String(label)} was not reached`);
  }

  /** Marks the box of what was said so: the words are read as what the box is about. */
  async markBeside(said: string): Promise<void> {
    for (let i = 0; i < patience; i++) {
      const isThere = await this.#page.evaluate((words) => {
        const at = document.activeElement;
        const about = at?.getAttribute('aria-describedby')?.split(/\s+/) ?? [];
        const read = about.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
        return at instanceof HTMLInputElement && at.type === 'checkbox' && read.includes(words);
      }, said);
      if (isThere) return this.#page.keyboard.press('Space');
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(`The box of ‘${said}’ was not reached`);
  }

  /** Chooses from a list by its first letters. */
  async pick(label: Name, beginning: string): Promise<void> {
    await this.to('combobox', label);
    await this.#page.keyboard.type(beginning);
  }

  /** Unfolds what is folded: a summary is where Enter opens it. */
  async unfold(name: Name): Promise<void> {
    await this.#find(name);
    const isOpen = await this.#page.evaluate(() => document.activeElement?.closest('details')?.open ?? false);
    if (!isOpen) await this.#page.keyboard.press('Enter');
  }

  /** Goes on with Tab until something is called so, whatever it is. */
  async #find(name: Name): Promise<void> {
    for (let i = 0; i < patience; i++) {
      const said = await this.#page.evaluate(() => {
        const at = document.activeElement;
        const label = (at as HTMLInputElement | null)?.labels?.[0];
        return (label ?? at)?.textContent?.trim().replace(/\s+/g, ' ') ?? '';
      });
      if (typeof name === 'string' ? said.startsWith(name) : name.test(said)) return;
      await this.#page.keyboard.press('Tab');
    }
    throw new Error(`${String(name)} was not reached by Tab`);
  }
}
