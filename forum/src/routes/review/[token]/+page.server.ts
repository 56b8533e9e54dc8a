import { error } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import type { Actor } from '@lakeus/engine';
import { answerProposal, askBack, giveOut } from '#lib/server/answering.ts';
import { found } from '#lib/server/forms.ts';
import { sha256 } from '@lakeus/engine';
import type { Actions, PageServerLoad } from './$types';

/** A decision-maker's brief by personal link. Opening it changes nothing, however often a mail scanner does. */
async function entered(
  event: Pick<RequestEvent, 'locals' | 'params'>,
): Promise<{ caseId: string; actor: Actor }> {
  const { people, clock } = event.locals.lakeus;
  const link = await people.link(sha256(event.params.token ?? ''));
  if (link?.purpose !== 'brief' || !link.caseId || link.expiresAt <= clock.now().toISOString()) {
    error(404, { message: 'not_found', status: 404 });
  }
  return { caseId: link.caseId, actor: { kind: 'person', personId: link.personId } };
}

export const load: PageServerLoad = async (event) => {
  event.setHeaders({ 'cache-control': 'private, no-store' });
  const { caseId, actor } = await entered(event);
  const { engine, reader, people } = event.locals.lakeus;
  const { view } = found(await engine.look(caseId, actor));
  const [overview, proposals, decider] = await Promise.all([
    reader.overview(caseId),
    reader.proposals(caseId, 2),
    actor.kind === 'person' ? people.person(actor.personId) : null,
  ]);
  if (!view.held.includes('decider')) error(403, { message: 'forbidden', status: 403 });
  return {
    caseId,
    step: view.step,
    order: view.order,
    facts: view.facts,
    answerDueAt: typeof view.context.answerDueAt === 'string' ? view.context.answerDueAt : null,
    texts: overview.texts,
    proposals,
    decider: decider?.name ?? '',
  };
};

const at = (event: RequestEvent) => `/review/${event.params.token}`;

export const actions: Actions = {
  respond: async (event) => {
    const { caseId, actor } = await entered(event);
    return answerProposal(event, caseId, actor, at(event));
  },
  askBack: async (event) => {
    const { caseId, actor } = await entered(event);
    return askBack(event, caseId, actor, at(event));
  },
  giveOut: async (event) => {
    const { caseId, actor } = await entered(event);
    return giveOut(event, caseId, actor, at(event));
  },
};
