import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbeddedDatabase } from '@lakeus/adapters/embedded';
import { openPostgres } from '@lakeus/adapters/postgres';
import type { Connection } from '@lakeus/adapters/postgres';
import { createEngine, systemEntropy } from '@lakeus/engine';
import type { Actor, CaseRecord, LogEntry } from '@lakeus/engine';
import { markdown, measure, median, middleOf, range, shown, wholeNumber } from './figures.ts';
import type { Bench, Measured } from './figures.ts';
import { peerStepsPerSecond } from './peers.ts';
import { eventIn, ringWorkflow } from './workflow.ts';

/** How many transitions a second are made durable, beside what the database can do at all with the same rows. */

const cases = 1_024;
const warmMs = 700;
const operator: Actor = { kind: 'operator' };

/** A database with fsync on: a server of our own, or the one in DATABASE_URL. */
async function database(): Promise<{ connection: Connection; close: () => Promise<void> }> {
  const url = process.env.DATABASE_URL;
  if (url) return { connection: { url }, close: async () => undefined };
  const dataDir = mkdtempSync(join(tmpdir(), 'lakeus-bench-'));
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedDatabase({ dataDir, maxConnections: 200 });
  return {
    connection: server.connection,
    close: async () => {
      await server.stop();
      for (const path of [dataDir, server.dataDir]) rmSync(path, { recursive: true, force: true });
    },
  };
}

const openPool = (connection: Connection, max: number): postgres.Sql => {
  const settings = { max, onnotice: () => undefined };
  return 'url' in connection ? postgres(connection.url, settings) : postgres({ ...connection, ...settings });
};

/** One of the clients' own cases: clients do not meet in this bench. */
const pick = (caseIds: readonly string[], clients: number, client: number): string => {
  const own = Math.floor(caseIds.length / clients);
  return caseIds[client * own + Math.floor(Math.random() * own)]!;
};

type Contestant = {
  readonly work: (client: number) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
};

/** Lakeus as a server runs it. */
async function lakeus(
  connection: Connection,
  clients: number,
  caseIds: readonly string[],
  steps: Map<string, string>,
): Promise<Contestant> {
  const stores = await openPostgres({ connection, maxConnections: clients });
  const engine = createEngine({ store: stores.store, entropy: systemEntropy, workflows: [ringWorkflow] });
  const work = async (client: number) => {
    const caseId = pick(caseIds, clients, client);
    const sent = await engine.send({ caseId, actor: operator, type: eventIn(steps.get(caseId) ?? 'idea') });
    if (sent.ok) steps.set(caseId, sent.decided.step);
    else throw new Error(JSON.stringify(sent.refusal));
  };
  return { work, close: () => stores.close() };
}

type Template = { readonly record: CaseRecord; readonly entry: LogEntry };

const update = `update cases set seq = $2, version = $3, visit = $4, step = $5, snapshot = $6::text::jsonb, head = $7,
  is_public = $8, updated_at = $9 where id = $1`;
const insertLog = `insert into log (case_id, seq, at, type, kind, actor, body, prev, hash, idempotency_key,
  request_hash, answer) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::jsonb)`;
const insertEffect = `insert into effects (case_id, seq, n, kind, payload, made_at, try_at)
  values ($1, $2, $3, $4, $5::text::jsonb, $6, $7)`;

/** The same rows with nothing decided: what the database and its driver can do at all. With `oneFlight` also BEGIN and
 * COMMIT go out without waiting, which no transaction that reads something can do. */
function raw(
  connection: Connection,
  clients: number,
  caseIds: readonly string[],
  seqs: Map<string, number>,
  { record, entry }: Template,
  oneFlight: boolean,
): Contestant {
  const sql = openPool(connection, clients);
  const snapshot = JSON.stringify(record.snapshot);
  const payload = JSON.stringify({
    audience: 'facilitators',
    template: 'step.changed',
    note: 'case CD-1 has moved on',
  });
  const own = Array.from({ length: oneFlight ? clients : 0 }, () => sql.reserve());
  const work = async (client: number): Promise<unknown> => {
    const id = pick(caseIds, clients, client);
    const seq = (seqs.get(id) ?? record.seq) + 1;
    seqs.set(id, seq);
    const at = new Date().toISOString();
    const rows = (query: (text: string, params: unknown[]) => Promise<unknown>) => [
      query(update, [id, seq, seq, seq, record.step, snapshot, record.head, true, at]),
      query(insertLog, [
        ...[id, seq, at, entry.type, entry.kind, entry.actor, entry.body, entry.prev, entry.hash],
        ...[null, null, '{}'],
      ]),
      query(insertEffect, [id, seq, 0, 'notify', payload, at, at]),
    ];
    const on = (db: Pick<postgres.Sql, 'unsafe'>) => (text: string, params: unknown[]) =>
      db.unsafe(text, params as never[], { prepare: true }) as unknown as Promise<unknown>;
    if (!oneFlight) return sql.begin((tx) => Promise.all(rows(on(tx))));
    const connected = await own[client]!;
    return Promise.all([connected.unsafe('begin'), ...rows(on(connected)), connected.unsafe('commit')]);
  };
  const close = async () => {
    for (const connected of await Promise.all(own)) connected.release();
    await sql.end({ timeout: 5 });
  };
  return { work, close };
}

