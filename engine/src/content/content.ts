import type { z } from 'zod';
import { refuse } from '../errors.ts';
import type { Result } from '../errors.ts';
import { may } from '../people/policy.ts';
import type { Actor } from '../people/policy.ts';
import { contentCommands, parse } from '../process/commands.ts';
import { carryOut, situate, whoReads } from '../process/decide.ts';
import type { Decided, Deciding } from '../process/decide.ts';
import { decided, problem } from './deciding.ts';
import type { Inputs, Rule } from './deciding.ts';
import { participantOf } from './participant.ts';
import { rules } from './rules.ts';

/** What people give to a case, and how it is accounted for. Each command is checked against the rule table and
 * against what the present step lets in, and leaves one row in the log; ballots leave none.
 * Inputs are the schemas of the same names in `process/commands.ts`; answers carry the ids of what was made. */

type Done = Promise<Result<{ decided: Decided }>>;
export type ContentCommands = {
  readonly [Name in Exclude<keyof typeof contentCommands, 'vote'>]: (
    caseId: string,
    actor: Actor,
    input: unknown,
  ) => Done;
} & {
  /** Keeps a ballot; the newest of a participant counts. A guest without a card is given one: its id is answered. */
  vote(caseId: string, actor: Actor, input: unknown): Promise<Result<{ participantId: string }>>;
  /** Gives the participants named their feedback rows; the clock's own command. */
  deliverFeedback(caseId: string): Done;
};

/** Puts the commands on a store. */
export function contentCommandsOf(deciding: Deciding): ContentCommands {
  const run = <Name extends Exclude<keyof Inputs, 'vote'>>(name: Name) => {
    const { action, accepts, once, decide }: Rule<Name> = rules[name];
    return async (caseId: string, actor: Actor, input: unknown): Done => {
      const read = parse(contentCommands[name] as unknown as z.ZodType<Inputs[Name]>, input);
      if (!read.ok) return read;
      const { idempotencyKey, ...asked } = read.value as { idempotencyKey?: string };
      const own = once?.(read.value);
      return carryOut(deciding, {
        caseId,
        actor,
        name,
        input: asked,
        idempotencyKey: own?.key ?? idempotencyKey,
        ...(own && { about: own.about }),
        decide: (situation) => {
          if (!may(situation.held, action)) return refuse({ id: 'forbidden' });
          if (accepts !== null && !situation.position.meta?.accepts.includes(accepts)) {
            return refuse({ id: 'not_in_this_step', step: situation.position.step, what: name });
          }
          return decide(read.value, situation, deciding.entropy);
        },
      });
    };
  };
  const names = Object.keys(rules) as Exclude<keyof Inputs, 'vote'>[];
  return {
    ...(Object.fromEntries(names.map((name) => [name, run(name)])) as Omit<
      ContentCommands,
      'vote' | 'deliverFeedback'
    >),
    vote: (caseId, actor, input) => vote(deciding, caseId, actor, input),
    deliverFeedback: (caseId) => deliverFeedback(deciding, caseId),
  };
}

async function vote(
  deciding: Deciding,
  caseId: string,
  actor: Actor,
  input: unknown,
): Promise<Result<{ participantId: string }>> {
  const read = parse(contentCommands.vote, input);
  if (!read.ok) return read;
  const { store } = deciding;
  const situation = situate(deciding, await store.read(caseId, whoReads(actor)), actor, store);
  if (!situation) return refuse({ id: 'not_found' });
  const { step, meta } = situation.position;
  if (!may(situation.held, 'vote.cast') || (actor.kind === 'person' && actor.readOnly)) {
    return refuse({ id: 'forbidden' });
  }
  const notNow = refuse({ id: 'not_in_this_step', step, what: 'vote' });
  if (!meta?.accepts.includes('votes')) return notNow;
  const { statementId, value } = read.value;
  const [statement] = await store.rows(caseId, 'statements', [statementId]);
  if (!statement) return problem('statementId', 'not_found');
  const participantId = situation.participantId ?? (await join(deciding, caseId, actor));
  if (typeof participantId !== 'string') return participantId;
  const kept = await store.vote(caseId, [step], { statementId, participantId, value });
  return kept ? { ok: true, participantId } : notNow;
}

/** Makes a participant row for somebody who has not taken part in the case before.
 * @returns its id, or the refusal */
export async function join(deciding: Deciding, caseId: string, actor: Actor) {
  const joined = await carryOut(deciding, {
    caseId,
    actor,
    name: 'join',
    input: {},
    decide: (situation) => {
      const { id, made } = participantOf(situation, deciding.entropy);
      return decided({
        type: 'participant.joined',
        data: { participantId: id },
        ...(made && { put: { participants: [made] } }),
        answer: { participantId: id },
      });
    },
  });
  return joined.ok ? (joined.decided.answer.participantId as string) : joined;
}

function deliverFeedback(deciding: Deciding, caseId: string): Done {
  return carryOut(deciding, {
    caseId,
    actor: { kind: 'clock' },
    name: 'deliverFeedback',
    input: {},
    decide: async (situation) => {
      if (!may(situation.held, 'feedback.deliver')) return refuse({ id: 'forbidden' });
      const { store } = situation;
      const [participants, contributions, given] = await Promise.all([
        store.rows(caseId, 'participants'),
        store.rows(caseId, 'contributions'),
        store.rows(caseId, 'feedbacks'),
      ]);
      const spoke = new Set(contributions.map((row) => row.participantId));
      const done = new Set(given.map((row) => row.participantId));
      const feedbacks = participants
        .filter((row) => spoke.has(row.id) && !done.has(row.id))
        .map((row) => ({
          caseId,
          participantId: row.id,
          channel: row.personId ? ('message' as const) : ('card' as const),
          givenAt: situation.at,
        }));
      return decided({
        type: 'feedback.delivered',
        data: { participants: feedbacks.length },
        put: { feedbacks },
        answer: { participants: feedbacks.length },
      });
    },
  });
}
