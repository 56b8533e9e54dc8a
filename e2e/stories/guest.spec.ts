import { expect, test } from '../support/story.ts';

/** Somebody without an account, whose only key is a code on paper. */

const openCase = 'Omaishoitajan vapaa, joka toteutuu';

test('a guest tells what they think, gets a code, and finds with it what became of it', async ({
  visitor: v,
  another,
}) => {
  await v.open('/');
  await v.follow(openCase);
  await v.follow('Kerro kokemuksesi');
  await v.fill(
    'Mitä haluat sanoa?',
    'Sijainen tuli sovittuna päivänä, ja uskalsin lähteä.\nNyt odotan seuraavaa.',
  );
  await v.choose('Kokemus');
  await v.press('Lähetä puheenvuoro');
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();
  const code = (await v.page.getByText(/^\w{4}-\w{4}$/).textContent()) ?? '';
  await expect(v.page.getByRole('blockquote')).toContainText('uskalsin lähteä');

  await v.open('/');
  await v.follow('Minulla on osallistujakortin koodi');
  await v.fill('Kortin koodi', code.toLowerCase().replace('-', ' '));
  await v.press('Näytä');
  await expect(v.page.getByRole('article')).toContainText('Odottaa vastausta');
  await expect(v.page).toHaveURL(new RegExp(`/impact/${code.replace('-', '')}$`));

  await test.step('the same code opens it on any phone, by the short way printed on the card', async () => {
    const phone = await another();
    await phone.open(`/k/${code}`);
    await expect(phone.page.getByRole('article')).toContainText('uskalsin lähteä');
  });
});

test('a guest raises a need, and only they and staff see it until it is accepted', async ({
  visitor: v,
  another,
}) => {
  await v.open('/');
  await v.follow('Kerro kehittämistarve');
  await v.fill('Mikä ei toimi?', 'Kuljetus peruttiin kolmesti samalla viikolla.');
  await v.fill('Otsikko', 'Kuljetus, joka tulee');
  await v.press('Lähetä');
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();
  await expect(v.page.getByRole('main')).toContainText('fasilitaattori lukee tarpeesi');
  await v.follow('Takaisin tapaukseen');
  await expect(v.heading('Kuljetus, joka tulee')).toBeVisible();
  const address = new URL(v.page.url()).pathname;

  const stranger = await another();
  await stranger.open('/cases');
  await expect(stranger.page.getByText('Kuljetus, joka tulee')).toHaveCount(0);
  await stranger.open(address);
  expect(stranger.status).toBe(404);
  await expect(stranger.heading('Sivua ei löytynyt')).toBeVisible();

  await stranger.signIn('facilitator');
  await stranger.open(address);
  await expect(stranger.heading('Kuljetus, joka tulee')).toBeVisible();
});

test('a guest takes a stand on statements one at a time, and sees the figures after their own answer', async ({
  visitor: v,
}) => {
  await v.open('/');
  await v.follow(openCase);
  await v.follow('Ota kantaa');
  await expect(v.page.getByText(/väittämää odottaa vastaustasi/)).toBeVisible();
  await expect(v.heading('Näin on vastattu')).toHaveCount(0);
  const first = (await v.page.getByRole('heading', { level: 2 }).first().textContent()) ?? '';
  await v.press('Samaa mieltä');
  await expect(v.page.getByRole('listitem').filter({ hasText: first })).toContainText(
    'Vastasit: Samaa mieltä.',
  );
  await v.unfold(/^Muuta vastaustasi/);
  await v.press('Eri mieltä', v.page.getByRole('listitem').filter({ hasText: first }));
  await expect(v.page.getByRole('listitem').filter({ hasText: first })).toContainText(
    'Vastasit: Eri mieltä.',
  );

  const own = 'Varasijainen pitäisi nimetä jo keväällä.';
  await v.unfold('Ehdota väittämää');
  await v.fill('Väittämä', own);
  await v.press('Lähetä väittämä');
  const waiting = v.page.getByRole('region').filter({ has: v.button('En osaa sanoa') });
  while (await waiting.isVisible()) await v.press('En osaa sanoa', waiting);
  await expect(v.page.getByRole('listitem').filter({ hasText: own })).toContainText(
    'Vastasit: En osaa sanoa.',
  );
});

test('a wrong code is refused kindly, with what was typed kept', async ({ visitor: v }) => {
  await v.open('/impact');
  await v.fill('Kortin koodi', 'AAAA-BBBB');
  await v.press('Näytä');
  expect(v.status).toBe(404);
  await expect(v.problems).toHaveText('Tällä koodilla ei löytynyt mitään. Tarkista kahdeksan merkkiä.');
  await expect(v.page.getByLabel('Kortin koodi')).toHaveValue('AAAA-BBBB');
});
