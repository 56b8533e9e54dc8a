import type { Page } from '@playwright/test';
import { expectAccessible, expectNoOverflow } from '../support/checks.ts';
import { caseOf, openText } from '../support/case-work.ts';
import { expect, test } from '../support/story.ts';

/** How a text came to be: people see what changed and who did it, name a moment, and bring it back. */

const textOf = (page: Page) => page.getByRole('textbox', { name: /^Teksti:/ });
const saved = async (page: Page) => {
  await expect(page.locator('.live-document')).toHaveAttribute('data-unsafe', '0');
  await expect(page.locator('.live-document')).toHaveAttribute('data-state', 'saved');
};
const type = async (page: Page, text: string) => {
  await textOf(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(text);
  await saved(page);
};

test('two people write, compare what changed, and one brings an earlier text back for both', async ({
  visitor: v,
  another,
}) => {
  await v.signIn('agent');
  await v.open('/cases');
  await v.follow('Omaishoitajan vapaa, joka toteutuu');
  const text = await openText(v, caseOf(v), 'Muuttuva teksti');
  await v.open(text);
  await type(v.page, 'Sijainen tulee harvoin.');
  await v.open(text);
  await v.follow(v.t('history.door.link'));
  await expect(v.heading(v.t('history.title'))).toBeVisible();
  await expectAccessible(v.page);

  await v.unfold(new RegExp(v.t('history.giveName')));
  await v.press(v.t('history.saveName'));
  await expect(v.problems).toHaveCount(1);
  await v.fill(v.t('history.name'), 'Ennen <b>kokousta</b>');
  await v.press(v.t('history.saveName'));
  await expect(v.page.getByRole('link', { name: 'Ennen <b>kokousta</b>' })).toBeVisible();

  const guest = await another();
  await guest.open(text);
  await guest.page.getByRole('button', { name: guest.t('document.begin') }).click();
  await type(guest.page, ' <script>alert(1)</script> Tuttu auttaisi.');

  // The agent is told what others wrote meanwhile, and sees it as the letters that it is.
  await v.open(text);
  await v.follow(v.t('history.door.show'));
  await expect(v.page.locator('ins')).toContainText('<script>alert(1)</script> Tuttu auttaisi.');
  await expect(v.page.locator('.hands li')).toHaveCount(1);
  await expectAccessible(v.page);
  await v.page.setViewportSize({ width: 360, height: 740 });
  await expectNoOverflow(v.page);

  await v.follow(v.t('history.title'));
  await expectNoOverflow(v.page);
  await v.press(v.t('history.compare'));
  await expect(v.page.locator('ins')).toContainText('Tuttu auttaisi.');

  await v.follow(v.t('history.title'));
  await v.follow('Ennen <b>kokousta</b>');
  await expect(v.page.getByText('Sijainen tulee harvoin.')).toBeVisible();
  await expectAccessible(v.page);
  await v.press(v.t('history.restore'));
  await expect(v.page.getByRole('status')).toContainText(v.t('notice.textRestored'));
  await expect(textOf(guest.page)).not.toContainText('Tuttu auttaisi.');
  await expect(textOf(guest.page)).toContainText('Sijainen tulee harvoin.');

  await v.press(v.t('notice.undo'));
  await expect(textOf(guest.page)).toContainText('Tuttu auttaisi.');

  // Whoever only takes part sees it all, and brings nothing back.
  await guest.open(`${text}/history`);
  await guest.follow('Ennen <b>kokousta</b>');
  await expect(guest.button(guest.t('history.restore'))).toHaveCount(0);
});
