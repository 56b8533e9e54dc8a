/** Shared documents: what one may hold, and reading it. Runs in a browser as well as on a server. */
export { documentLimits, fragmentName, isSafeHref, schema, schemaVersion } from './schema.ts';
export { emptyDocument, isEmpty, mentionsOf, picturesOf, readDocument, textOf } from './read.ts';
export type { DocumentJson } from './read.ts';
export { repairDocument } from './repair.ts';
