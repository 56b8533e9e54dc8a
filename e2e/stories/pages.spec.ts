import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { account, briefLink, caseOf, printCards, propose, record, takeOnward } from '../support/case-work.ts';
import { expectAccessible, expectNoOverflow } from '../support/checks.ts';
import { expect, test } from '../support/story.ts';
import type { Visitor } from '../support/visitor.ts';

/** Every page, as each of those who have business there sees it: pictures to look at, on a phone and on a desk, by day
 * and by night. They land in e2e/screenshots, one file for each page and look. */

const folder = fileURLToPath(new URL('../screenshots', import.meta.url));
const looks = [
  { name: '360-light', width: 360, height: 740, colorScheme: 'light' },
  { name: '360-dark', width: 360, height: 740, colorScheme: 'dark' },
  { name: '768-light', width: 768, height: 1024, colorScheme: 'light' },
  { name: '768-dark', width: 768, height: 1024, colorScheme: 'dark' },
  { name: '1280-light', width: 1280, height: 900, colorScheme: 'light' },
  { name: '1280-dark', width: 1280, height: 900, colorScheme: 'dark' },
] as const;

const openCase = 'Omaishoitajan vapaa, joka toteutuu';
const plannedCase = 'Miten perhe jaksaa, kun läheinen toipuu?';
const closedCase = 'Ensimmäinen tapaaminen työllisyyspalvelussa';

const titles = new Map<string, string>();

