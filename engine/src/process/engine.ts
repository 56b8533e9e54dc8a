import type { CaseRecord, Facts, Instant, RoleId } from '../case.ts';
import { contentCommandsOf } from '../content/content.ts';
import type { ContentCommands } from '../content/content.ts';
import { adopt } from '../content/adopt.ts';
import type { Adopted } from '../content/adopt.ts';
import { newCode, newPseudonym } from '../content/cards.ts';
import { documentCommandsOf } from '../content/document-access.ts';
import type { DocumentCommands } from '../content/document-access.ts';
import { rightsIn } from '../content/documents.ts';
import type { DocumentRights } from '../content/documents.ts';
import { EngineError, invalid, refuse } from '../errors.ts';
import type { Missing, Refusal, Result } from '../errors.ts';
import { may, maySend, standings } from '../people/policy.ts';
import type { Actor, Standing } from '../people/policy.ts';
import type { CaseStore, Clock, Entropy } from '../ports.ts';
import type { Accepts, Workflow } from '../workflow.ts';
import { eventSchema, parse, raiseSchema } from './commands.ts';
import { plannedDeadlines } from './deadlines.ts';
import { carryOut, newSalt, repeated, requestHash, situate, whoReads } from './decide.ts';
import type { Decided, Deciding, Situation } from './decide.ts';
import { actorReference, commitment, emptyHead, idFor, logEntry } from './log.ts';
import { pictureOf } from './picture.ts';
import type { ProcessPicture } from './picture.ts';
import { startProcess } from './restore.ts';
import type { Process } from './restore.ts';

export type EnginePorts = {
  readonly store: CaseStore;
  readonly entropy: Entropy;
  readonly workflows: readonly Workflow[];
  /** replaces the store's own clock: for tests and for the demonstration */
  readonly clock?: Clock;
  /** whether Yjs updates, applied in order, make a shared document; without it those in a file are taken as they are */
  readonly isDocument?: (updates: readonly Uint8Array[]) => boolean;
};

export type SendInput = {
  readonly caseId: string;
  readonly actor: Actor;
  readonly type: string;
  readonly data?: unknown;
  readonly texts?: unknown;
  /** the version the sender was looking at; an older one is refused */
  readonly expectedVersion?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  /** for deadlines: the visit of the step that they belong to */
  readonly visit?: number;
};

export type RequirementState = {
  readonly requirement: string;
  readonly role: RoleId;
  readonly met: boolean;
  readonly count?: number;
};

/** What somebody sees of a case: where it is, what they may do, and what is still missing. */
export type View = {
  readonly case: CaseRecord;
  readonly step: string;
  readonly order: number | null;
  readonly lead: RoleId | null;
  readonly context: Readonly<Record<string, unknown>>;
  readonly done: boolean;
  readonly facts: Facts;
  readonly held: readonly Standing[];
  readonly participantId: string | null;
  readonly accepts: readonly Accepts[];
  /** what they may do to documents of each kind; null: such a document is not shown to them */
  readonly documents: DocumentRights;
  /** the same list that guards the way onward and words its refusal */
  readonly requirements: readonly RequirementState[];
  readonly onward: string | null;
  /** events that the actor may send from here */
  readonly events: readonly string[];
  readonly now: Instant;
};

export type Engine = ContentCommands &
  DocumentCommands & {
    /** Opens a case with the need that somebody raises; what they say becomes its first contribution.
     * @param input - see `raiseSchema`; answers `caseId`, `participantId` and the card's `code` */
    raise(actor: Actor, input: unknown, workflow?: string): Promise<Result<{ decided: Decided }>>;
    /** Sends one event. Snapshot, log row, deadlines and effects are stored in one transaction, or nothing is.
     * @throws {EngineError} case_contended, workflow_unknown, snapshot_unreadable
     * @source architecture.md; decisions/0002 */
    send(input: SendInput): Promise<Result<{ decided: Decided }>>;
    /** What the actor sees of a case. Missing and hidden cases look the same. */
    look(caseId: string, actor: Actor): Promise<Result<{ view: View }>>;
    /** Draws the case: its statechart with what has happened, is going on and lies ahead. Whoever may look may see it.
     * @source experience.md, case control */
    picture(caseId: string, actor: Actor): Promise<Result<{ picture: ProcessPicture }>>;
    /** Takes in a whole case from a file: every link checked, its log replayed and its chain recomputed. */
    adopt(actor: Actor, input: unknown): Promise<Result<{ adopted: Adopted }>>;
    process(workflow: string, version: number): Process;
  };

