import { createRoute } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { readCode } from '../content/cards.ts';
import type { Actor } from '../people/policy.ts';
import type { Tickets } from '../people/ticket.ts';
import type { DocumentHistory } from '../document/history.ts';
import type { CaseReader, LiveDocuments, PeopleStore } from '../ports.ts';
import { documentId, documentIdPattern, parse } from '../process/commands.ts';
import type { Engine, View } from '../process/engine.ts';
import { sha256 } from '../process/log.ts';
import { readObject } from './body.ts';
import { parametersOf, refTo } from './named.ts';
import type { JsonSchema } from './named.ts';
import { granted, problemStatuses, Refused } from './problem.ts';
import type { ProblemId } from './problem.ts';

/** One way in for every operation: who asks, what stands in the address and headers, and the document of it all. */

export type ApiPorts = {
  readonly engine: Engine;
  readonly reader: CaseReader;
  readonly people: PeopleStore;
  readonly ready: () => Promise<{ ok: boolean; checks: Record<string, boolean> }>;
  readonly onError?: (error: unknown, requestId: string) => void;
  readonly version: string;
  /** shared documents as they stand; without it their words are not read */
  readonly documents?: Pick<LiveDocuments, 'read'>;
  /** what has become of shared documents; without it nothing is told of that */
  readonly history?: DocumentHistory;
  /** without it no tickets are given out */
  readonly tickets?: Tickets;
  /** when tickets are given out; the computer's clock unless given */
  readonly now?: () => Date;
};

export type ApiEnv = { Bindings: { actor?: Actor | undefined }; Variables: { requestId: string } };

/** The application being put together, with what the handlers need. */
export type Api = ApiPorts & {
  readonly hono: OpenAPIHono<ApiEnv>;
  readonly routes: { readonly method: string; readonly path: string; readonly matches: RegExp }[];
};

/** What a handler is given. */
export type Call<Query> = {
  readonly actor: Actor;
  /** ids of the address, by name */
  readonly params: Readonly<Record<string, string>>;
  readonly caseId: string;
  readonly query: Query;
  /** What the asker sees of the case; everything that reads a case asks this first. */
  readonly look: () => Promise<View>;
  /** The body as it came, with what the headers and the address add. The engine's own schema validates it. */
  readonly command: (also?: Readonly<Record<string, string | boolean>>) => Promise<Record<string, unknown>>;
  readonly idempotencyKey: string | undefined;
  readonly ifMatch: number | undefined;
  readonly setHeader: (name: string, value: string) => void;
};

type RouteSpec<Query extends z.ZodObject, Answer extends z.ZodType> = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  readonly query?: Query;
  /** what the engine validates the body by; for the document */
  readonly body?: z.ZodType;
  readonly answer: Answer;
  readonly status?: 200 | 201;
  /** whether If-Match holds the command against a version */
  readonly versioned?: boolean;
  readonly problems?: readonly ProblemId[];
  readonly handle: (call: Call<z.output<Query>>) => Promise<z.input<Answer>>;
};

const headerSchemas = {
  idempotencyKey: z.string().min(8).max(128),
  ifMatch: z.string().regex(/^(?:\*|"\d{1,9}")$/),
};
const bearerToken = /^Bearer +([\w~+/.-]{1,500}=*)$/i;

/** Who asks: whom the caller vouches for, else the bearer of a token, else a guest, perhaps with a card.
 * @throws {Refused} token_unknown, card_unknown */
async function actorOf(c: Context<ApiEnv>, { people, reader }: ApiPorts): Promise<Actor> {
  if (c.env.actor) return c.env.actor;
  const authorization = c.req.header('authorization');
  if (authorization !== undefined) {
    const token = bearerToken.exec(authorization)?.[1];
    const hash = token && sha256(token);
    const known = hash ? await people.apiToken(hash) : null;
    if (!known) throw new Refused({ id: 'token_unknown' });
    return { kind: 'person', personId: known.person.id, readOnly: !known.scopes.includes('write') };
  }
  const card = c.req.header('lakeus-card');
  if (card === undefined) return { kind: 'guest' };
  const code = readCode(card);
  const participant = code ? await reader.participantByCode(code) : null;
  if (!participant) throw new Refused({ id: 'card_unknown' });
  return { kind: 'guest', participantId: participant.id };
}

/** What the ids of an address look like; of anything else there is none. */
function idSchema(name: string): z.ZodType<string> | null {
  if (name === 'documentId') return documentId;
  return name === 'id' || name.endsWith('Id') ? z.uuid().toLowerCase() : null;
}

const pathSchema = (name: string): JsonSchema => {
  const schema = idSchema(name);
  if (!schema) return { type: 'string' };
  return name === 'documentId'
    ? { type: 'string', pattern: documentIdPattern.source }
    : { type: 'string', format: 'uuid' };
};

/** Ids of the address. What cannot be an id names nothing. */
function paramsOf(c: Context<ApiEnv>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = c.req.param(name) ?? '';
      const read = idSchema(name)?.safeParse(value);
      if (read?.success === false) throw new Refused({ id: 'not_found' });
      return [name, read?.data ?? value];
    }),
  );
}

const isList = (schema: unknown): boolean =>
  schema instanceof z.ZodOptional ? isList(schema.unwrap()) : schema instanceof z.ZodArray;

