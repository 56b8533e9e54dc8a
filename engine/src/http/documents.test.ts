import { beforeAll, describe, expect, it } from 'vitest';
import { schemaVersion } from '../document/index.ts';
import { openWorld } from './testing/world.ts';
import type { Asked, World } from './testing/world.ts';

/** Shared documents over HTTP, by the rules of the engine. */

type Case = Awaited<ReturnType<World['caseAt']>>;
type Row = Record<string, unknown>;
let world: World;
let need: Case, open: Case, summary: Case;

beforeAll(async () => {
  world = await openWorld(11);
  [need, open, summary] = [
    await world.caseAt('need'),
    await world.caseAt('open'),
    await world.caseAt('summary'),
  ];
});

const passage = { anchor: 'AAEC.AwQF', quote: 'sama hoitaja', prefix: 'Että ', suffix: ' kävisi' };
const noteId = '0190f000-0000-7000-8000-000000000001';
const items = (json: Row) => json.items as Row[];
const opened = async (of: Case, kind = 'shared', as: Asked['as'] = 'maija') =>
  (await world.get('POST', `${of.path}/documents`, { as, body: { kind, title: 'Reitit' } }))
    .documentId as string;
const refused = async (method: string, path: string, asked: Asked = {}) => {
  const { status, json } = await world.ask(method, path, asked);
  const [field] = (json.fields ?? []) as { path: string; problem: string }[];
  return [status, json.id, ...(field ? [field.path, field.problem] : [])];
};

