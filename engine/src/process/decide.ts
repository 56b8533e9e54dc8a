import type { CaseRecord, Instant, LogEntry, LogText, Person, RoleId } from '../case.ts';
import { EngineError, refuse } from '../errors.ts';
import type { Result } from '../errors.ts';
import { standings } from '../people/policy.ts';
import type { Actor, Standing } from '../people/policy.ts';
import type { CaseReading, CaseStore, Clock, ContentRows, Entropy } from '../ports.ts';
import { plannedDeadlines, samePlan } from './deadlines.ts';
import { actorReference, canonicalJson, commitment, logEntry, sha256 } from './log.ts';
import type { MachineEffect, Position, Process } from './restore.ts';

/** How a command becomes a stored change: read the case, decide without side effects, store everything at once if
 * the case has not moved meanwhile, else decide anew. After three lost races the case is locked first.
 * @source architecture.md, 'How a thing moves through it' */

export type Deciding = {
  readonly store: CaseStore;
  readonly entropy: Entropy;
  readonly clock?: Clock | undefined;
  readonly process: (workflow: string, version: number) => Process;
  /** see `EnginePorts` */
  readonly isDocument?: ((updates: readonly Uint8Array[]) => boolean) | undefined;
};

/** What a decision is made on. */
export type Situation = {
  readonly case: CaseRecord;
  readonly process: Process;
  readonly position: Position;
  readonly actor: Actor;
  readonly roles: readonly RoleId[];
  readonly held: readonly Standing[];
  readonly participantId: string | null;
  readonly now: Date;
  readonly at: Instant;
  /** reads in the same consistency as the decision */
  readonly store: CaseStore;
};

/** What was decided: one log row, and what it writes. */
export type Decision = {
  readonly type: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** words kept beside the log row */
  readonly words?: Readonly<Record<string, string>>;
  /** commitments to words that are kept in a content row, under their own salt */
  readonly commitments?: Readonly<Record<string, string>>;
  readonly moved?: { readonly position: Position; readonly effects: readonly MachineEffect[] };
  readonly effects?: readonly MachineEffect[];
  readonly put?: ContentRows;
  readonly remove?: ContentRows;
  /** people to be known from now on */
  readonly people?: readonly Person[];
  readonly answer: Readonly<Record<string, unknown>>;
};

export type Command<D extends Decision> = {
  readonly caseId: string;
  readonly actor: Actor;
  readonly name: string;
  readonly input: unknown;
  readonly idempotencyKey?: string | undefined;
  /** what a command with the same key must be about to be a repeat, whoever sends it; else the same sender must have
   * asked for the same */
  readonly about?: unknown;
  readonly decide: (situation: Situation) => Promise<Result<{ decision: D }>> | Result<{ decision: D }>;
};

export type Decided = {
  readonly caseId: string;
  readonly seq: number;
  readonly version: number;
  readonly step: string;
  readonly answer: Readonly<Record<string, unknown>>;
  /** the command had been carried out before under the same idempotency key */
  readonly repeated: boolean;
};

export const newSalt = (entropy: Entropy): string => Buffer.from(entropy.bytes(16)).toString('hex');

/** A guest's second click may come with the card of the first: both are the same somebody. */
const requester = (actor: Actor): string => (actor.kind === 'guest' ? 'guest' : actorReference(actor));

export const requestHash = (command: { actor: Actor; name: string; input: unknown }): string =>
  sha256(canonicalJson([requester(command.actor), command.name, command.input]));

const hashOf = (command: Command<Decision>): string =>
  command.about === undefined ? requestHash(command) : sha256(canonicalJson([command.name, command.about]));

/** The answer that an earlier command left, if this is a repeat of it. */
export function repeated(earlier: LogEntry, hash: string): Result<{ decided: Decided }> {
  if (earlier.requestHash !== hash) return refuse({ id: 'idempotency_key_reused' });
  const { caseId, seq, answer } = earlier;
  const { version, step } = JSON.parse(earlier.body) as { version: number; step: string };
  return { ok: true, decided: { caseId, seq, version, step, answer, repeated: true } };
}

/** A need that nobody has accepted yet is seen by staff, by those named in it and by who raised it. */
function hidden(situation: Situation): boolean {
  if (situation.case.isPublic) return false;
  const { actor, roles, participantId } = situation;
  return actor.kind !== 'clock' && actor.kind !== 'operator' && roles.length === 0 && participantId === null;
}