function queryOf<Query extends z.ZodObject>(c: Context<ApiEnv>, schema: Query): z.output<Query> {
  const asked = new URL(c.req.url).searchParams;
  const given = [...new Set(asked.keys())].map((name): [string, string | string[]] => {
    const values = asked.getAll(name);
    const field: unknown = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
    return [name, values.length === 1 && !isList(field) ? values[0]! : values];
  });
  // The one key that the schema would pass over in silence.
  if (asked.has('__proto__')) {
    throw new Refused({ id: 'invalid', fields: [{ path: '__proto__', problem: 'unknown_field' }] });
  }
  return granted(parse(schema, Object.fromEntries(given))).value as z.output<Query>;
}

function headerOf(c: Context<ApiEnv>, name: string, schema: z.ZodType<string>): string | undefined {
  const value = c.req.header(name);
  return value === undefined ? undefined : granted(parse(schema, value, name)).value;
}

const nothingAsked = z.strictObject({});

/** Adds an operation: its handler to the application, and its description to the document. */
export function route<Answer extends z.ZodType, Query extends z.ZodObject = typeof nothingAsked>(
  api: Api,
  spec: RouteSpec<Query, Answer>,
): void {
  const names = [...spec.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  const query = (spec.query ?? nothingAsked) as Query;
  const keyed = spec.method !== 'get';
  api.routes.push({
    method: spec.method.toUpperCase(),
    path: spec.path,
    matches: new RegExp(`^${spec.path.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
  });
  api.hono.openAPIRegistry.registerPath(described(spec, names, query));
  api.hono.on(spec.method.toUpperCase(), spec.path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
    const actor = await actorOf(c, api);
    const params = paramsOf(c, names);
    const idempotencyKey = keyed ? headerOf(c, 'Idempotency-Key', headerSchemas.idempotencyKey) : undefined;
    const match = spec.versioned ? headerOf(c, 'If-Match', headerSchemas.ifMatch) : undefined;
    const call: Call<z.output<Query>> = {
      actor,
      params,
      caseId: params.id ?? '',
      query: queryOf(c, query),
      look: async () => granted(await api.engine.look(params.id ?? '', actor)).view,
      command: async (also = {}) => {
        const body = spec.body ? await readObject(c.req.raw) : {};
        const elsewhere = ['idempotencyKey', ...Object.keys(also)].filter((key) => Object.hasOwn(body, key));
        if (elsewhere.length > 0) {
          const fields = elsewhere.map((path) => ({ path, problem: 'unknown_field' as const }));
          throw new Refused({ id: 'invalid', fields });
        }
        return { ...body, ...also, ...(idempotencyKey !== undefined && { idempotencyKey }) };
      },
      idempotencyKey,
      ifMatch: match === undefined || match === '*' ? undefined : Number(match.slice(1, -1)),
      setHeader: (name, value) => c.header(name, value),
    };
    return c.json((await spec.handle(call)) as object, (spec.status ?? 200) as ContentfulStatusCode);
  });
}

const always: readonly ProblemId[] = [
  'invalid',
  'token_unknown',
  'card_unknown',
  'internal',
  'store_unavailable',
];
const withCase: readonly ProblemId[] = ['not_found'];
const withCommand: readonly ProblemId[] = [
  'forbidden',
  'not_in_this_step',
  'case_exists',
  'idempotency_key_reused',
  'case_contended',
];
const withBody: readonly ProblemId[] = ['malformed_json', 'body_too_large', 'unsupported_media_type'];

const problemContent = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

const parameterWords: Readonly<Record<string, string>> = {
  id: 'The case.',
  code: 'A participant card’s code, as it is printed or typed.',
};

function described(
  spec: Pick<
    RouteSpec<z.ZodObject, z.ZodType>,
    'method' | 'path' | 'id' | 'summary' | 'tag' | 'body' | 'answer' | 'status' | 'versioned' | 'problems'
  >,
  names: readonly string[],
  query: z.ZodObject,
) {
  const inHeaders = z.object({
    ...(spec.method !== 'get' && {
      'Idempotency-Key': headerSchemas.idempotencyKey
        .optional()
        .describe('A repeat with the same key and body gets the first answer and does nothing.'),
    }),
    ...(spec.versioned && {
      'If-Match': headerSchemas.ifMatch.optional().describe('The version you looked at, in quotes.'),
    }),
  });
  const statuses = problemStatuses([
    ...always,
    ...(names.length > 0 ? withCase : []),
    ...(spec.method === 'get' ? [] : withCommand),
    ...(spec.body ? withBody : []),
    ...(spec.problems ?? []),
  ]);
  if (spec.versioned) statuses[412] = 'case_changed';
  const inPath = names.map((name): JsonSchema => ({
    name,
    in: 'path',
    required: true,
    ...(parameterWords[name] && { description: parameterWords[name] }),
    schema: pathSchema(name),
  }));
  const parameters = [...inPath, ...parametersOf(query, 'query'), ...parametersOf(inHeaders, 'header')];
  return createRoute({
    method: spec.method,
    path: spec.path,
    operationId: spec.id,
    summary: spec.summary,
    tags: [spec.tag],
    // The types of the library's document are narrower than JSON Schema.
    parameters: parameters as never,
    ...(spec.body && {
      request: { body: { required: true, content: { 'application/json': { schema: refTo(spec.body) } } } },
    }),
    responses: {
      [spec.status ?? 200]: {
        description: 'As asked.',
        content: { 'application/json': { schema: refTo(spec.answer) } },
      },
      ...Object.fromEntries(
        Object.entries(statuses).map(([status, ids]) => [
          status,
          { description: ids, content: problemContent },
        ]),
      ),
    },
  });
}
