/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access,
   @typescript-eslint/no-unsafe-return -- a spoilt file fits no type */
import { expect } from 'vitest';
import type { FieldProblem } from '../../errors.ts';
import { canonicalJson, chain, emptyHead } from '../../process/log.ts';
import type { LogContent } from '../../process/log.ts';
import type { CaseFile } from '../case-file.ts';
import { engineInMemory, exported, livedCase, operator, withWriting } from './lived-case.ts';

/** Files with something wrong in them, made from a good one. */

const memory = engineInMemory();
export const good = withWriting(await exported(memory, await livedCase(memory)));

export const nobody = '00000000-0000-4000-8000-000000000000';

/** As loose as a file from outside: any field may be anything. */
export type Loose = any;

export const spoilt = (spoil: (file: Loose) => unknown): Loose => {
  const file: Loose = structuredClone(good);
  return spoil(file) ?? file;
};

/** The same case, told by its history in place of its log. */
export function toldByHistory(history: readonly object[]) {
  return spoilt((file) => {
    const { id, workflow, workflowVersion, language, createdAt, updatedAt } = file.case as CaseFile['case'];
    delete file.log;
    delete file.logTexts;
    file.case = { id, workflow, workflowVersion, language, createdAt, updatedAt };
    file.history = history;
  });
}

export async function problemsOf(file: unknown): Promise<readonly FieldProblem[]> {
  const elsewhere = engineInMemory('elsewhere');
  const adopted = await elsewhere.engine.adopt(operator, file);
  expect(await elsewhere.reader.caseIds()).toEqual([]); // nothing was written
  if (adopted.ok) throw new Error('the file was taken in');
  if (adopted.refusal.id !== 'invalid') throw new Error(adopted.refusal.id);
  return adopted.refusal.fields;
}

/** Writes the chain anew over rows that somebody changed: hashes alone will not give them away. */
export function rechained(file: Loose, change: (rows: LogContent[]) => void): void {
  const log = file.log as NonNullable<CaseFile['log']>;
  const contents = log.map((row) => JSON.parse(row.body) as LogContent);
  change(contents);
  let prev = emptyHead;
  file.log = contents.map((content, i) => {
    const body = canonicalJson(content);
    const { seq, at, type, kind, actor } = content;
    const row = { ...log[i], seq, at, type, kind, actor, body, prev, hash: chain(prev, body) };
    prev = row.hash;
    return row;
  });
  file.case.head = prev;
}

export const rowOf = (file: Loose, type: string): number =>
  (file.log as { type: string }[]).findIndex((row) => row.type === type);
