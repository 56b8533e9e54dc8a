import { expect, it } from 'vitest';
import { openWorld } from './testing/world.ts';
import type { Asked } from './testing/world.ts';
import { askerOf } from './testing/fuzz.ts';

const requests = 3_000;

/** Requests made from the document, whole and damaged: never a fault, and every answer is one that it speaks of. */
it(`answers ${requests} requests that nobody meant`, { timeout: 60_000 }, async () => {
  const world = await openWorld(3);
  const cases = [
    await world.caseAt('need'),
    await world.caseAt('open'),
    await world.caseAt('summary'),
    await world.caseAt('closed'),
    await world.caseAt('open'),
  ];
  const asker = askerOf(world.api.openapi(), 20260302);
  for (const made of cases) asker.learn(made);
  for (const personId of Object.values(world.ids)) asker.learn({ personId });
  const statuses = new Map<number, number>();
  for (let n = 0; n < requests; n++) {
    const { method, path, ...asked } = asker.next(cases.map(({ id }) => id));
    const { status, json } = await world.ask(method, path, asked as Asked);
    asker.learn(json);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    expect(status, `${n}: ${method} ${path} ${JSON.stringify(asked).slice(0, 500)}`).toBeLessThan(500);
  }
  expect(world.faults).toEqual([]);
  // It got through the doors: every kind of answer was there.
  for (const status of [200, 201, 400, 401, 403, 404, 409, 413, 415, 422]) {
    expect(statuses.get(status) ?? 0, `${status} in ${JSON.stringify([...statuses])}`).toBeGreaterThan(0);
  }
  const granted = (statuses.get(200) ?? 0) + (statuses.get(201) ?? 0);
  expect(granted).toBeGreaterThan(requests / 10);
});
