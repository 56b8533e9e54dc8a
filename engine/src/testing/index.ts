/** For tests, of this package and the others: stores in memory, the contract that real ones are held to, a clock and
 * entropy that do as told, a small workflow, and builders of rows. */
export { memoryStores } from './memory.ts';
export type { MemoryStores } from './memory.ts';
export { memoryBlobs } from './memory-pictures.ts';
export { blobContract } from './contract-blobs.ts';
export { storeContract } from './contract.ts';
export type { Bench, Stores } from './contract.ts';
export { busContract } from './contract-bus.ts';
export type { BusEnds } from './contract-bus.ts';
export { documentLogContract } from './contract-document-log.ts';
export type { DocumentLogEnds } from './contract-document-log.ts';
export { memoryDocumentLog } from './memory-documents.ts';
export { virtualClock } from './clock.ts';
export type { VirtualClock } from './clock.ts';
export { seededEntropy } from './entropy.ts';
export { fixtureWorkflow } from './fixture-workflow.ts';
export { builders, fullContent } from './builders.ts';
export type { Builders, Next } from './builders.ts';