/** The deep module: everything that can happen to a case goes through here, with the same policy for all. */
export function createEngine(ports: EnginePorts): Engine {
  const processes = new Map(ports.workflows.map((w) => [`${w.id} ${w.version}`, startProcess(w)]));
  const process = (workflow: string, version: number): Process => {
    const found = processes.get(`${workflow} ${version}`);
    if (!found) throw new EngineError('workflow_unknown', { workflow, version });
    return found;
  };
  const newest = (id: string): Process => {
    const versions = ports.workflows.filter((w) => w.id === id).map((w) => w.version);
    return process(id, Math.max(...versions));
  };
  const deciding: Deciding = {
    store: ports.store,
    entropy: ports.entropy,
    clock: ports.clock,
    process,
    isDocument: ports.isDocument,
  };

  return {
    ...contentCommandsOf(deciding),
    ...documentCommandsOf(deciding),
    process,
    adopt: (actor, input) => adopt(deciding, newest, actor, input),
    raise: (actor, input, workflow = ports.workflows[0]!.id) =>
      raise(deciding, newest(workflow), actor, input),
    send: (input) => send(deciding, input),
    look: async (caseId, actor) => {
      const reading = await ports.store.read(caseId, whoReads(actor));
      const situation = situate(deciding, reading, actor, ports.store);
      if (!situation) return refuse({ id: 'not_found' });
      const facts = (await ports.store.facts([caseId])).get(caseId);
      if (!facts) return refuse({ id: 'not_found' });
      return { ok: true, view: viewOf(situation, facts) };
    },
    picture: async (caseId, actor) => {
      const reading = await ports.store.read(caseId, whoReads(actor));
      const situation = situate(deciding, reading, actor, ports.store);
      if (!situation) return refuse({ id: 'not_found' });
      const { case: record, position, process } = situation;
      // What has happened since the case was read is left out, or the log would be ahead of where the case stands.
      const log = (await ports.store.transitions(caseId)).slice(0, record.version);
      const pictured = { step: record.step, context: position.context, createdAt: record.createdAt };
      return { ok: true, picture: pictureOf(process.workflow, pictured, log) };
    },
  };
}

/** The requirements of the step, each with whether it is met. */
export function requirementStates(
  situation: Pick<Situation, 'process' | 'position'>,
  facts: Facts,
  at: Instant,
): RequirementState[] {
  const { process, position } = situation;
  return (position.meta?.mustProduce ?? []).map((name) => {
    const requirement = process.workflow.requirements[name];
    if (!requirement) throw new EngineError('workflow_faulty', { requirement: name });
    const met = requirement.holds(facts, position.context, at);
    const count = met ? undefined : requirement.count?.(facts);
    return { requirement: name, role: requirement.role, met, ...(count !== undefined && { count }) };
  });
}

/** Whether the actor may send the event now. What hangs on a date that they would give is theirs to try, and the way
 * onward is always shown: its requirements say what is missing. */
function sendable(
  { process, position, held, case: record, at }: Situation,
  facts: Facts,
  type: string,
): boolean {
  const spec = process.workflow.events[type];
  if (!spec || spec.by === 'clock' || !maySend(held, spec)) return false;
  if (position.meta?.onward === type) return true;
  if (Object.values(spec.data ?? {}).some((kind) => kind.startsWith('instant'))) return true;
  return process.next(record.snapshot, { type, at, facts, data: {}, texts: spec.texts ?? [] }) !== null;
}

