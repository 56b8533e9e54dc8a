import { account, answer, briefLink, caseOf, dayAhead, propose, takeOnward } from '../support/case-work.ts';
import { expect, test } from '../support/story.ts';
import type { LakeusServer } from '../support/server.ts';
import type { Visitor } from '../support/visitor.ts';

/** The decision-maker's brief, from the open demonstration case: its period closes, the facilitator sums it up. */

const title = 'Omaishoitajan vapaa, joka toteutuu';

async function publish(v: Visitor): Promise<string> {
  await v.signIn('facilitator');
  await v.open('/');
  await v.follow(title);
  const base = caseOf(v);
  await v.letPass(14);
  await propose(
    v,
    base,
    'Tutustumiskäynti ennen ensimmäistä vapaata',
    'Sijainen käy kerran kotona ennen vapaata.',
  );
  await propose(v, base, 'Vapaata voi käyttää tunteina', 'Kaksi tuntia viikossa lasketaan vapaaksi.');
  await account(v, base, { used: 1 }, ['Meillä sijaishoitaja kävi ensin', 'Sama kokemus. Tutustumiskäynti']);
  await account(v, base, { used: 2 }, ['Voisiko vapaan käyttää tunteina?']);
  await account(v, base, { leftOut: 'Asia vaatii oman tapauksensa.' });
  await takeOnward(v, base, 'summary.published');
  return base;
}

const given = (server: LakeusServer) =>
  ({
    outcome: 'adopted',
    reason: 'Käynti lisää luottamusta, ja siihen on varattu raha.',
    nextStep: 'Käynnit alkavat kolmella paikkakunnalla',
    on: dayAhead(server, 60),
  }) as const;

test('a decision-maker answers by a personal link, asks back once, and gives the answers out', async ({
  visitor: v,
  another,
  server,
}) => {
  test.setTimeout(120_000);
  const base = await publish(v);
  await v.signIn('coordinator');
  const link = await briefLink(v, title);
  const d = await another();
  const { page } = d;

  await test.step('opening the link changes nothing, however often', async () => {
    await v.open(`${base}/log`);
    const rows = v.page.getByRole('main').getByRole('listitem');
    const before = await rows.count();
    for (let i = 0; i < 5; i++) await d.open(link);
    await expect(d.heading('Mikä saisi omaishoitajan pitämään vapaansa hyvillä mielin?')).toBeVisible();
    await expect(page.getByText('Vastattu 0 / 2.')).toBeVisible();
    await v.open(`${base}/log`);
    await expect(rows).toHaveCount(before);
  });

  await test.step('an answer without a reason is refused, and what was written stays', async () => {
    await answer(d, 1, { ...given(server), reason: '' });
    expect(d.status).toBe(400);
    await expect(d.problems).toHaveText('Täytä kohta ”Perustelu, yksi tai kaksi lausetta”.');
    const first = page.getByRole('article').first();
    await expect(first.getByLabel('Mitä tapahtuu seuraavaksi?')).toHaveValue(given(server).nextStep);
    await expect(first.getByLabel('Toteutetaan', { exact: true })).toBeChecked();
    await expect(page.getByText('Vastattu 0 / 2.')).toBeVisible();
  });

  await test.step('the error leads to its field', async () => {
    await d.problems.getByRole('link').click();
    await expect(page.getByLabel('Perustelu, yksi tai kaksi lausetta').first()).toBeFocused();
  });

  await test.step('each answer is saved as it is given, and nobody else sees it yet', async () => {
    await answer(d, 1, given(server));
    await expect(page.getByRole('status')).toContainText('Vastauksenne ehdotukseen 1 on tallessa.');
    await d.open(link);
    await expect(page.getByText('Vastattu 1 / 2.')).toBeVisible();
    await expect(page.getByRole('article').first()).toContainText(given(server).reason);
    await v.signOut();
    await v.open(`${base}/results`);
    await expect(v.page.getByText(given(server).reason)).toHaveCount(0);
    await expect(v.page.getByText(/Päättäjien vastaukset näkyvät tässä viimeistään/)).toHaveCount(2);
  });

  await test.step('a request for clarification takes the case back to the summary, with the reason told', async () => {
    const ask = await d.unfold('Pyydä tarkennusta koontiin');
    await d.fill('Mitä pitää tarkentaa?', 'Kuinka monta perhettä tämä koskee?', ask);
    await d.press('Lähetä pyyntö', ask);
    await expect(page.getByText(/Koontia täydennetään/)).toBeVisible();
    await v.open(base);
    await expect(v.page.getByText('Syy: Kuinka monta perhettä tämä koskee?')).toBeVisible();
    await v.signIn('facilitator');
    await v.open(`${base}/summary`);
    await v.fill('Koonnin teksti', 'Vapaansa piti viime vuonna 140 perhettä.');
    await v.press('Tallenna koonti');
    await takeOnward(v, base, 'summary.published');
  });

  await test.step('the first link still opens, with the answer already given, and the rest is answered', async () => {
    await d.open(link);
    await expect(page.getByText('Vapaansa piti viime vuonna 140 perhettä.')).toBeVisible();
    await expect(page.getByText('Vastattu 1 / 2.')).toBeVisible();
    await answer(d, 2, {
      ...given(server),
      outcome: 'forwarded',
      forwardedTo: 'Sosiaali- ja terveysministeriö',
      reason: 'Laki puhuu vuorokausista.',
    });
    await d.press('Anna vastaukset osallistujille');
    await expect(page.getByText(/Ehdotuksiin ei vastata juuri nyt/)).toBeVisible();
    await v.signOut();
    await v.open(`${base}/results`);
    await expect(v.page.getByRole('article').first()).toContainText('Heikki Luoma');
    await expect(v.page.getByRole('article').nth(1)).toContainText('Sosiaali- ja terveysministeriö');
  });
});
