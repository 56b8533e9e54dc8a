import { z } from 'zod';
import { documentKinds, documentRights } from '../case.ts';
import { mentionsOf, readDocument, textOf } from '../document/read.ts';
import { schemaVersion } from '../document/schema.ts';
import type { Actor } from '../people/policy.ts';
import { ticketLifetimeMs } from '../people/ticket.ts';
import type { DocumentRef, ShownDocument, ShownPassage } from '../ports.ts';
import { contentCommands, documentId } from '../process/commands.ts';
import { answer, body } from './named.ts';
import { granted, Refused } from './problem.ts';
import { route } from './route.ts';
import type { Api, Call } from './route.ts';
import { doneOf, ownCard, withoutKey } from './shared.ts';
import { cardSchema, contributionSchema, done, doneSchema, listOf, shownContribution } from './shown.ts';

/** Texts that people write together: what there is, what is said in them, and tickets to the collaboration server. */

const id = z.uuid();
const instant = z.iso.datetime();
const count = z.int().min(0);
const right = z.enum(documentRights);

const inPath = { documentId: true } as const;
const openBody = body('OpenDocument', contentCommands.openDocument.omit(withoutKey));
const renameBody = body('RenameDocument', contentCommands.renameDocument.omit({ ...withoutKey, ...inPath }));
const remarkBody = body('RemarkOnDocument', contentCommands.remark.omit({ ...withoutKey, ...inPath }));
const noteBody = body('GiveNote', contentCommands.giveNote.omit({ ...withoutKey, ...inPath }));
const document = {
  id: documentId,
  kind: z.enum(documentKinds),
  title: z.string(),
  createdAt: instant,
  /** what you may do in it now */
  right,
  threads: count,
  openThreads: count,
  edits: count,
  changedAt: instant.nullable(),
};
const documentSchema = answer('Document', z.strictObject(document));
const documentsSchema = answer('Documents', listOf(documentSchema));
const readSchema = answer(
  'DocumentText',
  z.strictObject({
    ...document,
    /** the words, one block a line; null where the text cannot be read just now */
    text: z.string().nullable(),
    /** contributions that it mentions */
    sources: z.array(id),
  }),
);
const shownDocument = (of: ShownDocument, own: z.input<typeof right>): z.input<typeof documentSchema> => ({
  id: of.id,
  kind: of.kind,
  title: of.title,
  createdAt: of.createdAt,
  right: own,
  threads: of.threads,
  openThreads: of.openThreads,
  edits: of.edits,
  changedAt: of.changedAt,
});

const threadSchema = answer(
  'DocumentThread',
  z.strictObject({
    contribution: contributionSchema,
    replies: z.array(contributionSchema),
    anchor: z.string(),
    quote: z.string(),
    prefix: z.string(),
    suffix: z.string(),
    /** when it was settled; null while it is open */
    resolvedAt: instant.nullable(),
  }),
);
const threadsSchema = answer(
  'DocumentThreads',
  z.strictObject({
    items: z.array(threadSchema),
    /** names of those who take part that the words mention, as '@' and the name */
    mentioned: z.array(z.string()),
  }),
);
const shownThread = ({ passage, contribution, replies }: ShownPassage): z.input<typeof threadSchema> => ({
  contribution: shownContribution(contribution),
  replies: replies.map(shownContribution),
  anchor: passage.anchor,
  quote: passage.quote,
  prefix: passage.prefix,
  suffix: passage.suffix,
  resolvedAt: passage.resolvedAt,
});

const opened = answer('DocumentOpened', z.strictObject({ ...done, documentId }));
const remarked = answer(
  'Remarked',
  z.strictObject({ ...done, contributionId: id, participantId: id, card: cardSchema.nullable() }),
);
const ticketSchema = answer(
  'DocumentTicket',
  z.strictObject({
    /** goes into the address of the collaboration server's socket */
    ticket: z.string(),
    right,
    /** what others see at your cursor */
    name: z.string(),
    author: z.string(),
    schemaVersion: z.int(),
    expiresAt: instant,
    /** yours from now on, where you came without one */
    card: cardSchema.nullable(),
  }),
);

