import { hash } from 'node:crypto';
import type { Actor } from '../people/policy.ts';
import type { LogEntry, LogText } from '../case.ts';

/** The head of a case that has no log yet. */
export const emptyHead = '0'.repeat(64);

/** JSON with keys in order and no spaces, so that equal values always give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

export const sha256 = (text: string): string => hash('sha256', text);

/** An id that follows from a text: whoever asks twice for the same gets the same. */
export function idFor(text: string): string {
  const h = sha256(text);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

/** What stands in the log for words: nobody can guess them from it without the salt, and erasing the salt ends
 * every tie to the person.
 * @source decisions/0003 */
export const commitment = (salt: string, body: string): string => sha256(`${salt}\n${body}`);

/** Links a log row to the one before it. */
export const chain = (prev: string, body: string): string => sha256(`${prev}\n${body}`);

/** How the log names who acted: a reference, never a name. */
export function actorReference(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `person:${actor.personId}`;
    case 'guest':
      return actor.participantId ? `participant:${actor.participantId}` : 'guest';
    case 'clock':
    case 'operator':
      return actor.kind;
  }
}

/** What a log row says, before it is written down. */
export type LogContent = {
  readonly caseId: string;
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly kind: LogEntry['kind'];
  readonly actor: string;
  readonly version: number;
  readonly step: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** field → commitment */
  readonly commitments?: Readonly<Record<string, string>>;
};

type CommandMemory = Pick<LogEntry, 'idempotencyKey' | 'requestHash' | 'answer'>;

/** Writes a log row down and links it to the row before. */
export function logEntry(content: LogContent, prev: string, memory: CommandMemory): LogEntry {
  const body = canonicalJson(content);
  const { caseId, seq, at, type, kind, actor } = content;
  return { caseId, seq, at, type, kind, actor, body, prev, hash: chain(prev, body), ...memory };
}

/** What a row of the log says.
 * @returns null when its text is not what we write */
export function contentOf({ body }: Pick<LogEntry, 'body'>): LogContent | null {
  try {
    const content: unknown = JSON.parse(body);
    return content !== null && typeof content === 'object' ? (content as LogContent) : null;
  } catch {
    return null;
  }
}

/** Why a log does not hold, at the first row where it does not. */
export type LogBreak = {
  readonly caseId: string;
  readonly seq: number;
  readonly why: 'sequence' | 'previous' | 'hash' | 'columns' | 'words' | 'replay' | 'head';
};

/** Recomputes a case's chain from the rows. Words that are still there must match what the rows commit to.
 * @returns the first break, or null */
export function firstBreak(
  caseId: string,
  log: readonly LogEntry[],
  texts: readonly LogText[],
  head: string,
): LogBreak | null {
  const words = new Map(texts.map((text) => [`${text.seq} ${text.field}`, text]));
  let prev = emptyHead;
  for (const [index, entry] of log.entries()) {
    const broken = (why: LogBreak['why']): LogBreak => ({ caseId, seq: entry.seq, why });
    if (entry.seq !== index + 1) return broken('sequence');
    if (entry.prev !== prev) return broken('previous');
    if (entry.hash !== chain(prev, entry.body)) return broken('hash');
    const content = contentOf(entry);
    if (
      !content ||
      content.caseId !== caseId ||
      content.seq !== entry.seq ||
      content.type !== entry.type ||
      content.kind !== entry.kind ||
      content.actor !== entry.actor ||
      content.at !== entry.at
    ) {
      return broken('columns');
    }
    for (const [field, committed] of Object.entries(content.commitments ?? {})) {
      const text = words.get(`${entry.seq} ${field}`);
      if (text && commitment(text.salt, text.body) !== committed) return broken('words');
    }
    prev = entry.hash;
  }
  return prev === head ? null : { caseId, seq: log.length, why: 'head' };
}
