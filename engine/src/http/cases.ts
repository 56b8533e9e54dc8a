import { z } from 'zod';
import { languages, roleIds } from '../case.ts';
import type { RoleId } from '../case.ts';
import { may, standings } from '../people/policy.ts';
import type { Actor, Standing } from '../people/policy.ts';
import { contentCommands, parse, raiseSchema } from '../process/commands.ts';
import { answer, body } from './named.ts';
import { granted, Refused } from './problem.ts';
import { route } from './route.ts';
import type { Api } from './route.ts';
import { cursor, doneOf, limitUpTo, ownCard, withoutKey, yesNo } from './shared.ts';
import {
  cardSchema,
  caseSummarySchema,
  done,
  doneSchema,
  membersSchema,
  pageOf,
  requirementSchema,
  shownCase,
  shownMembers,
  textsSchema,
} from './shown.ts';

/** Cases: where they are, what moves them on, and who is in them. */

const raiseBody = body('RaiseNeed', raiseSchema.omit(withoutKey));
const describeBody = body('DescribeCase', contentCommands.describe.omit(withoutKey));
const nameMemberBody = body('NameMember', contentCommands.nameMember.omit(withoutKey));
const sendBody = body(
  'SendEvent',
  z.strictObject({
    type: z.string().min(1).max(100),
    data: z.record(z.string(), z.union([z.string().max(1_000), z.number()])).optional(),
    texts: z.record(z.string(), z.string()).optional(),
    expectedVersion: z.int().min(0).optional(),
  }),
);

const raised = answer(
  'Raised',
  z.strictObject({ ...done, contributionId: z.uuid(), participantId: z.uuid(), card: cardSchema.nullable() }),
);
const memberNamed = answer('MemberNamed', z.strictObject({ ...done, personId: z.uuid() }));
const tasks = answer(
  'Tasks',
  z.strictObject({ step: z.string(), onward: z.string().nullable(), items: z.array(requirementSchema) }),
);
const facts = z.strictObject({
  texts: z.array(z.string()),
  clients: z.int(),
  workers: z.int(),
  deciders: z.int(),
  workshops: z.int(),
  contributions: z.int(),
  contributionsUnaccounted: z.int(),
  proposals: z.int(),
  proposalsWithoutSource: z.int(),
  proposalsUnanswered: z.int(),
  participants: z.int(),
  participantsWithoutFeedback: z.int(),
});
const caseSchema = answer(
  'Case',
  z.strictObject({
    id: z.uuid(),
    workflow: z.string(),
    workflowVersion: z.int(),
    version: z.int(),
    step: z.string(),
    order: z.int().nullable(),
    lead: z.enum(roleIds).nullable(),
    done: z.boolean(),
    isPublic: z.boolean(),
    language: z.enum(languages),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    now: z.iso.datetime(),
    context: z.record(z.string(), z.unknown()),
    texts: textsSchema,
    members: membersSchema,
    facts,
    requirements: z.array(requirementSchema),
    /** the event that takes the case onward once the requirements are met */
    onward: z.string().nullable(),
    /** events that the asker may send from here */
    events: z.array(z.string()),
    /** what this step lets in */
    accepts: z.array(z.string()),
    deadlines: z.array(
      z.strictObject({
        name: z.string(),
        event: z.string(),
        dueAt: z.iso.datetime(),
        missing: z.array(z.string()),
      }),
    ),
    /** how those who took part answered 'was I heard?' */
    heard: z.strictObject({ yes: z.int(), partly: z.int(), no: z.int() }),
    /** the asker's own, when they take part */
    participantId: z.uuid().nullable(),
  }),
);
const casesSchema = answer('Cases', pageOf(caseSummarySchema));

async function rolesOf({ people }: Api, actor: Actor): Promise<readonly RoleId[]> {
  return actor.kind === 'person' ? ((await people.person(actor.personId))?.roles ?? []) : [];
}

