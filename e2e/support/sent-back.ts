import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import type { Words } from './words.ts';

/** What holds of every form that comes back with something to put right. */
export async function expectSentBack(page: Page, t: Words, fieldless: boolean): Promise<void> {
  const title = t('form.errorTitle');
  expect((await page.title()).startsWith(String(title)), `title of ${page.url()}`).toBe(true);
  const summary = page.getByRole('alert');
  await expect(summary).toHaveCount(1);
  const begins = await page.evaluate(
    () => location.hash !== '' || document.activeElement?.getAttribute('role') === 'alert',
  );
  expect(begins, `focus on the summary of ${page.url()}, or on what its address names`).toBe(true);
  const links = await summary.getByRole('link').all();
  if (!fieldless) expect(links.length, `fields named on ${page.url()}`).toBeGreaterThan(0);
  for (const link of links) {
    const words = (await link.textContent()) ?? '';
    const id = ((await link.getAttribute('href')) ?? '').replace(/^#/, '');
    await link.click();
    const landed = await page.evaluate((wanted) => {
      const at = document.activeElement;
      const target = document.getElementById(wanted);
      // A group cannot be called invalid, only described: what is chosen among lies under its legend.
      const group = target?.closest('fieldset:has([type=radio]), [role=group]') ?? null;
      const described = (element: Element) =>
        (element.getAttribute('aria-describedby') ?? '')
          .split(/\s+/)
          .map((one) => document.getElementById(one)?.textContent?.trim() ?? '');
      return {
        there: target !== null && at !== null && (at === target || target.contains(at)),
        invalid: target?.getAttribute('aria-invalid') === 'true' || group !== null,
        descriptions: [target, group].flatMap((one) => (one ? described(one) : [])),
        inView: (() => {
          const { top = -1 } = target?.getBoundingClientRect() ?? {};
          return top >= 0 && top < innerHeight;
        })(),
      };
    }, id);
    const where = `${page.url()}, ‘${words}’ leads to #${id}`;
    expect(landed, where).toMatchObject({ there: true, inView: true, invalid: true });
    expect(landed.descriptions.join(' '), where).toContain(words.trim());
  }
}
