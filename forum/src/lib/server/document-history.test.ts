import { isHttpError } from '@sveltejs/kit';
import { describe, expect, it } from 'vitest';
import { editNumber, missedSince } from './document-history.ts';

type Lakeus = Parameters<typeof missedSince>[0]['lakeus'];
type Access = Parameters<typeof missedSince>[1];

const me = 'participant:p';
const access = (author = me): Access => ({
  author,
  document: { caseId: 'c', id: 'teksti-1', kind: 'shared', title: 'Teksti', createdAt: '' },
});

/** A text that somebody saw up to edit 3 and that has five. */
function lakeus(authors: string[], blocks: number, before: number | null = 3) {
  const seen: [string, number][] = [];
  const history = {
    seen: async (_: unknown, author: string, seq: number) => {
      seen.push([author, seq]);
      return before === null ? null : { seq: before, at: '2026-03-02T08:00:00.000Z' };
    },
    changedSince: async () => ({ seq: 5, edits: 2, authors, blocks }),
  };
  return { seen, locals: { lakeus: { history } as unknown as Lakeus } };
}

describe('what somebody has missed of a text', () => {
  it('is told with how many people and places, and they count as having seen it', async () => {
    const { locals, seen } = lakeus(['person:a', me, 'person:b'], 4);
    expect(await missedSince(locals, access(), 5)).toEqual({ from: 3, to: 5, people: 2, blocks: 4 });
    expect(seen).toEqual([[me, 5]]);
  });

  it.each([
    ['nobody else wrote', lakeus([me], 2), access()],
    ['it reads the same', lakeus(['person:a'], 0), access()],
    ['they have seen everything', lakeus(['person:a'], 2, 5), access()],
    ['they were never here', lakeus(['person:a'], 2, null), access()],
    ['nobody knows who they are', lakeus(['person:a'], 2), access('guest')],
  ])('is nothing where %s', async (_, { locals }, to) => {
    expect(await missedSince(locals, to, 5)).toBeNull();
  });
});

describe('the number of an edit in an address', () => {
  it('is a number, or there is no such page', () => {
    expect(editNumber('12')).toBe(12);
    for (const wrong of ['', null, '-1', '1.5', '99999999999', 'x'])
      expect(() => editNumber(wrong)).toThrow(expect.toSatisfy((thrown) => isHttpError(thrown, 404)));
  });
});
