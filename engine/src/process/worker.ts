import type { Agenda, CaseReader, ClaimedEffect, Message, PeopleStore } from '../ports.ts';
import type { Engine } from './engine.ts';
import { EngineError } from '../errors.ts';
import { idFor } from './log.ts';

/** What is due, done: deadlines become ordinary events, effects become messages. Safe to run on many machines. */

export type WorkerPorts = {
  readonly engine: Engine;
  readonly agenda: Agenda;
  readonly reader: CaseReader;
  readonly people: PeopleStore;
  /** a personal link that opens a decision-maker's brief; the secret is in the answer alone */
  readonly briefLink: (caseId: string, personId: string) => Promise<string>;
};

export type Worked = { readonly deadlines: number; readonly effects: number; readonly failed: number };

const leaseMs = 60_000;
const askAgainMs = 30_000;
const batch = 50;
const attemptsBeforeAside = 10;

/** Does one round of what is due.
 * @returns how much there was; all zero means that nothing is left for now */
export async function work(ports: WorkerPorts): Promise<Worked> {
  const { engine, agenda } = ports;
  const deadlines = await agenda.claimDeadlines(batch, leaseMs);
  for (const deadline of deadlines) {
    const { caseId, event: type, visit } = deadline;
    const sent = await engine.send({ caseId, actor: { kind: 'clock' }, type, visit });
    if (sent.ok) continue;
    const missing =
      sent.refusal.id === 'requirements_missing' ? sent.refusal.missing.map((m) => m.requirement) : [];
    await agenda.postponeDeadline(deadline, askAgainMs, missing);
  }
  const effects = await agenda.claimEffects(batch, leaseMs);
  let failed = 0;
  for (const effect of effects) {
    try {
      await carryOutEffect(ports, effect);
      await agenda.effectDone(effect);
    } catch (error) {
      failed++;
      const again =
        effect.attempt >= attemptsBeforeAside ? null : Math.min(3_600_000, 1_000 * 2 ** effect.attempt);
      await agenda.effectFailed(effect, error instanceof Error ? error.message : String(error), again);
    }
  }
  return { deadlines: deadlines.length, effects: effects.length, failed };
}

async function carryOutEffect(ports: WorkerPorts, effect: ClaimedEffect): Promise<void> {
  switch (effect.kind) {
    case 'notify':
      return notify(ports, effect);
    case 'deliverFeedback': {
      const delivered = await ports.engine.deliverFeedback(effect.caseId);
      if (!delivered.ok) throw new EngineError('effect_unknown', { refusal: delivered.refusal.id });
      return notify(ports, effect);
    }
    default:
      throw new EngineError('effect_unknown', { kind: effect.kind });
  }
}

/** The message's id follows from the effect and the person, so that a repeat sends nothing twice. */
async function notify({ reader, people, briefLink }: WorkerPorts, effect: ClaimedEffect): Promise<void> {
  const { audience, template } = effect.payload as { audience: string; template: string };
  const { caseId } = effect;
  const [overview, participants] = await Promise.all([reader.overview(caseId), reader.participants(caseId)]);
  const roles = { deciders: 'decider', facilitators: 'facilitator', agents: 'agent' } as const;
  const role = roles[audience as keyof typeof roles];
  const personIds = new Set<string>(
    role
      ? overview.members.filter((m) => m.role === role).map((m) => m.personId)
      : [
          ...participants.flatMap((p) => (p.personId ? [p.personId] : [])),
          ...(audience === 'everyone' ? overview.members.map((m) => m.personId) : []),
        ],
  );
  const now = new Date(effect.madeAt).toISOString();
  const messages: Message[] = [];
  for (const personId of personIds) {
    const values: Record<string, string> = { title: overview.texts.title ?? '' };
    if (template === 'brief.ready') values.link = await briefLink(caseId, personId);
    messages.push({
      id: idFor(`${caseId} ${effect.seq} ${effect.n} ${personId}`),
      caseId,
      personId,
      template,
      values,
      createdAt: now,
    });
  }
  await people.saveMessages(messages);
}
