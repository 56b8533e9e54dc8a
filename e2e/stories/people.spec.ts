import { caseOf, describe, name, printCards, record, takeOnward, toDo } from '../support/case-work.ts';
import { expect, test } from '../support/story.ts';

/** One story for each part that people have in a case. The guest and the decision-maker have files of their own. */

const openCase = 'Omaishoitajan vapaa, joka toteutuu';
const plannedCase = 'Miten perhe jaksaa, kun läheinen toipuu?';

test('a participant with an account tells, takes a stand, answers another, and finds it all under their own', async ({
  visitor: v,
}) => {
  const { page } = v;
  await v.signIn('participant');
  await v.open('/');
  await v.follow(openCase);
  await v.follow('Kerro kokemuksesi');
  await v.fill('Mitä haluat sanoa?', 'Vapaa onnistui, kun sijainen oli tuttu.');
  await v.choose('Ehdotus');
  await v.press('Lähetä puheenvuoro');
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();

  await v.follow('Takaisin tapaukseen');
  await v.follow('Ota kantaa');
  await v.press('Eri mieltä');
  await expect(page.getByText('Vastasit: Eri mieltä.')).toBeVisible();

  await v.open(`${caseOf(v)}/discussion`);
  await v.follow(
    /vastaus|Avaa ja vastaa/,
    page.getByRole('article').filter({ hasText: 'Palvelusetelillä voisi' }),
  );
  await v.fill('Vastaa tähän', 'Meillä seteli toimi, kun naapuri oli käynyt kurssin.');
  await v.press('Lähetä vastaus');

  await v.follow('Omat puheenvuorot');
  const own = page.getByRole('article');
  await expect(own).toHaveCount(2);
  await expect(own.filter({ hasText: 'sijainen oli tuttu' })).toContainText('Odottaa vastausta');
  await expect(own.filter({ hasText: 'naapuri oli käynyt kurssin' })).toContainText('Kommentti');

  await v.signOut();
  await v.open('/mine');
  await expect(page.getByRole('article')).toHaveCount(0);
});

test('an expert by experience takes part like anybody, sees on the desk what the group plans, and runs nothing', async ({
  visitor: v,
}) => {
  await v.signIn('expert');
  await v.open('/');
  await v.follow(openCase);
  await v.follow('Kerro kokemuksesi');
  await v.fill('Mitä haluat sanoa?', 'Vertaisen soitto ennen ensimmäistä vapaata rohkaisee.');
  await v.press('Lähetä puheenvuoro');
  await expect(v.heading('Puheenvuorosi on tallessa')).toBeVisible();
  await v.follow('Työpöytä');
  await v.follow(plannedCase);
  await expect(v.page.getByText('Mitä perhe tarvitsee ensimmäisten viikkojen aikana')).toBeVisible();
  await expect(v.page.getByRole('link', { name: 'Vie tapausta eteenpäin' })).toHaveCount(0);
  await v.open(`${caseOf(v)}/control`);
  expect(v.status).toBe(403);
  await expect(v.heading('Tämä ei näy sinulle')).toBeVisible();
});

test('an agent prints cards and writes down under one of them what was said on paper', async ({
  visitor: v,
  another,
}) => {
  const { page } = v;
  await v.signIn('agent');
  await v.open('/desk');
  await v.follow(openCase);
  const base = caseOf(v);
  const cards = await printCards(v, base, 2);
  expect(cards).toHaveLength(2);
  const [card = ''] = cards;

  await record(v, base, {
    body: 'En tiennyt, että vapaan voi jakaa.',
    origin: 'paper',
    note: 'Kirjasto',
    code: card,
  });
  await record(v, base, {
    body: 'Toinen asia samalta ihmiseltä.',
    origin: 'paper',
    note: 'Kirjasto',
    code: card,
  });
  const own = await record(v, base, { body: 'Ilman korttia sanottu.', origin: 'table', note: 'Pöytä 3' });
  expect(own).not.toBe(card);

  await v.open(`${base}/cards`);
  const printed = page.getByRole('listitem').filter({ hasText: card });
  await expect(printed).toContainText('Käytössä, 2 puheenvuoroa');
  await expect(
    printed.getByRole('img', { name: `QR-koodi, joka avaa kortin ${card} oman sivun` }),
  ).toBeVisible();

  const holder = await another();
  await holder.open(`/k/${card}`);
  await expect(holder.page.getByRole('article')).toHaveCount(2);
  await expect(holder.page.getByRole('article').filter({ hasText: 'vapaan voi jakaa' })).toContainText(
    'paperilla',
  );
});

