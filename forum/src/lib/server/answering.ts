import type { Actor } from '@lakeus/engine';
import type { RequestEvent } from '@sveltejs/kit';
import { fieldsOf, given, submit } from './forms.ts';
import type { Labels } from './forms.ts';

const labels: Labels = { reason: 'brief.reason' };

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
  const notice = { key: 'answerSaved', values: { number: Number(fields.number) || 0 } };
  return submit(event, fields, respond, `${back}#answers`, notice, labels);
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
  return submit(event, fields, ask, back, { key: 'askedBack' }, { reason: 'brief.askReason' });
}

export async function giveOut(event: RequestEvent, caseId: string, actor: Actor, back: string) {
  const fields = await fieldsOf(event);
  const { idempotencyKey } = fields;
  const complete = () =>
    event.locals.lakeus.engine.send({ caseId, actor, type: 'review.completed', idempotencyKey });
  return submit(event, fields, complete, back, { key: 'givenOut' });
}
