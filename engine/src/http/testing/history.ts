import type { Difference, DocumentHistory } from '../../document/history.ts';
import { emptyDocument } from '../../document/index.ts';
import type { DocumentJson } from '../../document/index.ts';

/** A history of three edits that every document has, for tests without a collaboration server. `hands` are its authors. */
export function writtenHistory(): DocumentHistory & {
  readonly hands: string[];
  readonly restored: string[];
} {
  const hands: string[] = [];
  const restored: string[] = [];
  const named = new Map<number, string>();
  const newest = 3;
  const isThere = (...seqs: number[]) => seqs.every((seq) => seq <= newest);
  const at = '2026-03-02T08:00:00.000Z';
  return {
    hands,
    restored,
    points: async () => [
      ...[...named].map(([seq, name]) => ({
        ...{ seq, at, name, why: 'named' as const, step: null, authors: [...hands] },
      })),
      { seq: newest, at, why: 'regular', name: null, step: null, authors: [...hands] },
    ],
    at: async (_, seq) => (isThere(seq) ? (emptyDocument().toJSON() as DocumentJson) : null),
    compare: async (_, from, to): Promise<Difference | null> =>
      isThere(from, to)
        ? {
            ...{ fromSeq: Math.min(from, to), toSeq: Math.max(from, to), authors: [...hands] },
            blocks: [
              {
                ...{ kind: 'paragraph', change: 'changed' },
                pieces: [
                  { text: 'Bussi ', change: 'same', author: null, removedBy: null },
                  { text: '<b>tulee</b>', change: 'added', author: hands[0] ?? null, removedBy: null },
                  {
                    text: 'meni',
                    change: 'removed',
                    author: 'participant:gone',
                    removedBy: hands[1] ?? null,
                  },
                ],
              },
            ],
          }
        : null,
    name: async (_, seq, name) => {
      if (!isThere(seq) || seq === 0) return null;
      if (named.has(seq)) return 'hasName';
      named.set(seq, name);
      return 'named';
    },
    restore: async (_, seq, author) => {
      if (!isThere(seq)) return null;
      restored.push(`${author} ${seq}`);
      return { before: newest, after: newest + 1 };
    },
    changedSince: async () => null,
    seen: async () => null,
  };
}
