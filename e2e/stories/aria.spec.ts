import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../support/story.ts';

/** What those who listen are told, part by part. The snapshots beside this file have been read by a person: a change in
 * one is to be read again, not waved through. Dates and names are the invented ones of the page of parts. */

type Part = readonly [name: string, where: (page: Page) => Locator];

/** What stands under a heading of the page of parts. */
const under = (page: Page, heading: string) =>
  page.getByRole('heading', { name: heading, exact: true }).locator('xpath=following-sibling::*[1]');

const parts: readonly Part[] = [
  ['header', (page) => page.getByRole('banner')],
  ['footer', (page) => page.getByRole('contentinfo')],
  [
    'step-path-open',
    (page) => page.getByRole('navigation', { name: 'Tapauksen vaiheet: Avoin verkkovaihe' }),
  ],
  ['step-path-closed', (page) => page.getByRole('navigation', { name: 'Tapauksen vaiheet: Päättynyt' })],
  ['now-panel', (page) => page.getByRole('region', { name: 'Nyt: late' })],
  ['deadlines', (page) => under(page, 'Deadline')],
  ['people', (page) => under(page, 'Person')],
  ['doors', (page) => under(page, 'Door')],
  ['contributions', (page) => under(page, 'ContributionCard')],
  ['stance-answered', (page) => page.getByRole('group', { name: 'Väittämä agree' })],
  ['tally', (page) => page.getByRole('figure').nth(2)],
  ['proposals', (page) => under(page, 'ProposalCard, Response')],
  ['threads', (page) => under(page, 'ThreadCard')],
  ['errors', (page) => page.getByRole('alert')],
  ['fields', (page) => page.locator('main .form')],
];

test('the parts of a page say what they show', async ({ visitor: v }) => {
  test.setTimeout(180_000); // the page of parts is long, and every page is looked at with axe
  await v.open('/style');
  for (const [name, where] of parts) {
    await test.step(name, async () => {
      const part = where(v.page);
      await part.locator('summary').evaluateAll((all) => {
        for (const summary of all) summary.parentElement?.setAttribute('open', '');
      });
      await expect.soft(part).toMatchAriaSnapshot({ name: `${name}.aria.yml` });
    });
  }
});

test('the dialog of help takes the focus, says what it is, and gives the focus back', async ({
  visitor: v,
}) => {
  await v.open('/');
  const help = v.page.getByRole('link', { name: 'Apua' });
  await help.press('Enter');
  const dialog = v.page.getByRole('dialog', { name: 'Apua' });
  await expect(dialog).toBeVisible();
  await expect(dialog).toMatchAriaSnapshot({ name: 'help.aria.yml' });
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await v.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(help).toBeFocused();
});

test('the languages unfold, say which one is read, and fold with Escape', async ({ visitor: v }) => {
  await v.open('/');
  const menu = v.page.getByRole('banner').getByRole('group');
  await menu.locator('summary').press('Enter');
  await expect(menu).toMatchAriaSnapshot({ name: 'languages.aria.yml' });
  await v.page.keyboard.press('Escape');
  await expect(menu.locator('summary')).toBeFocused();
  await expect(menu.getByRole('button')).toHaveCount(0);
});
