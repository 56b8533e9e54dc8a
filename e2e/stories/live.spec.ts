import type { Browser, Page } from '@playwright/test';
import { announcements } from '../support/checks.ts';
import { caseOf } from '../support/case-work.ts';
import { expect, test } from '../support/story.ts';
import type { Visitor } from '../support/visitor.ts';

/** Pages that are open while others speak, vote and move the case on. */

const openCase = 'Omaishoitajan vapaa, joka toteutuu';

async function openCaseOf(v: Visitor): Promise<string> {
  await v.open('/cases');
  await v.follow(openCase);
  return caseOf(v);
}

async function speak(v: Visitor, base: string, text: string): Promise<void> {
  await v.open(`${base}/contribute`);
  await v.fill('Mitä haluat sanoa?', text);
  await v.press('Lähetä puheenvuoro');
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();
}

/** Waits until the page hears: what happens from here on reaches it at once. */
const hears = (page: Page, go: () => Promise<void>) =>
  Promise.all([page.waitForResponse((response) => /\/live\?after=/.test(response.url())), go()]);

test('what others say is gathered behind a button, and comes when the reader asks', async ({
  visitor: v,
  another,
}) => {
  const said = announcements(v.page);
  const base = await openCaseOf(v);
  await hears(v.page, () => v.open(`${base}/discussion`));
  const shownBefore = await v.page.getByRole('article').count();
  const other = await another();
  const offer = v.page.getByRole('button', { name: /^Näytä/ });
  await expect(offer).toHaveCount(0);
  await speak(other, base, 'Sijainen kävi ensin kylässä.');
  await expect(offer).toHaveText('Näytä uusi puheenvuoro');
  await speak(other, base, 'Sijaista piti odottaa kuukausi.');
  await expect(offer).toHaveText('Näytä 2 uutta puheenvuoroa');
  expect(await v.page.getByRole('article').count()).toBe(shownBefore); // nothing moves by itself
  expect(await v.page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
  expect(said[0]).toBe('Näytä uusi puheenvuoro');

  await offer.click();
  await expect(v.page.getByRole('article').first()).toContainText('Sijaista piti odottaa kuukausi.');
  await expect(v.page.getByRole('article').first()).toBeFocused();
  await expect(offer).toHaveCount(0);
  await expect(v.page.getByText(/^\d+ keskustelua/)).toBeVisible();
  await expect.poll(() => said.at(-1), { timeout: 25_000 }).toBe('Sivu näyttää nyt uusimman tilanteen.');
});

test('an answer comes to the thread that it is given to, and a half-written one stays', async ({
  visitor: v,
  another,
}) => {
  const base = await openCaseOf(v);
  await v.open(`${base}/discussion`);
  await hears(v.page, () => v.follow(/Avaa ja vastaa|vastaus/));
  const thread = new URL(v.page.url()).pathname;
  await v.fill('Vastaa tähän', 'Kirjoitan juuri');
  const other = await another();
  await speak(other, base, 'Tämä ei kuulu siihen ketjuun.');
  await other.open(thread);
  await other.fill('Vastaa tähän', 'Meillä kävi samoin.');
  await other.press('Lähetä vastaus');
  const offer = v.page.getByRole('button', { name: 'Näytä uusi vastaus', exact: true });
  await offer.click();
  await expect(v.page.getByRole('article').filter({ hasText: 'Meillä kävi samoin.' })).toBeVisible();
  await expect(v.page.getByLabel('Vastaa tähän')).toHaveValue('Kirjoitan juuri');
});

test('answers to statements are offered as figures, without saying whose', async ({
  visitor: v,
  another,
}) => {
  const base = await openCaseOf(v);
  await v.open(`${base}/statements`);
  await hears(v.page, () => v.press('Samaa mieltä'));
  const own = v.page.getByRole('listitem').filter({ hasText: 'Vastasit: Samaa mieltä.' });
  const figures = await own.locator('table').first().textContent();
  const offer = v.page.getByRole('button', { name: 'Näytä uusin tilanne', exact: true });
  await expect(offer).toHaveCount(0); // one's own answer is no news
  await v.unfold(/^Muuta vastaustasi/, own);
  const other = await another();
  await other.open(`${base}/statements`);
  await other.press('Eri mieltä');
  await offer.click();
  await expect(own.locator('table').first()).not.toHaveText(figures!);
  await expect(own.locator('details[open]').filter({ hasText: 'Muuta vastaustasi' })).toHaveCount(1);
});

test('whoever wants peace has it, and the choice is kept', async ({ visitor: v, another }) => {
  const base = await openCaseOf(v);
  await hears(v.page, () => v.open(`${base}/discussion`));
  const choice = v.page.getByLabel('Kerro, kun sivulle tulee uutta');
  await choice.uncheck();
  let asked = 0;
  v.page.on('request', (request) => (asked += request.url().includes('/live?') ? 1 : 0));
  await v.open(`${base}/discussion`);
  await expect(choice).not.toBeChecked();
  const other = await another();
  await speak(other, base, 'Tästä ei kerrota heti.');
  expect(asked).toBe(0);
  await choice.check();
  await expect(v.page.getByRole('button', { name: 'Näytä uusi puheenvuoro', exact: true })).toBeVisible();
});

/** Somebody whose line may break: a browser complains of that in its console, and that is no fault of the page. */
async function bare(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'fi-FI', timezoneId: 'Europe/Helsinki' });
  const page = await context.newPage();
  await Promise.all([page.waitForResponse((response) => response.url().includes('/live?')), page.goto(url)]);
  return page;
}

