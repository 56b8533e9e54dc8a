import { beforeAll, describe, expect, it } from 'vitest';
import { openWorld } from './testing/world.ts';
import type { Asked, World } from './testing/world.ts';

/** The past of shared documents over HTTP, by the rules of the engine. */

let world: World;
let open: Awaited<ReturnType<World['caseAt']>>;
let path: string;

beforeAll(async () => {
  world = await openWorld(17);
  open = await world.caseAt('open');
  const opening = { as: 'maija', body: { kind: 'shared', title: 'Reitit' } } as const;
  const { documentId } = await world.get('POST', `${open.path}/documents`, opening);
  path = `${open.path}/documents/${documentId as string}`;
  const [participant] = await world.stores.reader.participants(open.id);
  world.history.hands.push(`participant:${participant!.id}`, `person:${world.ids.maija}`);
});

const refused = async (method: string, at: string, asked: Asked = {}) => {
  const { status, json } = await world.ask(method, at, asked);
  const [field] = (json.fields ?? []) as { path: string; problem: string }[];
  return [status, json.id, ...(field ? [field.path, field.problem] : [])];
};

describe('versions of a document', () => {
  it('are named by who may write, once, and listed with those who wrote', async () => {
    const body = { seq: 2, name: ' Ennen kokousta ' };
    expect(await world.get('POST', `${path}/versions`, { as: 'ville', body })).toEqual({
      ...{ seq: 2, name: 'Ennen kokousta' },
    });
    expect(await refused('POST', `${path}/versions`, { as: 'ville', body })).toEqual([
      ...[422, 'invalid', 'seq', 'invalid'],
    ]);
    const { items } = (await world.get('GET', `${path}/versions`)) as { items: Record<string, unknown>[] };
    expect(items.map(({ seq, why, name }) => [seq, why, name])).toEqual([
      [2, 'named', 'Ennen kokousta'],
      [3, 'regular', null],
    ]);
    expect(items[0]!.authors).toEqual([expect.stringMatching(/\w+ \d+/), 'Maija Mäki']);
  });

  it('of what was never written are not found, and without words they have no name', async () => {
    const name = (body: object, as: Asked['as'] = 'maija') =>
      refused('POST', `${path}/versions`, { as, body });
    expect(await name({ seq: 9, name: 'Ei ole' })).toEqual([422, 'invalid', 'seq', 'not_found']);
    expect(await name({ seq: 1, name: '  ' })).toEqual([422, 'invalid', 'name', 'required']);
    expect(await name({ seq: -1, name: 'X' })).toEqual([422, 'invalid', 'seq', 'required']);
    expect(await name({ seq: 1, name: 'X' }, 'lauri')).toEqual([403, 'forbidden']);
    expect(await refused('GET', `${path}x/versions`)).toEqual([404, 'not_found']);
  });
});

describe('bringing a document back', () => {
  it('is for staff and agents, in their own name', async () => {
    const restore = (as: Asked['as'], seq = 1) =>
      world.ask('POST', `${path}/restorations`, { as, body: { seq } });
    expect((await restore('ville')).status).toBe(403);
    expect((await restore('lauri')).status).toBe(403);
    expect((await restore({})).status).toBe(403);
    expect((await restore('maija')).json).toEqual({ before: 3, after: 4 });
    expect((await restore('maija', 99)).json).toMatchObject({ id: 'invalid' });
    expect(world.history.restored).toEqual([`person:${world.ids.maija} 1`]);
  });
});

describe('changes of a document', () => {
  it('are told with names, and as the letters that they are', async () => {
    const changes = await world.get('GET', `${path}/changes?from=3&to=1`);
    expect(changes).toMatchObject({ from: 1, to: 3 });
    const [block] = changes.blocks as { pieces: Record<string, unknown>[] }[];
    expect(block!.pieces.map(({ text, author, removedBy }) => [text, author, removedBy])).toEqual([
      ['Bussi ', null, null],
      ['<b>tulee</b>', expect.stringMatching(/\w+ \d+/), null],
      ['meni', null, 'Maija Mäki'],
    ]);
    expect(await refused('GET', `${path}/changes?from=1&to=9`)).toEqual([404, 'not_found']);
    expect(await refused('GET', `${path}/changes?from=1`)).toEqual([422, 'invalid', 'to', 'invalid']);
  });
});
