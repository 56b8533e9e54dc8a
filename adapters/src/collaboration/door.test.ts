import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { DocumentRight, Ticket } from '@lakeus/engine';
import { memoryDocumentLog } from '@lakeus/engine/testing';
import { documentId, leaving, patient, raised, seated } from './testing/company.ts';
import { say, until, wordsOf } from './testing/stage.ts';
import type { Stage } from './testing/stage.ts';

describe('getting in', () => {
  const cases: Readonly<
    Record<string, readonly [number, (stage: Stage) => Readonly<Record<string, string>>]>
  > = {
    'without a ticket': [4401, () => ({})],
    'with an empty ticket': [4401, () => ({ ticket: '' })],
    'with words for a ticket': [4401, () => ({ ticket: 'let-me-in' })],
    'with a ticket of three parts': [4401, (s) => ({ ticket: `${s.ticket(documentId, { name: 'A' })}.x` })],
    'with a ticket that is over': [
      4401,
      (s) => ({
        ticket: s.ticket(documentId, { name: 'A' }, { expiresAt: new Date(Date.now() - 1).toISOString() }),
      }),
    ],
    'with a ticket to another document': [4401, (s) => ({ ticket: s.ticket('poyta-kaksi', { name: 'A' }) })],
    'with a ticket that was changed': [
      4401,
      (s) => {
        const [body, signature] = s.ticket(documentId, { name: 'A', right: 'read' }).split('.') as [
          string,
          string,
        ];
        const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Ticket;
        const changed = Buffer.from(JSON.stringify({ ...claims, right: 'edit' })).toString('base64url');
        return { ticket: `${changed}.${signature}` };
      },
    ],
    'with a signature that was cut': [
      4401,
      (s) => ({ ticket: s.ticket(documentId, { name: 'A' }).slice(0, -4) }),
    ],
    'with a ticket of more than it may hold': [4401, () => ({ ticket: 'x'.repeat(9_000) })],
    'with an older editor': [4409, (s) => ({ ticket: s.ticket(documentId, { name: 'A' }), schema: '0' })],
    'with an editor of tomorrow': [
      4409,
      (s) => ({ ticket: s.ticket(documentId, { name: 'A' }), schema: '2' }),
    ],
    'with an editor that says nonsense': [
      4409,
      (s) => ({ ticket: s.ticket(documentId, { name: 'A' }), schema: 'x' }),
    ],
    'with a ticket made for an older schema': [
      4409,
      (s) => ({ ticket: s.ticket(documentId, { name: 'A' }, { schemaVersion: 0 }) }),
    ],
    'to a document that is not there': [4404, (s) => ({ ticket: s.ticket(documentId, { name: 'Poissa' }) })],
  };
  test.each(Object.entries(cases))('%s is refused for good', async (_name, [code, params]) => {
    const stage = await raised();
    stage.rights.set('Poissa', null);
    const ws = new WebSocket(stage.address(documentId, params(stage)));
    expect(await new Promise((done) => ws.once('close', done))).toBe(code);
  });

  test('to a document of another case is refused', async () => {
    const stage = await raised();
    const other = '00000000-0000-7000-8000-0000000000c2';
    const ticket = stage.ticket(documentId, { name: 'Aino' }, { caseId: other });
    const ws = new WebSocket(stage.address(documentId, { ticket }));
    expect(await new Promise((done) => ws.once('close', done))).toBe(4404);
  });

  const origins: readonly (readonly [string, boolean])[] = [
    ['http://lakeus.test', true],
    ['null', false],
    ['https://evil.example', false],
    ['http://lakeus.test.evil.example', false],
    ['http://evil.example/http://lakeus.test', false],
    ['https://lakeus.test', false],
    ['http://lakeus.test:81', false],
    ['', false],
  ];
  test.each(origins)('a page from %s is let in: %s', async (origin, letIn) => {
    const stage = await raised();
    const ticket = stage.ticket(documentId, { name: 'Aino' });
    const ws = new WebSocket(stage.address(documentId, { ticket }), { headers: { origin } });
    leaving.push(() => ws.terminate());
    const opened = await new Promise((done) => {
      ws.once('open', () => done(true));
      ws.once('error', () => done(false));
    });
    expect(opened).toBe(letIn);
  });

  test('a cookie alone opens nothing', async () => {
    const stage = await raised();
    const ws = new WebSocket(stage.address(documentId, {}), { headers: { cookie: 'lakeus_session=x' } });
    expect(await new Promise((done) => ws.once('close', done))).toBe(4401);
  });

  test('from one address only so many', async () => {
    const stage = await raised(undefined, { limits: { socketsPerAddress: 2, lookEveryMs: 200 } });
    await Promise.all([seated(stage, { name: 'Aino' }), seated(stage, { name: 'Veikko' })]);
    const ws = new WebSocket(
      stage.address(documentId, { ticket: stage.ticket(documentId, { name: 'Marita' }) }),
    );
    expect(await new Promise((done) => ws.once('error', (error) => done(error.message)))).toContain('503');
  });
});

