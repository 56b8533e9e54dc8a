import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { agreeOnDates, caseOf, describe, printCards, takeOnward } from '../support/case-work.ts';
import { LakeusServer } from '../support/server.ts';
import { expect, test } from '../support/story.ts';
import { Visitor } from '../support/visitor.ts';

/** The first ten minutes of a coordinator on an instance with nothing in it. */

const forum = fileURLToPath(new URL('../../forum', import.meta.url));
const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

/** What `npm run lakeus -- person add` prints last: a link that signs the person in once. */
async function addPerson(server: LakeusServer, name: string, role: string): Promise<string> {
  const { stdout } = await promisify(execFile)(node, ['cli.ts', 'person', 'add', name, '--role', role], {
    cwd: forum,
    env: { ...process.env, ...server.env, LOG_LEVEL: 'silent' },
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

test('a coordinator is led from an empty instance to the first workshop', async ({ page, language }) => {
  test.setTimeout(150_000);
  const server = await LakeusServer.start([], { DEMO: '0' });
  try {
    const v = new Visitor(page, server, language);
    const { t } = v;
    const guide = page.getByRole('region', { name: t('first.title') });
    const done = guide.getByRole('listitem').filter({ hasText: t('first.done') });
    const begin = (step: string) => v.follow(new RegExp(`^Aloita ?: ${String(t(`first.${step}.name`))}$`));
    const ticked = async (count: number) => {
      await v.open('/desk');
      await expect(done).toHaveCount(count);
    };

    await test.step('she comes in by the link that the operator gave her', async () => {
      const link = await addPerson(server, 'Päivi Norrgård', 'coordinator');
      await v.open(new URL(link).pathname);
      await v.press(t('enter.button'));
      await expect(page).toHaveURL(`${server.url}/desk`);
      await expect(done).toHaveCount(0);
      await expect(guide).toContainText(String(t('first.example')));
    });

    const base = await test.step('she raises the first need', async () => {
      await begin('need');
      await v.fill(t('field.need'), 'Ajanvaraus vaatii tunnukset.');
      await v.fill(t('field.title'), 'Ajanvaraus ilman tunnuksia');
      await v.press(t('raise.send'));
      const at = caseOf(v);
      await ticked(1);
      return at;
    });

    await test.step('she names who runs it and who answers, and accepts it', async () => {
      await begin('accept');
      for (const [who, role, capacity] of [
        ['Sanna Ylitalo', 'facilitator', 'worker'],
        ['Heikki Luoma', 'decider', 'decider'],
        ['Aino Rintala', 'expert', 'client'],
      ] as const) {
        await v.fill(t('planning.newName'), who);
        await v.choose(t(`role.${role}.name`), page.getByRole('group', { name: t('planning.role') }));
        await v.choose(t(`capacity.${capacity}`), page.getByRole('group', { name: t('planning.capacity') }));
        await v.press(t('planning.nameButton'));
        await expect(page.getByRole('status')).toContainText(who);
      }
      await describe(v, base, {
        theme: 'Ajanvaraus',
        concerns: 'Asiakkaat, joilla ei ole pankkitunnuksia',
        service: 'Terveysasema',
        question: 'Miten haluat varata ajan?',
        canInfluence: 'Varaamisen tavat',
        cannotInfluence: 'Laki tunnistamisesta',
        workshopTheme: 'Helppo ajanvaraus',
        workshopPlace: 'Kirjasto',
      });
      await ticked(1);
      await begin('accept');
      await v.press(t('event.need.accepted.name'));
      await ticked(2);
    });

    await test.step('she agrees on the dates', async () => {
      await begin('dates');
      await agreeOnDates(v, server, base, { workshop: 7, opens: 14, closes: 28, answer: 60 });
      await ticked(3);
    });

    await test.step('she prints the cards, and the guide is gone when the case reaches its workshop', async () => {
      await begin('invite');
      await printCards(v, base, 1);
      await ticked(4);
      await takeOnward(v, base, 'planning.completed');
      await v.open('/desk');
      await expect(guide).toHaveCount(0);
      await expect(v.heading('Ajanvaraus ilman tunnuksia')).toBeVisible();
    });
    v.expectNoFaults();
  } finally {
    await server.stop();
  }
});
