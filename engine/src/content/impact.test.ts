import { describe, expect, it } from 'vitest';
import type { Accounting, ProposalResponse } from '../case.ts';
import type { ImpactReading, ShownContribution } from '../ports.ts';
import { threadOf } from './impact.ts';
import type { CaseStanding, Fate } from './impact.ts';

const id = '00000000-0000-4000-8000-000000000001';
const contribution = (accounting: Accounting | null = null): ShownContribution => ({
  caseId: id,
  id,
  participantId: id,
  parentId: null,
  origin: 'paper',
  originNote: null,
  kind: 'experience',
  body: 'Odotin kolme tuntia.',
  recordedBy: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  pseudonym: 'Kuovi 3',
  replies: 0,
  themeId: null,
  proposalNumbers: [],
  hidden: null,
  accounting,
});
const leftOut: Accounting = {
  caseId: id,
  contributionId: id,
  outcome: 'leftOut',
  intoId: null,
  reason: 'Muualla.',
};
const merged: Accounting = { caseId: id, contributionId: id, outcome: 'merged', intoId: id, reason: null };

const response = (outcome: ProposalResponse['outcome']) => ({
  caseId: id,
  proposalId: id,
  outcome,
  reason: 'Koska.',
  forwardedTo: null,
  nextStep: 'Seuraavaksi.',
  nextStepOn: '2026-05-01',
  personId: id,
  givenAt: '2026-04-01T00:00:00.000Z',
  personName: 'Päättäjä',
  personTitle: null,
});
const proposal = (outcome?: ProposalResponse['outcome']): ImpactReading['proposals'][number] => ({
  caseId: id,
  id,
  number: 1,
  title: 'Ehdotus',
  body: 'Ehdotus.',
  sourceCount: 1,
  response: outcome ? response(outcome) : null,
  followUps: [],
});

const standing = (step: string, context: Record<string, unknown> = {}): CaseStanding => ({ step, context });
const answered = { answeredAt: '2026-04-02T00:00:00.000Z' };
const reading = (over: Partial<ImpactReading> = {}): ImpactReading => ({
  contribution: contribution(),
  theme: null,
  mergedInto: null,
  proposals: [],
  ...over,
});

describe('every contribution has exactly one fate', () => {
  const cases: readonly (readonly [string, ImpactReading, CaseStanding, Fate])[] = [
    ['waits while the period is open', reading(), standing('open'), 'waiting'],
    [
      'waits while answers are drafts',
      reading({ proposals: [proposal('adopted')] }),
      standing('review'),
      'waiting',
    ],
    ['had an effect', reading({ proposals: [proposal('adopted')] }), standing('feedback'), 'hadEffect'],
    ['had a part of an effect', reading({ proposals: [proposal('partly')] }), standing('closed'), 'partly'],
    ['was taken forward', reading({ proposals: [proposal('forwarded')] }), standing('closed'), 'forwarded'],
    ['led to no change', reading({ proposals: [proposal('notAdopted')] }), standing('closed'), 'noChange'],
    [
      'takes the strongest of several answers',
      reading({ proposals: [proposal('notAdopted'), proposal('partly')] }),
      standing('closed'),
      'partly',
    ],
    ['was left out', reading({ contribution: contribution(leftOut) }), standing('review'), 'leftOut'],
    [
      'is not called left out before it is published',
      reading({ contribution: contribution(leftOut) }),
      standing('summary'),
      'waiting',
    ],
    [
      'shares the fate of what it was merged into',
      reading({ contribution: contribution(merged), mergedInto: contribution(leftOut) }),
      standing('closed'),
      'leftOut',
    ],
    [
      'keeps its answer through a pause',
      reading({ proposals: [proposal('adopted')] }),
      standing('paused', answered),
      'hadEffect',
    ],
    ['ends with a cancelled case', reading(), standing('cancelled'), 'caseCancelled'],
    ['goes on in another case', reading(), standing('merged'), 'caseMerged'],
  ];
  it.each(cases)('%s', (_, given, at, fate) => {
    expect(threadOf(given, at).fate).toBe(fate);
  });

  it('hides a draft answer, and says until when it waits', () => {
    const thread = threadOf(
      reading({ proposals: [proposal('adopted')] }),
      standing('review', { answerDueAt: '2026-04-30T00:00:00.000Z' }),
    );
    expect(thread.proposals[0]?.response).toBeNull();
    expect(thread.waitsUntil).toBe('2026-04-30T00:00:00.000Z');
  });

  it('says why something was left out', () => {
    expect(threadOf(reading({ contribution: contribution(leftOut) }), standing('closed')).reason).toBe(
      'Muualla.',
    );
  });
});
