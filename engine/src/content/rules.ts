import type { Participant } from '../case.ts';
import { refuse } from '../errors.ts';
import type { ContentRows } from '../ports.ts';
import { newSalt } from '../process/decide.ts';
import type { Situation } from '../process/decide.ts';
import { account } from './account.ts';
import { readCode } from './cards.ts';
import { committed, decided, missingRows, newContribution, problem, staffId } from './deciding.ts';
import type { Inputs, Rule } from './deciding.ts';
import { documentRules } from './document-rules.ts';
import { newParticipant, participantOf } from './participant.ts';

/** Every content command by its name. */
export const rules: { readonly [Name in Exclude<keyof Inputs, 'vote'>]: Rule<Name> } = {
  ...documentRules,

  describe: {
    action: 'case.describe',
    accepts: 'caseTexts',
    decide: ({ texts }, { case: { id: caseId } }) =>
      decided({
        type: 'case.described',
        words: texts,
        put: {
          caseTexts: Object.entries(texts).map(([key, body]) => ({
            caseId,
            key: key as 'title',
            body: body,
          })),
        },
        answer: {},
      }),
  },

  nameMember: {
    action: 'members.name',
    accepts: 'members',
    decide: async ({ personId, name, title, role, capacity }, situation, entropy) => {
      if (!personId && !name) return problem('name', 'required');
      if (personId && !(await situation.store.knows(personId))) return problem('personId', 'not_found');
      const id = personId ?? entropy.uuid(situation.now);
      const member = { caseId: situation.case.id, personId: id, role, capacity };
      return decided({
        type: 'member.named',
        data: { personId: id, role, capacity },
        put: { members: [member] },
        ...(!personId && {
          people: [{ id, name: name!, title: title ?? null, language: situation.case.language, roles: [] }],
        }),
        answer: { personId: id },
      });
    },
  },

  removeMember: {
    action: 'members.name',
    accepts: 'members',
    decide: async ({ personId, role }, situation) => {
      const rows = await situation.store.rows(situation.case.id, 'members', [personId]);
      const members = rows.filter((row) => row.role === role);
      if (members.length === 0) return problem('personId', 'not_found');
      return decided({ type: 'member.removed', data: { personId, role }, remove: { members }, answer: {} });
    },
  },

  printCards: {
    action: 'cards.print',
    accepts: 'cards',
    decide: async ({ count }, situation, entropy) => {
      const rows = await situation.store.rows(situation.case.id, 'participants');
      const taken = new Set(rows.map((row) => row.pseudonym));
      const cards: Participant[] = [];
      while (cards.length < count) {
        const card = newParticipant(situation, entropy, null, 'card');
        if (taken.has(card.pseudonym)) continue;
        taken.add(card.pseudonym);
        cards.push(card);
      }
      const participantIds = cards.map((card) => card.id);
      return decided({
        type: 'cards.made',
        data: { participantIds },
        put: { participants: cards },
        answer: { participantIds },
      });
    },
  },

  contribute: {
    action: 'contribution.make',
    accepts: 'contributions',
    decide: async ({ body, kind, parentId }, situation, entropy) => {
      if (parentId) {
        const [parent] = await situation.store.rows(situation.case.id, 'contributions', [parentId]);
        if (!parent) return problem('parentId', 'not_found');
        if (parent.parentId) return problem('parentId', 'invalid');
      }
      const participant = participantOf(situation, entropy);
      const row = newContribution(situation, entropy, {
        participantId: participant.id,
        parentId: parentId ?? null,
        origin: 'online',
        originNote: null,
        kind: parentId ? 'comment' : kind,
        body,
        recordedBy: null,
      });
      return decided({
        type: 'contribution.made',
        data: {
          contributionId: row.id,
          participantId: participant.id,
          origin: 'online',
          ...(parentId && { parentId }),
        },
        commitments: committed(row),
        put: { contributions: [row], ...(participant.made && { participants: [participant.made] }) },
        answer: { contributionId: row.id, participantId: participant.id },
      });
    },
  },

  record: {
    action: 'contribution.record',
    accepts: 'recordedContributions',
    decide: async ({ body, kind, origin, originNote, code }, situation, entropy) => {
      const participants = code ? await situation.store.rows(situation.case.id, 'participants') : [];
      const card = code ? participants.find((row) => row.code === readCode(code)) : undefined;
      if (code && !card) return problem('code', 'not_found');
      const made = card ? undefined : newParticipant(situation, entropy, null, 'card');
      const participantId = (card ?? made!).id;
      const row = newContribution(situation, entropy, {
        participantId,
        parentId: null,
        origin,
        originNote: originNote ?? null,
        kind,
        body,
        recordedBy: staffId(situation),
      });
      return decided({
        type: 'contribution.recorded',
        data: { contributionId: row.id, participantId, origin },
        commitments: committed(row),
        put: { contributions: [row], ...(made && { participants: [made] }) },
        answer: { contributionId: row.id, participantId },
      });
    },
  },

  state: {
    action: 'statement.make',
    accepts: 'statements',
    decide: ({ body }, situation, entropy) => {
      const participant = participantOf(situation, entropy);
      const row = {
        caseId: situation.case.id,
        id: entropy.uuid(situation.now),
        participantId: participant.id,
        body,
        salt: newSalt(entropy),
        createdAt: situation.at,
      };
      return decided({
        type: 'statement.made',
        data: { statementId: row.id, participantId: participant.id },
        commitments: committed(row),
        put: { statements: [row], ...(participant.made && { participants: [participant.made] }) },
        answer: { statementId: row.id, participantId: participant.id },
      });
    },
  },

  makeTheme: {
    action: 'theme.set',
    accepts: 'themes',
    decide: ({ title }, situation, entropy) => {
      const themeId = entropy.uuid(situation.now);
      return decided({
        type: 'theme.made',
        data: { themeId },
        words: { title },
        put: { themes: [{ caseId: situation.case.id, id: themeId, title }] },
        answer: { themeId },
      });
    },
  },

  account: { action: 'contribution.account', accepts: 'accountings', decide: account },

  propose: {
    action: 'proposal.write',
    accepts: 'proposals',
    decide: async ({ proposalId, title, body, contributionIds }, situation, entropy) => {
      const caseId = situation.case.id;
      const existing = await situation.store.rows(caseId, 'proposals');
      const before = existing.find((row) => row.id === proposalId);
      if (proposalId && !before) return problem('proposalId', 'not_found');
      const id = proposalId ?? entropy.uuid(situation.now);
      const number = before?.number ?? 1 + Math.max(0, ...existing.map((row) => row.number));
      const unknown = await missingRows(situation, 'contributions', contributionIds ?? [], (row) => row.id);
      if (unknown.length > 0) return problem('contributionIds', 'not_found');
      const sources = contributionIds?.map((contributionId) => ({ caseId, proposalId: id, contributionId }));
      return decided({
        type: before ? 'proposal.rewritten' : 'proposal.written',
        data: { proposalId: id, number, ...(contributionIds && { contributionIds }) },
        words: { title, body },
        put: {
          proposals: [{ caseId, id, number, title, body }],
          ...(sources && { proposalSources: sources }),
        },
        remove: {
          ...(contributionIds && (await accountingsOf(situation, contributionIds))),
          // An answer was given to the former wording; a rewritten proposal is answered anew.
          ...(before && { responses: await situation.store.rows(caseId, 'responses', [id]) }),
        },
        answer: { proposalId: id, number },
      });
    },
  },

  withdrawProposal: {
    action: 'proposal.write',
    accepts: 'proposals',
    decide: async ({ proposalId }, situation) => {
      const { store, case: at } = situation;
      const [proposal] = await store.rows(at.id, 'proposals', [proposalId]);
      if (!proposal) return problem('proposalId', 'not_found');
      const sources = await store.rows(at.id, 'proposalSources', [proposalId]);
      const responses = await store.rows(at.id, 'responses', [proposalId]);
      return decided({
        type: 'proposal.withdrawn',
        // What was withdrawn is told whole, so that it can be written anew.
        data: {
          proposalId,
          number: proposal.number,
          contributionIds: sources.map(({ contributionId }) => contributionId),
          responses: responses.length,
        },
        words: { title: proposal.title, body: proposal.body },
        remove: { proposalSources: sources, responses, proposals: [proposal] },
        answer: {},
      });
    },
  },

  respond: {
    action: 'response.give',
    accepts: 'responses',
    decide: async ({ proposalId, outcome, reason, forwardedTo, nextStep, nextStepOn }, situation) => {
      const [proposal] = await situation.store.rows(situation.case.id, 'proposals', [proposalId]);
      if (!proposal) return problem('proposalId', 'not_found');
      if (outcome === 'forwarded' && !forwardedTo) return problem('forwardedTo', 'required');
      if (nextStepOn < situation.at.slice(0, 10)) return problem('nextStepOn', 'must_be_later');
      const response = {
        caseId: situation.case.id,
        proposalId,
        outcome,
        reason,
        forwardedTo: outcome === 'forwarded' ? forwardedTo! : null,
        nextStep,
        nextStepOn,
        personId: staffId(situation)!,
        givenAt: situation.at,
      };
      return decided({
        type: 'response.given',
        data: { proposalId, outcome, nextStepOn },
        words: { reason, nextStep, ...(response.forwardedTo && { forwardedTo: response.forwardedTo }) },
        put: { responses: [response] },
        answer: { proposalId },
      });
    },
  },

  followUp: {
    action: 'followUp.record',
    accepts: 'followUps',
    decide: async ({ proposalId, state, body }, situation, entropy) => {
      const [proposal] = await situation.store.rows(situation.case.id, 'proposals', [proposalId]);
      if (!proposal) return problem('proposalId', 'not_found');
      const row = {
        caseId: situation.case.id,
        id: entropy.uuid(situation.now),
        proposalId,
        state,
        body,
        recordedBy: staffId(situation),
        createdAt: situation.at,
      };
      return decided({
        type: 'followUp.recorded',
        data: { proposalId, followUpId: row.id, state },
        words: { body },
        put: { followUps: [row] },
        effects: [{ kind: 'notify', payload: { audience: 'participants', template: 'followUp.recorded' } }],
        answer: { followUpId: row.id },
      });
    },
  },

  hear: {
    action: 'heard.answer',
    accepts: 'heard',
    decide: ({ answer, body }, situation) => {
      if (!situation.participantId) return refuse({ id: 'forbidden' });
      const row = {
        caseId: situation.case.id,
        participantId: situation.participantId,
        answer,
        body: body ?? null,
        givenAt: situation.at,
      };
      return decided({
        type: 'heard.answered',
        data: { participantId: row.participantId, answer },
        ...(body && { words: { body } }),
        put: { heard: [row] },
        answer: {},
      });
    },
  },

  holdWorkshop: {
    action: 'workshop.record',
    accepts: 'workshops',
    decide: ({ heldOn, onSite, remote, notes }, situation, entropy) => {
      const id = entropy.uuid(situation.now);
      return decided({
        type: 'workshop.held',
        data: { workshopId: id, heldOn, onSite, remote },
        ...(notes && { words: { notes } }),
        put: { workshops: [{ caseId: situation.case.id, id, heldOn, onSite, remote, notes: notes ?? null }] },
        answer: { workshopId: id },
      });
    },
  },
};

/** Accountings that no longer hold once these contributions stand behind a proposal. */
async function accountingsOf(situation: Situation, contributionIds: readonly string[]): Promise<ContentRows> {
  return { accountings: await situation.store.rows(situation.case.id, 'accountings', contributionIds) };
}
