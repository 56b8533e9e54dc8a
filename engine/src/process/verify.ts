import { committedWords, replay } from '../content/adopt.ts';
import type { CaseReader } from '../ports.ts';
import type { Engine } from './engine.ts';
import { canonicalJson, firstBreak } from './log.ts';
import type { LogBreak, LogContent } from './log.ts';

/** Recomputes a case's chain and walks its log through the machine again.
 * @returns the first break, or null when all holds */
export async function verifyCase(
  engine: Engine,
  reader: CaseReader,
  caseId: string,
): Promise<LogBreak | null> {
  const whole = await reader.whole(caseId);
  if (!whole) return null;
  const words = [...whole.logTexts, ...committedWords(whole.log, whole.content)];
  const broken = firstBreak(caseId, whole.log, words, whole.case.head);
  if (broken) return broken;
  const process = engine.process(whole.case.workflow, whole.case.workflowVersion);
  const replayed = replay(
    process,
    whole.log.map((row) => JSON.parse(row.body) as LogContent),
  );
  if ('refusedAt' in replayed) return { caseId, seq: replayed.refusedAt, why: 'replay' };
  const same =
    whole.case.seq === whole.log.length &&
    replayed.version === whole.case.version &&
    replayed.visit === whole.case.visit &&
    replayed.position.step === whole.case.step &&
    canonicalJson(replayed.position.snapshot) === canonicalJson(whole.case.snapshot);
  return same ? null : { caseId, seq: whole.log.length, why: 'replay' };
}
