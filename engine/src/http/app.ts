import { OpenAPIHono } from '@hono/zod-openapi';
import { randomUUID } from 'node:crypto';
import type { Actor } from '../people/policy.ts';
import { caseRoutes } from './cases.ts';
import { contentRoutes } from './content.ts';
import { docRoutes } from './docs.ts';
import { documentHistoryRoutes } from './document-history.ts';
import { documentRoutes } from './documents.ts';
import { impactRoutes } from './impact.ts';
import { logRoutes } from './log.ts';
import { moderationRoutes } from './moderation.ts';
import { problemResponse, Refused, troubleOf } from './problem.ts';
import { processRoutes } from './process.ts';
import { proposalRoutes } from './proposals.ts';
import type { Api, ApiEnv, ApiPorts } from './route.ts';

const neverStored = 'no-store';
const forAWhile = 'public, max-age=300';
const sameForAll: readonly string[] = ['/api/openapi.json', '/api/docs', '/api/v1/case-file.schema.json'];

/** Answers the HTTP API. Whatever is asked, there is an answer: faults become a problem document and are told to
 * `onError` with the request's id, and nothing of them goes out.
 * @param ports.ready - whether everything that is needed is there, for `/readyz`
 * @param ports.version - of the product, for the document
 * @source contracts.md, HTTP */
export function createApi(ports: ApiPorts): {
  /** @param actor - whom the caller vouches for, by their session; else the request's own token or card decides */
  fetch(request: Request, actor?: Actor): Promise<Response>;
  openapi(): object;
} {
  const hono = new OpenAPIHono<ApiEnv>({ strict: true });
  const api: Api = { ...ports, hono, routes: [] };

  const troubled = (error: unknown, requestId: string): Response => {
    if (error instanceof Refused) return problemResponse(error.trouble, { byIfMatch: error.byIfMatch });
    ports.onError?.(error, requestId);
    return problemResponse(troubleOf(error), { requestId });
  };

  hono.use(async (c, next) => {
    const asked = c.req.header('x-request-id');
    const requestId = asked && /^[\w-]{8,64}$/.test(asked) ? asked : randomUUID();
    c.set('requestId', requestId);
    await next();
    c.header('X-Request-Id', requestId);
    c.header('X-Content-Type-Options', 'nosniff');
    const lasting = c.res.ok && sameForAll.includes(c.req.path);
    c.header('Cache-Control', lasting ? forAWhile : neverStored);
  });
  hono.onError((error, c) => troubled(error, c.get('requestId')));
  hono.notFound((c) => {
    const here = api.routes.filter(({ matches }) => matches.test(c.req.path)).map(({ method }) => method);
    if (here.length === 0) return problemResponse({ id: 'not_found' });
    const response = problemResponse({ id: 'method_not_allowed' });
    response.headers.set('Allow', [...new Set(here), ...(here.includes('GET') ? ['HEAD'] : [])].join(', '));
    return response;
  });

  caseRoutes(api);
  processRoutes(api);
  logRoutes(api);
  contentRoutes(api);
  proposalRoutes(api);
  impactRoutes(api);
  documentRoutes(api);
  moderationRoutes(api);
  documentHistoryRoutes(api);
  const { openapi } = docRoutes(api);

  return {
    fetch: async (request, actor) => {
      try {
        return await hono.fetch(request, { actor });
      } catch (thrown) {
        // Hono hands on only what is an Error.
        return troubled(thrown, randomUUID());
      }
    },
    openapi: () => openapi,
  };
}
