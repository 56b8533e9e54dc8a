import { expect, test } from '../support/story.ts';

/** A browser in which scripts are off: the pages are whole without a line of them. */

test.use({ javaScriptEnabled: false });

test('a guest without scripts raises a need, tells, takes a stand and sees what became of it', async ({
  visitor: v,
}) => {
  const { page } = v;
  await v.open('/');
  await v.follow('Kerro kehittämistarve');
  await v.press('Lähetä');
  await expect(v.problems).toHaveCount(2);
  await v.fill('Mikä ei toimi?', 'Ajanvaraus vaatii tunnukset.');
  await v.fill('Otsikko', 'Ajanvaraus ilman tunnuksia');
  await v.press('Lähetä');
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();

  await v.open('/');
  await v.follow('Omaishoitajan vapaa, joka toteutuu');
  await v.follow('Kerro kokemuksesi');
  await v.fill('Mitä haluat sanoa?', 'Puhelinajan pitäisi olla illalla.');
  await v.press('Lähetä puheenvuoro');
  const code = (await page.getByText(/^\w{4}-\w{4}$/).textContent()) ?? '';
  await v.follow('Takaisin tapaukseen');
  await v.follow('Ota kantaa');
  await v.press('Samaa mieltä');
  await expect(page.getByText('Vastasit: Samaa mieltä.')).toBeVisible();
  await v.follow('Omat puheenvuorot');
  await expect(page.getByRole('article').filter({ hasText: 'illalla' })).toContainText('Odottaa vastausta');
  await v.open('/impact');
  await v.fill('Kortin koodi', code);
  await v.press('Näytä');
  await expect(page.getByRole('article')).toContainText('Puhelinajan pitäisi olla illalla.');
});

test('the language can be chosen without scripts, and one stays on the page', async ({ page, server }) => {
  await page.goto(`${server.url}/needs/new`);
  await page.getByRole('banner').locator('summary').click();
  await page.getByRole('button', { name: 'Svenska' }).click();
  await expect(page).toHaveURL(`${server.url}/needs/new`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'sv');
  await page.getByRole('banner').locator('summary').click();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});
