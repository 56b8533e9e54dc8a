import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documentPath, messagesPath, processDocument, readMessages } from '../../../scripts/generate.mjs';
import { sevenSteps } from './index.ts';

/** seven-steps.md is written by `node scripts/generate.mjs`; when machine or messages change it must be written again. */

const known = existsSync(messagesPath);
if (!known)
  console.warn(`\n!! ${messagesPath} is not there: seven-steps.md was NOT compared with the machine.\n`);

test.skipIf(!known)('seven-steps.md is what the machine and the messages say', () => {
  const document = processDocument(sevenSteps, readMessages());
  expect(readFileSync(documentPath, 'utf8'), 'stale: run node scripts/generate.mjs').toBe(document);
});

test.skipIf(!known)('a missing message is named', () => {
  const { 'step.open.name': _, 'role.decider.name': __, ...others } = readMessages();
  expect(() => processDocument(sevenSteps, others)).toThrow(/step\.open\.name.*role\.decider\.name/);
});

test('without messages the generator says where they should be', () => {
  expect(() => readMessages('/nowhere/fi.json')).toThrow('There are no messages in /nowhere/fi.json.');
});