export function viewOf(situation: Situation, facts: Facts): View {
  const { position, held } = situation;
  return {
    case: situation.case,
    step: position.step,
    order: position.meta?.order ?? null,
    lead: position.meta?.lead ?? null,
    context: position.context,
    done: position.done,
    facts,
    held,
    participantId: situation.participantId,
    accepts: position.meta?.accepts ?? [],
    documents: rightsIn(situation),
    requirements: requirementStates(situation, facts, situation.at),
    onward: position.meta?.onward ?? null,
    events: situation.process
      .ways(situation.case.snapshot)
      .filter((type) => sendable(situation, facts, type)),
    now: situation.at,
  };
}

async function send(deciding: Deciding, input: SendInput): Promise<Result<{ decided: Decided }>> {
  const { caseId, actor, type } = input;
  return carryOut(deciding, {
    caseId,
    actor,
    name: type,
    input: { data: input.data ?? {}, texts: input.texts ?? {} },
    idempotencyKey: input.idempotencyKey,
    decide: async (situation) => {
      const { process, position, held } = situation;
      const spec = Object.hasOwn(process.workflow.events, type) ? process.workflow.events[type] : undefined;
      if (!spec) return refuse({ id: 'unknown_event', event: type });
      if (!maySend(held, spec)) return refuse({ id: 'forbidden' });
      const notNow = (): { ok: false; refusal: Refusal } =>
        refuse({ id: 'not_in_this_step', step: position.step, what: type });
      if (input.visit !== undefined && input.visit !== situation.case.visit) return notNow();
      if (input.expectedVersion !== undefined && input.expectedVersion !== situation.case.version) {
        return refuse({ id: 'case_changed', version: situation.case.version });
      }
      const carried = parse(eventSchema(spec), { data: input.data ?? {}, texts: input.texts ?? {} });
      if (!carried.ok) return carried;
      const { texts } = carried.value as { texts: Record<string, string> };
      const data = carried.value.data as Record<string, string | number>;
      const into = data.intoCaseId;
      if (typeof into === 'string') {
        const problem = await cannotMergeInto(situation, into);
        if (problem) return invalid({ path: 'data.intoCaseId', problem });
      }
      const facts = spec.needsFacts ? (await situation.store.facts([caseId])).get(caseId) : undefined;
      if (spec.needsFacts && !facts) return refuse({ id: 'not_found' });
      const event = { type, at: situation.at, data, texts: Object.keys(texts), facts: facts ?? noFactsRead };
      const moved = process.next(situation.case.snapshot, event);
      if (!moved) {
        if (!process.ways(situation.case.snapshot).includes(type)) return notNow();
        const missing: Missing[] =
          position.meta?.onward === type && facts
            ? requirementStates(situation, facts, situation.at)
                .filter((state) => !state.met)
                .map(({ requirement, count }) => ({ requirement, ...(count !== undefined && { count }) }))
            : [];
        if (missing.length > 0) return refuse({ id: 'requirements_missing', step: position.step, missing });
        const dates = Object.entries(spec.data ?? {}).filter(([, kind]) => kind.startsWith('instant'));
        return dates.length > 0
          ? invalid(...dates.map(([name]) => ({ path: `data.${name}`, problem: 'must_be_later' as const })))
          : notNow();
      }
      const decision = {
        type,
        data,
        ...(facts && { facts }),
        words: texts,
        moved,
        answer: {},
      };
      return { ok: true, decision };
    },
  });
}

/** Stands where the facts would, for events whose guards do not look at content; reading one of them is a fault. */
const noFactsRead = new Proxy({} as Facts, {
  get(_, name) {
    throw new EngineError('workflow_faulty', {
      why: 'the event does not say that it needs facts',
      fact: String(name),
    });
  },
});

async function cannotMergeInto(
  situation: Situation,
  intoCaseId: string,
): Promise<'circular' | 'not_found' | null> {
  if (intoCaseId === situation.case.id) return 'circular';
  const into = await situation.store.read(intoCaseId);
  if (!into) return 'not_found';
  const position = situation.process.restore(into.case.snapshot);
  return position.done ? 'not_found' : null;
}

