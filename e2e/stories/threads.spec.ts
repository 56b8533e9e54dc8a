import type { Page } from '@playwright/test';
import { expectAccessible, expectNoOverflow } from '../support/checks.ts';
import { caseOf } from '../support/case-work.ts';
import { expect, test } from '../support/story.ts';
import type { Visitor } from '../support/visitor.ts';

/** What people say about a text they write together: beside it while it lives, and on a page of its own. */

const openCase = 'Omaishoitajan vapaa, joka toteutuu';
const sentence = 'Käynnit tekee sama hoitaja koko viikon.';

async function openText(v: Visitor, title: string): Promise<string> {
  await v.signIn('agent');
  await v.open('/cases');
  await v.follow(openCase);
  await v.open(`${caseOf(v)}/documents`);
  await v.fill(v.t('documents.name'), title);
  await v.choose(v.t('documents.kind.shared'));
  await v.press(v.t('documents.openButton'));
  await expect(v.heading(title)).toBeVisible();
  return new URL(v.page.url()).pathname;
}

const textOf = (page: Page) => page.getByRole('textbox', { name: /^Teksti:/ });
const marks = (page: Page) => page.locator('.document-text mark.remarked');
const saved = async (page: Page) => {
  await expect(page.locator('.live-document')).toHaveAttribute('data-unsafe', '0');
  await expect(page.locator('.live-document')).toHaveAttribute('data-state', 'saved');
};

/** Chooses words of the sentence by keys, as somebody without a mouse does. */
async function chooseWords(page: Page, words: string): Promise<void> {
  await textOf(page).click();
  await page.keyboard.press('Control+Home');
  for (let i = 0; i < sentence.indexOf(words); i++) await page.keyboard.press('ArrowRight');
  for (let i = 0; i < words.length; i++) await page.keyboard.press('Shift+ArrowRight');
  // The browser tells the editor of a selection before it paints; nobody presses a key between the two.
  await page.evaluate(
    () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
  );
}

test('a remark stays at its words, is answered by another, and outlives them', async ({
  visitor: v,
  another,
}) => {
  const path = await openText(v, 'Puhetta tekstistä');
  await textOf(v.page).click();
  await v.page.keyboard.type(sentence);
  await saved(v.page);
  await chooseWords(v.page, 'sama hoitaja');
  await v.page.keyboard.press('Control+Alt+m');
  await v.fill(v.t('threads.remarkBody'), 'Onko tämä mahdollista lomilla?');
  await v.page.getByRole('button', { name: v.t('threads.send'), exact: true }).click();
  await expect(marks(v.page)).toHaveText('sama hoitaja');
  await expectAccessible(v.page);

  const guest = await another();
  await guest.open(path);
  await guest.page.getByRole('button', { name: guest.t('document.begin') }).click();
  await expect(marks(guest.page)).toHaveText('sama hoitaja');
  await textOf(guest.page).click();
  await guest.page.keyboard.press('Control+Home');
  await guest.page.keyboard.type('Meillä: ');
  await saved(guest.page);
  await expect(marks(v.page)).toHaveText('sama hoitaja');
  await guest.page.getByRole('button', { name: new RegExp(guest.t('threads.reply')) }).click();
  await guest.page.getByLabel(guest.t('threads.replyBody')).fill('Lomilla tulee sijainen.');
  await guest.page.getByRole('button', { name: guest.t('threads.send'), exact: true }).click();

  // The other page hears of it by itself.
  await expect(v.page.locator('.threads').getByText('Lomilla tulee sijainen.')).toBeVisible();
  await textOf(v.page).click();
  await v.page.keyboard.press('Control+a');
  await v.page.keyboard.press('Delete');
  await v.page.keyboard.type('Aivan muuta.');
  await expect(v.page.getByText(v.t('threads.removed'))).toBeVisible();
  await expect(v.page.locator('.threads .passage')).toContainText('sama hoitaja');
  await v.page.getByRole('button', { name: v.t('threads.settle'), exact: true }).click();
  await expect(v.page.getByText(v.t('threads.settledOnes'))).toBeVisible();
  await expect(v.page.getByText(v.t('threads.noneOpen'))).toBeVisible();
  await expectNoOverflow(v.page);
});

test('all of it can be done on a page of plain forms', async ({ visitor: v, another }) => {
  const path = await openText(v, 'Puhetta ilman kirjoituskonetta');
  await textOf(v.page).click();
  await v.page.keyboard.type(sentence);
  await saved(v.page);

  const guest = await another();
  await guest.open(`${path}/threads`);
  await expect(guest.page.getByText(guest.t('threads.none'))).toBeVisible();
  await guest.page.getByLabel(guest.t('threads.part')).selectOption({ label: sentence });
  await guest.page.getByLabel(guest.t('threads.remarkBody')).fill('Tyhmä lause!');
  await guest.press(guest.t('threads.send'));
  await expect(guest.page.getByText(guest.t('notice.threadSaid'))).toBeVisible();
  await expect(guest.page.locator('.passage')).toContainText(sentence);
  await expectAccessible(guest.page);
  await guest.press(guest.t('threads.settle'));
  await expect(guest.page.getByText(guest.t('notice.threadSettled'))).toBeVisible();

  await v.open(`${path}/threads`);
  await v.page.getByText(v.t('threads.moderate')).click();
  await v.page.getByLabel(v.t('threads.hideReason')).fill('Loukkaa kirjoittajaa.');
  await v.press(v.t('threads.hide'));
  await expect(v.page.getByText(v.t('notice.wordsHidden'))).toBeVisible();
  await expectAccessible(v.page);
  await guest.open(`${path}/threads`);
  await expect(guest.page.getByText('Tyhmä lause!')).toHaveCount(0);
  await expect(guest.page.getByText(guest.t('hidden.words'))).toBeVisible();
  await v.page.getByText(v.t('threads.hiddenWords')).click();
  await v.press(v.t('threads.showAgain'));
  await expect(v.page.getByText('Tyhmä lause!')).toBeVisible();
});
