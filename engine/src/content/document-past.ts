import type { DocumentHistory } from '../document/history.ts';
import { invalid, refuse } from '../errors.ts';
import type { Result } from '../errors.ts';
import type { Actor } from '../people/policy.ts';
import type { CaseReader, PeopleStore } from '../ports.ts';
import { historyCommands, parse } from '../process/commands.ts';
import type { Engine } from '../process/engine.ts';
import type { DocumentAccess } from './document-access.ts';

/** What people do with the past of a shared document, by the same rules for pages and API: whoever may read the text
 * may read its past, whoever may write in it may name how it stands, and those who run the case may bring it back. */

type Shown = { readonly access: DocumentAccess };

export type HistoryCommands = {
  /** Somebody who may write and has no card yet is given one, as by writing.
   * @param input - `{ seq, name }` */
  name(caseId: string, documentId: string, actor: Actor, input: unknown): Promise<Result<Shown>>;
  /** @param input - `{ seq }`
   * @returns `before`: where the text stood, so that this can be undone */
  restore(
    caseId: string,
    documentId: string,
    actor: Actor,
    input: unknown,
  ): Promise<Result<Shown & { readonly before: number; readonly after: number }>>;
};

/** The commands on the past of documents, held to the rules of the engine. */
export function historyFor(
  engine: Pick<Engine, 'document' | 'joinDocument'>,
  history: DocumentHistory,
): HistoryCommands {
  const noSuchEdit = () => invalid({ path: 'seq', problem: 'not_found' });
  return {
    async name(caseId, documentId, actor, input) {
      const read = parse(historyCommands.nameVersion, input);
      if (!read.ok) return read;
      const found = await engine.document(documentId, actor);
      if (!found.ok || found.access.document.caseId !== caseId) return refuse({ id: 'not_found' });
      if (found.access.right !== 'edit') return refuse({ id: 'forbidden' });
      const joined = await engine.joinDocument(documentId, actor);
      if (!joined.ok) return joined;
      const { seq, name } = read.value;
      const named = await history.name({ caseId, documentId }, seq, name, joined.access.author);
      if (named === null) return noSuchEdit();
      return named === 'hasName' ? invalid({ path: 'seq', problem: 'invalid' }) : joined;
    },

    async restore(caseId, documentId, actor, input) {
      const read = parse(historyCommands.restoreVersion, input);
      if (!read.ok) return read;
      const found = await engine.document(documentId, actor);
      if (!found.ok || found.access.document.caseId !== caseId) return refuse({ id: 'not_found' });
      const { access } = found;
      if (!access.mayRestore) return refuse({ id: 'forbidden' });
      const restored = await history.restore({ caseId, documentId }, read.value.seq, access.author);
      return restored ? { ok: true, access, ...restored } : noSuchEdit();
    },
  };
}

/** What authors are called: those who run a case by their name, everybody else by their pseudonym. Two queries at most;
 * an author whom nobody knows any more is absent.
 * @param authors - as in `DocumentEdit.author` */
export async function namesOf(
  {
    reader,
    people,
  }: { readonly reader: Pick<CaseReader, 'participants'>; readonly people: Pick<PeopleStore, 'people'> },
  caseId: string,
  authors: Iterable<string>,
): Promise<Map<string, string>> {
  const wanted = new Set(authors);
  const some = (kind: string) => [...wanted].some((author) => author.startsWith(kind));
  const [participants, persons] = await Promise.all([
    some('participant:') ? reader.participants(caseId) : [],
    some('person:') ? people.people() : [],
  ]);
  const names = [
    ...participants.map(({ id, pseudonym }) => [`participant:${id}`, pseudonym] as const),
    ...persons.map(({ id, name }) => [`person:${id}`, name] as const),
  ];
  return new Map(names.filter(([author]) => wanted.has(author)));
}
