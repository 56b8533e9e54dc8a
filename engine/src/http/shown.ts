import { z } from 'zod';
import {
  capacities,
  caseTextKeys,
  contributionKinds,
  followUpStates,
  heardAnswers,
  languages,
  origins,
  responseOutcomes,
  roleIds,
} from '../case.ts';
import type { FollowUp, Participant, RoleId, Workshop } from '../case.ts';
import { showCode } from '../content/cards.ts';
import { fates, responsesPublished } from '../content/impact.ts';
import type { CaseStanding, Thread } from '../content/impact.ts';
import { may } from '../people/policy.ts';
import type { Standing } from '../people/policy.ts';
import type { CaseSummary, ShownContribution, ShownMember, ShownProposal, ShownStatement } from '../ports.ts';
import { answer } from './named.ts';

/** What is shown of each thing. Fields are picked one by one: a salt, a recorder's id or a column that is added later
 * never leaves by accident. */

const id = z.uuid();
const instant = z.iso.datetime();
const count = z.int().min(0);
const role = z.enum(roleIds);

export const listOf = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item) });
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    /** the cursor of the next page, or null on the last one */
    next: z.string().nullable(),
    total: count,
  });

/** The seq, version and step that the case has after a command. */
export const done = {
  caseId: id,
  seq: z.int(),
  version: count,
  step: z.string(),
  /** the command was carried out before under the same idempotency key, and this is its first answer */
  repeated: z.boolean(),
};
export const doneSchema = answer('Done', z.strictObject(done));

export const cardSchema = answer('Card', z.strictObject({ pseudonym: z.string(), code: z.string() }));
export const cardOf = ({ pseudonym, code }: Participant): z.input<typeof cardSchema> => ({
  pseudonym,
  code: showCode(code),
});

export const caseSummarySchema = answer(
  'CaseSummary',
  z.strictObject({
    id,
    step: z.string(),
    version: count,
    language: z.enum(languages),
    title: z.string(),
    question: z.string().nullable(),
    context: z.record(z.string(), z.unknown()),
    createdAt: instant,
    updatedAt: instant,
    contributions: count,
    participants: count,
  }),
);
export const shownCase = (of: CaseSummary): z.input<typeof caseSummarySchema> => ({
  id: of.id,
  step: of.step,
  version: of.version,
  language: of.language,
  title: of.title,
  question: of.question,
  context: of.context,
  createdAt: of.createdAt,
  updatedAt: of.updatedAt,
  contributions: of.contributions,
  participants: of.participants,
});

export const membersSchema = answer(
  'Members',
  z.strictObject({
    /** who answers for the case; for whoever may name members: everybody */
    named: z.array(
      z.strictObject({
        personId: id.optional(),
        name: z.string(),
        title: z.string().nullable(),
        role,
        capacity: z.enum(capacities),
      }),
    ),
    /** everybody else, as numbers */
    others: z.array(z.strictObject({ role, capacity: z.enum(capacities), count })),
  }),
);

/** Those who act in office are named to everybody; clients and relatives never are. */
export const namedRoles: readonly RoleId[] = ['decider', 'facilitator', 'agent'];

export function shownMembers(
  members: readonly ShownMember[],
  held: readonly Standing[],
): z.input<typeof membersSchema> {
  const all = may(held, 'members.name');
  const named: z.input<typeof membersSchema>['named'] = [];
  const others = new Map<string, z.input<typeof membersSchema>['others'][number]>();
  for (const { personId, name, title, role, capacity } of members) {
    if (all || namedRoles.includes(role)) {
      named.push({ ...(all && { personId }), name, title, role, capacity });
      continue;
    }
    const key = `${role} ${capacity}`;
    others.set(key, { role, capacity, count: (others.get(key)?.count ?? 0) + 1 });
  }
  return { named, others: [...others.values()] };
}

export const requirementSchema = answer(
  'Requirement',
  z.strictObject({ requirement: z.string(), role, met: z.boolean(), count: count.optional() }),
);

export const contributionSchema = answer(
  'Contribution',
  z.strictObject({
    id,
    participantId: id,
    pseudonym: z.string(),
    parentId: id.nullable(),
    origin: z.enum(origins),
    originNote: z.string().nullable(),
    kind: z.enum(contributionKinds),
    /** empty while it is hidden */
    body: z.string(),
    /** why its words were taken out of sight, if they were */
    hidden: z.strictObject({ reason: z.string() }).nullable(),
    /** somebody else wrote down what the participant said */
    recorded: z.boolean(),
    createdAt: instant,
    replies: count,
    themeId: id.nullable(),
    /** numbers of the proposals that it stands behind */
    proposalNumbers: z.array(z.int()),
    accounting: z
      .strictObject({
        outcome: z.enum(['merged', 'leftOut']),
        intoId: id.nullable(),
        reason: z.string().nullable(),
      })
      .nullable(),
  }),
);
export const shownContribution = (of: ShownContribution): z.input<typeof contributionSchema> => ({
  id: of.id,
  participantId: of.participantId,
  pseudonym: of.pseudonym,
  parentId: of.parentId,
  origin: of.origin,
  originNote: of.originNote,
  kind: of.kind,
  body: of.body,
  hidden: of.hidden && { reason: of.hidden.reason },
  recorded: of.recordedBy !== null,
  createdAt: of.createdAt,
  replies: of.replies,
  themeId: of.themeId,
  proposalNumbers: [...of.proposalNumbers],
  accounting: of.accounting && {
    outcome: of.accounting.outcome,
    intoId: of.accounting.intoId,
    reason: of.accounting.reason,
  },
});

