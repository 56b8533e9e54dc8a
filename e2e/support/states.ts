import {
  account,
  answer,
  briefLink,
  caseOf,
  dayAhead,
  openText,
  printCards,
  propose,
  takeOnward,
} from './case-work.ts';
import type { LakeusServer } from './server.ts';
import type { DemoRole, Visitor } from './visitor.ts';

/** The states that pages are looked at in: which page, seen by whom, with much or little on it, or sent back. One table
 * for each stage that the demonstration is brought to; every walk over the pages goes along it. */

/** A stranger has no card; a guest has spoken in the open case, and their browser keeps the card. */
export type Who = 'stranger' | 'guest' | DemoRole;

export type State = {
  readonly name: string;
  readonly path: string;
  readonly who: Who;
  readonly status?: number;
  /** one of those that are looked at by hand and eye too: whole journeys of keys, sizes, contrasts */
  readonly main?: true;
  /** the key of a button that is pressed with every field empty, so that the form comes back */
  readonly send?: string;
  /** of those that are sent back, the ones where no field is to blame */
  readonly fieldless?: true;
};

const titles = {
  open: 'Omaishoitajan vapaa, joka toteutuu',
  planned: 'Miten perhe jaksaa, kun läheinen toipuu?',
  closed: 'Ensimmäinen tapaaminen työllisyyspalvelussa',
} as const;

type Addresses = {
  readonly open: string;
  readonly planned: string;
  readonly closed: string;
  /** a contribution with replies */
  readonly thread: string;
  /** the receipt of the guest's contribution, and the code in it */
  readonly receipt: string;
  readonly code: string;
  /** a text that people write together in the open case */
  readonly text: string;
};

/** Each stage begins where the one before it ended. */
export type Stage = { readonly name: string; readonly states: readonly State[] };

async function addressOf(v: Visitor, title: string): Promise<string> {
  await v.open('/cases');
  await v.follow(title);
  return caseOf(v);
}

/** While the period is open. `guest` speaks and takes a stand; an agent makes cards. */
export async function openStage(guest: Visitor, worker: Visitor): Promise<Stage & { at: Addresses }> {
  const cases = {
    open: await addressOf(guest, titles.open),
    planned: await addressOf(guest, titles.planned),
    closed: await addressOf(guest, titles.closed),
  };
  const { page, t } = guest;
  await guest.open(`${cases.open}/contribute`);
  await guest.fill(
    t('contribute.body'),
    'Sijainen oli tuttu, ja ehdin saunaan.\n\nSe riitti pitkäksi aikaa.',
  );
  await guest.press(t('contribute.send'));
  const { pathname, search } = new URL(page.url());
  const shown = page.getByText(/^\w{4}-\w{4}$/).first();
  const code = ((await shown.textContent()) ?? '').replace('-', '');
  await guest.open(`${cases.open}/statements`);
  await guest.press(t('vote.agree'));
  await guest.open(`${cases.open}/discussion`);
  await guest.follow(/vastausta/);
  const thread = new URL(page.url()).pathname;
  await worker.signIn('agent');
  await printCards(worker, cases.open, 3);
  const text = await openText(worker, cases.open, 'Sijaisen ensimmäinen käynti');
  await openText(worker, cases.open, 'Pöytä 1', 'table');
  const at = { ...cases, thread, receipt: pathname + search, code, text };
  return { name: 'open', at, states: whileOpen(at) };
}

