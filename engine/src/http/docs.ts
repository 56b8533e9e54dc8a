import { caseFileJsonSchema } from '../content/case-file.ts';
import { answer, namedSchemas } from './named.ts';
import { problemSchema } from './problem.ts';
import type { Api } from './route.ts';

/** The document of the API, and a page that shows it without anything from elsewhere. */

answer('Problem', problemSchema);

type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
  }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

const about = `Everything that a person can do to a case on the pages can be done here, under the same rules.
Without a token you are a guest; the header \`Lakeus-Card\` says which participant card is yours.`;

/** Writes the OpenAPI 3.1 document from the operations that were added. */
export function documentOf({ hono, version }: Api): object {
  for (const [name, schema] of Object.entries(namedSchemas())) {
    hono.openAPIRegistry.registerComponent('schemas', name, schema);
  }
  hono.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  hono.openAPIRegistry.registerComponent('securitySchemes', 'card', {
    type: 'apiKey',
    in: 'header',
    name: 'Lakeus-Card',
  });
  return hono.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Lakeus', version, description: about },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }, { card: [] }],
  });
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const html = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign]!);

function operationHtml(path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, description = '' }) =>
      `<li><code>${html(name)}</code> (${html(place)}) ${html(description)}</li>`,
  );
  const body = operation.requestBody
    ? JSON.stringify(operation.requestBody).match(/schemas\/(\w+)/)?.[1]
    : undefined;
  const answers = Object.entries(operation.responses).map(
    ([status, { description = '' }]) => `<li><b>${html(status)}</b> ${html(description)}</li>`,
  );
  return `<section id="${html(operation.operationId ?? '')}">
<h3><code>${method.toUpperCase()} ${html(path)}</code></h3>
<p>${html(operation.summary ?? '')}</p>
${parameters.length > 0 ? `<ul>${parameters.join('')}</ul>` : ''}
${body ? `<p>Body: <code>${html(body)}</code></p>` : ''}
<details><summary>Answers</summary><ul>${answers.join('')}</ul></details>
</section>`;
}

/** The document as a page to read. */
export function pageOf(document: object, version: string): string {
  const { paths } = document as Document;
  const byTag = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? 'other';
      byTag.set(tag, [...(byTag.get(tag) ?? []), operationHtml(path, method, operation)]);
    }
  }
  const sections = [...byTag].map(([tag, operations]) => `<h2>${html(tag)}</h2>\n${operations.join('\n')}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Lakeus API ${html(version)}</title>
<style>
:root{color-scheme:light dark}
body{font:1.05rem/1.5 system-ui,sans-serif;max-width:70ch;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
section{border-top:1px solid;padding:.5rem 0}h3{font-size:1rem}summary{cursor:pointer;min-height:44px}
</style></head>
<body><main><h1>Lakeus API ${html(version)}</h1>
<p>${html(about)}</p>
<p>The whole description: <a href="/api/openapi.json">openapi.json</a> ·
a case as a file: <a href="/api/v1/case-file.schema.json">case-file.schema.json</a></p>
${sections.join('\n')}
</main></body></html>
`;
}

const documented: readonly (readonly [path: string, summary: string, type: string])[] = [
  ['/api/openapi.json', 'This description.', 'application/json'],
  ['/api/docs', 'This description as a page.', 'text/html'],
  ['/api/v1/case-file.schema.json', 'JSON Schema of a whole case as one file.', 'application/json'],
  ['/livez', 'Whether the process runs.', 'text/plain'],
  ['/readyz', 'Whether everything it needs is there.', 'text/plain'],
];

const json = (text: string) => new Response(text, { headers: { 'content-type': 'application/json' } });

/** Adds the document, its page, the schema of a case file, and what tells a supervisor that we are well. */
export function docRoutes(api: Api): { openapi: object } {
  const { hono, routes, version, ready } = api;
  for (const [path, summary, type] of documented) {
    hono.openAPIRegistry.registerPath({
      method: 'get',
      path,
      operationId: path
        .replace(/^\/(?:api\/)?(?:v1\/)?/, '')
        .replace(/[.-](\w)/g, (_, sign: string) => sign.toUpperCase()),
      summary,
      tags: ['about'],
      security: [],
      responses: {
        200: { description: 'As asked.', content: { [type]: {} } },
        ...(path === '/readyz' && {
          503: { description: 'Not ready; says what is missing.', content: { [type]: {} } },
        }),
      },
    });
  }
  const openapi = documentOf(api);
  const openapiText = JSON.stringify(openapi);
  const caseFileText = JSON.stringify(caseFileJsonSchema());
  const page = pageOf(openapi, version);
  const add = (path: string, serve: () => Response | Promise<Response>) => {
    routes.push({ method: 'GET', path, matches: new RegExp(`^${path.replaceAll('.', '\\.')}$`) });
    hono.get(path, serve);
  };
  add('/api/openapi.json', () => json(openapiText));
  add('/api/v1/case-file.schema.json', () => json(caseFileText));
  add('/api/docs', () => {
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'",
    };
    return new Response(page, { headers });
  });
  add('/livez', () => new Response('ok\n'));
  add('/readyz', async () => {
    const { ok, checks } = await ready();
    const lines = Object.entries(checks).map(([name, well]) => `${name} ${well ? 'ok' : 'not ok'}\n`);
    return new Response(`${ok ? 'ok' : 'not ready'}\n${lines.join('')}`, { status: ok ? 200 : 503 });
  });
  return { openapi };
}