/** Two clicks with one key must make one case: its id follows from who asked and the key. */
const caseIdFor = (actor: Actor, key: string): string =>
  idFor(`${actor.kind === 'guest' ? 'guest' : actorReference(actor)}\n${key}`);

async function raise(
  deciding: Deciding,
  process: Process,
  actor: Actor,
  input: unknown,
): Promise<Result<{ decided: Decided }>> {
  if (!may(standings(actor, []), 'case.raise')) return refuse({ id: 'forbidden' });
  if (actor.kind === 'person' && actor.readOnly) return refuse({ id: 'forbidden' });
  const read = parse(raiseSchema, input);
  if (!read.ok) return read;
  const { idempotencyKey, title, need, concerns, service, language } = read.value;
  const { store, entropy } = deciding;
  const asked = { title, need, concerns, service, language };
  const hash = idempotencyKey ? requestHash({ actor, name: 'need.raised', input: asked }) : null;
  const now = deciding.clock?.now() ?? (await store.now());
  const at = now.toISOString();
  const caseId = idempotencyKey ? caseIdFor(actor, idempotencyKey) : entropy.uuid(now);
  const participantId = entropy.uuid(now);
  const contributionId = entropy.uuid(now);
  const salt = newSalt(entropy);
  const { position, effects } = process.initial();
  const words = { title, ...(concerns && { concerns }), ...(service && { service }) };
  const texts = Object.entries(words).map(([field, body]) => ({
    caseId,
    seq: 1,
    field,
    salt: newSalt(entropy),
    body,
  }));
  const answer = { caseId, participantId, contributionId };
  const entry = logEntry(
    {
      caseId,
      seq: 1,
      at,
      type: 'need.raised',
      kind: 'content',
      actor: actor.kind === 'guest' ? `participant:${participantId}` : actorReference(actor),
      version: 0,
      step: position.step,
      data: { contributionId, participantId, language, workflow: process.workflow.id },
      commitments: {
        need: commitment(salt, need),
        ...Object.fromEntries(texts.map((t) => [t.field, commitment(t.salt, t.body)])),
      },
    },
    emptyHead,
    { idempotencyKey: idempotencyKey ?? null, requestHash: hash, answer },
  );
  const stored = await store.commit({
    case: {
      id: caseId,
      workflow: process.workflow.id,
      workflowVersion: process.workflow.version,
      seq: 1,
      version: 0,
      visit: 0,
      step: position.step,
      snapshot: position.snapshot,
      isPublic: process.workflow.isPublic(position.context),
      head: entry.hash,
      language,
      createdAt: at,
      updatedAt: at,
    },
    expectedSeq: null,
    log: [entry],
    texts,
    deadlines: plannedDeadlines(caseId, 0, position),
    effects: effects.map((effect, n) => ({ caseId, seq: 1, n, ...effect })),
    put: {
      caseTexts: Object.entries(words).map(([key, body]) => ({ caseId, key: key as 'title', body })),
      participants: [
        {
          caseId,
          id: participantId,
          personId: actor.kind === 'person' ? actor.personId : null,
          pseudonym: newPseudonym(entropy),
          code: newCode(entropy),
          source: 'self',
          createdAt: at,
        },
      ],
      contributions: [
        {
          caseId,
          id: contributionId,
          participantId,
          parentId: null,
          origin: 'online',
          originNote: null,
          kind: 'need',
          body: need,
          salt,
          recordedBy: null,
          createdAt: at,
        },
      ],
    },
  });
  if (stored === 'conflict') {
    const reading = await store.read(caseId, { idempotencyKey });
    if (reading?.earlier && hash) return repeated(reading.earlier, hash);
    return refuse({ id: 'case_exists' });
  }
  const decided = { caseId, seq: 1, version: 0, step: position.step, answer, repeated: false };
  return { ok: true, decided };
}
