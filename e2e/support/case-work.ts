import { expect } from '@playwright/test';
import type { Locator } from '@playwright/test';
import type { LakeusServer } from './server.ts';
import type { Visitor } from './visitor.ts';

/** What those who run a case do on its pages, told once for all stories. Each begins on any page of the signed-in
 * person and ends on the page of the case where the work was done. */

export type Told = {
  readonly theme: string;
  readonly concerns: string;
  readonly service: string;
  readonly question: string;
  readonly canInfluence: string;
  readonly cannotInfluence: string;
  readonly workshopTheme: string;
  readonly workshopPlace: string;
};

/** Days from the demonstration's today. */
export type Plan = {
  readonly workshop: number;
  readonly opens: number;
  readonly closes: number;
  readonly answer: number;
};

const dayMs = 86_400_000;

/** A calendar date in Finland, some days from the demonstration's today: yyyy-mm-dd. */
export function dayAhead(server: LakeusServer, days: number): string {
  const at = new Date(Date.now() + (server.daysPassed + days) * dayMs);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki', dateStyle: 'short' }).format(at);
}

/** The address of the case that the page belongs to. */
export function caseOf(v: Visitor): string {
  const [, id] = /\/cases\/([^/?#]+)/.exec(v.page.url()) ?? [];
  if (!id) throw new Error(`${v.page.url()} is no page of a case`);
  return `/cases/${id}`;
}

export const toDo = (v: Visitor): Locator => v.page.getByRole('region', { name: v.t('control.onward') });

/** Presses the button that takes the case onward, on its control page. */
export async function takeOnward(v: Visitor, base: string, event: string): Promise<void> {
  await v.open(`${base}/control`);
  await v.press(v.t(`event.${event}.name`));
}

export async function describe(v: Visitor, base: string, told: Told): Promise<void> {
  await v.open(`${base}/planning?part=texts`);
  const { t } = v;
  const form = v.page
    .locator('form')
    .filter({ has: v.page.getByRole('button', { name: t('planning.saveTexts') }) });
  for (const group of ['about', 'influence', 'workshop']) await v.unfold(t(`planning.group.${group}`), form);
  await v.fillAll(
    Object.entries(told).map(([key, text]) => [t(`caseText.${key}.name`), text] as const),
    form,
  );
  await v.press(t('planning.saveTexts'));
  await expect(v.page.getByRole('status')).toHaveText(t('notice.textsSaved'));
  await expect(form.getByLabel(t('caseText.theme.name'), { exact: true })).toHaveValue(told.theme);
}

/** Names somebody known to a part in the case. */
export async function name(
  v: Visitor,
  base: string,
  who: string,
  role: 'facilitator' | 'agent' | 'expert' | 'participant' | 'decider',
  capacity: 'client' | 'relative' | 'expert' | 'worker' | 'decider',
): Promise<void> {
  const { t, page } = v;
  if (!page.url().includes(`${base}/planning?part=people`)) await v.open(`${base}/planning?part=people`);
  const list = page.getByLabel(t('planning.person'), { exact: true });
  const option = list.locator('option', { hasText: who });
  await list.selectOption((await option.getAttribute('value')) ?? '');
  const group = (legend: string) => page.getByRole('group', { name: t(legend) });
  await v.choose(t(`role.${role}.name`), group('planning.role'));
  await v.choose(t(`capacity.${capacity}`), group('planning.capacity'));
  await v.press(t('planning.nameButton'));
  await expect(page.getByRole('status')).toHaveText(t('notice.memberNamed'));
  await expect(page.getByRole('listitem').filter({ hasText: who }).first()).toBeVisible();
}

export async function agreeOnDates(
  v: Visitor,
  server: LakeusServer,
  base: string,
  plan: Plan,
): Promise<void> {
  await v.open(`${base}/planning?part=dates`);
  const { t } = v;
  // Midnight, so that the day itself is enough whatever the hour of the run.
  await v.fillAll([
    [t('field.workshopOn'), dayAhead(server, plan.workshop)],
    [t('field.opensAt'), `${dayAhead(server, plan.opens)}T00:00`],
    [t('field.closesAt'), `${dayAhead(server, plan.closes)}T00:00`],
    [t('field.answerDueAt'), `${dayAhead(server, plan.answer)}T00:00`],
  ]);
  await v.press(t('planning.saveDates'));
  await expect(v.problems).toHaveCount(0);
}

/** Makes cards; answers with their codes. */
export async function printCards(v: Visitor, base: string, count: number): Promise<string[]> {
  await v.open(`${base}/cards`);
  await v.fill(v.t('field.count'), String(count));
  await v.press(v.t('cards.make'));
  const codes = await v.page.getByText(/^\w{4}-\w{4}$/).allTextContents();
  return codes.slice(0, count); // the newest come first
}

/** Writes down what somebody said at a table or on paper; answers with the code of the speaker's card. */
export async function record(
  v: Visitor,
  base: string,
  said: {
    readonly body: string;
    readonly origin: 'table' | 'paper';
    readonly note?: string;
    readonly code?: string;
  },
): Promise<string> {
  const { t } = v;
  await v.open(`${base}/workshop`);
  await v.fill(t('workshop.body'), said.body);
  await v.choose(t('kind.experience'));
  await v.choose(t(`workshop.origin.${said.origin}`));
  await v.fill(t('field.originNote'), said.note ?? '');
  await v.fill(t('workshop.code'), said.code ?? '');
  await v.press(t('workshop.recordButton'));
  await expect(v.page.getByRole('status')).toHaveText(t('notice.recorded'));
  return (await v.page.getByText(/^\w{4}-\w{4}$/).textContent()) ?? '';
}

export async function holdWorkshop(v: Visitor, server: LakeusServer, base: string): Promise<void> {
  const { t } = v;
  await v.open(`${base}/workshop`);
  await v.unfold(t('workshop.hold'));
  await v.fillAll([
    [t('field.heldOn'), dayAhead(server, 0)],
    [t('field.onSite'), '9'],
    [t('field.remote'), '2'],
  ]);
  await v.press(t('workshop.holdButton'));
  await expect(v.page.getByRole('status')).toHaveText(t('notice.workshopHeld'));
}

export async function propose(v: Visitor, base: string, title: string, body: string): Promise<void> {
  const { t } = v;
  await v.open(`${base}/summary?part=proposals`);
  await v.unfold(t('summary.newProposal'));
  const form = v.page
    .locator('form')
    .filter({ has: v.page.getByRole('button', { name: t('summary.addProposal') }) });
  await v.fillAll(
    [
      [t('summary.proposalTitle'), title],
      [t('summary.proposalBody'), body],
    ],
    form,
  );
  await v.press(t('summary.addProposal'));
  await expect(v.heading(new RegExp(title))).toBeVisible();
}

type Fate = { readonly used: number } | { readonly leftOut: string };

/** Chooses contributions by their words (all that are waiting, without any) and says what is done with them. */
export async function account(
  v: Visitor,
  base: string,
  fate: Fate,
  saidBeginnings?: readonly string[],
): Promise<void> {
  const { t, page } = v;
  if (!page.url().includes(`${base}/summary`)) await v.open(`${base}/summary`);
  const cards = page.getByRole('group', { name: t('summary.material') }).getByRole('listitem');
  const chosen = saidBeginnings
    ? saidBeginnings.map((words) => cards.filter({ hasText: words }))
    : await cards.all();
  for (const card of chosen) await card.getByRole('checkbox').check();
  const bar = await v.unfold(t('summary.bulk'));
  if ('used' in fate) {
    await bar.getByLabel(t('field.proposalId'), { exact: true }).selectOption({ index: fate.used });
    await v.press(t('summary.use'), bar);
  } else {
    await v.fill(t('summary.leaveOutReason'), fate.leftOut, bar);
    await v.press(t('summary.leaveOut'), bar);
  }
  await expect(v.problems).toHaveCount(0);
}

/** The personal link of the newest brief of a case, from the page of outgoing messages. */
export async function briefLink(v: Visitor, title: string): Promise<string> {
  await v.open('/outbox');
  const message = v.page
    .getByRole('listitem')
    .filter({ has: v.heading(v.t('message.brief.ready.subject')) })
    .filter({ hasText: title })
    .first();
  const link = message.getByRole('link', { name: /\/review\// });
  return (await link.getAttribute('href')) ?? '';
}

export type Answer = {
  readonly outcome: 'adopted' | 'partly' | 'forwarded' | 'notAdopted';
  readonly reason: string;
  readonly nextStep: string;
  readonly on: string;
  readonly forwardedTo?: string;
};

/** Fills in the answer to one proposal and saves it. */
export async function answer(v: Visitor, number: number, given: Answer): Promise<void> {
  const { t } = v;
  const proposal = v.page.getByRole('article').filter({ has: v.heading(new RegExp(`^\\S+ ${number}: `)) });
  await v.choose(t(`outcome.${given.outcome}`), proposal);
  await v.fillAll(
    [
      ...(given.forwardedTo ? [[t('field.forwardedTo'), given.forwardedTo] as const] : []),
      [t('brief.reason'), given.reason],
      [t('field.nextStep'), given.nextStep],
      [t('field.nextStepOn'), given.on],
    ],
    proposal,
  );
  await v.press(t('brief.save'), proposal);
}

/** Opens a text that people write together, with a few words in it; answers with its address. */
export async function openText(
  v: Visitor,
  base: string,
  title: string,
  kind: 'shared' | 'table' = 'shared',
): Promise<string> {
  await v.open(`${base}/documents`);
  await v.fill(v.t('documents.name'), title);
  await v.choose(v.t(`documents.kind.${kind}`));
  await v.press(v.t('documents.openButton'));
  const { pathname } = new URL(v.page.url());
  await v.open(`${pathname}/plain`);
  await v.fill(v.t('document.plain.added'), 'Ensimmäinen käynti on kotona.\n\nSiitä sovitaan yhdessä.');
  await v.press(v.t('document.plain.addButton'));
  return pathname;
}
