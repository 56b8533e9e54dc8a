import { expect, test } from '../support/story.ts';
import { LakeusServer } from '../support/server.ts';

/** The server as an operator meets it. */

test('without its pages the server still answers the API and the probes', async ({ request }) => {
  const server = await LakeusServer.start(['--services=api,worker']);
  try {
    const get = (path: string) => request.get(server.url + path);
    const described = await get('/api/openapi.json');
    expect(described.status()).toBe(200);
    const openapi = (await described.json()) as { openapi: string; paths: Record<string, unknown> };
    expect(openapi.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(openapi.paths)).toContain('/api/v1/cases');
    const cases = await get('/api/v1/cases');
    expect(((await cases.json()) as { items: unknown[] }).items).not.toHaveLength(0);
    expect((await get('/livez')).status()).toBe(200);
    expect((await get('/')).status()).toBe(404);
    expect((await get('/cases')).status()).toBe(404);
  } finally {
    expect(await server.stop(), 'exit code after SIGTERM').toBe(0);
  }
});

test('the probes say what holds, the figures are for this machine only, and SIGTERM ends it cleanly', async ({
  request,
}) => {
  const server = await LakeusServer.start();
  const get = (path: string, headers: Record<string, string> = {}) =>
    request.get(server.url + path, { headers });
  const ready = await get('/readyz');
  expect(ready.status()).toBe(200);
  expect(await ready.text()).toMatch(/^ready\ndatabase: ok\nmigrations: ok\n/);
  const figures = await get('/metrics');
  expect(figures.status()).toBe(200);
  expect(await figures.text()).toContain('lakeus_info{version=');
  expect((await get('/metrics', { 'x-forwarded-for': '192.0.2.7' })).status()).toBe(404);
  const began = Date.now();
  expect(await server.stop()).toBe(0);
  expect(Date.now() - began).toBeLessThan(10_000);
  await expect(get('/livez')).rejects.toThrow(/ECONNREFUSED/);
});

test('a setting that cannot be taken stops the start with a sentence that names it', async () => {
  await expect(LakeusServer.start([], { LOG_LEVEL: 'loud' })).rejects.toThrow(/LOG_LEVEL/);
  await expect(LakeusServer.start(['--services=tea'])).rejects.toThrow(/tea/);
});
