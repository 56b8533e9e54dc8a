import { documentLogContract } from './contract-document-log.ts';
import { storeContract } from './contract.ts';
import { memoryDocumentLog } from './memory-documents.ts';
import { memoryStores } from './memory.ts';

storeContract('stores in memory', async (clock) => ({
  stores: memoryStores({ clock }),
  close: async () => undefined,
}));

documentLogContract('a log of documents in memory', async (clock) => {
  const documents = new Map<string, number>();
  const keyOf = (ref: { caseId: string; documentId: string }) => `${ref.caseId} ${ref.documentId}`;
  return {
    log: memoryDocumentLog(
      (ref) => documents.get(keyOf(ref)),
      () => clock.now(),
    ),
    document: async () => {
      const n = documents.size + 1;
      const ref = { caseId: `00000000-0000-7000-8000-00000000000${n}`, documentId: `teksti-${n}` };
      documents.set(keyOf(ref), n);
      return { ...ref, caseSeq: n };
    },
    close: async () => undefined,
  };
});
