import { z } from 'zod';

/** Holds answers against the document of the API, and against more: an answer may have no field that the document does
 * not name, for such a field is one that somebody let out by accident. */

type Schema = Record<string, unknown>;
type Operation = { responses: Record<string, { content?: Record<string, { schema?: Schema }> }> };
export type ApiDocument = {
  openapi: string;
  paths: Record<string, Record<string, Operation & Record<string, unknown>>>;
  components: { schemas: Record<string, Schema> };
};
export type Seen = { method: string; path: string; status: number; type: string | null; text: string };

/** References as a lone schema has them, and objects closed to what they do not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const walked = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' ? (value as string).replace('#/components/schemas/', '#/$defs/') : closed(value),
    ]),
  );
  const isClosed = 'properties' in walked && walked.type === 'object' && !('additionalProperties' in walked);
  return isClosed ? { ...walked, additionalProperties: false } : walked;
}

/** @throws {Error} when an answer is not one that the document speaks of */
export function checksOf(openapi: object): (seen: Seen) => void {
  const document = openapi as ApiDocument;
  const $defs = closed(document.components.schemas) as Record<string, Schema>;
  const made = new Map<string, z.ZodType>();
  const schemaOf = (schema: Schema): z.ZodType => {
    const key = JSON.stringify(schema);
    const known = made.get(key) ?? z.fromJSONSchema({ ...(closed(schema) as Schema), $defs });
    made.set(key, known);
    return known;
  };
  const paths = Object.keys(document.paths).map((path) => {
    return { path, matches: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) };
  });

  return ({ method, path, status, type, text }) => {
    const where = path.split('?')[0]!;
    const found = paths.filter(({ matches }) => matches.test(where));
    const operation = found
      .map((one) => document.paths[one.path]![method.toLowerCase()])
      .find((one) => one !== undefined);
    const fail = (why: string): never => {
      throw new Error(`${method} ${path} ${status}: ${why}\n${text.slice(0, 500)}`);
    };
    if (/"salt"|"recordedBy"|"snapshot"/.test(text) && !where.endsWith('.json'))
      fail('says what is nobody’s business');
    const media = (type ?? '').split(';')[0]!;
    if (!operation) {
      const problem = schemaOf({ $ref: '#/components/schemas/Problem' }).safeParse(JSON.parse(text));
      if (![404, 405].includes(status) || !problem.success) fail('is not in the document');
      return;
    }
    const content = operation.responses[String(status)]?.content?.[media];
    if (!content) return fail(`the document knows no ${media} with this status`);
    if (!content.schema) return;
    const read = schemaOf(content.schema).safeParse(JSON.parse(text));
    if (!read.success) fail(z.prettifyError(read.error));
  };
}
