import type { Locator, Page } from '@playwright/test';
import { expectAccessible, expectNoOverflow } from '../support/checks.ts';
import { caseOf } from '../support/case-work.ts';
import { googleDocument, wordDocument } from '../support/pasted.ts';
import { expect, test } from '../support/story.ts';
import { Visitor } from '../support/visitor.ts';

/** A text that several people write at once: what each sees of the others, what is safe, and how one writes without a
 * mouse, without a network and without script. */

const openCase = 'Omaishoitajan vapaa, joka toteutuu';

/** An agent opens a new shared text in the open case. */
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

async function openTable(v: Visitor, base: string, title: string): Promise<void> {
  await v.open(`${base}/documents`);
  await v.fill(v.t('documents.name'), title);
  await v.choose(v.t('documents.kind.table'));
  await v.press(v.t('documents.openButton'));
}

const textOf = (page: Page): Locator => page.getByRole('textbox', { name: /^Teksti:/ });
const saved = async (page: Page) => {
  await expect(page.locator('.live-document')).toHaveAttribute('data-unsafe', '0');
  await expect(page.locator('.live-document')).toHaveAttribute('data-state', 'saved');
};
const tool = (v: Visitor, name: string | RegExp) =>
  v.page.getByRole('toolbar').getByRole('button', { name, exact: true });

/** The words of the text, without the names at other people's cursors. */
const wordsOf = (page: Page): Promise<string> =>
  textOf(page).evaluate((box) => {
    const copy = box.cloneNode(true) as Element;
    for (const caret of copy.querySelectorAll('.caret')) caret.remove();
    return copy.textContent ?? '';
  });