describe('opening', () => {
  it('is for staff and agents, under an id of their own choice', async () => {
    const body = { kind: 'shared', title: 'Reitit', id: 'reitit-lapua' };
    const { status, headers } = await world.ask('POST', `${open.path}/documents`, { as: 'aino', body });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${open.path}/documents/reitit-lapua`);
    expect(await refused('POST', `${open.path}/documents`, { body })).toEqual([403, 'forbidden']);
    expect(await refused('POST', `${open.path}/documents`, { as: 'lauri', body })).toEqual([
      403,
      'forbidden',
    ]);
  });

  it('takes no id that another document has, in this case or elsewhere', async () => {
    const body = { kind: 'shared', title: 'Sama', id: 'varattu-1' };
    await world.get('POST', `${open.path}/documents`, { as: 'maija', body });
    for (const { path } of [open, need]) {
      const again = await refused('POST', `${path}/documents`, { as: 'maija', body });
      expect(again).toEqual([422, 'invalid', 'id', 'invalid']);
    }
  });

  it('comes back the same under the same key', async () => {
    const asked = {
      ...{ as: 'maija' as const, body: { kind: 'table', title: 'Pöytä 1', id: 'poyta-1-lapua' } },
      headers: { 'idempotency-key': 'poyta-yksi' },
    };
    const first = await world.get('POST', `${open.path}/documents`, asked);
    expect(await world.get('POST', `${open.path}/documents`, asked)).toEqual({ ...first, repeated: true });
  });

  it('of a summary is once, and in its step', async () => {
    expect(
      await refused('POST', `${open.path}/documents`, { as: 'maija', body: { kind: 'summary', title: 'K' } }),
    ).toEqual([409, 'not_in_this_step']);
    await opened(summary, 'summary');
    const again = { as: 'maija', body: { kind: 'summary', title: 'Toinen' } } as const;
    expect(await refused('POST', `${summary.path}/documents`, again)).toEqual([
      422,
      'invalid',
      'kind',
      'invalid',
    ]);
  });
});

describe('a document', () => {
  it('is listed and read with the asker’s right; what is prepared is not shown to others', async () => {
    const prepared = await opened(need, 'table');
    expect(items(await world.get('GET', `${need.path}/documents`, { as: 'ville' }))).toEqual([]);
    expect(items(await world.get('GET', `${need.path}/documents`, { as: 'maija' }))).toMatchObject([
      { id: prepared, right: 'edit' },
    ]);
    const path = `${need.path}/documents/${prepared}`;
    expect(await refused('GET', path, { as: 'ville' })).toEqual([404, 'not_found']);
    expect(await refused('GET', `${open.path}/documents/${prepared}`, { as: 'maija' })).toEqual([
      404,
      'not_found',
    ]);
    expect(await world.get('GET', path, { as: 'pekka' })).toMatchObject({ right: 'read', title: 'Reitit' });
  });

  it('is read with its words and the contributions that it mentions', async () => {
    const id = await opened(open);
    const mention = { type: 'mention', attrs: { contribution: open.contribution, label: 'Kuovi 3' } };
    const content = [{ type: 'paragraph', content: [{ type: 'text', text: 'Niin sanoi ' }, mention] }];
    world.written.set(id, { type: 'doc', content });
    expect(await world.get('GET', `${open.path}/documents/${id}`)).toMatchObject({
      ...{ id, right: 'edit', text: 'Niin sanoi Kuovi 3', sources: [open.contribution] },
      ...{ threads: 0, openThreads: 0, edits: 0, changedAt: null },
    });
  });

  it('is renamed by who may write in it and runs the case', async () => {
    const path = `${open.path}/documents/${await opened(open)}`;
    await world.get('PUT', path, { as: 'aino', body: { title: 'Uusi nimi' } });
    expect(await world.get('GET', path)).toMatchObject({ title: 'Uusi nimi' });
    expect(await refused('PUT', path, { as: 'ville', body: { title: 'Oma' } })).toEqual([403, 'forbidden']);
    expect(await refused('PUT', `${path}x`, { as: 'maija', body: { title: 'X' } })).toEqual([
      404,
      'not_found',
    ]);
  });
});

describe('a discussion at a passage', () => {
  it('is begun by a remark and goes on by replies, which are contributions like any other', async () => {
    const path = `${open.path}/documents/${await opened(open)}`;
    const begun = await world.get('POST', `${path}/remarks`, {
      body: { body: 'Hyvä.', kind: 'suggestion', passage },
    });
    const { code } = begun.card as { code: string };
    const reply = { body: 'Niin on.', parentId: begun.contributionId };
    await world.get('POST', `${path}/remarks`, { as: 'ville', body: reply });
    const [thread] = items(await world.get('GET', `${path}/threads`));
    expect((await world.get('GET', `${path}/threads`)).mentioned).toEqual([]);
    expect(thread).toMatchObject({
      ...{ ...passage, resolvedAt: null },
      contribution: { origin: 'document', originNote: 'sama hoitaja', kind: 'suggestion', replies: 1 },
      replies: [{ body: 'Niin on.', kind: 'comment', origin: 'document' }],
    });
    const listed = items(await world.get('GET', `${open.path}/contributions?limit=500`));
    expect(listed).toContainEqual(thread!.contribution);
    expect(await world.get('GET', path)).toMatchObject({ threads: 1, openThreads: 1 });

    const settled = `${open.path}/contributions/${begun.contributionId as string}/settled`;
    expect(await refused('PUT', settled, { as: 'ville' })).toEqual([403, 'forbidden']);
    await world.get('PUT', settled, { as: { card: code } });
    expect(await world.get('GET', path)).toMatchObject({ threads: 1, openThreads: 0 });
    const { pseudonym } = begun.card as { pseudonym: string };
    const call = { body: `@${pseudonym}, entä @Joku Muu?`, parentId: begun.contributionId };
    await world.get('POST', `${path}/remarks`, { as: 'ville', body: call });
    expect((await world.get('GET', `${path}/threads`)).mentioned).toEqual([pseudonym]);
    await world.get('DELETE', settled, { as: 'aino' });
    expect(await world.get('GET', path)).toMatchObject({ openThreads: 1 });
    const none = `${open.path}/contributions/${open.contribution}/settled`;
    expect(await refused('PUT', none, { as: 'maija' })).toEqual([404, 'not_found']);
  });

  it('needs a passage or a discussion of the same document, and the right to comment', async () => {
    const path = `${open.path}/documents/${await opened(open)}/remarks`;
    const say = (more: object) => refused('POST', path, { body: { body: 'Hyvä.', ...more } });
    expect(await say({})).toEqual([422, 'invalid', 'passage', 'required']);
    expect(await say({ passage, parentId: noteId })).toEqual([422, 'invalid', 'parentId', 'invalid']);
    expect(await say({ parentId: open.contribution })).toEqual([422, 'invalid', 'parentId', 'not_found']);
    expect(await say({ passage: { ...passage, anchor: '<b>' } })).toEqual([
      422,
      'invalid',
      'passage.anchor',
      'invalid',
    ]);
    const shared = `${need.path}/documents/${await opened(need)}/remarks`;
    const remark = { body: { body: 'Hyvä.', passage } };
    expect(await refused('POST', shared, { as: 'pekka', ...remark })).toEqual([403, 'forbidden']);
    expect(await refused('POST', shared, { as: 'ville', ...remark })).toEqual([404, 'not_found']);
  });
});

describe('a sticky note', () => {
  it('becomes one contribution, whoever gives it and however often', async () => {
    const path = `${open.path}/documents/${await opened(open, 'shared')}/notes`;
    const first = await world.get('POST', path, { body: { noteId, body: 'Iltavuoro' } });
    expect(first).toMatchObject({ repeated: false, card: { code: expect.any(String) as string } });
    const again = await world.get('POST', path, { body: { noteId, body: 'Iltavuoro klo 21' } });
    expect(again).toEqual({ ...first, repeated: true, card: null });
    const byVille = await world.get('POST', path, { as: 'ville', body: { noteId, body: 'X' } });
    expect(byVille.contributionId).toBe(first.contributionId);
    const found = await world.get('GET', `${open.path}/contributions/${first.contributionId as string}`);
    expect(found).toMatchObject({
      body: 'Iltavuoro',
      origin: 'document',
      originNote: 'Reitit',
      recorded: false,
    });
  });

  it('of a table is written under the card of whoever said it', async () => {
    const path = `${open.path}/documents/${await opened(open, 'table')}/notes`;
    const body = { noteId: noteId.replace(/1$/, '2'), body: 'Iltavuoro', code: open.card };
    expect(await refused('POST', path, { body })).toEqual([403, 'forbidden']);
    const given = await world.get('POST', path, { as: 'aino', body });
    expect(given.card).toBeNull();
    const found = await world.get('GET', `${open.path}/contributions/${given.contributionId as string}`);
    const said = await world.get('GET', `${open.path}/contributions/${open.contribution}`);
    expect(found).toMatchObject({ origin: 'table', recorded: true, pseudonym: said.pseudonym });
    const unknown = { ...body, noteId: noteId.replace(/1$/, '3'), code: 'ZZZZ-ZZZZ' };
    expect(await refused('POST', path, { as: 'aino', body: unknown })).toEqual([
      422,
      'invalid',
      'code',
      'not_found',
    ]);
  });

  it('has a key that nobody else can take', async () => {
    const headers = { 'idempotency-key': `note:${noteId}` };
    const taken = await refused('POST', `${open.path}/contributions`, {
      headers,
      body: { body: 'Minä ensin' },
    });
    expect(taken).toEqual([422, 'invalid', 'idempotencyKey', 'invalid']);
  });
});

describe('a hidden contribution', () => {
  it('says why, and keeps its words for those who may put it back', async () => {
    const { contributionId } = await world.get('POST', `${open.path}/contributions`, {
      body: { body: 'Tyhmä!' },
    });
    const path = `${open.path}/contributions/${contributionId as string}`;
    const body = { reason: 'Loukkaa toista.' };
    expect(await refused('PUT', `${path}/hidden`, { as: 'ville', body })).toEqual([403, 'forbidden']);
    await world.get('PUT', `${path}/hidden`, { as: 'aino', body });
    expect(await world.get('GET', path)).toMatchObject({ body: '', hidden: body });
    expect(
      (await world.ask('GET', `${open.path}/impact?contributionId=${contributionId as string}`)).text,
    ).not.toContain('Tyhmä!');
    expect(await refused('GET', `${path}/hidden`)).toEqual([403, 'forbidden']);
    expect(await world.get('GET', `${path}/hidden`, { as: 'maija' })).toMatchObject({
      ...{ ...body, body: 'Tyhmä!', personName: 'Aino Agentti' },
    });
    await world.get('DELETE', `${path}/hidden`, { as: 'maija' });
    expect(await world.get('GET', path)).toMatchObject({ body: 'Tyhmä!', hidden: null });
    expect(await refused('DELETE', `${path}/hidden`, { as: 'maija' })).toEqual([404, 'not_found']);
  });
});

describe('a ticket', () => {
  it('gives a guest who may write a card, and staff their own name', async () => {
    const path = `/api/v1/documents/${await opened(open)}/ticket`;
    const { status, json } = await world.ask('POST', path);
    expect(status).toBe(201);
    const read = world.tickets.read(json.ticket as string, world.clock.now())!;
    const { pseudonym, code } = json.card as { pseudonym: string; code: string };
    expect(json).toMatchObject({ right: 'edit', name: pseudonym, schemaVersion });
    expect(read).toMatchObject({ caseId: open.id, right: 'edit', name: pseudonym, actor: { kind: 'guest' } });
    expect(json.author).toMatch(/^participant:/);
    const again = await world.get('POST', path, { as: { card: code } });
    expect(again).toMatchObject({ author: json.author, name: pseudonym });
    const maija = await world.get('POST', path, { as: 'maija' });
    expect(maija).toMatchObject({ name: 'Maija Mäki', author: `person:${world.ids.maija}`, card: null });
    const lauri = await world.get('POST', path, { as: 'lauri' });
    expect(lauri).toMatchObject({ right: 'read' });
  });

  it('to read leaves no trace', async () => {
    const prepared = `/api/v1/documents/${await opened(need)}/ticket`;
    const ticket = await world.get('POST', prepared, { as: 'pekka' });
    expect(ticket).toMatchObject({ right: 'read', author: 'guest', name: '', card: null });
    expect(await refused('POST', prepared, { as: 'ville' })).toEqual([404, 'not_found']);
  });
});
