import type { RequestEvent } from '@sveltejs/kit';
import { readDocument } from '@lakeus/engine/document';
import type { Result, ShownPassage } from '@lakeus/engine';
import { isEnough } from '@lakeus/engine';
import { plainBlocks } from '#lib/document/plain.ts';
import { around, findQuote, longestQuote } from '#lib/document/quotes.ts';
import type { Discussion, Said } from '#lib/document/discussions.ts';
import { readingOf } from '#lib/server/documents.ts';
import { fieldsOf, given, submit, submitAsParticipant } from '#lib/server/forms.ts';
import type { Notice } from '#lib/server/notice.ts';
import type { Actions, PageServerLoad } from './$types';

/** Discussions at the passages of a text, whole without script: what was said, answering, settling and moderating. */

const said = ({
  id,
  participantId,
  pseudonym,
  body,
  hidden,
  createdAt,
}: ShownPassage['contribution']): Said => ({
  ...{ id, participantId, pseudonym, body, hidden, createdAt },
});

export const load: PageServerLoad = async ({ locals, params, parent, setHeaders }) => {
  setHeaders({ 'cache-control': 'private, no-store' });
  const { can } = await parent();
  const { reader } = locals.lakeus;
  const { access, content } = await readingOf(locals, params.id, params.documentId);
  const [passages, hidden] = await Promise.all([
    reader.passages(params.id, params.documentId),
    can.moderate ? reader.hidden(params.id) : [],
  ]);
  const bodies = passages.flatMap(({ contribution, replies }) => [contribution, ...replies]);
  const someone = bodies.some(({ body }) => body.includes('@'));
  const names = someone ? (await reader.participants(params.id)).map(({ pseudonym }) => pseudonym) : [];
  const node = readDocument(content);
  return {
    document: access.document,
    mayRemark: isEnough(access.right, 'comment'),
    discussions: passages.map(({ passage, contribution, replies }) => {
      const { anchor, quote, prefix, suffix, resolvedAt } = passage;
      const own = access.participantId !== null && contribution.participantId === access.participantId;
      return {
        ...{ anchor, quote, prefix, suffix, resolvedAt },
        contribution: said(contribution),
        replies: replies.map(said),
        isThere: findQuote(node, passage) !== null,
        maySettle: can.moderate || (own && isEnough(access.right, 'comment')),
      } satisfies Discussion & { isThere: boolean; maySettle: boolean };
    }),
    mentioned: names.filter((name) => bodies.some(({ body }) => body.includes(`@${name}`))),
    hidden: Object.fromEntries(hidden.map(({ contributionId, body }) => [contributionId, body])),
    parts: plainBlocks(content).filter(({ text }) => text.trim()),
  };
};

type Event = RequestEvent<{ id: string; documentId: string }>;

const placeOf = ({ params }: Event) => `/cases/${params.id}/documents/${params.documentId}/threads`;

/** A page of a document that is not shown to the visitor takes nothing in. */
async function shownHere({ locals, params }: Event): Promise<void> {
  await readingOf(locals, params.id, params.documentId);
}

/** A block of the text as a passage. Without an editor there is no anchor: it is found by its words. */
async function passageOf(event: Event, index: number) {
  const { content } = await readingOf(event.locals, event.params.id, event.params.documentId);
  const parts = plainBlocks(content).filter(({ text }) => text.trim());
  const at = parts.findIndex((part) => part.index === index);
  const part = parts[at];
  if (!part) return null;
  return {
    anchor: '.',
    quote: part.text.slice(0, longestQuote).toWellFormed(),
    prefix: at > 0 ? `${parts[at - 1]!.text.slice(1 - around)}\n`.toWellFormed() : '',
    suffix: at + 1 < parts.length ? `\n${parts[at + 1]!.text.slice(0, around - 1)}`.toWellFormed() : '',
  };
}

export const actions: Actions = {
  remark: async (event) => {
    const fields = await fieldsOf(event);
    const { id, documentId } = event.params;
    const actor = await event.locals.actorIn(id);
    const passage = fields.passage ? await passageOf(event, Number(fields.passage)) : null;
    const input = { ...given(fields, 'body', 'idempotencyKey'), documentId, ...(passage && { passage }) };
    return submitAsParticipant(
      event,
      id,
      fields,
      () => event.locals.lakeus.engine.remark(id, actor, input),
      ({ contributionId }) => `${placeOf(event)}#said-${String(contributionId)}`,
      { key: 'threadSaid' },
      { body: 'threads.remarkBody', passage: 'threads.part' },
    );
  },

  reply: async (event) => {
    const fields = await fieldsOf(event);
    const { id, documentId } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = { ...given(fields, 'body', 'parentId', 'idempotencyKey'), documentId };
    return submitAsParticipant(
      event,
      id,
      fields,
      () => event.locals.lakeus.engine.remark(id, actor, input),
      ({ contributionId }) => `${placeOf(event)}#said-${String(contributionId)}`,
      { key: 'threadSaid' },
      { body: 'threads.replyBody' },
    );
  },

  settle: async (event) => {
    const fields = await fieldsOf(event);
    const settled = fields.settled === 'true';
    return command(event, fields, settled ? { key: 'threadSettled' } : { key: 'threadReopened' }, (actor) =>
      event.locals.lakeus.engine.settle(event.params.id, actor, {
        ...given(fields, 'contributionId', 'idempotencyKey'),
        settled,
      }),
    );
  },

  hide: async (event) => {
    const fields = await fieldsOf(event);
    const input = given(fields, 'contributionId', 'reason', 'idempotencyKey');
    return command(event, fields, { key: 'wordsHidden' }, (actor) =>
      event.locals.lakeus.engine.hideContribution(event.params.id, actor, input),
    );
  },

  show: async (event) => {
    const fields = await fieldsOf(event);
    const input = given(fields, 'contributionId', 'idempotencyKey');
    return command(event, fields, { key: 'wordsShown' }, (actor) =>
      event.locals.lakeus.engine.showContribution(event.params.id, actor, input),
    );
  },
};

type Actor = Awaited<ReturnType<App.Locals['actorIn']>>;

async function command(
  event: Event,
  fields: Record<string, string>,
  notice: Notice,
  run: (actor: Actor) => Promise<Result<object>>,
) {
  await shownHere(event);
  const actor = await event.locals.actorIn(event.params.id);
  const labels = { reason: 'threads.hideReason' } as const;
  const next = `${placeOf(event)}#said-${fields.contributionId ?? ''}`;
  return submit(event, fields, () => run(actor), next, notice, labels);
}