function whileOpen({ open, planned, closed, thread, receipt, code, text }: Addresses): State[] {
  const seen: readonly Seen[] = [
    ['front', 'stranger', '/', { main: true }],
    ['cases', 'stranger', '/cases', { main: true }],
    ['case.open', 'stranger', open, { main: true }],
    ['case.planned', 'stranger', planned],
    ['case.closed', 'stranger', closed, { main: true }],
    ['discussion.full', 'stranger', `${open}/discussion`, { main: true }],
    ['discussion.empty', 'stranger', `${planned}/discussion`],
    ['discussion.closed', 'stranger', `${closed}/discussion`],
    ['thread', 'stranger', thread, { main: true }],
    ['results.closed', 'stranger', `${closed}/results`, { main: true }],
    ['log.open', 'stranger', `${open}/log`],
    ['log.closed', 'stranger', `${closed}/log`, { main: true }],
    ['statements.first', 'stranger', `${open}/statements`, { main: true }],
    ['statements.empty', 'stranger', `${planned}/statements`],
    ['statements.closed', 'stranger', `${closed}/statements`],
    ['statements.next', 'guest', `${open}/statements`, { main: true }],
    ['impact.enter', 'stranger', '/impact', { main: true }],
    ['impact.waiting', 'stranger', `/impact/${code}`, { main: true }],
    ['mine.empty', 'stranger', '/mine'],
    ['mine.guest', 'guest', '/mine', { main: true }],
    ['enter.used', 'stranger', '/enter/vanhentunut'],
    ['not-found', 'stranger', '/ei-ole', { status: 404, main: true }],
    ['forbidden', 'stranger', `${open}/control`, { status: 403 }],
    ['demo', 'stranger', '/demo', { main: true }],
    ['style', 'stranger', '/style', { main: true }],
    ['words', 'stranger', '/words', { main: true }],
    ['process.open', 'stranger', `${open}/process`, { main: true }],
    ['process.planned', 'facilitator', `${planned}/process`],
    ['process.closed', 'stranger', `${closed}/process`],
    ['need', 'stranger', '/needs/new', { main: true }],
    ['contribute', 'stranger', `${open}/contribute`, { main: true }],
    ['receipt', 'guest', receipt, { main: true }],
    ['case.guest', 'guest', open],
    ['mine.participant', 'participant', '/mine'],
    ['case.participant', 'participant', open],
    ['desk.expert', 'expert', '/desk'],
    ['case.expert', 'expert', planned],
    ['desk.agent', 'agent', '/desk'],
    ['case.agent', 'agent', open],
    ['workshop.agent', 'agent', `${open}/workshop`, { main: true }],
    ['documents.full', 'stranger', `${open}/documents`, { main: true }],
    ['documents.empty', 'stranger', `${planned}/documents`],
    ['documents.agent', 'agent', `${open}/documents`],
    ['document.stranger', 'stranger', text, { main: true }],
    ['document.agent', 'agent', text, { main: true }],
    ['document.plain', 'agent', `${text}/plain`, { main: true }],
    ['document.threads', 'agent', `${text}/threads`, { main: true }],
    ['document.history', 'agent', `${text}/history`, { main: true }],
    ['document.history.then', 'agent', `${text}/history/1`],
    ['document.history.compare', 'stranger', `${text}/history/compare?from=0&to=1`, { main: true }],
    ['document.tables', 'agent', `${open}/documents/tables`, { main: true }],
    ['document.tables.none', 'facilitator', `${planned}/documents/tables`],
    ['cards.full', 'agent', `${open}/cards`, { main: true }],
    ['cards.empty', 'facilitator', `${planned}/cards`],
    ['desk.facilitator', 'facilitator', '/desk', { main: true }],
    ['case.facilitator', 'facilitator', open],
    ['control.planned', 'facilitator', `${planned}/control`, { main: true }],
    ['control.open', 'facilitator', `${open}/control`],
    ['control.closed', 'facilitator', `${closed}/control`],
    ['planning.planned', 'facilitator', `${planned}/planning`, { main: true }],
    ['planning.open', 'facilitator', `${open}/planning`],
    ['workshop.planned', 'facilitator', `${planned}/workshop`],
    ['summary.early', 'facilitator', `${open}/summary`],
    ['desk.decider', 'decider', '/desk'],
    ['desk.coordinator', 'coordinator', '/desk'],
    ['outbox', 'coordinator', '/outbox', { main: true }],
    ['desk.admin', 'admin', '/desk'],
  ];
  const sent: readonly Sent[] = [
    ['stranger', '/needs/new', 'raise.send', { main: true }],
    ['stranger', `${open}/contribute`, 'contribute.send', { main: true }],
    ['stranger', '/impact', 'impact.show', { status: 404 }],
    ['guest', `${open}/statements`, 'statements.send'],
    ['guest', thread, 'thread.send'],
    ['agent', `${open}/workshop`, 'workshop.recordButton'],
    ['agent', `${open}/documents`, 'documents.openButton'],
    ['agent', `${text}/plain`, 'document.plain.addButton'],
    ['agent', `${text}/threads`, 'threads.send'],
    ['agent', `${open}/cards`, 'cards.make'],
    ['facilitator', `${planned}/planning?part=people`, 'planning.nameButton'],
    ['facilitator', `${planned}/control`, 'event.planning.completed.name', { fieldless: true }],
    ['facilitator', `${open}/control`, 'event.case.paused.name'],
    ['facilitator', `${open}/control`, 'event.case.cancelled.name'],
    ['facilitator', `${open}/control`, 'event.case.merged.name'],
    ['facilitator', `${open}/control`, 'event.period.extended.name'],
  ];
  return [...seen.map(looked), ...sent.map(returned)];
}

