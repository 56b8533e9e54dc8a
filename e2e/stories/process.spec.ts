import { caseOf } from '../support/case-work.ts';
import { expectAccessible } from '../support/checks.ts';
import { expect, test } from '../support/story.ts';

/** How a case goes forward: the picture drawn from the machine, and the same in words. */

const openCase = 'Omaishoitajan vapaa, joka toteutuu';
const inOrder = ['need', 'planning', 'workshop', 'open', 'summary', 'review', 'feedback'];
const states = ['done', 'done', 'done', 'now', 'ahead', 'ahead', 'ahead'];

test('anybody sees where the case is, on the picture and in words', async ({ visitor: v }) => {
  const { page, t } = v;
  const text = (key: string) => t(key) as string;
  await v.open('/cases');
  await v.follow(openCase);
  const base = caseOf(v);
  await v.open(`${base}/process`);

  await test.step('three steps are done, the fourth goes on, the rest lies ahead', async () => {
    const stops = page.locator('ol').first().getByRole('listitem');
    await expect(stops).toHaveCount(8);
    for (const [i, step] of inOrder.entries()) {
      await expect(stops.nth(i)).toContainText(text(`step.${step}.name`));
      await expect(stops.nth(i)).toContainText(text(`process.state.${states[i]}`));
    }
    await expect(page.locator('[aria-current="step"]')).toHaveText(/Avoin verkkovaihe/);
    await expect(page.locator('[aria-current="step"]')).toHaveCount(1);
    await expect(page.getByText('Nyt on vaihe 4/7: Avoin verkkovaihe.').first()).toBeVisible();
  });

  await test.step('the words say the same, and who may take it back', async () => {
    const told = await v.unfold(t('process.text'));
    for (const [i, step] of inOrder.entries()) {
      const heading = `${i + 1}. ${text(`step.${step}.name`)}: ${text(`process.state.${states[i]}`)}`;
      await expect(told.getByRole('heading', { name: heading, exact: true })).toBeVisible();
    }
    await expect(told).toContainText(
      'Takaisin vaiheeseen Koonti: Pyydä tarkennusta koontiin. Päättää: päättäjä. Syy on julkinen.',
    );
    await expect(told).toContainText(/Verkkovaihe sulkeutuu: \d+\.\d+\.\d{4} klo/);
    await expectAccessible(page);
  });

  await test.step('on a narrow phone too, upright and by night', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await v.open(`${base}/process`);
    await expect(page.locator('svg[viewBox^="0 0 1120"]')).toBeHidden();
    await expect(page.locator('[aria-current="step"] svg')).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('on paper everything is unfolded', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    await expect(page.getByRole('heading', { name: /^7\. Palaute osallistujille/ })).toBeVisible();
    await page.emulateMedia({ media: 'screen' });
  });
});

test('whoever runs the case comes to it from the control page', async ({ visitor: v }) => {
  await v.signIn('facilitator');
  await v.open('/cases');
  await v.follow(openCase);
  const base = caseOf(v);
  await v.open(`${base}/control`);
  await v.follow(v.t('process.title'));
  await expect(v.heading(v.t('process.title'))).toBeVisible();
  expect(v.page.url()).toContain(`${base}/process`);
});
