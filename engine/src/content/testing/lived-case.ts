import type { Result } from '../../errors.ts';
import type { Actor } from '../../people/policy.ts';
import { createEngine } from '../../process/engine.ts';
import type { Engine } from '../../process/engine.ts';
import { virtualClock } from '../../testing/clock.ts';
import { seededEntropy } from '../../testing/entropy.ts';
import { fixtureWorkflow } from '../../testing/fixture-workflow.ts';
import { memoryStores } from '../../testing/memory.ts';
import { caseFile } from '../case-file.ts';
import type { CaseFile } from '../case-file.ts';

/** A case that was lived through the engine's own commands, for tests that carry it elsewhere. */

export const operator: Actor = { kind: 'operator' };
export const guest: Actor = { kind: 'guest' };

/** An engine on stores in memory, with a clock and dice of its own. */
export function engineInMemory(seed: string | number = 1) {
  const clock = virtualClock();
  const stores = memoryStores({ clock });
  const engine = createEngine({ ...stores, entropy: seededEntropy(seed), workflows: [fixtureWorkflow] });
  return { ...stores, clock, engine };
}

export type InMemory = ReturnType<typeof engineInMemory>;

export function done<T>(result: Result<T>): { readonly ok: true } & T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result;
}

/** A case as it would be read back from a file. */
export async function exported({ reader }: Pick<InMemory, 'reader'>, caseId: string): Promise<CaseFile> {
  return JSON.parse(JSON.stringify(caseFile((await reader.whole(caseId))!))) as CaseFile;
}

/** The file with something written in its document, as a collaboration server would have left it: by somebody who takes
 * part and by the server itself, with a version kept in between. */
export function withWriting(file: CaseFile): CaseFile {
  const documentId = file.content.documents[0]!.id;
  const author = `participant:${file.content.participants[0]!.id}`;
  const at = '2017-09-12T06:00:00.000Z';
  const edit = (seq: number, by: string) => ({ documentId, seq, at, author: by, update: 'AAA=' });
  const version = { documentId, seq: 1, at, reason: 'named' as const, name: 'Ensin', author };
  return {
    ...file,
    documentEdits: [edit(1, author), edit(2, 'server')],
    documentClients: [{ documentId, client: 4_294_967_295, author }],
    documentVersions: [{ ...version, authors: [author], state: 'AAA=' }],
  };
}

const answered = async (command: ReturnType<Engine['record']>): Promise<Readonly<Record<string, string>>> =>
  done(await command).decided.answer as Record<string, string>;

/** Lives a case up to where all of its proposals are answered. */
export async function livedCase(memory: InMemory): Promise<string> {
  const { engine, clock } = memory;
  const { caseId } = await answered(
    engine.raise(guest, {
      title: 'Kotihoidon reitit',
      need: 'Käynnit tulevat milloin sattuu.',
      language: 'fi',
    }),
  );
  const at = caseId!;
  await answered(
    engine.describe(at, operator, { texts: { theme: 'Kotihoito', question: 'Miten käynnit sovitaan?' } }),
  );
  const named = { name: 'Kaarina Päättäjä', title: 'palvelujohtaja', role: 'decider', capacity: 'decider' };
  const { personId } = await answered(engine.nameMember(at, operator, named));
  const closesAt = '2017-09-20T06:00:00.000Z';
  await answered(engine.send({ caseId: at, actor: operator, type: 'need.accepted', data: { closesAt } }));
  clock.forward({ hours: 1 });
  const first = await answered(
    engine.contribute(at, guest, { body: 'Aika ei pidä.', idempotencyKey: 'avain-123' }),
  );
  const member: Actor = { kind: 'guest', participantId: first.participantId! };
  await answered(engine.contribute(at, guest, { body: 'Samaa mieltä.', parentId: first.contributionId }));
  const odd = await answered(engine.record(at, operator, { body: 'Kissani ruoka.', origin: 'paper' }));
  const same = await answered(
    engine.record(at, operator, { body: 'Aika ei pidä!', origin: 'table', originNote: 'Pöytä 2' }),
  );
  const { statementId } = await answered(engine.state(at, member, { body: 'Aika sovitaan viikko ennen.' }));
  done(await engine.vote(at, member, { statementId, value: 'agree' }));
  const { documentId } = await answered(engine.openDocument(at, operator, { kind: 'shared', title: 'Ajat' }));
  const quote = { anchor: 'AAEC.AwQF', quote: 'sovittu aika', prefix: 'Jokaisella on ', suffix: '.' };
  const remark = await answered(engine.remark(at, member, { documentId, body: 'Hyvä.', passage: quote }));
  await answered(engine.settle(at, member, { contributionId: remark.contributionId, settled: true }));
  await answered(
    engine.hideContribution(at, operator, { contributionId: odd.contributionId, reason: 'Turha' }),
  );
  await answered(engine.printCards(at, operator, { count: 3 }));
  const reason = { reason: 'Syyslomat' };
  const later = { closesAt: '2017-09-27T06:00:00.000Z' };
  await answered(
    engine.send({ caseId: at, actor: operator, type: 'period.extended', data: later, texts: reason }),
  );
  clock.forward({ days: 30 });
  await answered(engine.send({ caseId: at, actor: { kind: 'clock' }, type: 'period.closed' }));
  const { themeId } = await answered(engine.makeTheme(at, operator, { title: 'Ajat' }));
  const file = await exported(memory, at);
  const ids = file.content.contributions.map((row) => row.id);
  const kept = ids.filter((id) => id !== odd.contributionId && id !== same.contributionId);
  await answered(engine.account(at, operator, { contributionIds: kept, as: { outcome: 'theme', themeId } }));
  const proposal = { title: 'Sovitut ajat', body: 'Käynnin aika sovitaan.', contributionIds: kept };
  const { proposalId } = await answered(engine.propose(at, operator, proposal));
  const merged = { outcome: 'merged', intoId: first.contributionId };
  await answered(engine.account(at, operator, { contributionIds: [same.contributionId], as: merged }));
  const leftOut = { outcome: 'leftOut', reason: 'Ei koske palvelua.' };
  await answered(engine.account(at, operator, { contributionIds: [odd.contributionId], as: leftOut }));
  const decider: Actor = { kind: 'person', personId: personId! };
  await answered(
    engine.respond(at, decider, {
      ...{
        proposalId,
        outcome: 'partly',
        reason: 'Kokeillaan.',
        nextStep: 'Kokeilu',
        nextStepOn: '2017-12-01',
      },
    }),
  );
  await answered(engine.followUp(at, decider, { proposalId, state: 'kept', body: 'Kokeilu alkoi.' }));
  await answered(engine.hear(at, member, { answer: 'yes', body: 'Kiitos.' }));
  return at;
}