/** When the period is over and the facilitator has begun to sum up. */
export async function summaryStage(worker: Visitor, { open }: Addresses): Promise<Stage> {
  await worker.signIn('facilitator');
  await worker.letPass(14);
  await propose(worker, open, 'Tutustumiskäynti ennen vapaata', 'Sijainen käy kerran kotona ennen vapaata.');
  await propose(worker, open, 'Vapaata voi käyttää tunteina', 'Kaksi tuntia viikossa lasketaan vapaaksi.');
  await account(worker, open, { used: 1 }, ['Sijainen oli tuttu, ja ehdin saunaan']);
  await account(worker, open, { used: 2 }, ['Voisiko vapaan käyttää tunteina?']);
  const room = `${open}/summary`;
  return {
    name: 'summary',
    states: [
      looked(['summary.room', 'facilitator', room, { main: true }]),
      looked(['summary.all', 'facilitator', `${room}?show=all`]),
      looked(['control.summary', 'facilitator', `${open}/control`]),
      looked(['case.summary', 'stranger', open]),
      looked(['statements.over', 'guest', `${open}/statements`]),
      looked(['workshop.over', 'agent', `${open}/workshop`]),
      returned(['facilitator', room, 'summary.addProposal']),
      returned(['facilitator', room, 'summary.use', { main: true }]),
      returned(['facilitator', room, 'summary.leaveOut']),
      returned(['facilitator', room, 'summary.makeTheme']),
    ],
  };
}

/** When the summary is out and the decision-maker has been asked. */
export async function reviewStage(worker: Visitor, { open }: Addresses): Promise<Stage & { brief: string }> {
  await account(worker, open, { leftOut: 'Asia vaatii oman tapauksensa.' });
  await takeOnward(worker, open, 'summary.published');
  await worker.signIn('coordinator');
  const brief = new URL(await briefLink(worker, titles.open)).pathname;
  return {
    name: 'review',
    brief,
    states: [
      looked(['brief', 'stranger', brief, { main: true }]),
      looked(['review', 'decider', `${open}/review`]),
      looked(['desk.decider.asked', 'decider', '/desk']),
      looked(['case.review', 'stranger', open]),
      looked(['results.waiting', 'stranger', `${open}/results`]),
      looked(['summary.out', 'facilitator', `${open}/summary`]),
      looked(['control.review', 'facilitator', `${open}/control`]),
      returned(['stranger', brief, 'brief.save', { main: true }]),
      returned(['stranger', brief, 'brief.askSend']),
      returned(['decider', `${open}/review`, 'brief.save']),
      returned(['facilitator', `${open}/control`, 'event.answer.promised.name']),
    ],
  };
}

/** When every proposal has been answered and those who took part have been told. */
export async function answeredStage(
  worker: Visitor,
  server: LakeusServer,
  { open, code }: Addresses,
  brief: string,
): Promise<Stage> {
  const given = { reason: 'Siihen on varattu raha.', nextStep: 'Käynnit alkavat', on: dayAhead(server, 60) };
  await worker.open(brief);
  await answer(worker, 1, { outcome: 'adopted', ...given });
  await answer(worker, 2, { outcome: 'notAdopted', ...given });
  await worker.press(worker.t('brief.giveOut'));
  return {
    name: 'answered',
    states: [
      looked(['brief.answered', 'stranger', brief]),
      looked(['results.answered', 'stranger', `${open}/results`]),
      looked(['impact.answered', 'stranger', `/impact/${code}`, { main: true }]),
      looked(['mine.answered', 'guest', '/mine']),
      looked(['case.answered', 'stranger', open]),
      looked(['case.feedback', 'facilitator', open]),
      looked(['control.feedback', 'facilitator', `${open}/control`]),
    ],
  };
}

type Seen = readonly [name: string, who: Who, path: string, rest?: Partial<State>];
type Sent = readonly [who: Who, path: string, send: string, rest?: Partial<State>];

const looked = ([name, who, path, rest]: Seen): State => ({ name, who, path, ...rest });
const returned = ([who, path, send, rest]: Sent): State => ({
  ...{ name: `${send} by ${who}, sent empty`, who, path, send },
  ...rest,
});
