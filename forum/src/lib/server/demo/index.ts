import type { Actor, DocumentJson, Result } from '@lakeus/engine';
import type { Lakeus } from '../compose.ts';
import { demoPeople, personOf } from './people.ts';
import { stories } from './stories.ts';
import type { Said, Story, Written } from './stories.ts';

/** Lays out the demonstration by living it through: every command goes through the engine, with the clock set to the
 * day on which it would have happened, so that its logs, deadlines and threads of impact are real ones. */

const dayMs = 86_400_000;
const morning = 8 * 3_600_000;
const mark = 'demo.laidOut';

/** Lays out the demonstration once; a later start leaves everything as it is. */
export async function layOutDemo(lakeus: Lakeus): Promise<void> {
  const { people, reader } = lakeus;
  if (await people.setting(mark)) return;
  if ((await reader.caseIds()).length > 0) return;
  const everywhere = ['facilitator', 'coordinator', 'admin'] as const;
  for (const { id, role, name, title } of demoPeople) {
    const roles = everywhere.filter((staff) => staff === role);
    await people.savePerson({ id, name, title, language: 'fi', roles });
  }
  try {
    for (const story of stories) await live(lakeus, story);
  } finally {
    lakeus.clock.moveTo(0);
  }
  await people.saveSetting(mark, new Date().toISOString());
  lakeus.log.info({ cases: stories.length }, 'demonstration laid out');
}

const person = (role: Parameters<typeof personOf>[0]): Actor => ({
  kind: 'person',
  personId: personOf(role),
});

/** What the engine answered; a refusal here means that a story breaks the rules of the process. */
async function told<T>(what: string, command: Promise<Result<T>>): Promise<{ readonly ok: true } & T> {
  const result = await command;
  if (!result.ok)
    throw new Error(`the demonstration was refused at ${what}: ${JSON.stringify(result.refusal)}`);
  return result;
}

type Answer = { decided: { answer: Readonly<Record<string, unknown>> } };
const idIn = (done: Answer, name: string): string => String(done.decided.answer[name]);

async function live(lakeus: Lakeus, story: Story): Promise<void> {
  const { engine, clock } = lakeus;
  const start = Date.now();
  const midnight = Math.floor(start / dayMs) * dayMs;
  let nowDay = story.raised.day;
  const on = (day: number, minutes = 0) => {
    nowDay = day;
    clock.moveTo(midnight + day * dayMs + morning + minutes * 60_000 - start);
  };
  const instant = (day: number, hour = 6) =>
    new Date(midnight + day * dayMs + hour * 3_600_000).toISOString();
  const date = (day: number) => instant(day).slice(0, 10);
  const facilitator = person('facilitator');
  const send = (type: string, data: Record<string, string> = {}, actor = facilitator) =>
    told(type, engine.send({ caseId, actor, type, data }));

  on(story.raised.day);
  const { title, need } = story.raised;
  const raised = await told('raise', engine.raise({ kind: 'guest' }, { title, need, language: 'fi' }));
  const caseId = idIn(raised, 'caseId');
  const raiserId = idIn(raised, 'participantId');
  const idsOf = new Map([['need', [idIn(raised, 'contributionId')]]]);

  on(story.raised.day + 2);
  const { theme, concerns, service, summary, ...later } = story.texts;
  await told('describe', engine.describe(caseId, facilitator, { texts: { theme, concerns, service } }));
  for (const [role, capacity] of [
    ['facilitator', 'worker'],
    ['decider', 'decider'],
    ['agent', 'expert'],
  ] as const) {
    await told(
      'member',
      engine.nameMember(caseId, facilitator, { personId: personOf(role), role, capacity }),
    );
  }
  await send('need.accepted');

  on(story.raised.day + 5);
  await told('describe', engine.describe(caseId, facilitator, { texts: later }));
  const expert = { personId: personOf('expert'), role: 'expert', capacity: 'expert' };
  await told('member', engine.nameMember(caseId, facilitator, expert));
  if (story.until === 'planning') {
    await lakeus.workNow();
    return;
  }
  const { workshop, opens, closes, answer } = story.days;
  const dates = {
    workshopOn: date(workshop),
    opensAt: instant(opens),
    closesAt: instant(closes, 18),
    answerDueAt: instant(answer, 13),
  };
  await send('plan.dated', dates);
  await send('planning.completed');

  on(workshop);
  const { onSite, remote, notes } = story.workshop!;
  await told(
    'workshop',
    engine.holdWorkshop(caseId, facilitator, { heldOn: date(workshop), onSite, remote, notes }),
  );
  for (const [i, note] of (story.noted ?? []).entries()) {
    const input = { body: note.body, origin: note.paper ? 'paper' : 'table', originNote: note.table };
    const noted = await told('record', engine.record(caseId, person('agent'), input));
    idsOf.set(`n${i + 1}`, [idIn(noted, 'contributionId')]);
  }

  on(opens, 60);
  await lakeus.workNow();
  const guests = new Map<string, Actor>();
  const speak = async (by: string, input: { body: string; kind?: Said['kind']; parentId?: string }) => {
    const actor = guests.get(by) ?? { kind: 'guest' };
    const said = await told('contribute', engine.contribute(caseId, actor, input));
    guests.set(by, { kind: 'guest', participantId: idIn(said, 'participantId') });
    return idIn(said, 'contributionId');
  };
  for (const [i, said] of (story.said ?? []).entries()) {
    on(Math.min(opens + 1 + i, closes - 1, -1), 30 + i);
    const id = await speak(said.by, { body: said.body, ...(said.kind && { kind: said.kind }) });
    const replies: string[] = [];
    for (const reply of said.replies ?? [])
      replies.push(await speak(reply.by, { body: reply.body, parentId: id }));
    idsOf.set(`s${i + 1}`, [id, ...replies]);
  }
  await vote(lakeus, caseId, story, guests);
  for (const written of story.written ?? []) await write(lakeus, caseId, written, guests);
  if (story.until === 'open') {
    await lakeus.workNow();
    return;
  }

  on(closes + 1);
  await lakeus.workNow();
  on(closes + 6);
  const from = (names: readonly string[]) => names.flatMap((name) => idsOf.get(name) ?? []);
  if (summary) await told('describe', engine.describe(caseId, facilitator, { texts: { summary } }));
  const themes = new Map<string, string>();
  const proposalIds: string[] = [];
  for (const proposed of story.proposals ?? []) {
    const contributionIds = from(proposed.from);
    const { theme: name, title, body } = proposed;
    if (!themes.has(name)) {
      themes.set(
        name,
        idIn(await told('theme', engine.makeTheme(caseId, facilitator, { title: name })), 'themeId'),
      );
    }
    const proposal = await told(
      'propose',
      engine.propose(caseId, facilitator, { title, body, contributionIds }),
    );
    proposalIds.push(idIn(proposal, 'proposalId'));
    const as = { outcome: 'theme', themeId: themes.get(name) };
    await told('theme', engine.account(caseId, facilitator, { contributionIds, as }));
  }
  if (story.leftOut) {
    const as = { outcome: 'leftOut', reason: story.leftOut.reason };
    await told(
      'leave out',
      engine.account(caseId, facilitator, { contributionIds: from(story.leftOut.from), as }),
    );
  }
  await send('summary.published');
  await lakeus.workNow();

  on(answer - 5);
  for (const [i, { response }] of (story.proposals ?? []).entries()) {
    const { nextStepInDays, ...given } = response;
    const input = {
      ...given,
      proposalId: proposalIds[i],
      nextStepOn: date(Math.max(nextStepInDays, nowDay)),
    };
    await told('respond', engine.respond(caseId, person('decider'), input));
  }
  await send('review.completed', {}, person('decider'));
  await lakeus.workNow();
  on(answer);
  const hearers = [{ kind: 'guest', participantId: raiserId } as const, ...guests.values()];
  for (const [i, heard] of (story.heard ?? []).entries()) {
    const actor = hearers[i];
    if (actor) await told('hear', engine.hear(caseId, actor, { answer: heard }));
  }
  await send('case.closed');
  on(-3);
  for (const [i, { followUp }] of (story.proposals ?? []).entries()) {
    if (!followUp) continue;
    const input = { proposalId: proposalIds[i], ...followUp };
    await told('follow up', engine.followUp(caseId, facilitator, input));
  }
  await lakeus.workNow();
}

