import { test as base, expect } from '@playwright/test';
import { LakeusServer } from './server.ts';
import { Visitor } from './visitor.ts';
import type { Language } from './words.ts';

export { expect };

type OfOneFile = { of(file: string): Promise<LakeusServer>; stop(): Promise<void> };

/** One server at a time: the file's own, from its first story to its last. */
function serverOfFile(): OfOneFile {
  let current: { file: string; server: LakeusServer } | null = null;
  const stop = async () => {
    const last = current;
    current = null;
    await last?.server.stop();
  };
  return {
    async of(file) {
      if (current?.file !== file) {
        await stop();
        current = { file, server: await LakeusServer.start() };
      }
      return current.server;
    },
    stop,
  };
}

type Fixtures = {
  server: LakeusServer;
  language: Language;
  visitor: Visitor;
  /** somebody else, at a browser of their own */
  another: () => Promise<Visitor>;
};

export const test = base.extend<Fixtures, { servers: OfOneFile }>({
  servers: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads from the pattern which fixtures are wanted: none
    async ({}, use) => {
      const servers = serverOfFile();
      await use(servers);
      await servers.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  server: [
    async ({ servers }, use, { file }) => {
      const server = await servers.of(file);
      server.complaints.length = 0;
      await use(server);
      expect(server.complaints, 'the log of the server').toEqual([]);
    },
    { timeout: 60_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  language: async ({ locale }, use) => use((locale ?? 'fi').slice(0, 2) as Language),
  visitor: async ({ page, server, language, javaScriptEnabled }, use) => {
    // No browser asks for plain Finnish: it is chosen on the page, and the choice is kept in this cookie.
    if (language === 'selko')
      await page
        .context()
        .addCookies([{ name: 'lakeus_language', value: language, url: server.url, httpOnly: true }]);
    const visitor = new Visitor(page, server, language, javaScriptEnabled);
    await use(visitor);
    visitor.expectNoFaults();
  },
  another: async ({ browser, contextOptions, server, language, locale, viewport }, use) => {
    const others: Visitor[] = [];
    await use(async () => {
      const context = await browser.newContext({
        ...contextOptions,
        locale,
        viewport,
        timezoneId: 'Europe/Helsinki',
      });
      const visitor = new Visitor(await context.newPage(), server, language);
      others.push(visitor);
      return visitor;
    });
    for (const other of others) {
      other.expectNoFaults();
      await other.page.context().close();
    }
  },
});
