import { may } from '@lakeus/engine';
import type { Action, View } from '@lakeus/engine';
import type { Accepts } from '@lakeus/engine';

/** What the visitor can do on the pages of a case: allowed by the rule table, and let in by the present step. */
const doings = {
  contribute: ['contribution.make', 'contributions'],
  record: ['contribution.record', 'recordedContributions'],
  state: ['statement.make', 'statements'],
  vote: ['vote.cast', 'votes'],
  describe: ['case.describe', 'caseTexts'],
  nameMembers: ['members.name', 'members'],
  printCards: ['cards.print', 'cards'],
  holdWorkshop: ['workshop.record', 'workshops'],
  makeThemes: ['theme.set', 'themes'],
  account: ['contribution.account', 'accountings'],
  propose: ['proposal.write', 'proposals'],
  respond: ['response.give', 'responses'],
  followUp: ['followUp.record', 'followUps'],
  hear: ['heard.answer', 'heard'],
} as const satisfies Record<string, readonly [Action, Accepts]>;

export type Can = { readonly [Doing in keyof typeof doings]: boolean } & {
  /** sees the desk's pages of the case, whatever the step */
  readonly runs: boolean;
  readonly listCards: boolean;
  readonly seeDrafts: boolean;
};

export function canDo(view: View): Can {
  const can = Object.fromEntries(
    Object.entries(doings).map(([doing, [action, accepts]]) => [
      doing,
      may(view.held, action) && view.accepts.includes(accepts),
    ]),
  ) as { [Doing in keyof typeof doings]: boolean };
  return {
    ...can,
    hear: can.hear && view.participantId !== null,
    runs: may(view.held, 'case.describe'),
    listCards: may(view.held, 'cards.list'),
    seeDrafts: may(view.held, 'response.seeDrafts'),
  };
}

export { summaryPublished } from '@lakeus/engine';