async function type(page: Page, text: string): Promise<void> {
  await textOf(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(text);
}

/** Pastes as a word processor leaves it on the clipboard. */
async function paste(page: Page, html: string, text = ''): Promise<void> {
  await textOf(page).evaluate(
    (box, given) => {
      const clipboardData = new DataTransfer();
      if (given.html) clipboardData.setData('text/html', given.html);
      clipboardData.setData('text/plain', given.text);
      box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    { html, text },
  );
}

test('two people write in one text and see each other', async ({ visitor: v, another }) => {
  const path = await openText(v, 'Reittien periaatteet');
  await type(v.page, 'Reitti on liukas talvella.');
  await saved(v.page);
  await expectAccessible(v.page);

  const guest = await another();
  await guest.open(path);
  await expect(guest.page.getByText('Reitti on liukas talvella.')).toBeVisible();
  await guest.page.getByRole('button', { name: guest.t('document.begin') }).click();
  await type(guest.page, ' Hiekoitus auttaisi.');
  await saved(guest.page);

  await expect(textOf(v.page)).toContainText('Reitti on liukas talvella. Hiekoitus auttaisi.');
  await expect(v.page.locator('.who li')).toHaveCount(1);
  await expect(v.page.locator('.caret')).toHaveCount(1);
  await expect(guest.page.locator('.who li')).toHaveText(['Marita Kangas']);
  await expectAccessible(guest.page);
  await expectNoOverflow(v.page);

  // What every page has works here too, where the page goes on in the browser.
  await guest.page.getByRole('link', { name: guest.t('help.title') }).click();
  await expect(guest.page.getByRole('dialog', { name: guest.t('help.title') })).toBeVisible();
  await guest.page.keyboard.press('Escape');

  // Somebody who comes back is the same somebody, and everything is there.
  await guest.open(path);
  await expect(textOf(guest.page)).toContainText('Reitti on liukas talvella. Hiekoitus auttaisi.');
  await v.page.keyboard.press('Control+z');
  await expect(textOf(guest.page)).not.toContainText('Reitti on liukas');
  await expect(textOf(guest.page)).toContainText('Hiekoitus auttaisi.');
});

test('what is written without a network is kept, counted, and goes to everybody afterwards', async ({
  visitor: v,
  browser,
  server,
  language,
}) => {
  const path = await openText(v, 'Junassa kirjoitettu');
  // A browser of its own: what it complains of while it has no network is what the story is about.
  const context = await browser.newContext({ locale: 'fi-FI' });
  const away = new Visitor(await context.newPage(), server, language);
  await away.signIn('facilitator');
  await away.open(path);
  await type(away.page, 'Alku.');
  await saved(away.page);

  await context.setOffline(true);
  await expect(away.page.locator('.live-document')).toHaveAttribute('data-state', 'offline');
  await away.page.keyboard.type(' Ja jatko.');
  await expect(away.page.locator('.document-state')).toHaveText(/vain tällä laitteella/);
  await type(v.page, 'Toinen alku.');
  await saved(v.page);

  await context.setOffline(false);
  await saved(away.page);
  // Both wrote at the same place, so either may stand first; both see the same.
  await expect
    .poll(() => wordsOf(v.page))
    .toMatch(/^Alku\.(?: Ja jatko\.Toinen alku\.|Toinen alku\. Ja jatko\.)$/);
  const seen = await wordsOf(v.page);
  await expect.poll(() => wordsOf(away.page)).toBe(seen);
  await context.close();
});

test('everything is done with keys', async ({ visitor: v }) => {
  await openText(v, 'Näppäimin');
  const { page, t } = v;
  await textOf(page).focus();
  await page.keyboard.type('Otsake');
  await page.keyboard.press('Control+Alt+1');
  await expect(textOf(page).getByRole('heading', { level: 2 })).toHaveText('Otsake');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Alt+F10');
  await expect(tool(v, t('document.tool.undo'))).toBeFocused();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowRight');
  await expect(tool(v, t('document.tool.strong'))).toBeFocused();
  await page.keyboard.press('Space');
  await expect(textOf(page)).toBeFocused();
  await page.keyboard.type('lihava');
  await expect(textOf(page).locator('strong')).toHaveText('lihava');
  await expect(tool(v, t('document.tool.strong'))).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Alt+F10');
  await page.keyboard.press('Escape');
  await expect(textOf(page)).toBeFocused();

  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('javascript:alert(1)');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').getByText(t('document.link.wrong'))).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('seinajoki.fi');
  await page.keyboard.press('Enter');
  await expect(textOf(page).getByRole('link')).toHaveAttribute('href', 'https://seinajoki.fi');

  await page.keyboard.press('Enter');
  await page.keyboard.type('- yksi');
  await expect(textOf(page).getByRole('listitem')).toHaveText(['yksi']);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');

  await tool(v, t('document.tool.table')).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('a');
  await page.keyboard.press('Tab');
  await page.keyboard.type('b');
  await page.keyboard.press('Tab');
  await page.keyboard.type('c');
  await expect(textOf(page).getByRole('columnheader')).toHaveText(['a', 'b', 'c']);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(textOf(page)).not.toBeFocused();
  await saved(page);
});

test('a picture goes in with words for those who do not see it, or not at all', async ({ visitor: v }) => {
  await openText(v, 'Kuva');
  const { page, t } = v;
  await textOf(page).click();
  await tool(v, t('document.tool.picture')).click();
  const dialog = page.getByRole('dialog', { name: t('document.tool.picture') });
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  await dialog
    .getByLabel(t('document.picture.file'))
    .setInputFiles({ name: 'lato.png', mimeType: 'image/png', buffer: Buffer.from(pixel, 'base64') });
  await dialog.getByRole('button', { name: t('document.picture.put') }).click();
  await expect(dialog.getByRole('alert')).toHaveText(t('document.picture.noAlt'));
  await expectAccessible(page);
  await dialog.getByLabel(t('document.picture.alt')).fill('Lato pellolla');
  await dialog.getByRole('button', { name: t('document.picture.put') }).click();
  await expect(textOf(page).getByRole('img', { name: 'Lato pellolla' })).toBeVisible();
  await saved(page);
});

test('what comes from Word and Google Docs keeps its shape and loses its looks', async ({ visitor: v }) => {
  await openText(v, 'Liitetty');
  const { page } = v;
  await textOf(page).click();
  await paste(page, wordDocument);
  const text = textOf(page);
  await expect(text.getByRole('heading')).toHaveText(['Kokouksen muistio', 'Päätökset']);
  await expect(text.locator('> ul > li')).toHaveCount(2);
  await expect(text.locator('> ul > li li')).toHaveText(['sisempi']);
  await expect(text.locator('> ol > li')).toHaveText(['ensin', 'sitten']);
  await expect(text.getByRole('cell')).toHaveText(['Ma', 'Ti']);
  await expect(text.getByRole('link', { name: 'sivu' })).toHaveAttribute('href', 'https://seinajoki.fi/');
  await expect(text.locator('strong')).toHaveText(['tärkeä']);
  await expect(text.locator('[style], script, style, img:not(.ProseMirror-separator), o\\:p')).toHaveCount(0);
  await saved(page);

  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await paste(page, googleDocument);
  await expect(text.getByRole('heading', { level: 2 })).toHaveText('Suunnitelma');
  await expect(text.locator('> ul > li > p')).toHaveText(['ulompi']);
  await expect(text.locator('> ul > li li')).toHaveText(['sisempi']);
  await expect(text.locator('strong')).toHaveText(['lihava']);
  await expect(text.locator('em')).toHaveText(['vino']);
  await saved(page);

  await paste(page, '', 'a'.repeat(5_000_000));
  await expect(page.getByRole('alert').getByText(v.t('document.paste.tooLarge'))).toBeVisible();
  await saved(page);
});

test('a note on the text becomes a contribution, and another is pointed at', async ({ visitor: v }) => {
  await openText(v, 'Laput');
  const { page, t } = v;
  await type(page, 'Valot rikki tiellä.');
  await tool(v, t('document.tool.note')).click();
  await page.getByRole('button', { name: t('document.note.give') }).click();
  await expect(page.getByRole('link', { name: t('document.note.given') })).toBeVisible();
  await saved(page);
  await page.keyboard.press('Control+Enter');
  await tool(v, t('document.tool.mention')).click();
  const dialog = page.getByRole('dialog', { name: t('document.tool.mention') });
  await dialog.getByRole('searchbox').fill('valot');
  await expectAccessible(page);
  await dialog.getByRole('listitem').getByRole('button').first().click();
  await expect(textOf(page).locator('a.mention')).toContainText('Valot rikki');
  await saved(page);
});

test('the tables of a workshop are written side by side', async ({ visitor: v }) => {
  await v.signIn('agent');
  await v.open('/cases');
  await v.follow(openCase);
  const base = caseOf(v);
  for (const title of ['Pöytä A', 'Pöytä B']) await openTable(v, base, title);
  await v.open(`${base}/documents/tables`);
  const { page } = v;
  const panel = (title: string) => page.getByRole('region', { name: title });
  // The case has a table of its own; the first two are shown until others are chosen.
  const chosen = (name: RegExp) => page.getByRole('button', { name });
  await chosen(/^Pöytä 1/).click();
  await chosen(/^Pöytä B/).click();
  for (const title of ['Pöytä A', 'Pöytä B']) {
    const box = panel(title).getByRole('textbox', { name: `Teksti: ${title}` });
    await box.click();
    await page.keyboard.type(`Sana pöydästä ${title}.`);
  }
  for (const title of ['Pöytä A', 'Pöytä B']) {
    await expect(panel(title).locator('.live-document[data-state="saved"][data-unsafe="0"]')).toBeVisible();
  }
  await expectAccessible(page);
  await chosen(/^Pöytä A/).click();
  await expect(panel('Pöytä A')).toBeHidden();
  await page.setViewportSize({ width: 360, height: 740 });
  await chosen(/^Pöytä A/).click();
  await expect(panel('Pöytä B')).toBeHidden();
  await expect(panel('Pöytä A').getByRole('textbox')).toContainText('Sana pöydästä Pöytä A.');
  await expectNoOverflow(page);
});

test('whoever may only read gets the text, alive, and no editor', async ({ visitor: v, another }) => {
  await v.signIn('agent');
  await v.open('/cases');
  await v.follow(openCase);
  const base = caseOf(v);
  await openTable(v, base, 'Pöytä 7');
  const path = new URL(v.page.url()).pathname;
  await type(v.page, 'Pöydän sana.');
  await saved(v.page);
  const guest = await another();
  await guest.open(path);
  await expect(guest.page.getByText('Pöydän sana.')).toBeVisible();
  await expect(guest.page.getByRole('textbox')).toHaveCount(0);
  await expect(guest.page.getByRole('link', { name: guest.t('document.plain.way') })).toHaveCount(0);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('the text is read, and written a block at a time', async ({ visitor: v }) => {
    const path = await openText(v, 'Kentittäin');
    await v.follow(v.t('document.plain.way'));
    await v.fill(v.t('document.plain.added'), 'Ensimmäinen kappale.\n\nToinen kappale.');
    await v.press(v.t('document.plain.addButton'));
    await expect(v.page.getByText('Toinen kappale.').first()).toBeVisible();
    const second = await v.unfold(/Muuta: Toinen/);
    await v.fill(v.t('document.plain.text'), 'Toinen kappale, muutettu.', second);
    await v.press(v.t('document.plain.save'), second);
    await v.open(path);
    await expect(v.page.getByText('Toinen kappale, muutettu.')).toBeVisible();
  });
});

test('when the period ends the text stays, and stops being written', async ({ visitor: v, another }) => {
  await openText(v, 'Viimeinen ilta');
  await type(v.page, 'Ehdin kirjoittaa tämän.');
  await saved(v.page);
  const facilitator = await another();
  await facilitator.signIn('facilitator');
  await facilitator.letPass(14);
  await expect(v.page.getByRole('toolbar')).toHaveCount(0);
  await expect(textOf(v.page)).toHaveAttribute('contenteditable', 'false');
  await expect(textOf(v.page)).toContainText('Ehdin kirjoittaa tämän.');
  await saved(v.page);
  await v.page.reload();
  await expect(v.page.getByText('Ehdin kirjoittaa tämän.')).toBeVisible();
  await expect(v.page.getByRole('textbox')).toHaveCount(0);
});
