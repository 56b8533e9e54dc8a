import { z } from 'zod';

/** Schemas by the names that they bear in the API document. Bodies are described as they come in, answers as they go
 * out; what validates a body is the same object that describes it. */
const bodies = z.registry<{ id: string }>();
const answers = z.registry<{ id: string }>();

/** Names what comes in. */
export function body<T extends z.ZodType>(id: string, schema: T): T {
  bodies.add(schema, { id });
  return schema;
}

/** Names what goes out. */
export function answer<T extends z.ZodType>(id: string, schema: T): T {
  answers.add(schema, { id });
  return schema;
}

export type JsonSchema = { [keyword: string]: unknown };

export const refTo = (schema: z.ZodType): JsonSchema => {
  const named = bodies.get(schema) ?? answers.get(schema);
  if (!named) throw new Error('a schema of the API without a name');
  return { $ref: `#/components/schemas/${named.id}` };
};

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;

/** Words are trimmed before they are measured, and zod then tells of no limits: they stand behind the trimming. */
const limitsBehindTrimming: Override = ({ zodSchema, jsonSchema }) => {
  if (!(zodSchema instanceof z.ZodPipe) || !(zodSchema.out instanceof z.ZodString)) return;
  const { minLength, maxLength } = zodSchema.out;
  if (minLength !== null) jsonSchema.minLength = minLength;
  if (maxLength !== null) jsonSchema.maxLength = maxLength;
};

/** Answers may gain fields: whoever generates a client from the document must not refuse them. */
const openToMore: Override = ({ jsonSchema }) => {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};

const bare = ({ $schema: _, $id: __, ...rest }: JsonSchema): JsonSchema => rest;

/** JSON Schema (draft 2020-12, as OpenAPI 3.1 has it) of everything that has a name. */
export function namedSchemas(): Record<string, JsonSchema> {
  const uri = (id: string) => `#/components/schemas/${id}`;
  const made = {
    ...z.toJSONSchema(bodies, { uri, io: 'input', override: limitsBehindTrimming }).schemas,
    ...z.toJSONSchema(answers, { uri, io: 'output', override: openToMore }).schemas,
  };
  return Object.fromEntries(Object.entries(made).map(([id, schema]) => [id, bare(schema)]));
}

/** The parameters that an object schema describes, one for each of its fields. */
export function parametersOf(schema: z.ZodObject, place: 'query' | 'header'): JsonSchema[] {
  const { properties = {}, required = [] } = bare(z.toJSONSchema(schema, { io: 'input' })) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...of }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema: of,
  }));
}
