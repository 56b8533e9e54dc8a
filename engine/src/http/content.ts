import { z } from 'zod';
import { may } from '../people/policy.ts';
import { contentCommands } from '../process/commands.ts';
import { answer, body } from './named.ts';
import { granted, Refused } from './problem.ts';
import { route } from './route.ts';
import type { Api } from './route.ts';
import { cursor, doneOf, limitUpTo, ownCard, withoutKey, yesNo } from './shared.ts';
import {
  cardOf,
  cardSchema,
  contributionSchema,
  done,
  listOf,
  pageOf,
  shownContribution,
  shownStatement,
  shownTally,
  shownWorkshop,
  statementSchema,
  tallySchema,
  themeSchema,
  workshopSchema,
} from './shown.ts';

/** What people give to a case: contributions, statements and votes, with the cards that they are given under, and what
 * a workshop leaves. */

const id = z.uuid();
const given = { ...done, participantId: id, card: cardSchema.nullable() };

const contributeBody = body('Contribute', contentCommands.contribute.omit(withoutKey));
const recordBody = body('RecordContribution', contentCommands.record.omit(withoutKey));
const cardsBody = body('PrintCards', contentCommands.printCards.omit(withoutKey));
const stateBody = body('MakeStatement', contentCommands.state.omit(withoutKey));
const voteBody = body('CastVote', contentCommands.vote);
const workshopBody = body('HoldWorkshop', contentCommands.holdWorkshop.omit(withoutKey));
const themeBody = body('MakeTheme', contentCommands.makeTheme.omit(withoutKey));

const contributed = answer('Contributed', z.strictObject({ ...given, contributionId: id }));
const stated = answer('Stated', z.strictObject({ ...given, statementId: id }));
const voted = answer('Voted', z.strictObject({ participantId: id, card: cardSchema.nullable() }));
const cardsMade = answer('CardsMade', z.strictObject({ ...done, cards: z.array(cardSchema) }));
const printedCard = answer(
  'PrintedCard',
  cardSchema.extend({
    participantId: id,
    createdAt: z.iso.datetime(),
    contributions: z.int(),
  }),
);

const contributionsSchema = answer('Contributions', pageOf(contributionSchema));
const printedCards = answer('PrintedCards', listOf(printedCard));
const statementsSchema = answer('Statements', listOf(statementSchema));
const talliesSchema = answer('Tallies', listOf(tallySchema));
const workshopsSchema = answer('Workshops', listOf(workshopSchema));
const workshopHeld = answer('WorkshopHeld', z.strictObject({ ...done, workshopId: id }));
const themesSchema = answer('Themes', listOf(themeSchema));
const themeMade = answer('ThemeMade', z.strictObject({ ...done, themeId: id }));

type Ids = Readonly<Record<string, string>>;

export function contentRoutes(api: Api): void {
  contributionRoutes(api);
  statementRoutes(api);
  workshopRoutes(api);
}

