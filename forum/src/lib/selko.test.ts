import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '@lakeus/engine';
import { sevenSteps } from '@lakeus/workflows';
import { describe, expect, it } from 'vitest';
import fi from '../../messages/fi.json' with { type: 'json' };
import selko from '../../messages/selko.json' with { type: 'json' };

/** A page for those who take part never mixes plain Finnish with Finnish. What such pages can say is read from their
 * sources, so a new sentence on one of them is asked for here by its key. */

const src = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Pages for those who run a case or answer it; every other page must be whole in plain Finnish. */
const pagesOfWorkers = [
  'cases/[id]/cards/',
  'cases/[id]/control/',
  'cases/[id]/planning/',
  'cases/[id]/review/',
  'cases/[id]/summary/',
  'cases/[id]/workshop/',
  'demo/',
  'desk/',
  'outbox/',
  'review/',
  'style/',
];
/** Parts of other pages that only those who run a case see. */
const partsOfWorkers = ['lib/components/Requirements.svelte'];
/** Families that a shared source can say, but not to those who take part. */
const saidToWorkers = [
  /^requirement\.\w+\.missing$/,
  /^notice\.(?!undo|restored|sending|stated|voted|heard|versionNamed$|text(?:Saved|Added)$|thread(?:Said|Settled|Reopened)$)/,
];

const keys = Object.keys(fi);

/** A source and all of ours that it imports. */
function withImports(file: string, seen: Set<string>): Set<string> {
  const whole = resolve(src, file);
  if (seen.has(whole) || !existsSync(whole)) return seen;
  if (partsOfWorkers.some((part) => whole === resolve(src, part))) return seen;
  seen.add(whole);
  for (const [, path] of readFileSync(whole, 'utf8').matchAll(
    /(?:from |import\()'((?:#lib|\.)[^']+\.(?:svelte|ts))'/g,
  ))
    withImports(path!.startsWith('#') ? path!.slice(1) : resolve(dirname(whole), path!), seen);
  return seen;
}

/** Names of other things that read like keys: what the policy permits. */
const notWords = new Set(Object.keys(rules));

/** Keys that a source names, whole or as a family such as `step.${step}.name`. */
function keysIn(source: string): string[] {
  const named = [...source.matchAll(/'([a-zA-Z]+(?:\.[a-zA-Z_]+)*)'/g)].map(([, key]) => key!);
  const families = [...source.matchAll(/`((?:[a-zA-Z]+\.)+)\$\{[^}]+\}((?:\.[a-zA-Z]+)*)`/g)];
  return [
    ...named.filter((key) => key in fi && !notWords.has(key)),
    ...families.flatMap(([, from, to]) => keys.filter((key) => key.startsWith(from!) && key.endsWith(to!))),
  ];
}

/** What the process sends to others than those who take part. */
function messagesToWorkers(): string[] {
  const sent = JSON.stringify(sevenSteps.machine.config).matchAll(/"audience":"(\w+)","template":"([^"]+)"/g);
  const toWhom = new Map<string, string[]>();
  for (const [, audience, template] of sent)
    toWhom.set(template!, [...(toWhom.get(template!) ?? []), audience!]);
  return [...toWhom]
    .filter(([, audiences]) => !audiences.some((one) => ['everyone', 'participants'].includes(one)))
    .map(([template]) => template);
}

/** Keys that the pages of those who take part can say. */
function saidToParticipants(): string[] {
  const routes = globSync('routes/**/+{page,layout,error}{,.server}.{svelte,ts}', { cwd: src }).filter(
    (file) => !pagesOfWorkers.some((page) => file.startsWith(`routes/${page}`)),
  );
  const sources = routes.reduce((seen, file) => withImports(file, seen), new Set<string>());
  sources.delete(resolve(src, 'lib/i18n.ts'));
  const texts = [...sources].map((file) => readFileSync(file, 'utf8'));
  const fields = new Set(texts.flatMap((text) => [...text.matchAll(/\bname="(\w+)"/g)].map((m) => m[1]!)));
  const toWorkers = messagesToWorkers();
  return [...new Set(texts.flatMap(keysIn))]
    .filter((key) => !saidToWorkers.some((family) => family.test(key)))
    .filter((key) => !key.startsWith('field.') || fields.has(key.slice('field.'.length)))
    .filter((key) => !toWorkers.some((template) => key.startsWith(`message.${template}.`)))
    .sort();
}

describe('plain Finnish', () => {
  const said = saidToParticipants();

  it.each([
    ['named by a page', 'front.title'],
    ['named by a component of a page', 'case.openUntil'],
    ['named in a choice', 'discussion.emptyOpen'],
    ['named by the server of a page', 'impact.unknownCode'],
    ['a family by what follows it', 'step.open.name'],
    ['a family by what comes before', 'problem.required'],
    ['a field of a form', 'field.need'],
    ['the word of the date', 'moment'],
    ['a message to those who take part', 'message.feedback.ready.body'],
  ])('the sources of the pages are understood: %s', (_, key) => {
    expect([...said, 'moment']).toContain(key);
  });

  it.each([
    ['a page of those who run a case', 'summary.title'],
    ['a message to those who run a case', 'message.period.closed.body'],
    ['a field of their forms', 'field.heldOn'],
  ])('leaves out %s', (_, key) => {
    expect(said).not.toContain(key);
  });

  it('has every text of the pages of those who take part', () => {
    expect([...said, 'moment'].filter((key) => !(key in selko))).toEqual([]);
  });

  it('has nothing that no page of theirs says', () => {
    const used = new Set([...said, 'moment']);
    expect(Object.keys(selko).filter((key) => !used.has(key))).toEqual([]);
  });
});
