import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { folder, lakeus, start as startLakeus, staff, told } from '../../faults/house.ts';
import type { Server } from '../../faults/house.ts';
import { openCaseFile } from '../../support/case-file.ts';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import postgres from 'postgres';
import { WebSocket } from 'ws';
import { hocuspocusClient, stockClient } from './clients.ts';
import type { Client } from './clients.ts';
import { run } from './house.ts';
import type { Running } from './house.ts';

/** Servers under measurement, all asked for the same. */

export type Subject = {
  readonly name: string;
  /** one pid for each process of it */
  readonly pids: () => readonly number[];
  /** a new document */
  document(): Promise<string>;
  /** @param SocketClass - a worse line than usual */
  join(documentId: string, node?: number, SocketClass?: typeof WebSocket): Promise<Client>;
  kill(signal: NodeJS.Signals, node?: number): Promise<void>;
  start(node?: number): Promise<void>;
  stop(): Promise<void>;
};

/** A port that nobody has just now. */
const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

/** A PostgreSQL of the bench's own, which can be killed and started again, and is then found where it was. */
export async function database() {
  const place = folder();
  const socket = join(place.path, 'socket');
  let running: Running;
  let connection = { host: '', user: '', database: '' };
  const start = async () => {
    running = await run('database.ts', [join(place.path, 'data')], {});
    connection = JSON.parse(running.said.split('\n')[0]!) as typeof connection;
    rmSync(socket, { force: true });
    symlinkSync(connection.host, socket);
  };
  await start();
  return {
    pid: () => running.pid,
    /** An empty database, as an operator would name it. */
    fresh: async (): Promise<Record<string, string>> => {
      const name = `documents_${randomBytes(6).toString('hex')}`;
      const { user, database: maintenance } = connection;
      const sql = postgres({ host: socket, user, database: maintenance, max: 1 });
      await sql.unsafe(`create database "${name}"`).finally(() => sql.end());
      return { DATABASE_URL: `postgres:///${name}`, PGHOST: socket, PGUSER: user, PGPORT: '5432' };
    },
    start,
    stop: async () => {
      await running.kill('SIGTERM').catch(() => undefined);
      place.remove();
    },
  };
}
export type Database = Awaited<ReturnType<typeof database>>;

async function scripted(
  name: string,
  script: string,
  env: Readonly<Record<string, string>>,
  client: (port: number, documentId: string) => Client,
): Promise<Subject> {
  const port = await freePort();
  let running: Running;
  const start = async () => {
    running = await run(script, [], { ...env, PORT: String(port) });
  };
  await start();
  return {
    name,
    pids: () => [running.pid],
    document: () => Promise.resolve(`d-${randomUUID()}`),
    join: (documentId) => Promise.resolve(client(port, documentId)),
    kill: (signal) => running.kill(signal),
    start,
    stop: () => running.kill('SIGKILL'),
  };
}

export const relay = (): Promise<Subject> =>
  scripted('relay', 'relay.ts', {}, (port, id) => stockClient(`ws://127.0.0.1:${port}`, id, {}));

export const hocuspocus = (env: Readonly<Record<string, string>>): Promise<Subject> =>
  scripted('Hocuspocus', 'hocuspocus.ts', env, (port, id) => hocuspocusClient(`ws://127.0.0.1:${port}`, id));

/** Lakeus itself: its processes on one database, documents opened and tickets asked for over its API. */
export async function ours(env: Readonly<Record<string, string>>, nodes = 1): Promise<Subject> {
  const place = folder();
  const migrated = await lakeus(env, 'migrate');
  if (migrated.code !== 0) throw new Error(migrated.err);
  const { token } = await staff(env);
  const file = openCaseFile({ contributions: 1 });
  const path = join(place.path, 'case.json');
  writeFileSync(path, JSON.stringify(file));
  const imported = await lakeus(env, 'import', 'case', path);
  if (imported.code !== 0) throw new Error(imported.err);

  const ports = await Promise.all(Array.from({ length: nodes }, freePort));
  const servers: Server[] = [];
  const startNode = async (node: number) => {
    servers[node] = await startLakeus({ ...env, PORT: String(ports[node]) }, 'api,collab');
  };
  for (let node = 0; node < nodes; node += 1) await startNode(node);
  const tickets = new Map<string, string>();
  const ticketTo = async (documentId: string, node: number): Promise<string> => {
    const known = tickets.get(documentId);
    if (known) return known;
    const answer = await told(servers[node]!.origin, `/documents/${documentId}/ticket`, { token, body: {} });
    const ticket = answer.ticket as string;
    tickets.set(documentId, ticket);
    setTimeout(() => tickets.delete(documentId), 120_000).unref();
    return ticket;
  };
  const caseId = file.case.id;
  return {
    name: nodes > 1 ? `Lakeus, ${nodes} processes` : 'Lakeus',
    pids: () => servers.map((server) => server.process.pid!),
    document: async () => {
      const body = { kind: 'shared', title: 'Mittaus' };
      const opened = await told(servers[0]!.origin, `/cases/${caseId}/documents`, { token, body });
      return opened.documentId as string;
    },
    join: async (documentId, node = 0, SocketClass = WebSocket) => {
      const ticket = await ticketTo(documentId, node);
      return stockClient(`ws://127.0.0.1:${ports[node]}/collab`, documentId, { ticket }, SocketClass);
    },
    kill: async (signal, node) => {
      const chosen = node === undefined ? servers : [servers[node]!];
      for (const server of chosen) server.process.kill(signal);
      await Promise.all(chosen.map((server) => server.ended));
    },
    start: async (node) => {
      for (let each = 0; each < nodes; each += 1)
        if (node === undefined || node === each) await startNode(each);
    },
    stop: async () => {
      for (const server of servers) server.process.kill('SIGKILL');
      await Promise.all(servers.map((server) => server.ended));
      place.remove();
    },
  };
}
