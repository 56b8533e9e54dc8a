import type { Bus, CaseChange, CaseStore } from '../ports.ts';

/** What is announced of a case: a row of its log was stored, or a ballot was cast. It says that there is something to
 * look at and nothing more: no words, and no ballot. */
export type CaseAnnouncement =
  | { readonly seq: number; readonly type: string; readonly kind: 'transition' | 'content' }
  | { readonly votes: true };

/** The topic on which everything that happens to a case is announced. */
export const caseTopic = (caseId: string): string => `case:${caseId}`;

/** Reads what came on a case's topic.
 * @returns null when it says nothing that we know: then the store must be asked */
export function readCaseAnnouncement(message: Uint8Array | null): CaseAnnouncement | null {
  if (!message) return null;
  try {
    const read = JSON.parse(Buffer.from(message).toString()) as Record<string, unknown> | null;
    if (read?.votes === true) return { votes: true };
    const { seq, type, kind } = read ?? {};
    if (typeof seq !== 'number' || typeof type !== 'string') return null;
    return kind === 'transition' || kind === 'content' ? { seq, type, kind } : null;
  } catch {
    return null;
  }
}

/** The same store, which announces what it has stored, once nothing can undo it. */
export function announcing(store: CaseStore, bus: Bus): CaseStore {
  const announce = (caseId: string, announcement: CaseAnnouncement) =>
    bus.announce(caseTopic(caseId), Buffer.from(JSON.stringify(announcement)));
  const announceAll = ({ case: { id }, log }: CaseChange) => {
    const newest = log.at(-1);
    if (newest) announce(id, { seq: newest.seq, type: newest.type, kind: newest.kind });
  };
  return {
    ...store,
    async commit(change) {
      const stored = await store.commit(change);
      if (stored === 'stored') announceAll(change);
      return stored;
    },
    async locked(caseId, work) {
      const stored: CaseChange[] = [];
      const result = await store.locked(caseId, (held) =>
        work({
          ...held,
          async commit(change) {
            const outcome = await held.commit(change);
            if (outcome === 'stored') stored.push(change);
            return outcome;
          },
        }),
      );
      for (const change of stored) announceAll(change);
      return result;
    },
    async vote(caseId, steps, vote) {
      const kept = await store.vote(caseId, steps, vote);
      if (kept) announce(caseId, { votes: true });
      return kept;
    },
  };
}