type Given = { contributionId: string; participantId: string };

export function documentRoutes(api: Api): void {
  textRoutes(api);
  discussionRoutes(api);
}

const isMentioned = (name: string, said: readonly { readonly body: string }[]): boolean =>
  said.some(({ body: words }) => words.includes(`@${name}`));

/** The document of the address, if it is shown to the asker and stands in the case of the address. */
async function documentOf({ engine }: Api, { caseId, actor, params }: Call<unknown>) {
  const { access } = granted(await engine.document(params.documentId!, actor));
  if (access.document.caseId !== caseId) throw new Refused({ id: 'not_found' });
  return access;
}

async function contentOf({ documents }: Api, ref: DocumentRef) {
  const found = await documents?.read(ref);
  if (!found) return { text: null, sources: [] };
  const node = readDocument(found.content);
  return { text: textOf(node), sources: mentionsOf(node) };
}

function textRoutes(api: Api): void {
  const { engine, reader } = api;
  const tag = 'documents';
  const path = '/api/v1/cases/{id}/documents';

  route(api, {
    method: 'get',
    path,
    id: 'listDocuments',
    summary: 'Texts that people write together in this case, those that are shown to you.',
    tag,
    answer: documentsSchema,
    handle: async ({ caseId, look }) => {
      const { documents } = await look();
      const shown = await reader.documents(caseId);
      return {
        items: shown.flatMap((each) => {
          const own = documents[each.kind];
          return own ? [shownDocument(each, own)] : [];
        }),
      };
    },
  });

  route(api, {
    method: 'post',
    path,
    id: 'openDocument',
    summary: 'Opens a document for people to write in together.',
    tag,
    body: openBody,
    answer: opened,
    status: 201,
    handle: async ({ caseId, actor, command, setHeader }) => {
      const { decided } = granted(await engine.openDocument(caseId, actor, await command()));
      const made = decided.answer.documentId as string;
      setHeader('Location', `/api/v1/cases/${caseId}/documents/${made}`);
      return { ...doneOf(decided), documentId: made };
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/{documentId}`,
    id: 'getDocument',
    summary: 'One document with its words and the contributions that it mentions.',
    tag,
    answer: readSchema,
    handle: async (call) => {
      const access = await documentOf(api, call);
      const { caseId } = call;
      const [documents, content] = await Promise.all([
        reader.documents(caseId),
        contentOf(api, { caseId, documentId: access.document.id }),
      ]);
      const found = documents.find((each) => each.id === access.document.id);
      if (!found) throw new Refused({ id: 'not_found' });
      return { ...shownDocument(found, access.right), ...content };
    },
  });

  route(api, {
    method: 'put',
    path: `${path}/{documentId}`,
    id: 'renameDocument',
    summary: 'Gives a document another title.',
    tag,
    body: renameBody,
    answer: doneSchema,
    handle: async ({ caseId, actor, command, params }) => {
      const input = await command({ documentId: params.documentId! });
      const renamed = await engine.renameDocument(caseId, actor, input);
      return doneOf(granted(renamed, { inPath: ['documentId'] }).decided);
    },
  });

  route(api, {
    method: 'post',
    path: '/api/v1/documents/{documentId}/ticket',
    id: 'issueDocumentTicket',
    summary: 'A ticket to one document on the collaboration server, good for a few minutes.',
    tag,
    answer: ticketSchema,
    status: 201,
    handle: async ({ actor, params }) => {
      if (!api.tickets) throw new Refused({ id: 'not_found' });
      const { access } = granted(await engine.joinDocument(params.documentId!, actor));
      const { right: own, name, author, participantId, document: of } = access;
      const now = api.now?.() ?? new Date();
      const expiresAt = new Date(now.getTime() + ticketLifetimeMs).toISOString();
      const told = { right: own, name, author, schemaVersion, expiresAt };
      const bearer = bearerOf(actor, participantId);
      const ticket = api.tickets.issue({ caseId: of.caseId, documentId: of.id, actor: bearer, ...told });
      return {
        ticket,
        ...told,
        card: participantId ? await ownCard(api, of.caseId, actor, participantId) : null,
      };
    },
  });
}

/** Whoever comes with the ticket: the asker, a guest with the card that they have now. */
function bearerOf(actor: Actor, participantId: string | null) {
  if (actor.kind === 'guest') return { kind: 'guest' as const, ...(participantId && { participantId }) };
  if (actor.kind === 'person') return actor;
  throw new Refused({ id: 'forbidden' });
}

function discussionRoutes(api: Api): void {
  const { engine, reader } = api;
  const tag = 'documents';
  const path = '/api/v1/cases/{id}/documents/{documentId}';

  route(api, {
    method: 'get',
    path: `${path}/threads`,
    id: 'listDocumentThreads',
    summary: 'Discussions at passages of a document, settled ones among them.',
    tag,
    answer: threadsSchema,
    handle: async (call) => {
      const { document: of } = await documentOf(api, call);
      const passages = await reader.passages(of.caseId, of.id);
      const said = passages.flatMap(({ contribution, replies }) => [contribution, ...replies]);
      const someone = said.some((each) => each.body.includes('@'));
      const names = someone ? await reader.participants(of.caseId) : [];
      return {
        items: passages.map(shownThread),
        mentioned: names.map((each) => each.pseudonym).filter((name) => isMentioned(name, said)),
      };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/remarks`,
    id: 'remarkOnDocument',
    summary:
      'Starts a discussion at a passage, or answers in one. What is said is a contribution like any other.',
    tag,
    body: remarkBody,
    answer: remarked,
    status: 201,
    handle: async ({ caseId, actor, command, params, setHeader }) => {
      const input = await command({ documentId: params.documentId! });
      const said = await engine.remark(caseId, actor, input);
      const { decided } = granted(said, { inPath: ['documentId'] });
      const { contributionId, participantId } = decided.answer as Given;
      setHeader('Location', `/api/v1/cases/${caseId}/contributions/${contributionId}`);
      const card = await ownCard(api, caseId, actor, participantId);
      return { ...doneOf(decided), contributionId, participantId, card };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/notes`,
    id: 'giveNote',
    summary: 'Makes a contribution of a sticky note, once, whoever gives it and however often.',
    tag,
    body: noteBody,
    answer: remarked,
    status: 201,
    handle: async ({ caseId, actor, command, params, setHeader }) => {
      const input = await command({ documentId: params.documentId! });
      const given = await engine.giveNote(caseId, actor, input);
      const { decided } = granted(given, { inPath: ['documentId'] });
      const { contributionId, participantId } = decided.answer as Given;
      setHeader('Location', `/api/v1/cases/${caseId}/contributions/${contributionId}`);
      // A note that was given before, or for somebody else, is under a card that is not the asker's to see.
      const own = !decided.repeated && input.code === undefined;
      const card = own ? await ownCard(api, caseId, actor, participantId) : null;
      return { ...doneOf(decided), contributionId, participantId, card };
    },
  });

  const one = '/api/v1/cases/{id}/contributions/{contributionId}/settled';
  for (const [method, settled] of [
    ['put', true],
    ['delete', false],
  ] as const) {
    route(api, {
      method,
      path: one,
      id: settled ? 'settleThread' : 'reopenThread',
      summary: settled
        ? 'Marks the discussion that the contribution began as settled; for who began it, staff and agents.'
        : 'Opens a settled discussion again.',
      tag,
      answer: doneSchema,
      handle: async ({ caseId, actor, command, params }) => {
        const input = await command({ contributionId: params.contributionId!, settled });
        const done = await engine.settle(caseId, actor, input);
        return doneOf(granted(done, { inPath: ['contributionId'] }).decided);
      },
    });
  }
}
