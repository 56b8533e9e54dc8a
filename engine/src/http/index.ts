/** The HTTP API of Lakeus: `createApi` over an engine and its reads, answering standard requests. */
export { createApi } from './app.ts';
export type { ApiPorts } from './route.ts';
export type { ProblemDocument, ProblemId } from './problem.ts';