describe('rights', () => {
  test.each<DocumentRight>(['read', 'comment'])(
    'who may %s and writes is sent away, and nobody sees it',
    async (right) => {
      const stage = await raised();
      const veikko = await seated(stage, { name: 'Veikko' });
      const reader = await seated(stage, { name: 'Aino', right });
      const closed = reader.closed();
      say(reader.doc, 'En saisi');
      expect(await closed).toEqual({ code: 4403, reason: 'right_changed' });
      say(veikko.doc, 'Saan');
      const late = await seated(stage, { name: 'Marita' });
      await until(late.doc, () => wordsOf(late.doc).includes('Saan'));
      expect(wordsOf(late.doc)).not.toContain('En saisi');
    },
  );

  test('who may read sees what is written', async () => {
    const stage = await raised();
    const [veikko, reader] = [
      await seated(stage, { name: 'Veikko' }),
      await seated(stage, { name: 'Aino', right: 'read' }),
    ];
    say(veikko.doc, 'Luettavaksi');
    await until(reader.doc, () => wordsOf(reader.doc).includes('Luettavaksi'));
  });

  test('a ticket gives no more than its person may now', async () => {
    const stage = await raised();
    stage.rights.set('Aino', 'read');
    const aino = await seated(stage, { name: 'Aino', right: 'edit' });
    const closed = aino.closed();
    say(aino.doc, 'En saisi enää');
    expect((await closed).code).toBe(4403);
  });

  test.each<[DocumentRight | null, number]>([
    ['comment', 4403],
    ['read', 4403],
    [null, 4404],
  ])('when the case moves and somebody may only %s, their socket closes', async (right, code) => {
    let caseSeq = 1;
    const stage = await raised(memoryDocumentLog(() => caseSeq));
    const [aino, veikko] = [await seated(stage, { name: 'Aino' }), await seated(stage, { name: 'Veikko' })];
    await vi.waitFor(() => expect(stage.collaboration.counts().sockets).toBe(2), patient);
    const closed = aino.closed();
    stage.rights.set('Aino', right);
    caseSeq += 1;
    stage.announce();
    expect((await closed).code).toBe(code);
    expect(veikko.provider.wsconnected).toBe(true);
  });

  test('a lost announcement changes nothing: the store is looked into', async () => {
    let caseSeq = 1;
    const stage = await raised(memoryDocumentLog(() => caseSeq));
    const aino = await seated(stage, { name: 'Aino' });
    const closed = aino.closed();
    stage.rights.set('Aino', 'read');
    caseSeq += 1;
    expect((await closed).code).toBe(4403);
  });

  test('a document that is gone closes for all', async () => {
    let there = true;
    const stage = await raised(memoryDocumentLog(() => (there ? 1 : undefined)));
    const aino = await seated(stage, { name: 'Aino' });
    const closed = aino.closed();
    there = false;
    expect((await closed).code).toBe(4404);
  });
});
