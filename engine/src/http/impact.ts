import { z } from 'zod';
import { readCode } from '../content/cards.ts';
import { threadOf } from '../content/impact.ts';
import { contentCommands } from '../process/commands.ts';
import { answer, body } from './named.ts';
import { granted, Refused } from './problem.ts';
import { route } from './route.ts';
import type { Api } from './route.ts';
import { doneOf, withoutKey } from './shared.ts';
import { doneSchema, heardSchema, listOf, shownThread, threadSchema } from './shown.ts';

/** What became of what people gave, and whether they were heard. */

const hearBody = body('AnswerHeard', contentCommands.hear.omit(withoutKey));

const impactSchema = answer('Impact', listOf(threadSchema));

const byCard = answer(
  'ImpactByCard',
  z.strictObject({
    caseId: z.uuid(),
    title: z.string().nullable(),
    step: z.string(),
    pseudonym: z.string(),
    threads: z.array(threadSchema),
    /** what was answered to 'was I heard?' */
    heard: heardSchema.nullable(),
  }),
);

export function impactRoutes(api: Api): void {
  const { engine, reader } = api;
  const tag = 'impact';

  route(api, {
    method: 'get',
    path: '/api/v1/cases/{id}/impact',
    id: 'getImpact',
    summary: 'What became of what you gave, or of one contribution.',
    tag,
    query: z.strictObject({ contributionId: z.uuid().optional() }),
    answer: impactSchema,
    handle: async ({ caseId, look, query: { contributionId } }) => {
      const view = await look();
      const { participantId } = view;
      if (!contributionId && !participantId) {
        throw new Refused({ id: 'invalid', fields: [{ path: 'contributionId', problem: 'required' }] });
      }
      const by = contributionId
        ? { contributionId: contributionId.toLowerCase() }
        : { participantId: participantId! };
      const readings = await reader.impact(caseId, by);
      if (contributionId && readings.length === 0) throw new Refused({ id: 'not_found' });
      return { items: readings.map((reading) => shownThread(threadOf(reading, view))) };
    },
  });

  route(api, {
    method: 'get',
    path: '/api/v1/impact/{code}',
    id: 'getImpactByCard',
    summary: 'What became of what was given under a participant card. Whoever holds the card may read it.',
    tag,
    answer: byCard,
    handle: async ({ params }) => {
      const code = readCode(params.code!);
      const participant = code ? await reader.participantByCode(code) : null;
      if (!participant) throw new Refused({ id: 'not_found' });
      const { caseId, id: participantId, pseudonym } = participant;
      const { view } = granted(await engine.look(caseId, { kind: 'guest', participantId }));
      const [readings, { texts }, heard] = await Promise.all([
        reader.impact(caseId, { participantId }),
        reader.overview(caseId),
        reader.heard(caseId, participantId),
      ]);
      return {
        caseId,
        title: texts.title ?? null,
        step: view.step,
        pseudonym,
        threads: readings.map((reading) => shownThread(threadOf(reading, view))),
        heard: heard && { answer: heard.answer, body: heard.body, givenAt: heard.givenAt },
      };
    },
  });

  route(api, {
    method: 'post',
    path: '/api/v1/cases/{id}/heard',
    id: 'answerHeard',
    summary: 'Answers whether you were heard; for those who took part.',
    tag,
    body: hearBody,
    answer: doneSchema,
    handle: async ({ caseId, actor, command }) =>
      doneOf(granted(await engine.hear(caseId, actor, await command())).decided),
  });
}
