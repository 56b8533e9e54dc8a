import type { ApiDocument } from './checks.ts';

/** Requests by chance, from the document of the API: as it says, or with something wrong. The same seed asks the same. */

type Schema = Record<string, unknown>;
type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema };
type Made = {
  method: string;
  path: string;
  as?: unknown;
  body?: unknown;
  raw?: string;
  headers: Record<string, string>;
};

/** mulberry32: small, and good enough to scatter requests. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const oddTexts = [
  '', ' ', '\u0000', '\ud800', 'å'.repeat(300), 'x'.repeat(10_001), '__proto__', 'null', '0', '-1', '1e999', '../..',
  '<script>', '’; drop table cases; --', '2026-02-30', '0000-01-01', '+275760-09-13T00:00:00Z', '𝕏'.repeat(100), '%00', '\u202e',
]; // prettier-ignore
const oddValues: unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  [],
  {},
  [[]],
  { a: { b: [1] } },
  ...oddTexts,
];
const words = ['Iltavuoro', 'puuttuu', 'Kuka vastaa?', 'Työpaja Lapualla', 'å ä ö', '𝕏', 'Rivi\r\ntoinen'];
const events = [
  'need.accepted', 'period.extended', 'period.closed', 'period.reopened', 'summary.published', 'case.paused',
  'case.resumed', 'case.merged', 'toString', 'xstate.stop',
]; // prettier-ignore

export function askerOf(openapi: object, seed: number) {
  const document = openapi as ApiDocument;
  const random = chance(seed);
  const below = (count: number) => Math.floor(random() * count);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const often = (share: number) => random() < share;

  const nobody = '00000000-0000-4000-8000-000000000000';
  /** ids that were seen, by what they are ids of */
  const uuids = new Map<string, Set<string>>();
  const codes = new Set(['ZZZZ-ZZZZ']);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      parameters: (operation.parameters ?? []) as Parameter[],
      body: (operation.requestBody as { content: Record<string, { schema: Schema }> } | undefined)?.content[
        'application/json'
      ]?.schema,
    })),
  );

  const text = ({ minLength = 0, maxLength = 60, format, pattern }: Schema, key: string): string => {
    if (format === 'uuid') {
      const kind =
        { intoId: 'contributionId', parentId: 'contributionId', contributionIds: 'contributionId' }[key] ??
        key;
      return pick([
        ...(often(0.9) ? (uuids.get(kind) ?? []) : []),
        ...[...uuids.values()].flatMap((ids) => [...ids].slice(-1)),
        nobody,
      ]);
    }
    if (typeof pattern === 'string' && pattern.includes('\\.')) return 'AAEC.AwQF';
    if (typeof pattern === 'string' && pattern.includes('a-z0-9-')) {
      return pick([...(uuids.get('documentId') ?? []), nobody, `poyta-${below(5)}-lapua`]);
    }
    if (format === 'date') return pick(['2026-03-05', '2027-12-31', '2025-01-01']);
    if (format === 'date-time') return pick(['2026-03-05T10:00:00Z', '2027-03-05T10:00:00+02:00']);
    if (typeof pattern === 'string' && pattern.includes('"')) return pick(['*', '"0"', '"1"', '"2"']);
    let made = pick(words);
    while (made.length < (minLength as number)) made += ` ${pick(words)}`;
    return made.slice(0, maxLength as number).toWellFormed();
  };

  const valid = (schema: Schema, key = ''): unknown => {
    if (typeof schema.$ref === 'string')
      return valid(document.components.schemas[schema.$ref.split('/').at(-1)!]!);
    if (key === 'type') return pick(events);
    if (key === 'code') return pick([...codes]);
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return pick(schema.enum);
    const choices = schema.oneOf ?? schema.anyOf;
    if (Array.isArray(choices)) return valid(pick(choices as Schema[]), key);
    switch (Array.isArray(schema.type) ? pick(schema.type as string[]) : schema.type) {
      case 'string':
        return text(schema, key);
      case 'integer':
      case 'number': {
        const least = Math.max(0, (schema.minimum as number | undefined) ?? 0);
        return least + below(Math.min(20, ((schema.maximum as number | undefined) ?? 20) - least + 1));
      }
      case 'boolean':
        return often(0.5);
      case 'array':
        return Array.from({ length: Math.max(1, below(3)) }, () => valid(schema.items as Schema, key));
      case 'object': {
        const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
        const required = (schema.required ?? []) as string[];
        const some = properties.filter(([name]) => required.includes(name) || often(0.4));
        const more = schema.additionalProperties as Schema | false | undefined;
        const names = (schema.propertyNames as Schema | undefined)?.enum as string[] | undefined;
        const free =
          more && often(0.7) ? [[pick(names ?? ['reason', 'closesAt', 'intoCaseId']), valid(more)]] : [];
        return Object.fromEntries([...some.map(([name, of]) => [name, valid(of, name)]), ...free]) as unknown;
      }
      default:
        return null;
    }
  };

  /** The same with something wrong somewhere. */
  const damaged = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object' || often(0.2)) return pick(oddValues);
    if (Array.isArray(value))
      return often(0.5) ? [...(value as unknown[]), pick(oddValues)] : value.map(damaged);
    const entries = Object.entries(value as Record<string, unknown>);
    const at = below(entries.length + 1);
    if (at === entries.length) return { ...value, [pick(oddTexts)]: pick(oddValues) };
    const [name, inner] = entries[at]!;
    const { [name]: _, ...without } = value as Record<string, unknown>;
    return often(0.3) ? without : { ...value, [name]: damaged(inner) };
  };

  const deep = () => `{"body":${'{"a":'.repeat(below(200))}1${'}'.repeat(below(200))}}`;
  const rawBodies = [
    () => '', () => '{', () => 'null', () => '[]', () => '"text"', () => '{"__proto__":{"x":1}}', deep,
    () => `{"body":"${'x'.repeat(300_000)}"}`, () => '{"body":"\\ud83d"}', () => '\ufeff{}', () => '{"a":1,"a":2}',
  ]; // prettier-ignore

  return {
    /** Keeps ids and codes to ask for later. */
    learn(json: unknown): void {
      const told = JSON.stringify(json);
      for (const found of told.matchAll(/"(\w+)":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/g)) {
        const kind = found[1]!.endsWith('Id') ? found[1]! : `${found[1]!}Id`;
        const known = uuids.get(kind) ?? new Set();
        if (known.size < 12) uuids.set(kind, known.add(found[2]!));
      }
      for (const found of told.matchAll(/"(?:code|card)":"([0-9A-Z]{4}-[0-9A-Z]{4})"/g)) codes.add(found[1]!);
    },

    next(caseIds: readonly string[]): Made {
      const operation = pick(operations);
      const wrong = often(0.4);
      const headers: Record<string, string> = {};
      const query = new URLSearchParams();
      let path = operation.path;
      for (const { name, in: place, required, schema } of operation.parameters) {
        const given = (): string => {
          if (wrong && often(0.2)) return pick(oddTexts).toWellFormed();
          if (name === 'id') return pick(caseIds);
          if (name === 'role') return pick(['decider', 'agent', 'expert', 'participant']);
          const value = valid(schema, name);
          return Array.isArray(value) ? String(value[0]) : String(value);
        };
        if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(given()) || '%20');
        else if (!required && !often(0.3)) continue;
        else if (place === 'query') query.append(name, given());
        // Header values are bytes: what is no Latin-1 cannot be sent at all.
        else headers[name] = given().replace(/[^\x20-\x7e]/g, '?');
      }
      if (wrong && often(0.1)) query.append(pick(oddTexts).toWellFormed(), pick(oddTexts).toWellFormed());
      const as = often(0.7)
        ? pick(['maija', 'maija', 'pekka', 'aino', 'ville', 'lauri'])
        : pick([undefined, undefined, { card: pick([...codes]) }, { authorization: 'Bearer nobody' }]);
      const made: Made = {
        method: operation.method,
        path: path + (query.size > 0 ? `?${query.toString()}` : ''),
        as,
        headers,
      };
      if (!operation.body) return made;
      if (wrong && often(0.05))
        return { ...made, raw: '{}', headers: { ...headers, 'content-type': 'text/xml' } };
      if (wrong && often(0.2)) return { ...made, raw: pick(rawBodies)() };
      const body = valid(operation.body);
      return { ...made, body: wrong ? damaged(body) : body };
    },
  };
}