/** What the actor meets when they come to the case, or null when there is nothing for them to see. */
export function situate(
  deciding: Deciding,
  reading: CaseReading | null,
  actor: Actor,
  store: CaseStore,
): Situation | null {
  if (!reading) return null;
  const process = deciding.process(reading.case.workflow, reading.case.workflowVersion);
  const now = deciding.clock?.now() ?? reading.now;
  const situation: Situation = {
    case: reading.case,
    process,
    position: process.restore(reading.case.snapshot),
    actor,
    roles: reading.roles,
    held: standings(actor, reading.roles),
    participantId: reading.participantId,
    now,
    at: now.toISOString(),
    store,
  };
  return hidden(situation) ? null : situation;
}

export const whoReads = (actor: Actor) => ({
  personId: actor.kind === 'person' ? actor.personId : undefined,
  participantId: actor.kind === 'guest' ? actor.participantId : undefined,
});

const attemptsBeforeLock = 3;
const attemptsInAll = 8;

/** Carries a command out.
 * @throws {EngineError} case_contended when even the locked way met a conflict again and again */
export async function carryOut<D extends Decision>(
  deciding: Deciding,
  command: Command<D>,
): Promise<Result<{ decided: Decided }>> {
  const hash = command.idempotencyKey ? hashOf(command) : null;
  const attempt = async (store: CaseStore): Promise<Result<{ decided: Decided }> | 'conflict'> => {
    const reading = await store.read(command.caseId, {
      ...whoReads(command.actor),
      idempotencyKey: command.idempotencyKey,
    });
    const situation = situate(deciding, reading, command.actor, store);
    if (!situation) return refuse({ id: 'not_found' });
    if (reading?.earlier && hash) return repeated(reading.earlier, hash);
    if (command.actor.kind === 'person' && command.actor.readOnly) return refuse({ id: 'forbidden' });
    const result = await command.decide(situation);
    if (!result.ok) return result;
    return keep(store, situation, result.decision);
  };

  const keep = async (store: CaseStore, situation: Situation, decision: D) => {
    const before = situation.case;
    const position = decision.moved?.position ?? situation.position;
    const seq = before.seq + 1;
    const version = before.version + (decision.moved ? 1 : 0);
    const visit = position.step === situation.position.step ? before.visit : version;
    const texts: LogText[] = Object.entries(decision.words ?? {}).map(([field, body]) => ({
      caseId: before.id,
      seq,
      field,
      salt: newSalt(deciding.entropy),
      body,
    }));
    const entry = logEntry(
      {
        caseId: before.id,
        seq,
        at: situation.at,
        type: decision.type,
        kind: decision.moved ? 'transition' : 'content',
        actor: actorReference(command.actor),
        version,
        step: position.step,
        data: decision.data,
        facts: decision.facts,
        commitments: {
          ...decision.commitments,
          ...Object.fromEntries(texts.map((t) => [t.field, commitment(t.salt, t.body)])),
        },
      },
      before.head,
      { idempotencyKey: command.idempotencyKey ?? null, requestHash: hash, answer: decision.answer },
    );
    const effects = [...(decision.moved?.effects ?? []), ...(decision.effects ?? [])];
    const stored = await store.commit({
      case: {
        ...before,
        seq,
        version,
        visit,
        step: position.step,
        snapshot: position.snapshot,
        isPublic: situation.process.workflow.isPublic(position.context),
        head: entry.hash,
        updatedAt: situation.at,
      },
      expectedSeq: before.seq,
      log: [entry],
      texts,
      effects: effects.map((effect, n) => ({ caseId: before.id, seq, n, ...effect })),
      ...(decision.moved && replanned(situation, visit, position)),
      ...(decision.put && { put: decision.put }),
      ...(decision.remove && { remove: decision.remove }),
      ...(decision.people && { people: decision.people }),
    });
    if (stored === 'conflict') return 'conflict';
    const decided = {
      caseId: before.id,
      seq,
      version,
      step: position.step,
      answer: decision.answer,
      repeated: false,
    };
    return { ok: true as const, decided };
  };

  for (let tries = 0; tries < attemptsInAll; tries++) {
    const result =
      tries < attemptsBeforeLock
        ? await attempt(deciding.store)
        : await deciding.store.locked(command.caseId, attempt);
    if (result !== 'conflict') return result;
  }
  throw new EngineError('case_contended', { caseId: command.caseId, command: command.name });
}

function replanned(situation: Situation, visit: number, position: Position) {
  const { id, visit: visitBefore } = situation.case;
  const before = plannedDeadlines(id, visitBefore, situation.position);
  const after = plannedDeadlines(id, visit, position);
  return samePlan(before, after) ? {} : { deadlines: after };
}
