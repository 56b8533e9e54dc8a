import { z } from 'zod';
import { may } from '../people/policy.ts';
import { contentCommands } from '../process/commands.ts';
import { answer, body } from './named.ts';
import { granted, Refused } from './problem.ts';
import { route } from './route.ts';
import type { Api } from './route.ts';
import { doneOf, withoutKey } from './shared.ts';
import { doneSchema } from './shown.ts';

/** Taking words out of sight, and putting them back. */

const id = z.uuid();
const instant = z.iso.datetime();

const hideBody = body(
  'HideContribution',
  contentCommands.hideContribution.omit({ ...withoutKey, contributionId: true }),
);

const hiddenSchema = answer(
  'HiddenContribution',
  z.strictObject({
    contributionId: id,
    body: z.string(),
    reason: z.string(),
    personName: z.string().nullable(),
    hiddenAt: instant,
  }),
);
export function moderationRoutes(api: Api): void {
  const { engine, reader } = api;
  const tag = 'contributions';
  const path = '/api/v1/cases/{id}/contributions/{contributionId}/hidden';

  route(api, {
    method: 'get',
    path,
    id: 'getHiddenContribution',
    summary: 'The words of a hidden contribution, for those who may put it back.',
    tag,
    problems: ['forbidden'],
    answer: hiddenSchema,
    handle: async ({ caseId, look, params }) => {
      if (!may((await look()).held, 'contribution.seeHidden')) throw new Refused({ id: 'forbidden' });
      const hidden = await reader.hidden(caseId);
      const found = hidden.find((each) => each.contributionId === params.contributionId);
      if (!found) throw new Refused({ id: 'not_found' });
      const { contributionId, body: words, reason, personName, hiddenAt } = found;
      return { contributionId, body: words, reason, personName, hiddenAt };
    },
  });

  route(api, {
    method: 'put',
    path,
    id: 'hideContribution',
    summary: 'Takes the words of a contribution out of sight, with a public reason. It stays a contribution.',
    tag,
    body: hideBody,
    answer: doneSchema,
    handle: async ({ caseId, actor, command, params }) => {
      const input = await command({ contributionId: params.contributionId! });
      const hidden = await engine.hideContribution(caseId, actor, input);
      return doneOf(granted(hidden, { inPath: ['contributionId'] }).decided);
    },
  });

  route(api, {
    method: 'delete',
    path,
    id: 'showContribution',
    summary: 'Puts the words of a hidden contribution back.',
    tag,
    answer: doneSchema,
    handle: async ({ caseId, actor, command, params }) => {
      const input = await command({ contributionId: params.contributionId! });
      const shown = await engine.showContribution(caseId, actor, input);
      return doneOf(granted(shown, { inPath: ['contributionId'] }).decided);
    },
  });
}
