import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownDatabase } from './database.ts';
import { folder, lakeus } from './house.ts';
import type { Env } from './house.ts';

/** Whatever file an operator hands over, the answer is a sentence, and nothing half-taken stays behind. */

const place = folder();
const path = (name: string): string => join(place.path, name);
const write = (name: string, text: string | Buffer): string => {
  writeFileSync(path(name), text);
  return path(name);
};

let env: Env;
let elsewhere: Env;
const drops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const [here, there] = [await ownDatabase(), await ownDatabase()];
  env = here.env;
  elsewhere = there.env;
  drops.push(here.drop, there.drop);
  await lakeus(env, 'migrate');
  await lakeus(elsewhere, 'migrate');
}, 60_000);

afterAll(async () => {
  for (const drop of drops) await drop();
  place.remove();
});

const caseId = '01890a5d-ac96-774b-bcce-b302099a8057';
const participant = {
  ...{ id: '01890a5d-ac96-774b-bcce-b302099a8058', personId: null, pseudonym: 'Kuovi 7', code: '7F3K9Q2M' },
  ...{ source: 'card', createdAt: '2026-01-02T09:00:00Z' },
};
const contribution = {
  ...{
    id: '01890a5d-ac96-774b-bcce-b302099a8059',
    participantId: participant.id,
    parentId: null,
    origin: 'paper',
  },
  ...{
    originNote: null,
    kind: 'experience',
    body: 'Bussi ei kulje.',
    salt: '0'.repeat(32),
    recordedBy: null,
  },
  createdAt: '2026-01-02T09:00:00Z',
};
const content = {
  caseTexts: ['title', 'theme', 'concerns', 'service'].map((key) => ({ key, body: key })),
  members: [{ personId: '01890a5d-ac96-774b-bcce-b302099a805a', role: 'decider', capacity: 'decider' }],
  participants: [participant],
  contributions: [contribution],
};
const file = {
  ...{ format: 'lakeus-case', formatVersion: 1 },
  case: {
    ...{ id: caseId, workflow: 'seven-steps', workflowVersion: 1, language: 'fi' },
    ...{ createdAt: '2026-01-02T09:00:00Z', updatedAt: '2026-01-03T09:00:00Z' },
  },
  people: [{ id: content.members[0]!.personId, name: 'Päivi', title: null, language: 'fi', roles: [] }],
  content,
  history: [{ at: '2026-01-03T09:00:00Z', type: 'need.accepted' }],
};

describe('import case', { timeout: 60_000 }, () => {
  test.each<[string, () => string, RegExp]>([
    [
      'a file of 50 MB',
      () => write('large.json', Buffer.alloc(50 * 1024 * 1024, 32)),
      /is 50 MB; a case file has at most 32 MB/,
    ],
    [
      'half a file',
      () => write('half.json', JSON.stringify(file).slice(0, 700)),
      /half\.json is not JSON in UTF-8/,
    ],
    [
      'a file in Latin-1',
      () => write('latin.json', Buffer.from(JSON.stringify(file), 'latin1')),
      /is not JSON in UTF-8/,
    ],
    ['an empty file', () => write('empty.json', ''), /is not JSON in UTF-8/],
    ['no file', () => path('nowhere.json'), /nowhere\.json cannot be read/],
    ['a folder', () => place.path, /cannot be read|is not JSON/],
    ['another kind of JSON', () => write('other.json', '[]'), /Nothing was imported\.\nfile: invalid/],
    ['nesting without end', () => write('deep.json', '['.repeat(200_000)), /is not JSON in UTF-8/],
    [
      'a link that leads nowhere',
      () => write('link.json', JSON.stringify({ ...file, content: { ...content, participants: [] } })),
      /Nothing was imported\.\ncontent\.contributions\.0\.participantId: not_found/,
    ],
    [
      'events in the wrong order',
      () =>
        write(
          'order.json',
          JSON.stringify({ ...file, history: [{ at: file.case.createdAt, type: 'case.closed' }] }),
        ),
      /Nothing was imported\.\nhistory\.0\.type: invalid/,
    ],
  ])('refuses %s in a sentence', async (_, made, sentence) => {
    const { code, out, err } = await lakeus(env, 'import', 'case', made());
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out }).toEqual({ code: 1, out: '' });
  });

  test('takes a good file, and export and import carry it on unchanged', async () => {
    const taken = await lakeus(env, 'import', 'case', write('good.json', JSON.stringify(file)));
    expect(taken).toMatchObject({ code: 0, err: '' });
    expect(taken.out).toContain(
      `imported case ${caseId}: 4 caseTexts, 1 members, 1 participants, 1 contributions`,
    );
    expect(await lakeus(env, 'export', 'case', caseId, path('out.json'))).toMatchObject({ code: 0 });
    expect(await lakeus(elsewhere, 'import', 'case', path('out.json'))).toMatchObject({ code: 0, err: '' });
    const again = await lakeus(elsewhere, 'export', 'case', caseId);
    expect(again.out).toBe(readFileSync(path('out.json'), 'utf8'));
    const verified = { code: 0, out: '1 cases verified: every chain and every replay holds\n' };
    expect(await lakeus(elsewhere, 'verify', 'log')).toMatchObject(verified);
    expect(await lakeus(env, 'verify', 'log')).toMatchObject(verified);
  });

  test('refuses a case that is there already', async () => {
    const { code, err } = await lakeus(env, 'import', 'case', path('out.json'));
    expect({ code, err }).toEqual({ code: 1, err: 'Nothing was imported.\ncase_exists\n' });
  });
});