test('a line that breaks loses nothing of what was said meanwhile', async ({ visitor: v, browser }) => {
  const base = await openCaseOf(v);
  const page = await bare(browser, `${v.server.url}${base}/discussion`);
  const offer = page.getByRole('button', { name: /^Näytä/ });
  await speak(v, base, 'Ennen katkosta.');
  await expect(offer).toHaveText('Näytä uusi puheenvuoro');
  await page.context().setOffline(true);
  // A browser leaves a line that is open as it is; what breaks it is a change of network.
  await page.evaluate(() => dispatchEvent(new Event('pageshow')));
  await expect(page.getByText('Yhteys katkesi.')).toBeVisible({ timeout: 15_000 });
  await speak(v, base, 'Katkoksen aikana yksi.');
  await speak(v, base, 'Katkoksen aikana kaksi.');
  await page.context().setOffline(false);
  await expect(offer).toHaveText('Näytä 3 uutta puheenvuoroa', { timeout: 20_000 });
  await expect(page.getByText('Yhteys katkesi.')).toBeHidden();
  await offer.click();
  for (const said of ['Ennen katkosta.', 'Katkoksen aikana yksi.', 'Katkoksen aikana kaksi.'])
    await expect(page.getByRole('article').filter({ hasText: said })).toBeVisible();
  await page.context().close();
});

test('a need that nobody has accepted is told to its raiser, who hears that it moved, and to no stranger', async ({
  visitor: v,
  another,
}) => {
  await v.open('/needs/new');
  await v.fill('Mikä ei toimi?', 'Kuljetus peruttiin kolmesti samalla viikolla.');
  await v.fill('Otsikko', 'Kuljetus, joka tulee');
  await v.press('Lähetä');
  await hears(v.page, () => v.follow('Takaisin tapaukseen'));
  const base = caseOf(v);
  const stranger = await another();
  const status = async (of: string) =>
    (await stranger.page.request.get(`${v.server.url}${of}/live`)).status();
  expect(await status(base)).toBe(404);
  expect(await status('/cases/00000000-0000-7000-8000-000000000000')).toBe(404);

  await stranger.signIn('facilitator');
  await stranger.open(`${base}/control`);
  await stranger.unfold(stranger.t('control.others'));
  const pause = await stranger.unfold(stranger.t('event.case.paused.name'));
  await stranger.fill(stranger.t('control.reason'), 'Odotamme kuljetusten tilaajaa.', pause);
  await stranger.press(stranger.t('event.case.paused.name'), pause);
  const again = v.page.getByRole('link', { name: 'Lataa sivu uudelleen' });
  await expect(again).toBeVisible();
  await v.follow('Lataa sivu uudelleen');
  await expect(again).toBeHidden();
  await expect(v.page.getByRole('main')).toContainText('Odotamme kuljetusten tilaajaa.');
});
