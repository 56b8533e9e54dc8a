import type { KeptPicture, PictureStore } from '../document/pictures.ts';
import type { BlobStore } from '../ports.ts';
import { rowsOf } from './memory-state.ts';
import type { State } from './memory-state.ts';

/** Which case has which picture, over the state in memory. */
export function memoryPictures(state: State): PictureStore {
  const kept = new Map<string, KeptPicture>();
  return {
    add: async (picture) => {
      const key = `${picture.hash} ${picture.caseId}`;
      if (!state.cases.has(picture.caseId)) throw new Error(`no case ${picture.caseId}`);
      if (!kept.has(key)) kept.set(key, { ...picture });
    },
    shown: async (hash, { personId, codes = [] }) => {
      const having = [...kept.values()]
        .filter((picture) => picture.hash === hash)
        .flatMap((picture) => {
          const found = state.cases.get(picture.caseId);
          return found ? [{ picture, found }] : [];
        })
        .sort((a, b) => {
          const [one, other] = [a, b].map(
            ({ found }) => `${found.record.isPublic ? 0 : 1} ${found.record.id}`,
          );
          return one! < other! ? -1 : 1;
        });
      const staff = (state.people.get(personId ?? '')?.roles.length ?? 0) > 0;
      const seen = having.find(
        ({ found }) =>
          found.record.isPublic ||
          staff ||
          rowsOf(found, 'members').some((row) => row.personId === personId) ||
          rowsOf(found, 'participants').some(
            (row) => codes.includes(row.code) || (personId !== undefined && row.personId === personId),
          ),
      );
      return seen?.picture ?? null;
    },
    of: async (caseId) =>
      [...kept.values()]
        .filter((picture) => picture.caseId === caseId)
        .map(({ hash }) => hash)
        .sort(),
  };
}

/** A blob store in memory. */
export function memoryBlobs(): BlobStore {
  const kept = new Map<string, { content: Uint8Array; type: string }>();
  const name = (hash: string) => {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new RangeError(`'${hash}' is not the name of a blob`);
    return hash;
  };
  return {
    put: async (hash, content, type) => {
      if (!kept.has(name(hash))) kept.set(hash, { content: content.slice(), type });
    },
    get: async (hash) => {
      const found = kept.get(name(hash));
      return found ? { content: found.content.slice(), type: found.type } : null;
    },
    has: async (hash) => kept.has(name(hash)),
    remove: async (hash) => void kept.delete(name(hash)),
  };
}
