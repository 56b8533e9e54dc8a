import { error } from '@sveltejs/kit';
import { words } from '#lib/i18n.ts';
import { fieldsOf, given, givenInstants, submit } from '#lib/server/forms.ts';
import type { Labels } from '#lib/server/forms.ts';
import type { Notice } from '#lib/server/notice.ts';
import { sevenSteps } from '#lib/steps.ts';
import type { Actions, PageServerLoad } from './$types';

const shownCases = 50;

/** Where the case is, what the way onward still needs, and everything else that can happen to it from here. */
export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { view, can } = await parent();
  if (!can.runs) error(403, { message: 'forbidden', status: 403 });
  const mergeable = view.events.includes('case.merged');
  const { items } = mergeable
    ? await locals.lakeus.reader.cases({ raised: false, steps: [...sevenSteps, 'paused'], limit: shownCases })
    : { items: [] };
  return { others: items.filter(({ id }) => id !== params.id).map(({ id, title }) => ({ id, title })) };
};

const instants = ['closesAt', 'answerDueAt'];
const labels: Labels = {
  reason: 'control.reason',
  closesAt: 'control.new.closesAt',
  answerDueAt: 'control.new.answerDueAt',
  workshopOn: 'control.new.workshopOn',
  intoCaseId: 'control.into',
};

export const actions: Actions = {
  default: async (event) => {
    const fields = await fieldsOf(event);
    const { id } = event.params;
    const actor = await event.locals.actorIn(id);
    const input = {
      caseId: id,
      actor,
      type: fields.event ?? '',
      data: { ...givenInstants(fields, ...instants), ...given(fields, 'workshopOn', 'intoCaseId') },
      texts: given(fields, 'reason'),
      expectedVersion: Number(fields.expectedVersion),
      idempotencyKey: fields.idempotencyKey,
    };
    const t = words(event.locals.locale);
    const { engine } = event.locals.lakeus;
    const before = await engine.look(id, actor);
    return submit(
      event,
      fields,
      () => engine.send(input),
      `/cases/${id}/control`,
      ({ decided: { step } }): Notice =>
        before.ok && before.view.step !== step
          ? { key: 'onward', values: { step: t(`step.${step}.name`) } }
          : { key: 'eventDone', values: { event: t(`event.${input.type}.name`) } },
      labels,
    );
  },
};
