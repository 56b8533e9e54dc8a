import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { announcements } from '../support/checks.ts';
import { openCaseFile } from '../support/case-file.ts';
import type { Told } from '../support/case-file.ts';
import { expect, test } from '../support/story.ts';
import type { LakeusServer } from '../support/server.ts';

/** What goes wrong in life: too long, too many, turned around, too slow, over in the middle. */

const openCase = 'Omaishoitajan vapaa, joka toteutuu';
const longTitle =
  'Miten iäkkään läheisen hoito, kuljetus, lääkkeet ja vapaapäivät järjestetään niin, että jokainen perhe '
    .repeat(2)
    .slice(0, 200);
const longWord = 'Sosiaaliturvaetuuskäsittelyprosessikehittämistoimenpideohjel';
const turned = 'Aino \u202Eשרה';

async function imported(server: LakeusServer, told: Told): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lakeus-case-'));
  const file = openCaseFile(told);
  const path = join(folder, 'case.json');
  writeFileSync(path, JSON.stringify(file));
  await server.lakeus('import', 'case', path);
  rmSync(folder, { recursive: true });
  return `/cases/${file.case.id}`;
}

test('a title of 200 letters, a word of 60 and a name that runs the other way stay in their places', async ({
  visitor: v,
  server,
}) => {
  expect([longTitle.length, longWord.length]).toEqual([200, 60]);
  const base = await imported(server, {
    contributions: 3,
    title: longTitle,
    theme: longWord,
    pseudonym: turned,
  });
  for (const path of ['/', '/cases', base, `${base}/discussion`, `${base}/process`, `${base}/contribute`]) {
    await v.open(path); // sound at 320 px, like every page
  }
  await v.open(`${base}/discussion`);
  const name = v.page.getByRole('article').locator('bdi').filter({ hasText: 'Aino' }).first();
  expect(await name.evaluate((element) => getComputedStyle(element).unicodeBidi)).toBe('isolate');
  const thread = v.page.getByRole('article').filter({ hasText: 'Aino' });
  await v.follow(/Avaa ja vastaa|vastaus/, thread);
  expect(await v.page.title()).not.toContain('\u202E');
});

test('five thousand contributions are read a page at a time', async ({ visitor: v, server }) => {
  test.setTimeout(120_000);
  const base = await imported(server, { contributions: 5_000, title: 'Viisituhatta puheenvuoroa' });
  await v.open(base);
  await expect(v.page.getByRole('link', { name: 'Keskustelu' })).toHaveAccessibleDescription(
    /^5\s000 puheenvuoroa/,
  );
  await v.open(`${base}/discussion`);
  await expect(v.page.getByRole('article')).toHaveCount(50);
  const first = await v.page.getByRole('article').first().textContent();
  await v.follow('Näytä lisää');
  await expect(v.page.getByRole('article')).toHaveCount(50);
  expect(await v.page.getByRole('article').first().textContent()).not.toBe(first);
});

test('a case in which nobody has spoken says what will be here', async ({ visitor: v, server }) => {
  const base = await imported(server, { contributions: 0, title: 'Hiljainen tapaus' });
  await v.open(base);
  await expect(v.page.getByText('Kukaan ei ole vielä kertonut. Voit olla ensimmäinen.')).toBeVisible();
  await v.open(`${base}/statements`);
  await expect(v.page.getByText('Väittämiä ei ole vielä.')).toBeVisible();
});

test('a session that ended in the middle of writing loses no word', async ({ visitor: v }) => {
  const text = 'Kirjoitin tätä tunnin ajan.\nSitten istunto loppui.';
  const ends = () =>
    v.page.context().addCookies([
      {
        name: 'lakeus_session',
        value: 'vanhentunut',
        domain: new URL(v.page.url()).hostname,
        path: '/',
        httpOnly: true,
        sameSite: 'Lax',
      },
    ]);

  await v.signIn('participant');
  await v.open('/');
  await v.follow(openCase);
  const base = new URL(v.page.url()).pathname;
  await v.follow('Kerro kokemuksesi');
  await v.fill('Mitä haluat sanoa?', text);
  await ends();
  await v.press('Lähetä puheenvuoro');
  expect(v.status).toBe(401);
  await expect(v.problems).toContainText(['Istuntosi päättyi, mutta tekstisi on tallessa tässä.']);
  await expect(v.page.getByLabel('Mitä haluat sanoa?')).toHaveValue(text);
  await v.press('Lähetä puheenvuoro');
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();

  await v.signIn('participant');
  await v.open('/needs/new');
  await v.fill('Mikä ei toimi?', text);
  await v.fill('Otsikko', 'Istunto, joka loppui');
  await ends();
  await v.press('Lähetä');
  expect(v.status).toBe(401);
  await expect(v.page.getByLabel('Mikä ei toimi?')).toHaveValue(text);

  await v.signIn('facilitator');
  await v.open(`${base}/workshop`);
  await v.fill('Mitä sanottiin', text);
  await ends();
  await v.press('Tallenna puheenvuoro');
  await expect(v.heading('Istuntosi päättyi')).toBeVisible();
  await expect(v.page.getByRole('textbox')).toHaveValue(text);
});

test('what was being written is there again after the tab was reloaded, and gone once it is sent', async ({
  visitor: v,
}) => {
  await v.open('/');
  await v.follow(openCase);
  await v.follow('Kerro kokemuksesi');
  const field = v.page.getByLabel('Mitä haluat sanoa?');
  await field.fill('Aloitin, mutta puhelin soi.');
  await v.open(new URL(v.page.url()).pathname);
  await expect(field).toHaveValue('Aloitin, mutta puhelin soi.');
  await expect(v.page.getByRole('status')).toHaveText('Palautimme tekstin, jonka aloitit aiemmin.');
  await v.press('Lähetä puheenvuoro');
  await v.follow('Kerro lisää');
  await expect(field).toHaveValue('');
});

test('on a slow connection the page says that it is sending', async ({ visitor: v, page }) => {
  const said = announcements(page);
  await v.open('/');
  await v.follow(openCase);
  await v.follow('Kerro kokemuksesi');
  await v.fill('Mitä haluat sanoa?', 'Yhteys kulkee täällä pellon poikki.');
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/contribute', async (route) => {
    await held;
    await route.continue();
  });
  const sent = v.press('Lähetä puheenvuoro');
  await expect.poll(() => said).toEqual(['Lähetetään. Yhteys on hidas, odota hetki.']);
  letGo();
  await sent;
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();
});

test('what was done is said once in the polite region, and not again after a reload', async ({
  visitor: v,
  page,
}) => {
  const said = announcements(page);
  await v.open('/');
  await v.follow(openCase);
  await v.follow('Ota kantaa');
  await v.press('En osaa sanoa');
  await expect.poll(() => said).toEqual(['Vastauksesi on tallessa: En osaa sanoa.']);
  await v.open(new URL(page.url()).pathname);
  await expect(page.locator('#notice')).toBeEmpty();
  expect(said).toHaveLength(1);
});