const tallies = {
  agree: count,
  disagree: count,
  pass: count,
  /** how the asker voted */
  own: z.enum(['agree', 'disagree', 'pass']).nullable(),
};
export const statementSchema = answer(
  'Statement',
  z.strictObject({ id, pseudonym: z.string(), body: z.string(), createdAt: instant, ...tallies }),
);
export const tallySchema = answer('Tally', z.strictObject({ statementId: id, ...tallies }));
export const shownStatement = (of: ShownStatement): z.input<typeof statementSchema> => ({
  id: of.id,
  pseudonym: of.pseudonym,
  body: of.body,
  createdAt: of.createdAt,
  agree: of.agree,
  disagree: of.disagree,
  pass: of.pass,
  own: of.own,
});
export const shownTally = (of: ShownStatement): z.input<typeof tallySchema> => ({
  statementId: of.id,
  agree: of.agree,
  disagree: of.disagree,
  pass: of.pass,
  own: of.own,
});

export const workshopSchema = answer(
  'Workshop',
  z.strictObject({ id, heldOn: z.iso.date(), onSite: count, remote: count, notes: z.string().nullable() }),
);
export const shownWorkshop = (of: Workshop): z.input<typeof workshopSchema> => ({
  id: of.id,
  heldOn: of.heldOn,
  onSite: of.onSite,
  remote: of.remote,
  notes: of.notes,
});

export const themeSchema = answer(
  'Theme',
  z.strictObject({ id, title: z.string(), contributions: count.optional() }),
);

export const responseSchema = answer(
  'ProposalResponse',
  z.strictObject({
    proposalId: id,
    outcome: z.enum(responseOutcomes),
    reason: z.string(),
    forwardedTo: z.string().nullable(),
    nextStep: z.string(),
    /** calendar date, Europe/Helsinki */
    nextStepOn: z.iso.date(),
    personName: z.string(),
    personTitle: z.string().nullable(),
    givenAt: instant,
  }),
);
export const shownResponse = (
  of: NonNullable<ShownProposal['response']>,
): z.input<typeof responseSchema> => ({
  proposalId: of.proposalId,
  outcome: of.outcome,
  reason: of.reason,
  forwardedTo: of.forwardedTo,
  nextStep: of.nextStep,
  nextStepOn: of.nextStepOn,
  personName: of.personName,
  personTitle: of.personTitle,
  givenAt: of.givenAt,
});

/** Responses are drafts until they are published to those who took part. */
export const seesResponses = (standing: CaseStanding, held: readonly Standing[]): boolean =>
  responsesPublished(standing) || may(held, 'response.seeDrafts');

export const followUpSchema = answer(
  'FollowUp',
  z.strictObject({ id, proposalId: id, state: z.enum(followUpStates), body: z.string(), createdAt: instant }),
);
const shownFollowUp = (of: FollowUp): z.input<typeof followUpSchema> => ({
  id: of.id,
  proposalId: of.proposalId,
  state: of.state,
  body: of.body,
  createdAt: of.createdAt,
});

const proposal = {
  id,
  number: z.int().min(1),
  title: z.string(),
  body: z.string(),
  /** how many contributions stand behind it, however many of them are shown */
  sourceCount: count,
  response: responseSchema.nullable(),
  followUps: z.array(followUpSchema),
};
export const answeredProposalSchema = answer('AnsweredProposal', z.strictObject(proposal));
export const proposalSchema = answer(
  'Proposal',
  z.strictObject({ ...proposal, sources: z.array(contributionSchema) }),
);
const shownAnswered = (
  of: Omit<ShownProposal, 'sources'>,
  withResponse: boolean,
): z.input<typeof answeredProposalSchema> => ({
  id: of.id,
  number: of.number,
  title: of.title,
  body: of.body,
  sourceCount: of.sourceCount,
  response: withResponse && of.response ? shownResponse(of.response) : null,
  followUps: of.followUps.map(shownFollowUp),
});
export const shownProposal = (of: ShownProposal, withResponse: boolean): z.input<typeof proposalSchema> => ({
  ...shownAnswered(of, withResponse),
  sources: of.sources.map(shownContribution),
});

export const threadSchema = answer(
  'Thread',
  z.strictObject({
    contribution: contributionSchema,
    theme: z.strictObject({ id, title: z.string() }).nullable(),
    mergedInto: contributionSchema.nullable(),
    proposals: z.array(answeredProposalSchema),
    fate: z.enum(fates),
    reason: z.string().nullable(),
    waitsUntil: instant.nullable(),
  }),
);
/** `threadOf` has left out what is not published yet. */
export const shownThread = (of: Thread): z.input<typeof threadSchema> => ({
  contribution: shownContribution(of.contribution),
  theme: of.theme && { id: of.theme.id, title: of.theme.title },
  mergedInto: of.mergedInto && shownContribution(of.mergedInto),
  proposals: of.proposals.map((each) => shownAnswered(each, true)),
  fate: of.fate,
  reason: of.reason,
  waitsUntil: of.waitsUntil,
});

export const textsSchema = z.partialRecord(z.enum(caseTextKeys), z.string());
export const heardSchema = z.strictObject({
  answer: z.enum(heardAnswers),
  body: z.string().nullable(),
  givenAt: instant,
});
