import { createReadStream, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { caseFile, roleIds, sha256, verifyCase } from '@lakeus/engine';
import type { Refusal, RoleId } from '@lakeus/engine';
import { compose, newToken } from './src/lib/server/compose.ts';
import type { Lakeus } from './src/lib/server/compose.ts';
import { ConfigError, readConfig } from './src/lib/server/config.ts';

/** The operator's command line. Each verb is safe to run twice, and says in a sentence what it did. */

type Options = Readonly<Record<string, string | boolean | undefined>>;
type Verb = {
  readonly use: string;
  readonly does: string;
  readonly run: (lakeus: Lakeus, words: readonly string[], options: Options) => Promise<number>;
};

const largestFileBytes = 32 * 1024 * 1024;

/** What went wrong, in words for the operator; ends the command with exit code 1. */
class Stop extends Error {}

const here = (file: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), file);

function whatIs(path: string): { size: number; isFile: boolean } {
  const stat = statSync(path, { throwIfNoEntry: false });
  return { size: stat?.size ?? 0, isFile: stat?.isFile() ?? false };
}

async function readJson(file: string): Promise<unknown> {
  const path = here(file);
  const { size, isFile } = whatIs(path);
  if (!isFile) throw new Stop(`${file} cannot be read: there is no such file.`);
  if (size > largestFileBytes) {
    throw new Stop(`${file} is ${Math.ceil(size / 1_048_576)} MB; a case file has at most 32 MB.`);
  }
  const parts: Buffer[] = [];
  for await (const part of createReadStream(path)) parts.push(part as Buffer);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)));
  } catch (error) {
    throw new Stop(`${file} is not JSON in UTF-8: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}

function refusalText(refusal: Refusal): string {
  if (refusal.id !== 'invalid') return refusal.id;
  return refusal.fields
    .map(
      ({ path, problem, limit }) =>
        `${path || 'file'}: ${problem}${limit === undefined ? '' : ` (${limit})`}`,
    )
    .join('\n');
}

const importCase: Verb['run'] = async (lakeus, [what, file]) => {
  if (what !== 'case' || !file) throw new Stop('say: import case FILE');
  const adopted = await lakeus.engine.adopt({ kind: 'operator' }, await readJson(file));
  if (!adopted.ok) throw new Stop(`Nothing was imported.\n${refusalText(adopted.refusal)}`);
  const { caseId, rows } = adopted.adopted;
  const counts = Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => `${count} ${table}`);
  console.log(`imported case ${caseId}: ${counts.join(', ')}`);
  return 0;
};

const exportCase: Verb['run'] = async (lakeus, [what, id, file]) => {
  if (what !== 'case' || !id) throw new Stop('say: export case ID [FILE]');
  const whole = await lakeus.reader.whole(id);
  if (!whole) throw new Stop(`There is no case ${id}.`);
  const text = `${JSON.stringify(caseFile(whole), null, 2)}\n`;
  if (!file) process.stdout.write(text);
  else {
    await writeFile(here(file), text);
    console.log(`exported case ${id} to ${file}`);
  }
  return 0;
};

const verify: Verb['run'] = async (lakeus, [what], { case: only }) => {
  if (what !== 'log') throw new Stop('say: verify log [--case ID]');
  const ids = typeof only === 'string' ? [only] : await lakeus.reader.caseIds();
  for (const id of ids) {
    const broken = await verifyCase(lakeus.engine, lakeus.reader, id);
    if (broken) {
      console.log(`case ${broken.caseId} breaks at row ${broken.seq}: ${broken.why}`);
      return 1;
    }
  }
  console.log(`${ids.length} cases verified: every chain and every replay holds`);
  return 0;
};

const addPerson: Verb['run'] = async (lakeus, [what, name], { role, title }) => {
  if (what !== 'add' || !name) throw new Stop('say: person add NAME [--role ROLE] [--title TITLE]');
  if (role !== undefined && !roleIds.includes(role as RoleId)) {
    throw new Stop(`--role takes one of ${roleIds.join(', ')}.`);
  }
  const roles = role === undefined ? [] : [role as RoleId];
  const id = randomUUID();
  const person = {
    id,
    name,
    title: typeof title === 'string' ? title : null,
    language: 'fi' as const,
    roles,
  };
  await lakeus.people.savePerson(person);
  console.log(`${id}\n${await lakeus.link('enter', id, null, 7)}`);
  return 0;
};

const makeToken: Verb['run'] = async (lakeus, [what, name], { as, write }) => {
  if (what !== 'create' || !name || typeof as !== 'string') {
    throw new Stop('say: token create NAME --as PERSON_ID [--write]');
  }
  if (!(await lakeus.people.person(as))) throw new Stop(`There is no person ${as}.`);
  const token = newToken();
  await lakeus.people.saveApiToken(sha256(token), as, name, write ? ['read', 'write'] : ['read']);
  console.log(token);
  return 0;
};

const doctor: Verb['run'] = async (lakeus) => {
  const { ok, checks } = await lakeus.ready();
  for (const [name, holds] of Object.entries(checks)) console.log(`${holds ? 'ok' : 'NO'}  ${name}`);
  console.log(`${(await lakeus.reader.caseIds()).length} cases`);
  return ok ? 0 : 1;
};

const migrate: Verb['run'] = async (lakeus, _, options) => {
  const names = await lakeus.migrate({ dryRun: options['dry-run'] === true });
  console.log(names.length === 0 ? 'the schema is up to date' : names.join('\n'));
  return 0;
};

const verbs: Readonly<Record<string, Verb>> = {
  import: { use: 'import case FILE', does: 'takes in a whole case from a JSON file', run: importCase },
  export: { use: 'export case ID [FILE]', does: 'writes a whole case as a JSON file', run: exportCase },
  verify: { use: 'verify log [--case ID]', does: 'recomputes hash chains and replays cases', run: verify },
  person: {
    use: 'person add NAME [--role ROLE] [--title TITLE]',
    does: 'adds a person and prints a link that signs them in once',
    run: addPerson,
  },
  token: {
    use: 'token create NAME --as PERSON_ID [--write]',
    does: 'makes a token for an integration; it is shown once',
    run: makeToken,
  },
  migrate: { use: 'migrate [--dry-run]', does: 'brings the database schema up to date', run: migrate },
  doctor: { use: 'doctor', does: 'looks whether everything is in order', run: doctor },
};

const help = (): string =>
  [
    'npm run lakeus -- VERB',
    '',
    ...Object.values(verbs).map(({ use, does }) => `  ${use.padEnd(52)} ${does}`),
  ].join('\n');

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    strict: true,
    options: {
      help: { type: 'boolean' },
      case: { type: 'string' },
      role: { type: 'string' },
      title: { type: 'string' },
      as: { type: 'string' },
      write: { type: 'boolean' },
      'dry-run': { type: 'boolean' },
    },
  });
  const [name = '', ...words] = positionals;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!verb || values.help) {
    console.log(verb ? `npm run lakeus -- ${verb.use}\n${verb.does}` : help());
    return verb || values.help || name === '' ? 0 : 1;
  }
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env });
  const lakeus = await compose(config, { migrate: name !== 'migrate', join: true });
  try {
    return await verb.run(lakeus, words, values);
  } finally {
    await lakeus.close();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const expected = error instanceof Stop || error instanceof ConfigError;
    const usage = error instanceof TypeError && 'code' in error;
    console.error(expected || usage ? error.message : error);
    // What was half put together would keep the process.
    process.exit(1);
  },
);