function contributionRoutes(api: Api): void {
  const { engine, reader } = api;
  const tag = 'contributions';
  const path = '/api/v1/cases/{id}';

  route(api, {
    method: 'get',
    path: `${path}/contributions`,
    id: 'listContributions',
    summary: 'What people have said.',
    tag,
    query: z.strictObject({
      parentId: z
        .union([z.uuid(), z.literal('none')])
        .optional()
        .describe('Only answers to this contribution; `none`: only those that start a thread.'),
      unaccounted: yesNo.describe('Only those that are not accounted for yet.'),
      newestFirst: yesNo,
      cursor,
      limit: limitUpTo(1_000, 100),
    }),
    answer: contributionsSchema,
    handle: async ({ caseId, look, query: { parentId, unaccounted, newestFirst, cursor, limit } }) => {
      await look();
      const page = await reader.contributions(caseId, {
        cursor,
        limit,
        ...(parentId && { parentId: parentId === 'none' ? null : parentId.toLowerCase() }),
        ...(unaccounted && { unaccounted: unaccounted === 'true' }),
        ...(newestFirst && { newestFirst: newestFirst === 'true' }),
      });
      return { items: page.items.map(shownContribution), next: page.next, total: page.total };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/contributions`,
    id: 'contribute',
    summary: 'Says something. Answers your card, by which you can come back without an account.',
    tag,
    body: contributeBody,
    answer: contributed,
    status: 201,
    handle: async ({ caseId, actor, command, setHeader }) => {
      const { decided } = granted(await engine.contribute(caseId, actor, await command()));
      const { contributionId, participantId } = decided.answer as Ids;
      setHeader('Location', `/api/v1/cases/${caseId}/contributions/${contributionId}`);
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
    path: `${path}/contributions/{contributionId}`,
    id: 'getContribution',
    summary: 'One contribution.',
    tag,
    answer: contributionSchema,
    handle: async ({ caseId, look, params: { contributionId } }) => {
      await look();
      const found = await reader.contribution(caseId, contributionId!);
      if (!found) throw new Refused({ id: 'not_found' });
      return shownContribution(found);
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/recorded-contributions`,
    id: 'recordContribution',
    summary: 'Writes in what somebody said at a table or on paper, under their card or a new one.',
    tag,
    body: recordBody,
    answer: contributed,
    status: 201,
    handle: async ({ caseId, actor, command, setHeader }) => {
      const { decided } = granted(await engine.record(caseId, actor, await command()));
      const { contributionId, participantId } = decided.answer as Ids;
      const participant = await reader.participant(caseId, participantId!);
      setHeader('Location', `/api/v1/cases/${caseId}/contributions/${contributionId}`);
      return {
        ...doneOf(decided),
        contributionId: contributionId!,
        participantId: participantId!,
        card: participant && cardOf(participant),
      };
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/cards`,
    id: 'listCards',
    summary: 'Cards made for this case, for whoever prints and records them.',
    tag,
    problems: ['forbidden'],
    answer: printedCards,
    handle: async ({ caseId, look }) => {
      if (!may((await look()).held, 'cards.list')) throw new Refused({ id: 'forbidden' });
      const participants = await reader.participants(caseId);
      // A card that somebody was given when they took part themselves is theirs alone.
      const items = participants
        .filter((each) => each.source === 'card')
        .map((each) => ({
          ...cardOf(each),
          participantId: each.id,
          createdAt: each.createdAt,
          contributions: each.contributions,
        }));
      return { items };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/cards`,
    id: 'printCards',
    summary: 'Makes cards to be printed for a workshop.',
    tag,
    body: cardsBody,
    answer: cardsMade,
    status: 201,
    handle: async ({ caseId, actor, command }) => {
      const { decided } = granted(await engine.printCards(caseId, actor, await command()));
      const made = new Set(decided.answer.participantIds as readonly string[]);
      const participants = await reader.participants(caseId);
      return { ...doneOf(decided), cards: participants.filter((each) => made.has(each.id)).map(cardOf) };
    },
  });
}

function statementRoutes(api: Api): void {
  const { engine, reader } = api;
  const tag = 'statements';
  const path = '/api/v1/cases/{id}';

  route(api, {
    method: 'get',
    path: `${path}/statements`,
    id: 'listStatements',
    summary: 'Statements with how they were voted on.',
    tag,
    answer: statementsSchema,
    handle: async ({ caseId, look }) => {
      const { participantId } = await look();
      return { items: (await reader.statements(caseId, participantId)).map(shownStatement) };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/statements`,
    id: 'makeStatement',
    summary: 'Puts a statement for others to vote on.',
    tag,
    body: stateBody,
    answer: stated,
    status: 201,
    handle: async ({ caseId, actor, command }) => {
      const { decided } = granted(await engine.state(caseId, actor, await command()));
      const { statementId, participantId } = decided.answer as Ids;
      return {
        ...doneOf(decided),
        statementId: statementId!,
        participantId: participantId!,
        card: await ownCard(api, caseId, actor, participantId!),
      };
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/votes`,
    id: 'listTallies',
    summary: 'How the statements were voted on, and how you voted.',
    tag,
    answer: talliesSchema,
    handle: async ({ caseId, look }) => {
      const { participantId } = await look();
      return { items: (await reader.statements(caseId, participantId)).map(shownTally) };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/votes`,
    id: 'castVote',
    summary: 'Votes on a statement; your newest vote counts.',
    tag,
    body: voteBody,
    answer: voted,
    handle: async ({ caseId, actor, command }) => {
      // The same vote twice is one vote, key or no key.
      const { idempotencyKey: _, ...vote } = await command();
      const { participantId } = granted(await engine.vote(caseId, actor, vote));
      return { participantId, card: await ownCard(api, caseId, actor, participantId) };
    },
  });
}

function workshopRoutes(api: Api): void {
  const { engine, reader } = api;
  const tag = 'workshops';
  const path = '/api/v1/cases/{id}';

  route(api, {
    method: 'get',
    path: `${path}/workshops`,
    id: 'listWorkshops',
    summary: 'Workshops that were held.',
    tag,
    answer: workshopsSchema,
    handle: async ({ caseId, look }) => {
      await look();
      return { items: (await reader.overview(caseId)).workshops.map(shownWorkshop) };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/workshops`,
    id: 'holdWorkshop',
    summary: 'Records a workshop that was held.',
    tag,
    body: workshopBody,
    answer: workshopHeld,
    status: 201,
    handle: async ({ caseId, actor, command }) => {
      const { decided } = granted(await engine.holdWorkshop(caseId, actor, await command()));
      return { ...doneOf(decided), workshopId: decided.answer.workshopId as string };
    },
  });

  route(api, {
    method: 'get',
    path: `${path}/themes`,
    id: 'listThemes',
    summary: 'Themes, with how many contributions are under each.',
    tag,
    answer: themesSchema,
    handle: async ({ caseId, look }) => {
      await look();
      const { themes } = await reader.overview(caseId);
      return { items: themes.map(({ id, title, contributions }) => ({ id, title, contributions })) };
    },
  });

  route(api, {
    method: 'post',
    path: `${path}/themes`,
    id: 'makeTheme',
    summary: 'Makes a theme; contributions are put under it by an accounting.',
    tag,
    body: themeBody,
    answer: themeMade,
    status: 201,
    handle: async ({ caseId, actor, command }) => {
      const { decided } = granted(await engine.makeTheme(caseId, actor, await command()));
      return { ...doneOf(decided), themeId: decided.answer.themeId as string };
    },
  });
}
