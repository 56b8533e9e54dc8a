import type { Browser } from '@playwright/test';
import { account, briefLink, caseOf, dayAhead, propose } from '../support/case-work.ts';
import { Keyboard } from '../support/keys.ts';
import { expect, test } from '../support/story.ts';
import type { LakeusServer } from '../support/server.ts';
import { beginning } from '../support/words.ts';

/** Whole journeys without a mouse: everything is found by Tab, by what is read aloud, and after each step one knows
 * where one is (see keys.ts). */

test.describe.configure({ mode: 'serial', timeout: 120_000 });

const openCase = 'Omaishoitajan vapaa, joka toteutuu';
const said = 'Sijainen oli tuttu, ja ehdin saunaan.';
let code = '';

async function inTheHand(browser: Browser, server: LakeusServer) {
  const context = await browser.newContext({ locale: 'fi-FI', timezoneId: 'Europe/Helsinki' });
  const page = await context.newPage();
  return { page, keys: new Keyboard(page, server) };
}

test('one chooses a language, and raises a need', async ({ page, server }) => {
  const keys = new Keyboard(page, server);
  const { t } = keys;
  await keys.open('/');
  await keys.unfold(/^Kieli:/);
  await keys.press(t('language.sv'));
  await expect(page.locator('html')).toHaveAttribute('lang', 'sv');
  await keys.unfold(/^Språk:/);
  await keys.press(t('language.fi'));
  await expect(page.locator('html')).toHaveAttribute('lang', 'fi');

  await keys.follow(t('front.raiseButton'));
  await keys.press(t('raise.send'));
  await expect(page.getByRole('alert')).toBeFocused();
  await keys.write(t('field.need'), 'Takaisinsoitto tulee, kun olen töissä.');
  await keys.write(t('field.title'), 'Puhelu, johon vastataan');
  await keys.press(t('raise.send'));
  await expect(page.getByRole('heading', { name: t('receipt.title') })).toBeVisible();
});

test('a guest tells, takes a stand, replies, and looks up what became of it', async ({ page, server }) => {
  const keys = new Keyboard(page, server);
  const { t } = keys;
  await keys.open('/');
  await keys.follow(openCase);
  await keys.follow(t('case.contribute'));
  await keys.write(t('contribute.body'), said);
  await keys.choose(t('kind.suggestion'));
  await keys.press(t('contribute.send'));
  await expect(page.getByRole('blockquote')).toHaveText(said);
  code =
    (await page
      .getByText(/^\w{4}-\w{4}$/)
      .first()
      .textContent()) ?? '';

  await keys.follow(t('receipt.back'));
  await keys.follow(t('case.takeStand'));
  await keys.press(t('vote.agree'));
  await expect(page.getByText(t('statements.ownAnswer')).first()).toBeVisible();

  await keys.follow(new RegExp(openCase));
  await keys.follow(t('discussion.title'));
  await keys.follow(/vastausta/);
  await keys.write(t('thread.reply'), 'Meillä kävi samoin.');
  await keys.press(t('thread.send'));
  await expect(page.getByRole('main')).toContainText('Meillä kävi samoin.');

  await keys.open('/');
  await keys.follow(t('front.code'));
  await keys.write(t('field.code'), code);
  await keys.press(t('impact.show'));
  await expect(page.getByRole('article').filter({ hasText: said })).toBeVisible();
});

test('one signs in and out; a facilitator writes down what was said on paper', async ({ page, server }) => {
  const keys = new Keyboard(page, server);
  const { t } = keys;
  await keys.open('/demo');
  await keys.press(/Sanna Ylitalo/);
  await keys.press(t('layout.signOut'));
  await expect(page.getByRole('link', { name: t('layout.desk') })).toHaveCount(0);
  await keys.open('/demo');
  await keys.press(/Sanna Ylitalo/);
  await keys.follow(t('layout.cases'));
  await keys.follow(openCase);
  await keys.open(new URL(page.url()).pathname + '/workshop');
  await keys.write(t('workshop.body'), 'En tiennyt, että vapaan voi jakaa.');
  await keys.choose(t('kind.experience'));
  await keys.choose(t('workshop.origin.paper'));
  await keys.press(t('workshop.recordButton'));
  await expect(page.getByRole('status')).toContainText(/\w{4}-\w{4}/);
  await keys.unfold(/^\S+ puheenvuoroa?, uusin ensin$/);
  await expect(page.getByText('En tiennyt, että vapaan voi jakaa.')).toBeVisible();
});

test('a facilitator accounts for what was said and takes the case onward; a decision-maker answers; one tells whether one was heard', async ({
  visitor: v,
  browser,
  server,
}) => {
  await v.signIn('facilitator');
  await v.open('/cases');
  await v.follow(openCase);
  const base = caseOf(v);
  await v.letPass(14);
  await propose(v, base, 'Tutustumiskäynti ennen vapaata', 'Sijainen käy kerran kotona ennen vapaata.');

  const facilitator = new Keyboard(v.page, server);
  const { t } = facilitator;
  await test.step('the summary room', async () => {
    await facilitator.open(`${base}/summary`);
    await facilitator.markBeside(said);
    await facilitator.unfold(String(t('summary.bulk')));
    await facilitator.pick(t('field.proposalId'), '1');
    await facilitator.press(t('summary.use'));
    await expect(v.page.getByRole('checkbox', { name: said })).toHaveCount(0);
  });
  await account(v, base, { leftOut: 'Asia vaatii oman tapauksensa.' });
  await test.step('onward', async () => {
    await facilitator.open(`${base}/control`);
    await facilitator.press(t('event.summary.published.name'));
    await expect(v.page.getByRole('alert')).toHaveCount(0);
  });

  await v.signIn('coordinator');
  const link = await briefLink(v, openCase);
  await test.step('the answer', async () => {
    const { page, keys } = await inTheHand(browser, server);
    await keys.open(link);
    await keys.choose(t('outcome.adopted'));
    await keys.write(t('brief.reason'), 'Siihen on varattu raha.');
    await keys.write(t('field.nextStep'), 'Käynnit alkavat');
    await keys.writeDate(t('field.nextStepOn'), dayAhead(server, 60));
    await keys.press(t('brief.save'));
    await keys.press(t('brief.giveOut'));
    await expect(page.getByText(t('brief.notNow'))).toBeVisible();
    await page.context().close();
  });

  await test.step('whether one was heard', async () => {
    const { page, keys } = await inTheHand(browser, server);
    await keys.open(`/k/${code}`);
    await keys.write(t('heard.body'), 'Sain vastauksen ajoissa.');
    await keys.press(beginning(t('heard.yes')));
    await expect(page.getByText(t('heard.answered'))).toBeVisible();
    await page.context().close();
  });
});
