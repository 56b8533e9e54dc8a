import { beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../errors.ts';
import { createApi } from './index.ts';
import { openWorld } from './testing/world.ts';
import type { World } from './testing/world.ts';

/** Who asks, what goes with every answer, and the document that describes them. */

let world: World;
type Case = Awaited<ReturnType<World['caseAt']>>;
let open: Case, need: Case;

beforeAll(async () => {
  world = await openWorld(4);
  [need, open] = [await world.caseAt('need'), await world.caseAt('open')];
});

describe('who asks', () => {
  it('may only read with a token that only reads', async () => {
    expect((await world.ask('GET', need.path, { as: 'lauri' })).status).toBe(200);
    const asked = { as: 'lauri', body: { texts: { theme: 'X' } } } as const;
    expect((await world.ask('POST', `${need.path}/texts`, asked)).json.id).toBe('forbidden');
  });

  it('is whom the caller vouches for, whatever the headers say', async () => {
    const request = new Request(`http://lakeus.test${need.path}`, {
      headers: { authorization: 'Bearer wrong' },
    });
    const response = await world.api.fetch(request, { kind: 'person', personId: world.ids.maija });
    expect(response.status).toBe(200);
  });

  it('is taken out of a case by staff', async () => {
    const path = `${open.path}/members/${open.client}/expert`;
    expect((await world.ask('DELETE', path, { as: 'ville' })).status).toBe(403);
    await world.get('DELETE', path, { as: 'maija' });
    expect((await world.ask('DELETE', path, { as: 'maija' })).status).toBe(404);
  });
});

describe('every answer', () => {
  it('bears a request id and is stored nowhere, but for the documents', async () => {
    for (const path of ['/api/v1/cases', '/api/v1/nothing', need.path]) {
      const { headers } = await world.ask('GET', path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    for (const path of ['/api/openapi.json', '/api/docs', '/api/v1/case-file.schema.json']) {
      const { headers, status } = await world.ask('GET', path, {
        headers: { 'x-request-id': 'from-the-proxy-7' },
      });
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=300']);
      expect(headers.get('x-request-id')).toBe('from-the-proxy-7');
    }
  });

  it('hides a fault and tells it to the operator', async () => {
    const told: [unknown, string][] = [];
    const throwing = (error: unknown) => async () => {
      throw error;
    };
    const failing = (error: unknown) =>
      createApi({
        ...world.stores,
        engine: { ...world.engine, look: throwing(error) },
        ready: async () => ({ ok: false, checks: { database: false } }),
        onError: (...what) => told.push(what),
        version: '1',
      });
    const ask = (error: unknown) => failing(error).fetch(new Request(`http://lakeus.test${open.path}`));
    const broken = await ask(new Error('password=hunter2'));
    const text = await broken.text();
    expect([broken.status, text.includes('hunter2')]).toEqual([500, false]);
    expect(JSON.parse(text)).toMatchObject({ id: 'internal', requestId: told[0]![1] });
    expect(told[0]![0]).toMatchObject({ message: 'password=hunter2' });
    for (const id of ['store_unavailable', 'case_contended'] as const) {
      const passing = await ask(new EngineError(id));
      expect([passing.status, passing.headers.has('retry-after')]).toEqual([503, true]);
    }
    expect((await ask('not even an error')).status).toBe(500);
    const readiness = await failing(null).fetch(new Request('http://lakeus.test/readyz'));
    expect([readiness.status, await readiness.text()]).toEqual([503, 'not ready\ndatabase not ok\n']);
  });

  it('to a method that is not known says which are', async () => {
    const { status, headers } = await world.ask('PATCH', open.path);
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await world.send('HEAD', open.path)).status).toBe(200);
  });
});

describe('the document', () => {
  it('describes every route, and each schema by the limits that hold', () => {
    const { openapi, paths, components } = world.api.openapi() as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string }>>;
      components: { schemas: Record<string, { properties: Record<string, unknown> }> };
    };
    expect(openapi).toBe('3.1.0');
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(operations.length).toBeGreaterThanOrEqual(35);
    expect(components.schemas.Contribute!.properties.body).toEqual({
      type: 'string',
      minLength: 1,
      maxLength: 10_000,
    });
    const references = JSON.stringify(world.api.openapi()).matchAll(/#\/components\/schemas\/(\w+)/g);
    for (const [, name] of references) expect(components.schemas).toHaveProperty(name!);
  });

  it('is a page that needs nothing from elsewhere', async () => {
    const { text, headers } = await world.ask('GET', '/api/docs');
    expect(text).toContain('POST /api/v1/cases/{id}/events');
    expect(text).not.toMatch(/<script|<link|<img|https?:\/\//);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('is made anew by each API without disturbing the other', () => {
    const again = createApi({
      ...world.stores,
      engine: world.engine,
      ready: async () => ({ ok: true, checks: {} }),
      version: '1.2.3',
    });
    expect(again.openapi()).toEqual(world.api.openapi());
  });
});