/** Opens a text and lets those write who wrote it. */
async function write(
  lakeus: Lakeus,
  caseId: string,
  { kind, title, parts, remark }: Written,
  guests: ReadonlyMap<string, Actor>,
): Promise<void> {
  const { engine, documents } = lakeus;
  const facilitator = person('facilitator');
  const actorOf = (by: string): Actor => (by === 'facilitator' ? facilitator : guests.get(by)!);
  const opened = await told('open', engine.openDocument(caseId, facilitator, { kind, title }));
  const documentId = idIn(opened, 'documentId');
  const lines: string[] = [];
  for (const part of parts) {
    const { access } = await told('write', engine.document(documentId, actorOf(part.by)));
    lines.push(...part.lines);
    await documents.write({ caseId, documentId }, access.author, () => textOfLines(lines));
  }
  if (!remark) return;
  const { by, quote, body } = remark;
  const passage = { anchor: '.', quote, prefix: '', suffix: '' };
  await told('remark', engine.remark(caseId, actorOf(by), { documentId, body, passage }));
}

function textOfLines(lines: readonly string[]): DocumentJson {
  const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  const content: { type: string; attrs?: object; content: object[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('- ')) {
      const item = { type: 'list_item', content: [paragraph(line.slice(2))] };
      const last = content.at(-1);
      if (last?.type === 'bullet_list') last.content.push(item);
      else content.push({ type: 'bullet_list', content: [item] });
    } else if (line.startsWith('## ')) {
      content.push({ ...paragraph(line.slice(3)), type: 'heading', attrs: { level: 1 } });
    } else content.push(paragraph(line));
  }
  return { type: 'doc', content };
}

/** Ballots of the guests who spoke, and of others who only took a stand. */
async function vote(
  lakeus: Lakeus,
  caseId: string,
  story: Story,
  guests: ReadonlyMap<string, Actor>,
): Promise<void> {
  const { engine } = lakeus;
  const voters: Actor[] = [...guests.values()];
  for (const { body, votes } of story.statements ?? []) {
    const stated = await told('state', engine.state(caseId, voters[0] ?? { kind: 'guest' }, { body }));
    const statementId = idIn(stated, 'statementId');
    const ballots = Object.entries(votes).flatMap(([value, count]) =>
      Array.from({ length: count }, () => value),
    );
    for (const [i, value] of ballots.entries()) {
      const actor = voters[i] ?? { kind: 'guest' as const };
      const kept = await told('vote', engine.vote(caseId, actor, { statementId, value }));
      voters[i] ??= { kind: 'guest', participantId: kept.participantId };
    }
  }
}
