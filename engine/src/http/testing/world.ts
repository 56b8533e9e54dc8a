import { createHash } from 'node:crypto';
import { emptyDocument } from '../../document/index.ts';
import type { DocumentJson } from '../../document/index.ts';
import { ticketsWith } from '../../people/ticket.ts';
import type { LiveDocuments } from '../../ports.ts';
import { writtenHistory } from './history.ts';
import { createEngine } from '../../process/engine.ts';
import { fixtureWorkflow, memoryStores, seededEntropy, virtualClock } from '../../testing/index.ts';
import { createApi } from '../index.ts';
import { checksOf } from './checks.ts';

/** A small instance with people in it, spoken to over HTTP only. */

export type Asked = {
  /** whose token goes along, or a header as it is */
  readonly as?: Name | { readonly authorization?: string; readonly card?: string };
  readonly body?: unknown;
  /** sent as it is, without turning it into JSON */
  readonly raw?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  readonly headers?: Readonly<Record<string, string>>;
};
export type Answer = { status: number; json: Record<string, unknown>; text: string; headers: Headers };

const everybody = {
  maija: { name: 'Maija Mäki', title: 'hanketyöntekijä', roles: ['facilitator'], scopes: ['read', 'write'] },
  pekka: { name: 'Pekka Päättäjä', title: 'palvelujohtaja', roles: [], scopes: ['read', 'write'] },
  aino: { name: 'Aino Agentti', title: null, roles: [], scopes: ['read', 'write'] },
  ville: { name: 'Ville Virtanen', title: null, roles: [], scopes: ['read', 'write'] },
  lauri: { name: 'Lauri Lukija', title: null, roles: ['facilitator'], scopes: ['read'] },
} as const;
export type Name = keyof typeof everybody;

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld(seed = 1) {
  const clock = virtualClock('2026-03-02T08:00:00.000Z');
  const entropy = seededEntropy(seed);
  const stores = memoryStores({ clock });
  const engine = createEngine({ store: stores.store, entropy, workflows: [fixtureWorkflow] });
  const tickets = ticketsWith(new Uint8Array(32).fill(7));
  /** what stands in each document, for tests that write without a collaboration server */
  const written = new Map<string, DocumentJson>();
  const documents: Pick<LiveDocuments, 'read'> = {
    read: async ({ documentId }) => ({
      seq: 1,
      content: written.get(documentId) ?? (emptyDocument().toJSON() as DocumentJson),
    }),
  };
  const history = writtenHistory();
  const faults: unknown[] = [];
  const api = createApi({
    ...stores,
    engine,
    ready: async () => ({ ok: true, checks: { database: true } }),
    onError: (error) => faults.push(error),
    version: '1.2.3',
    tickets,
    documents,
    history,
    now: () => clock.now(),
  });
  const ids = {} as Record<Name, string>;
  for (const [name, { name: full, title, roles, scopes }] of Object.entries(everybody)) {
    const id = entropy.uuid(clock.now());
    ids[name as Name] = id;
    await stores.people.savePerson({ id, name: full, title, language: 'fi', roles });
    const hash = createHash('sha256').update(`token-of-${name}`).digest('hex');
    await stores.people.saveApiToken(hash, id, 'test', scopes);
  }
  const check = checksOf(api.openapi());

  const send = (method: string, path: string, asked: Asked = {}): Promise<Response> => {
    const { as, body, raw } = asked;
    const headers = new Headers();
    if (typeof as === 'string') headers.set('authorization', `Bearer token-of-${as}`);
    else if (as?.authorization !== undefined) headers.set('authorization', as.authorization);
    if (typeof as === 'object' && as.card !== undefined) headers.set('lakeus-card', as.card);
    if (body !== undefined || raw !== undefined) headers.set('content-type', 'application/json');
    for (const [name, value] of Object.entries(asked.headers ?? {})) headers.set(name, value);
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return api.fetch(
      new Request(`http://lakeus.test${path}`, {
        method,
        headers,
        ...(content !== undefined && { body: content, duplex: 'half' as const }),
      }),
    );
  };

  /** Asks, and holds the answer against the document. */
  const ask = async (method: string, path: string, asked: Asked = {}): Promise<Answer> => {
    const response = await send(method, path, asked);
    const text = await response.text();
    check({ method, path, status: response.status, type: response.headers.get('content-type'), text });
    const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, json, text, headers: response.headers };
  };

  /** Asks for what must be granted. */
  const get = async (method: string, path: string, asked: Asked = {}): Promise<Record<string, unknown>> => {
    const answer = await ask(method, path, asked);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  };

  /** A case brought to a step, with members and something said. */
  const caseAt = async (step: 'need' | 'open' | 'summary' | 'closed') => {
    const raised = await get('POST', '/api/v1/cases', {
      as: 'ville',
      body: { title: 'Bussit', need: 'Vuorot ovat harvassa' },
    });
    const path = `/api/v1/cases/${raised.caseId as string}`;
    const event = (type: string, rest: object = {}) =>
      get('POST', `${path}/events`, { as: 'maija', body: { type, ...rest } });
    await get('POST', `${path}/texts`, {
      as: 'maija',
      body: { texts: { theme: 'Liikenne', question: 'Miten kuljetaan?' } },
    });
    for (const [name, role, capacity] of [
      ['pekka', 'decider', 'decider'],
      ['aino', 'agent', 'worker'],
    ] as const) {
      await get('POST', `${path}/members`, { as: 'maija', body: { personId: ids[name], role, capacity } });
    }
    const client = await get('POST', `${path}/members`, {
      as: 'maija',
      body: { name: 'Kaisa Kokija', role: 'expert', capacity: 'client' },
    });
    const made = {
      id: raised.caseId as string,
      path,
      need: raised.contributionId as string,
      client: client.personId as string,
    };
    if (step === 'need') return { ...made, contribution: '', statement: '', proposal: '', card: '' };
    const closesAt = new Date(clock.now().getTime() + 3_600_000).toISOString();
    await event('need.accepted', { data: { closesAt } });
    const said = await get('POST', `${path}/contributions`, {
      body: { body: 'Iltavuoro puuttuu', kind: 'suggestion' },
    });
    const stated = await get('POST', `${path}/statements`, {
      as: 'ville',
      body: { body: 'Bussi kulkee liian harvoin' },
    });
    const more = {
      contribution: said.contributionId as string,
      statement: stated.statementId as string,
      card: (said.card as { code: string }).code,
    };
    if (step === 'open') return { ...made, ...more, proposal: '' };
    clock.forward({ hours: 2 });
    await event('period.closed');
    const proposed = await get('POST', `${path}/proposals`, {
      as: 'maija',
      body: { title: 'Iltavuoro', body: 'Vuoro klo 21', contributionIds: [made.need, more.contribution] },
    });
    const proposal = proposed.proposalId as string;
    await get('POST', `${path}/responses`, {
      as: 'pekka',
      body: {
        proposalId: proposal,
        outcome: 'partly',
        reason: 'Rahaa on puoleen',
        nextStep: 'Kokeilu',
        nextStepOn: '2026-09-01',
      },
    });
    if (step === 'closed') await event('summary.published');
    return { ...made, ...more, proposal };
  };

  return { api, tickets, written, history, ids, clock, stores, engine, faults, send, ask, get, caseAt };
}
