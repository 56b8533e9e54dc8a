import { account, caseOf, propose } from '../support/case-work.ts';
import { expect, test } from '../support/story.ts';

/** What is done at once can be taken back at once, from the notice that tells of it. */

test('a member who was removed is named again with one press', async ({ visitor: v }) => {
  const { page, t } = v;
  await v.signIn('facilitator');
  await v.open('/desk');
  await v.follow('Miten perhe jaksaa, kun läheinen toipuu?');
  await v.open(`${caseOf(v)}/planning?part=people`);
  const heikki = page.getByRole('listitem').filter({ hasText: 'Heikki Luoma' });
  await v.press(/^Poista ryhmästä ?: Heikki Luoma/);
  await expect(page.getByRole('status')).toHaveText('Heikki Luoma ei ole enää mukana.');
  await expect(heikki).toHaveCount(0);
  await v.press(t('notice.undo'));
  await expect(page.getByRole('status')).toHaveText('Heikki Luoma on nyt mukana.');
  await expect(heikki).toContainText('Näkökulma: päättäjä');

  await test.step('the way back is offered once', async () => {
    await v.open(page.url());
    await expect(page.getByRole('button', { name: t('notice.undo') })).toHaveCount(0);
  });
});

test('contributions wait again, and a withdrawn proposal comes back with those behind it', async ({
  visitor: v,
}) => {
  test.setTimeout(90_000);
  const { page, t } = v;
  await v.signIn('facilitator');
  await v.letPass(14);
  await v.open('/cases');
  await v.follow('Omaishoitajan vapaa, joka toteutuu');
  const base = caseOf(v);
  await propose(v, base, 'Vapaata voi käyttää tunteina', 'Kaksi tuntia viikossa lasketaan vapaaksi.');
  const said = page
    .getByRole('group', { name: t('summary.material') })
    .getByRole('listitem')
    .filter({ hasText: 'Voisiko vapaan käyttää tunteina?' });

  for (const fate of [{ used: 1 }, { leftOut: 'Asia vaatii oman tapauksensa.' }] as const) {
    await account(v, base, fate, ['Voisiko vapaan käyttää tunteina?']);
    await expect(said).toHaveCount(0);
    await v.press(t('notice.undo'));
    await expect(page.getByRole('status')).toHaveText(t('notice.putBack'));
    await expect(said).toHaveCount(1);
  }

  await account(v, base, { used: 1 }, ['Voisiko vapaan käyttää tunteina?']);
  const proposal = page.getByRole('listitem').filter({ has: v.heading(/Vapaata voi käyttää tunteina/) });
  await v.unfold(t('summary.edit'), proposal);
  await v.press(/^Poista ehdotus/, proposal);
  await expect(page.getByRole('status')).toHaveText(
    'Poistit ehdotuksen 1. Siihen liitetty puheenvuoro odottaa taas.',
  );
  await expect(said).toHaveCount(1);
  await v.press(t('notice.undo'));
  await expect(page.getByRole('status')).toHaveText('Ehdotus on palannut. Sen numero on nyt 1.');
  await expect(proposal).toContainText('Kaksi tuntia viikossa lasketaan vapaaksi.');
  await expect(proposal).toContainText('Yksi puheenvuoro ehdotuksen takana');
  await expect(said).toHaveCount(0);
});