/** Cases in the ring, and what one transition of such a case writes. */
async function seed(connection: Connection): Promise<{ ours: string[]; raws: string[]; template: Template }> {
  const stores = await openPostgres({ connection, maxConnections: 8 });
  await stores.migrate();
  const engine = createEngine({ store: stores.store, entropy: systemEntropy, workflows: [ringWorkflow] });
  const caseIds: string[] = [];
  const one = async () => {
    const raised = await engine.raise(operator, { title: 'Bench', need: 'To be fast' });
    if (!raised.ok) throw new Error(JSON.stringify(raised.refusal));
    caseIds.push(raised.decided.caseId);
  };
  for (let made = 0; made < 2 * cases + 1; made += 8) await Promise.all(Array.from({ length: 8 }, one));
  const [first = '', ...others] = caseIds;
  await engine.send({ caseId: first, actor: operator, type: eventIn('idea') });
  const { case: record, log } = (await stores.reader.whole(first))!;
  await stores.close();
  return {
    ours: others.slice(0, cases),
    raws: others.slice(cases, 2 * cases),
    template: { record, entry: log.at(-1)! },
  };
}

type Timed = { readonly name: string; readonly clients: number; readonly rounds: Measured[] };

async function againstRaw(
  connection: Connection,
  clientCounts: readonly number[],
  rounds: number,
  ms: number,
) {
  const { ours, raws, template } = await seed(connection);
  const timed: Timed[] = clientCounts.flatMap((clients) =>
    ['raw', 'raw, one flight', 'lakeus'].map((name) => ({ name, clients, rounds: [] })),
  );
  // Contestants take turns, so those of a kind may go on with each other's cases.
  const steps = new Map<string, string>();
  const seqs = new Map<string, number>();
  const contestants = new Map<Timed, Contestant>();
  for (const each of timed) {
    const { name, clients } = each;
    const contestant =
      name === 'lakeus'
        ? await lakeus(connection, clients, ours, steps)
        : raw(connection, clients, raws, seqs, template, name !== 'raw');
    contestants.set(each, contestant);
  }
  const admin = openPool(connection, 1);
  for (let round = 0; round < rounds; round++) {
    await admin.unsafe('checkpoint').catch(() => undefined); // a server of one's own may not allow it
    for (const each of round % 2 === 0 ? timed : timed.toReversed()) {
      each.rounds.push(await measure(each.clients, contestants.get(each)!.work, { ms, warmMs }));
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  await admin.end();
  for (const contestant of contestants.values()) await contestant.close();
  return timed;
}

function tableOf(timed: readonly Timed[]) {
  const base = (each: Timed) =>
    timed.find((other) => other.name === 'raw' && other.clients === each.clients)!;
  const figures = timed.map((each) => {
    const ratios = each.rounds.map((round, i) => round.rate / base(each).rounds[i]!.rate);
    return { ...each, ...middleOf(each.rounds), ratio: median(ratios), ratios };
  });
  const rows = figures.map(({ name, clients, rate, p50Ms, p95Ms, ratio, ratios, rounds }) => [
    ...[name, String(clients), shown(rate), range(rounds.map((round) => round.rate))],
    ...[shown(p50Ms), shown(p95Ms), `${shown(ratio)} (${range(ratios)})`],
  ]);
  const head = ['', 'clients', 'durable transitions/s', 'min–max', 'p50 ms', 'p95 ms', 'ratio to raw'];
  return { figures, text: markdown(head, rows) };
}

async function againstPeers(connection: Connection, clients: number, rounds: number, ms: number) {
  const { ours } = await seed(connection);
  const steps = new Map<string, string>();
  const admin = openPool(connection, 1);
  const pairs: { lakeus: Measured; peer: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const we = async () => {
      const contestant = await lakeus(connection, clients, ours, steps);
      const measured = await measure(clients, contestant.work, { ms, warmMs });
      await contestant.close();
      return measured;
    };
    const they = async () => {
      const rate = await peerStepsPerSecond(connection, 'dbos', clients, ms);
      await admin.unsafe('drop schema if exists dbos cascade');
      return rate;
    };
    if (round % 2 === 0) {
      const measured = await we();
      pairs.push({ lakeus: measured, peer: await they() });
    } else {
      const peer = await they();
      pairs.push({ lakeus: await we(), peer });
    }
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  await admin.end();
  const ratios = pairs.map((pair) => pair.lakeus.rate / pair.peer);
  const ourRates = pairs.map((pair) => pair.lakeus.rate);
  const theirRates = pairs.map((pair) => pair.peer);
  const rows = [
    [
      'lakeus transitions',
      String(clients),
      shown(median(ourRates)),
      range(ourRates),
      `${shown(median(ratios))} (${range(ratios)})`,
    ],
    ['DBOS steps', String(clients), shown(median(theirRates)), range(theirRates), '1'],
  ];
  return {
    figures: { clients, pairs, ratio: median(ratios) },
    text: markdown(['', 'clients', 'per second', 'min–max', 'ratio'], rows),
  };
}

export const engineBench: Bench = {
  does: 'durable transitions a second, beside bare transactions; --peers: beside the engines in LAKEUS_PEERS',
  async run({ rounds, ms, clients, peers }) {
    const many = wholeNumber(rounds, 5, 'rounds');
    const lasting = wholeNumber(ms, 2_000, 'ms');
    const { connection, close } = await database();
    try {
      const about = `${many} rounds × ${lasting} ms, interleaved, the order reversed every other round`;
      if (peers) {
        const result = await againstPeers(connection, wholeNumber(clients, 8, 'clients'), many, lasting);
        return { ...result, text: `${result.text}\n\n${about}` };
      }
      const counts = clients === undefined ? [1, 8, 32] : [wholeNumber(clients, 8, 'clients')];
      const result = tableOf(await againstRaw(connection, counts, many, lasting));
      return { ...result, text: `${result.text}\n\n${about}` };
    } finally {
      await close();
    }
  },
};
