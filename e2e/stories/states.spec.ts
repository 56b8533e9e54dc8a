import { HtmlValidate } from 'html-validate';
import type { Browser } from '@playwright/test';
import { axeRuns, expectAccessible, expectOrientation, expectWords } from '../support/checks.ts';
import { Crowd } from '../support/crowd.ts';
import { expectSentBack } from '../support/sent-back.ts';
import { answeredStage, openStage, reviewStage, summaryStage } from '../support/states.ts';
import type { Stage, State } from '../support/states.ts';
import { expect, test } from '../support/story.ts';
import type { Visitor } from '../support/visitor.ts';
import type { Language } from '../support/words.ts';

/** Every page in every state and each language: a title of its own, one main heading, the right language, and the parts
 * of a page where one expects them. In Finnish, by day and by night, WCAG as far as a machine can tell, and valid
 * markup; in the other languages that for the main pages. */

const looks: readonly { language: Language; schemes: readonly ('light' | 'dark')[] }[] = [
  { language: 'fi', schemes: ['light', 'dark'] },
  { language: 'sv', schemes: ['dark'] },
  { language: 'en', schemes: ['light'] },
  { language: 'selko', schemes: ['light'] },
];

/** html-validate's recommended rules, but for what the tools that write our markup write otherwise. */
const markup = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // Prettier writes `<!doctype html>`, Svelte `<input checked="" />` and a space where a line of the source ended:
    // to a browser all the same.
    'doctype-style': 'off',
    'attribute-boolean-style': 'off',
    'void-style': 'off',
    'attribute-empty-style': 'off',
    'no-trailing-whitespace': 'off',
    // Tables that become lists on a phone say aloud that they are tables: some browsers forget it with the layout.
    'no-redundant-role': 'off',
    // A button without a type sends its form, and here that is what buttons are for.
    'no-implicit-button-type': 'off',
    // A title begins with what the page is about, and that may be as long as a question.
    'long-title': 'off',
    // Ids hold the names of events, which have a full stop; HTML allows all but spaces.
    'valid-id': ['error', { relaxed: true }],
    // Several of a list are chosen by check boxes of one name.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button', 'reset'] }],
  },
});

const ids = /[0-9a-f]{8}-[0-9a-f-]{27}|(?<=\/(?:impact|review|enter)\/)[\w-]+/g;
const routeOf = ({ path }: State) => path.replace(/\?.*/, '').replaceAll(ids, '{}');

const personal = /^\/(?:impact|review|enter)\/|^\/(?:mine|desk|outbox)$|\/(?:receipt|review)$/;

let crowd: Crowd;
let visited = 0;
/** with axe, which passes over shapes that it has seen */
let sought = 0;
/** All that is wrong anywhere: a walk this long tells it at once. */
const faults: string[] = [];

async function look(stage: Stage): Promise<void> {
  for (const { language, schemes } of looks) {
    await crowd.speak(language);
    const titles = new Map<string, string>();
    for (const state of stage.states) {
      await test.step(`${state.name}, ${language}`, async () => {
        try {
          await lookAt(state, language, schemes, titles);
        } catch (error) {
          faults.push(`${stage.name}, ${state.name}, ${language}: ${(error as Error).message}`);
        }
      });
    }
  }
  console.log(`${stage.name}: ${visited} looked at so far, ${sought} with axe: ${JSON.stringify(axeRuns())}`);
}

async function expectValid(html: string): Promise<void> {
  const [report] = (await markup.validateString(html)).results;
  const found = (report?.messages ?? []).map((one) => `${one.ruleId} ${one.line}: ${one.message}`);
  expect(found, 'markup').toEqual([]);
}

/** What is found where on a page, and the ways that lead from it, apart from what it is about. */
const partsOf = () => {
  const count = (selector: string) => document.querySelectorAll(selector).length;
  const ways = [
    ...document.querySelectorAll(
      'body > header :is(a, button), body > div > header :is(a, button), footer :is(a, button)',
    ),
  ];
  return {
    title: document.title,
    banners: count('body > header, body > div > header'),
    mains: count('main'),
    footers: count('body > footer, body > div > footer'),
    descriptions: count('meta[name="description"]'),
    navigation: ways.map((way) => way.textContent?.trim().replace(/\s+/g, ' ') ?? ''),
  };
};
const navigations = new Map<string, readonly string[]>();

async function lookAt(
  state: State,
  language: Language,
  schemes: readonly ('light' | 'dark')[],
  titles: Map<string, string>,
): Promise<void> {
  const { page, html, response } = await crowd.come(state);
  if (state.send) await expectSentBack(page, crowd.t, state.fieldless ?? false);
  await expectOrientation(page, language);
  await expectWords(page);
  if (language === 'fi') await expectValid(html);
  const { title, navigation, ...counts } = await page.evaluate(partsOf);
  expect(counts, 'parts of the page').toEqual({ banners: 1, mains: 1, footers: 1, descriptions: 1 });
  const known = navigations.get(`${state.who} ${language}`) ?? navigation;
  expect(navigation, 'the ways that lead from every page, in the same order').toEqual(known);
  navigations.set(`${state.who} ${language}`, known);
  const route = state.status && !state.send ? state.name : routeOf(state);
  expect(titles.get(title) ?? route, `who else is called ${title}`).toBe(route);
  titles.set(title, route);
  const noindex = personal.test(routeOf(state)) ? 'noindex' : undefined;
  expect((await response.allHeaders())['x-robots-tag'], state.path).toBe(noindex);
  visited++;
  if (language !== 'fi' && !state.main) return;
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    sought++;
  }
}

async function crowdOf(browser: Browser, guest: Visitor): Promise<Crowd> {
  const made = new Crowd(browser, guest.server, { viewport: { width: 1280, height: 900 } });
  await made.page('guest', guest.page.context());
  return made;
}

test('every state of every page, from the open period to the answer', async ({
  browser,
  visitor,
  another,
}) => {
  test.setTimeout(600_000);
  const worker = await another();
  const open = await openStage(visitor, worker);
  crowd = await crowdOf(browser, visitor);
  await look(open);
  await look(await summaryStage(worker, open.at));
  const review = await reviewStage(worker, open.at);
  await look(review);
  await look(await answeredStage(worker, visitor.server, open.at, review.brief));
  expect(faults.join('\n\n')).toBe('');
  expect(sought).toBeGreaterThanOrEqual(120);
  await crowd.leave();
});