test('a facilitator sees the same list in the to-do, in the refusal and on the desk, and takes a need onward', async ({
  visitor: v,
  another,
}) => {
  const { page } = v;
  const title = 'Puhelu, johon vastataan';
  const guest = await another();
  await guest.open('/needs/new');
  await guest.fill('Mikä ei toimi?', 'Takaisinsoitto tulee, kun olen töissä.');
  await guest.fill('Otsikko', title);
  await guest.press('Lähetä');
  const base = caseOf(guest);

  await v.signIn('facilitator');
  await v.open('/desk');
  await expect(page.getByRole('listitem').filter({ has: v.heading(title) })).toContainText(
    'Uusi tarve odottaa vastaanottajaa. Siitä puuttuu vielä 4 asiaa.',
  );
  await v.follow(new RegExp(`^Lue ja hyväksy ?: ${title}`));
  const list = toDo(v).getByRole('listitem');
  await expect(list).toHaveText([
    /Kerro, mikä on teema/,
    /Kerro, keitä asia koskee/,
    /Kerro, mitä palvelua asia koskee/,
    /Nimeä päättäjä, joka vastaa/,
  ]);

  await v.press('Hyväksy kehittämistarve');
  expect(v.status).toBe(400);
  await expect(v.problems).toHaveText([
    'Teema puuttuu. Kerro muutamalla sanalla, mistä asiasta on kyse.',
    'Tapauksesta puuttuu tieto, keitä asia koskee. Nimeä ihmiset, joiden arkeen se vaikuttaa.',
    'Palvelu puuttuu. Kerro, mitä palvelua asia koskee.',
    'Kukaan ei ole vielä luvannut vastata. Nimeä ainakin yksi päättäjä, joka vastaa ehdotuksiin.',
  ]);

  await test.step('each missing thing leads to the place where it is done', async () => {
    await v.follow('Kerro, mikä on teema', toDo(v));
    await expect(page).toHaveURL(new RegExp(`${base}/planning\\?part=texts#texts-theme$`));
    await expect(page.getByLabel('Teema', { exact: true })).toBeVisible();
  });

  await describe(v, base, {
    theme: 'Takaisinsoiton aika',
    concerns: 'Työssä käyvät asiakkaat',
    service: 'Neuvontapuhelin',
    question: 'Milloin sinulle voi soittaa?',
    canInfluence: 'Soiton aika',
    cannotInfluence: 'Puhelun hinta',
    workshopTheme: 'Hyvä puhelu',
    workshopPlace: 'Kurikan kaupungintalo',
  });
  await name(v, base, 'Heikki Luoma', 'decider', 'decider');
  await takeOnward(v, base, 'need.accepted');
  await expect(toDo(v).getByRole('listitem')).toHaveText([
    /Kutsu ryhmään asiakkaita/,
    /Kutsu ryhmään työntekijöitä/,
    /Sovi työpajan aihe ja päivä/,
    /Sovi, milloin verkkovaihe avautuu ja sulkeutuu/,
    /Sovi, mihin mennessä päättäjät vastaavat/,
  ]);

  await test.step('a pause says its reason to everybody, and the case goes on from where it was', async () => {
    const pause = await v.unfold('Siirrä tapaus tauolle');
    await v.press('Siirrä tapaus tauolle', pause);
    await expect(v.problems).toHaveText(/Perustelu|Syy/);
    await v.fill('Syy', 'Neuvontapuhelin vaihtaa järjestelmää.', await v.unfold('Siirrä tapaus tauolle'));
    await v.press('Siirrä tapaus tauolle', page.locator('details[open]'));
    await guest.open(base);
    await expect(guest.page.getByText('Syy: Neuvontapuhelin vaihtaa järjestelmää.')).toBeVisible();
    const resume = await v.unfold('Jatka tauon jälkeen');
    await v.fill('Syy', 'Järjestelmä on vaihdettu.', resume);
    await v.press('Jatka tauon jälkeen', resume);
    await expect(page.getByRole('navigation', { name: 'Tapauksen vaiheet' })).toContainText('Suunnittelu');
  });
});

test('a coordinator sees all cases on the desk and every message that waits to be passed on', async ({
  visitor: v,
}) => {
  const { page } = v;
  await v.signIn('coordinator');
  await v.open('/desk');
  await expect(v.heading(openCase)).toBeVisible();
  await expect(v.heading(plannedCase)).toBeVisible();
  await v.follow('Lähtevät viestit');
  await expect(page.getByText('Vastaanottaja: Heikki Luoma').first()).toBeVisible();
  await v.follow('Tapaukset');
  await expect(page.getByRole('article')).not.toHaveCount(0);
  await v.follow(plannedCase);
  await v.follow('Vie tapausta eteenpäin');
  await expect(v.heading('Tapauksen ohjaus')).toBeVisible();
});

test('an administrator signs in, sees the desk, and signs out', async ({ visitor: v }) => {
  await v.signIn('admin');
  await v.open('/desk');
  await expect(v.heading('Työpöytä')).toBeVisible();
  await v.signOut();
  await expect(v.page.getByRole('link', { name: 'Työpöytä' })).toHaveCount(0);
});
