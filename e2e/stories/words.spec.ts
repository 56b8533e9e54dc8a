import { expectAccessible, expectNoOverflow } from '../support/checks.ts';
import { expect, test } from '../support/story.ts';
import type { Visitor } from '../support/visitor.ts';

/** Words are explained where they are used, and all of them on one page, in each language. */

const closedCase = 'Ensimmäinen tapaaminen työllisyyspalvelussa';

async function openResults(v: Visitor): Promise<void> {
  await v.open('/cases');
  const address = await v.page.getByRole('link', { name: closedCase }).first().getAttribute('href');
  await v.open(`${address}/results`);
}

test('a word is opened, read and closed by keyboard', async ({ visitor: v }) => {
  const { page } = v;
  await openResults(v);
  const word = page.getByRole('button', { name: 'koonti (sanan selitys)' });
  const note = page.getByRole('note', { name: 'koonti' });
  await expect(note).toBeHidden();
  await word.focus();
  await page.keyboard.press('Enter');
  await expect(note).toBeVisible();
  await expect(note).toContainText('Koonti kertoo, mitä työpajassa ja verkossa sanottiin.');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(note).toBeHidden();
  await expect(word).toBeFocused();

  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(note.getByRole('button', { name: 'Sulje' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(note).toBeHidden();
  await expect(word).toBeFocused();

  await word.click();
  await v.follow('Kaikki sanat', note);
  await expect(v.heading('Sanat')).toBeVisible();
});

test('the explanation is near its word on a desk and along the lower edge of a phone', async ({
  visitor: v,
}) => {
  const { page } = v;
  await openResults(v);
  const word = page.getByRole('button', { name: 'koonti (sanan selitys)' });
  const note = page.getByRole('note', { name: 'koonti' });
  const boxes = async () => {
    await word.click();
    const found = { word: (await word.boundingBox())!, note: (await note.boundingBox())! };
    await page.keyboard.press('Escape');
    return found;
  };
  const desk = await boxes();
  expect(desk.word.height).toBeGreaterThanOrEqual(24);
  expect(desk.note.y - (desk.word.y + desk.word.height)).toBeLessThan(24);
  expect(Math.abs(desk.note.x - desk.word.x)).toBeLessThan(24);

  await page.setViewportSize({ width: 360, height: 740 });
  await word.scrollIntoViewIfNeeded();
  const phone = await boxes();
  expect(phone.note.x).toBe(0);
  expect(phone.note.width).toBe(360);
  expect(phone.note.y + phone.note.height).toBeCloseTo(740, 0);
  await word.click();
  await expectNoOverflow(page);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });
  test('a word opens and closes all the same, and sends no form', async ({ page, server }) => {
    await page.goto(`${server.url}/cases`);
    await page.getByRole('link', { name: 'Omaishoitajan vapaa, joka toteutuu' }).click();
    await page.goto(`${page.url()}/contribute`);
    const here = page.url();
    const note = page.getByRole('note', { name: 'nimimerkki' });
    await page.getByRole('button', { name: 'nimimerkki (sanan selitys)' }).click();
    await expect(note).toContainText('Nimimerkki on keksitty nimi');
    await note.getByRole('button', { name: 'Sulje' }).click();
    await expect(note).toBeHidden();
    expect(page.url()).toBe(here);
  });
});

for (const [language, locale, first, last] of [
  ['fi', 'fi-FI', 'avoin verkkovaihe', 'yhteiskehittäminen'],
  ['selko', 'fi-FI', 'aihe', 'yhteiskehittäminen'],
  ['sv', 'sv-FI', 'beslutsfattare', 'öppen nätfas'],
  ['en', 'en-GB', 'case', 'workshop'],
] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ language, locale });
    test('all the words stand on one page, in order', async ({ visitor: v }) => {
      const { page } = v;
      await v.open('/words');
      const names = page.getByRole('term');
      await expect(names).toHaveCount(24);
      await expect(names.first()).toHaveText(first);
      await expect(names.last()).toHaveText(last);
      await page.goto(`${page.url()}#summary`);
      await expect(page.locator('#summary')).toContainText(v.t('term.summary.text'));
      await expect(page.locator('#summary')).toBeInViewport();
    });
  });
}

test('plain Finnish is chosen as any other language, and the page says so', async ({ page, server }) => {
  await page.goto(`${server.url}/needs/new`);
  await page.locator('summary', { hasText: 'Suomi' }).click();
  const choose = page.getByRole('button', { name: 'Selkosuomi' });
  await expect(choose).toHaveAttribute('lang', 'fi-simple');
  await choose.click();
  await expect(page).toHaveURL(`${server.url}/needs/new`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'fi-simple');
  await expect(page.getByRole('heading', { name: 'Kerro ongelmasta' })).toBeVisible();
});

test.describe('in plain Finnish', () => {
  test.use({ language: 'selko' });
  test('a need is raised, from the form to the receipt', async ({ visitor: v }) => {
    await v.open('/needs/new');
    await v.press(v.t('raise.send'));
    await expect(v.problems).toHaveCount(2);
    await v.fill(v.t('field.need'), 'Ajanvaraus vaatii tunnukset.');
    await v.fill(v.t('field.title'), 'Ajanvaraus puhelimella');
    await v.press(v.t('raise.send'));
    await expect(v.heading(v.t('receipt.title'))).toBeVisible();
    await expect(v.page.getByText(v.t('receipt.nextNeed'))).toBeVisible();
  });
});