export function caseRoutes(api: Api): void {
  const { engine, reader, people } = api;
  const tag = 'cases';
  const path = '/api/v1/cases/{id}';

  route(api, {
    method: 'get',
    path: '/api/v1/cases',
    id: 'listCases',
    summary: 'Cases that you may see, newest change first.',
    tag,
    query: z.strictObject({
      cursor,
      limit: limitUpTo(100, 20),
      steps: z
        .array(z.string().regex(/^[\w.-]{1,40}$/))
        .max(20)
        .optional()
        .describe('Only cases in these steps.'),
      mine: yesNo.describe('Only cases in which you are named or take part.'),
    }),
    answer: casesSchema,
    handle: async ({ actor, query: { cursor, limit, steps, mine } }) => {
      const own = mine === 'true';
      if (own && actor.kind !== 'person') return { items: [], next: null, total: 0 };
      const held: readonly Standing[] = standings(actor, await rolesOf(api, actor));
      const page = await reader.cases({
        cursor,
        limit,
        raised: own || may(held, 'case.seeRaised'),
        ...(steps && { steps }),
        ...(own && actor.kind === 'person' && { personId: actor.personId }),
      });
      return { items: page.items.map(shownCase), next: page.next, total: page.total };
    },
  });

  route(api, {
    method: 'post',
    path: '/api/v1/cases',
    id: 'raiseNeed',
    summary: 'Raises a need: a case that waits to be accepted.',
    tag,
    body: raiseBody,
    answer: raised,
    status: 201,
    handle: async ({ actor, command, setHeader }) => {
      const { decided } = granted(await engine.raise(actor, await command()));
      const { caseId } = decided;
      const { contributionId, participantId } = decided.answer as Record<string, string>;
      setHeader('Location', `/api/v1/cases/${caseId}`);
      return {
        ...doneOf(decided),
        contributionId: contributionId!,
        participantId: participantId!,
        card: await ownCard(api, caseId, actor, participantId!),
      };
    },
  });

  route(api, {
    method: 'get',
    path,
    id: 'getCase',
    summary: 'A case: where it is, who answers for it, what is missing and what you may do.',
    tag,
    answer: caseSchema,
    handle: async ({ caseId, look, setHeader }) => {
      const view = await look();
      const overview = await reader.overview(caseId);
      const { case: of } = view;
      setHeader('ETag', `"${of.version}"`);
      return {
        id: of.id,
        workflow: of.workflow,
        workflowVersion: of.workflowVersion,
        version: of.version,
        step: view.step,
        order: view.order,
        lead: view.lead,
        done: view.done,
        isPublic: of.isPublic,
        language: of.language,
        createdAt: of.createdAt,
        updatedAt: of.updatedAt,
        now: view.now,
        context: view.context,
        texts: overview.texts,
        members: shownMembers(overview.members, view.held),
        facts: { ...view.facts, texts: [...view.facts.texts] },
        requirements: [...view.requirements],
        onward: view.onward,
        events: [...view.events],
        accepts: [...view.accepts],
        deadlines: overview.deadlines.map(({ name, event, dueAt, missing }) => ({
          name,
          event,
          dueAt,
          missing: [...missing],
        })),
        heard: { yes: overview.heard.yes, partly: overview.heard.partly, no: overview.heard.no },
        participantId: view.participantId,
      };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/events`,
    id: 'sendEvent',
    summary: 'Sends an event that moves the case, held against the version you looked at.',
    tag,
    body: sendBody,
    versioned: true,
    problems: ['unknown_event', 'requirements_missing', 'case_changed'],
    answer: doneSchema,
    handle: async ({ caseId, actor, command, idempotencyKey, ifMatch, setHeader }) => {
      const { idempotencyKey: _, ...given } = await command();
      const { type, data, texts, expectedVersion } = granted(parse(sendBody, given)).value;
      if (ifMatch !== undefined && expectedVersion !== undefined && ifMatch !== expectedVersion) {
        throw new Refused({ id: 'invalid', fields: [{ path: 'expectedVersion', problem: 'invalid' }] });
      }
      const sent = await engine.send({
        caseId,
        actor,
        type,
        data,
        texts,
        expectedVersion: ifMatch ?? expectedVersion,
        idempotencyKey,
      });
      const { decided } = granted(sent, { byIfMatch: ifMatch !== undefined });
      setHeader('ETag', `"${decided.version}"`);
      return doneOf(decided);
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/tasks`,
    id: 'listTasks',
    summary: 'What this step must produce, what of it is missing and who can give it.',
    tag,
    answer: tasks,
    handle: async ({ look }) => {
      const { step, onward, requirements } = await look();
      return { step, onward, items: [...requirements] };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/texts`,
    id: 'describeCase',
    summary: 'Sets what is told of the case in words; texts that are not given stay.',
    tag,
    body: describeBody,
    answer: doneSchema,
    handle: async ({ caseId, actor, command }) =>
      doneOf(granted(await engine.describe(caseId, actor, await command())).decided),
  });

  route(api, {
    method: 'get',
    path: `${path}/members`,
    id: 'listMembers',
    summary: 'Who answers for the case by name, and how many others are in the group.',
    tag,
    answer: membersSchema,
    handle: async ({ caseId, look }) => {
      const { held } = await look();
      return shownMembers((await reader.overview(caseId)).members, held);
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/members`,
    id: 'nameMember',
    summary: 'Names somebody into the case: a known person by id, or a new one by name.',
    tag,
    body: nameMemberBody,
    answer: memberNamed,
    status: 201,
    handle: async ({ caseId, actor, command, look }) => {
      const input = await command();
      const { personId } = input;
      // Only whoever may name members hears whether there is such a person.
      if (z.uuid().safeParse(personId).success && may((await look()).held, 'members.name')) {
        if (!(await people.person(personId as string))) {
          throw new Refused({ id: 'invalid', fields: [{ path: 'personId', problem: 'not_found' }] });
        }
      }
      const { decided } = granted(await engine.nameMember(caseId, actor, input));
      return { ...doneOf(decided), personId: decided.answer.personId as string };
    },
  });

  route(api, {
    method: 'delete',
    path: `${path}/members/{personId}/{role}`,
    id: 'removeMember',
    summary: 'Takes somebody’s role in the case away.',
    tag,
    answer: doneSchema,
    handle: async ({ caseId, actor, command, params: { personId, role } }) => {
      const input = await command({ personId: personId!, role: role! });
      return doneOf(
        granted(await engine.removeMember(caseId, actor, input), { inPath: ['personId'] }).decided,
      );
    },
  });
}