/** Takes the pictures of the page that the visitor is on. */
async function picture(v: Visitor, name: string): Promise<void> {
  const { page } = v;
  const title = await page.title();
  const before = titles.get(title);
  // A page with an error and the same page with another case in it may share a title; two different pages may not.
  if (before) expect(before.split('.')[0], `the title ${title}`).toBe(name.split('.')[0]);
  titles.set(title, name);
  for (const { name: look, width, height, colorScheme } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    // By day and on a desk, every story looks at its pages; here they are seen by night and on a phone.
    if (look === '360-dark') await expectAccessible(page);
    await page.screenshot({ path: `${folder}/${name}.${look}.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function pictures(v: Visitor, pages: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, path] of Object.entries(pages)) {
    await v.open(path);
    await picture(v, name);
  }
}

async function addressOf(v: Visitor, title: string): Promise<string> {
  await v.open('/cases');
  await v.follow(title);
  return caseOf(v);
}

test.beforeAll(() => mkdirSync(folder, { recursive: true }));
test.describe.configure({ mode: 'serial', timeout: 120_000 });

test('the pages of those who come from outside', async ({ visitor: v }) => {
  const [open, closed, planned] = [
    await addressOf(v, openCase),
    await addressOf(v, closedCase),
    await addressOf(v, plannedCase),
  ];
  await pictures(v, {
    front: '/',
    cases: '/cases',
    'case.open': open,
    'case.planning': planned,
    'case.closed': closed,
    'discussion.open': `${open}/discussion`,
    'results.closed': `${closed}/results`,
    'log.closed': `${closed}/log`,
    'process.open': `${open}/process`,
    'process.closed': `${closed}/process`,
    'statements.first': `${open}/statements`,
    'impact-enter': '/impact',
    'mine.empty': '/mine',
    'enter.used': '/enter/vanhentunut',
    'not-found': '/ei-ole',
    forbidden: `${open}/control`,
    demo: '/demo',
    words: '/words',
    style: '/style',
    need: '/needs/new',
    contribute: `${open}/contribute`,
  });

  await v.press('Lähetä puheenvuoro');
  await picture(v, 'contribute.error');
  await v.fill('Mitä haluat sanoa?', 'Sijainen oli tuttu, ja ehdin saunaan.\n\nSe riitti pitkäksi aikaa.');
  await v.press('Lähetä puheenvuoro');
  await picture(v, 'receipt');
  const code = (await v.page.getByText(/^\w{4}-\w{4}$/).textContent()) ?? '';
  await v.open(`${open}/statements`);
  await v.press('Samaa mieltä');
  await picture(v, 'statements.next');
  await v.open(`${open}/discussion`);
  await v.follow(
    /vastausta/,
    v.page.getByRole('article').filter({ hasText: 'Meillä sijaishoitaja kävi ensin' }),
  );
  await picture(v, 'thread');
  await pictures(v, { 'impact.waiting': `/k/${code}`, 'mine.guest': '/mine' });
  await v.signIn('participant');
  await pictures(v, { 'mine.participant': '/mine', 'case.participant': open });
});

test('the pages of those who run a case', async ({ visitor: v }) => {
  const [open, planned] = [await addressOf(v, openCase), await addressOf(v, plannedCase)];
  await v.signIn('expert');
  await pictures(v, { 'desk.expert': '/desk' });

  await v.signIn('agent');
  const [card = ''] = await printCards(v, open, 3);
  await picture(v, 'cards.agent');
  await record(v, open, { body: 'Lomake oli liian pitkä.', origin: 'paper', note: 'Kirjasto', code: card });
  await picture(v, 'workshop.agent');
  await pictures(v, { 'desk.agent': '/desk' });

  await v.signIn('facilitator');
  await pictures(v, {
    'desk.facilitator': '/desk',
    'case.facilitator': open,
    'control.planning': `${planned}/control`,
    'control.open': `${open}/control`,
    'planning.planning': `${planned}/planning`,
    'planning.open': `${open}/planning`,
    'workshop.planning': `${planned}/workshop`,
    'summary.open': `${open}/summary`,
  });
  await v.open(`${planned}/control`);
  await v.press('Päätä suunnittelu ja kutsu työpajaan');
  await picture(v, 'control.refused');

  await v.signIn('coordinator');
  await pictures(v, { 'desk.coordinator': '/desk', outbox: '/outbox' });
  await v.signIn('admin');
  await pictures(v, { 'desk.admin': '/desk' });
});

test('the pages of the summary and of the decision-maker', async ({ visitor: v }) => {
  const open = await addressOf(v, openCase);
  await v.signIn('facilitator');
  await v.letPass(14);
  await propose(
    v,
    open,
    'Tutustumiskäynti ennen ensimmäistä vapaata',
    'Sijainen käy kerran kotona ennen vapaata.',
  );
  await account(v, open, { used: 1 }, ['Meillä sijaishoitaja kävi ensin']);
  await picture(v, 'summary.room');
  await v.open(`${open}/summary?show=all`);
  await v.unfold('Mitä valituille tehdään');
  await picture(v, 'summary.all');
  await v.open(`${open}/summary`);
  await account(v, open, { leftOut: 'Asia vaatii oman tapauksensa.' });
  await takeOnward(v, open, 'summary.published');
  await picture(v, 'control.review');

  await v.signIn('coordinator');
  const link = await briefLink(v, openCase);
  await v.signIn('decider');
  await pictures(v, { 'desk.decider': '/desk', 'review.signed-in': `${open}/review`, brief: link });
  await v.press('Tallenna vastaus 1');
  await picture(v, 'brief.error');
  await v.signOut();
  await pictures(v, { 'results.waiting': `${open}/results`, 'case.review': open });
});

// Taken anew only when asked for, so that a run leaves the repository as it was.
if (process.env.UPDATE_PICTURES === '1') {
  test('the picture of the read-me', async ({ browser, server }) => {
    const context = await browser.newContext({ locale: 'fi-FI', colorScheme: 'light', baseURL: server.url });
    const page = await context.newPage();
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto('/');
    await page.getByRole('link', { name: openCase, exact: true }).click();
    await expect(page.getByRole('heading', { name: openCase })).toBeVisible();
    await expectNoOverflow(page);
    await page.screenshot({ path: fileURLToPath(new URL('../../docs/case-page.png', import.meta.url)) });
    await context.close();
  });
}
