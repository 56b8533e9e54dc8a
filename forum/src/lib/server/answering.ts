import type { Actor } from '@lakeus/engine';
import type { RequestEvent } from '@sveltejs/kit';
import { fieldsOf, given, submit } from './forms.ts';

/** What a decision-maker does with a summary: answers each proposal, asks back, and gives the answers out. The same
 * three actions stand behind the personal link and the signed-in page. */
export async function answerProposal(event: RequestEvent, caseId: string, actor: Actor, back: string) {
  const fields = await fieldsOf(event);
  const names = [
    'proposalId',
    'outcome',
    'reason',
    'forwardedTo',
    'nextStep',
    'nextStepOn',
    'idempotencyKey',
  ];
  const input = given(fields, ...names);
  const respond = () => event.locals.lakeus.engine.respond(caseId, actor, input);
  return submit(event, fields, respond, `${back}?answered=${fields.number ?? ''}#answers`);
}

export async function askBack(event: RequestEvent, caseId: string, actor: Actor, back: string) {
  const fields = await fieldsOf(event);
  const texts = given(fields, 'reason');
  const { idempotencyKey } = fields;
  const ask = () =>
    event.locals.lakeus.engine.send({
      caseId,
      actor,
      type: 'clarification.requested',
      texts,
      idempotencyKey,
    });
  return submit(event, fields, ask, back);
}

export async function giveOut(event: RequestEvent, caseId: string, actor: Actor, back: string) {
  const fields = await fieldsOf(event);
  const { idempotencyKey } = fields;
  const complete = () =>
    event.locals.lakeus.engine.send({ caseId, actor, type: 'review.completed', idempotencyKey });
  return submit(event, fields, complete, back);
}
