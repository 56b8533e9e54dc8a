import { describe, expect, it } from 'vitest';
import { documentKinds } from '../case.ts';
import type { DocumentKind, DocumentRight } from '../case.ts';
import type { Standing } from '../people/policy.ts';
import type { Accepts } from '../workflow.ts';
import { documentRight, isEnough, summaryPublished } from './documents.ts';
import type { DocumentAsked } from './documents.ts';

/** The whole table, one row for each step and who asks: what they may do to table, shared and summary documents. */

const steps = {
  planning: ['preparedDocuments'],
  workshop: ['preparedDocuments', 'tableDocuments'],
  open: ['preparedDocuments', 'documents'],
  summary: ['summaryDocument'],
  review: [],
  paused: [],
  merged: [],
} as const satisfies Record<string, readonly Accepts[]>;
type StepName = keyof typeof steps;

const people = {
  facilitator: { held: ['anyone', 'facilitator'], member: true, participantId: null },
  agent: { held: ['anyone', 'agent'], member: true, participantId: null },
  member: { held: ['anyone', 'expert'], member: true, participantId: null },
  card: { held: ['anyone'], member: false, participantId: 'own' },
  anyone: { held: ['anyone'], member: false, participantId: null },
} as const satisfies Record<string, Pick<DocumentAsked, 'member' | 'participantId'> & { held: Standing[] }>;
type PersonName = keyof typeof people;

const letters: Record<string, DocumentRight | null> = { e: 'edit', c: 'comment', r: 'read', '-': null };
/** Letters in the order of `documentKinds`: edit, comment, read, or not shown. */
const table: Record<StepName, Record<PersonName, string>> = {
  planning: { facilitator: 'eer', agent: 'rrr', member: 'rrr', card: '---', anyone: '---' },
  workshop: { facilitator: 'eer', agent: 'eer', member: 'err', card: 'er-', anyone: 'rr-' },
  open: { facilitator: 'eer', agent: 'eer', member: 'cer', card: 'ce-', anyone: 'ce-' },
  summary: { facilitator: 'rre', agent: 'rre', member: 'rrc', card: 'rr-', anyone: 'rr-' },
  review: { facilitator: 'rrr', agent: 'rrr', member: 'rrr', card: 'rrr', anyone: 'rrr' },
  paused: { facilitator: 'rrr', agent: 'rrr', member: 'rrr', card: 'rr-', anyone: 'rr-' },
  merged: { facilitator: 'rrr', agent: 'rrr', member: 'rrr', card: 'rr-', anyone: 'rr-' },
};
const orders: Record<StepName, number> = {
  ...{ planning: 2, workshop: 3, open: 4, summary: 5, review: 6, paused: 0, merged: 8 },
};

const asked = (step: StepName, who: PersonName, kind: DocumentKind): DocumentAsked => ({
  ...people[who],
  kind,
  accepts: steps[step],
  summaryPublished: summaryPublished({ step, order: orders[step] }),
});

describe('the right to a document', () => {
  for (const [step, rows] of Object.entries(table)) {
    it.each(Object.entries(rows))(`in ${step}, of %s`, (who, row) => {
      const got = documentKinds.map((kind) =>
        documentRight(asked(step as StepName, who as PersonName, kind)),
      );
      expect(got).toEqual([...row].map((letter) => letters[letter]));
    });
  }

  it('keeps what is prepared out of sight while the case lies still before its workshop', () => {
    const before = (left: readonly Accepts[]) => documentRight({ ...asked('paused', 'card', 'table'), left });
    expect(before(steps.planning)).toBeNull();
    expect(before(steps.workshop)).toBe('read');
    expect(before(steps.review)).toBe('read');
  });

  it('includes those before it', () => {
    expect(isEnough('edit', 'comment')).toBe(true);
    expect(isEnough('comment', 'comment')).toBe(true);
    expect(isEnough('read', 'comment')).toBe(false);
    expect(isEnough(null, 'read')).toBe(false);
  });
});
