import { z } from 'zod';
import { responsesPublished } from '../content/impact.ts';
import { contentCommands } from '../process/commands.ts';
import type { View } from '../process/engine.ts';
import { answer, body } from './named.ts';
import { granted, Refused } from './problem.ts';
import { route } from './route.ts';
import type { Api } from './route.ts';
import { doneOf, withoutKey } from './shared.ts';
import {
  done,
  doneSchema,
  listOf,
  proposalSchema,
  responseSchema,
  seesResponses,
  shownProposal,
  shownResponse,
} from './shown.ts';

/** What is made of what was said: accountings, proposals and their summary, the responses to them, and what came of
 * the promises. */

const id = z.uuid();
const accountBody = body('Account', contentCommands.account.omit(withoutKey));
const proposeBody = body('WriteProposal', contentCommands.propose.omit({ ...withoutKey, proposalId: true }));
const respondBody = body('Respond', contentCommands.respond.omit(withoutKey));
const followUpBody = body('RecordFollowUp', contentCommands.followUp.omit(withoutKey));

const written = answer('ProposalWritten', z.strictObject({ ...done, proposalId: id, number: z.int() }));
const summarySchema = answer(
  'Summary',
  z.strictObject({
    /** null until it is written */
    text: z.string().nullable(),
    proposals: z.array(proposalSchema),
  }),
);
const responsesSchema = answer(
  'Responses',
  z.strictObject({
    /** while false, only decision-makers and staff see what has been drafted */
    published: z.boolean(),
    items: z.array(responseSchema),
  }),
);

const accounted = answer('Accounted', z.strictObject({ ...done, accounted: z.int() }));
const proposalsSchema = answer('Proposals', listOf(proposalSchema));
const responded = answer('Responded', z.strictObject({ ...done, proposalId: id }));
const followUpRecorded = answer('FollowUpRecorded', z.strictObject({ ...done, followUpId: id }));

const sourcesAsked = z.strictObject({
  sources: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(20)
    .describe('How many contributions are shown behind each proposal; the count is always whole.'),
});

const seesThem = (view: View): boolean => seesResponses(view, view.held);

export function proposalRoutes(api: Api): void {
  const { engine, reader } = api;
  const tag = 'proposals';
  const path = '/api/v1/cases/{id}';
  const one = `${path}/proposals/{proposalId}`;

  route(api, {
    method: 'post',
    path: `${path}/accountings`,
    id: 'account',
    summary:
      'Accounts for contributions: used, merged, left out with a reason, put under a theme, or waiting again.',
    tag,
    body: accountBody,
    answer: accounted,
    handle: async ({ caseId, actor, command }) => {
      const { decided } = granted(await engine.account(caseId, actor, await command()));
      return { ...doneOf(decided), accounted: decided.answer.accounted as number };
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/proposals`,
    id: 'listProposals',
    summary: 'Proposals with the contributions behind them, their responses and what came of them.',
    tag,
    query: sourcesAsked,
    answer: proposalsSchema,
    handle: async ({ caseId, look, query: { sources } }) => {
      const sees = seesThem(await look());
      return { items: (await reader.proposals(caseId, sources)).map((each) => shownProposal(each, sees)) };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/proposals`,
    id: 'writeProposal',
    summary: 'Writes a proposal.',
    tag,
    body: proposeBody,
    answer: written,
    status: 201,
    handle: async ({ caseId, actor, command, setHeader }) => {
      const input = await command();
      if (Object.hasOwn(input, 'proposalId')) {
        throw new Refused({ id: 'invalid', fields: [{ path: 'proposalId', problem: 'unknown_field' }] });
      }
      const { decided } = granted(await engine.propose(caseId, actor, input));
      const { proposalId, number } = decided.answer as { proposalId: string; number: number };
      setHeader('Location', `/api/v1/cases/${caseId}/proposals/${proposalId}`);
      return { ...doneOf(decided), proposalId, number };
    },
  });

  route(api, {
    method: 'get',
    path: one,
    id: 'getProposal',
    summary: 'One proposal.',
    tag,
    query: sourcesAsked,
    answer: proposalSchema,
    handle: async ({ caseId, look, params: { proposalId }, query: { sources } }) => {
      const sees = seesThem(await look());
      const found = (await reader.proposals(caseId, sources)).find((each) => each.id === proposalId);
      if (!found) throw new Refused({ id: 'not_found' });
      return shownProposal(found, sees);
    },
  });

  route(api, {
    method: 'put',
    path: one,
    id: 'rewriteProposal',
    summary:
      'Writes a proposal anew; its number stays, and contributions given are added to those behind it.',
    tag,
    body: proposeBody,
    answer: written,
    handle: async ({ caseId, actor, command, params: { proposalId } }) => {
      const input = await command({ proposalId: proposalId! });
      const { decided } = granted(await engine.propose(caseId, actor, input), { inPath: ['proposalId'] });
      return { ...doneOf(decided), proposalId: proposalId!, number: decided.answer.number as number };
    },
  });

  route(api, {
    method: 'delete',
    path: one,
    id: 'withdrawProposal',
    summary: 'Withdraws a proposal; what stood behind it waits to be accounted for again.',
    tag,
    answer: doneSchema,
    handle: async ({ caseId, actor, command, params: { proposalId } }) => {
      const input = await command({ proposalId: proposalId! });
      return doneOf(
        granted(await engine.withdrawProposal(caseId, actor, input), { inPath: ['proposalId'] }).decided,
      );
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/summary`,
    id: 'getSummary',
    summary: 'The summary: its text, and its proposals with what stands behind them.',
    tag,
    query: sourcesAsked,
    answer: summarySchema,
    handle: async ({ caseId, look, query: { sources } }) => {
      const sees = seesThem(await look());
      const [{ texts }, proposals] = await Promise.all([
        reader.overview(caseId),
        reader.proposals(caseId, sources),
      ]);
      return { text: texts.summary ?? null, proposals: proposals.map((each) => shownProposal(each, sees)) };
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/responses`,
    id: 'listResponses',
    summary: 'What decision-makers answered. Drafts are shown to them and to staff until they are published.',
    tag,
    answer: responsesSchema,
    handle: async ({ caseId, look }) => {
      const view = await look();
      const published = responsesPublished(view);
      if (!seesThem(view)) return { published, items: [] };
      const proposals = await reader.proposals(caseId, 0);
      return {
        published,
        items: proposals.flatMap((each) => (each.response ? [shownResponse(each.response)] : [])),
      };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/responses`,
    id: 'respond',
    summary: 'Answers a proposal; a later answer to the same proposal takes its place.',
    tag,
    body: respondBody,
    answer: responded,
    handle: async ({ caseId, actor, command }) => {
      const { decided } = granted(await engine.respond(caseId, actor, await command()));
      return { ...doneOf(decided), proposalId: decided.answer.proposalId as string };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/follow-ups`,
    id: 'recordFollowUp',
    summary: 'Tells what came of a promise: kept, late or changed.',
    tag,
    body: followUpBody,
    answer: followUpRecorded,
    status: 201,
    handle: async ({ caseId, actor, command }) => {
      const { decided } = granted(await engine.followUp(caseId, actor, await command()));
      return { ...doneOf(decided), followUpId: decided.answer.followUpId as string };
    },
  });
}
