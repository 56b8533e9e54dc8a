import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { postgresBus, redisBus } from '@lakeus/adapters/bus';
import { isDocument, openCollaboration } from '@lakeus/adapters/collaboration';
import type { Collaboration } from '@lakeus/adapters/collaboration';
import {
  EmbeddedDatabaseError,
  joinEmbeddedDatabase,
  startEmbeddedDatabase,
} from '@lakeus/adapters/embedded';
import { openBlobs } from '@lakeus/adapters/blobs';
import type { ExportFormat, ExportSource, ExportedFile } from '@lakeus/adapters/export';
import { openPostgres } from '@lakeus/adapters/postgres';
import {
  announcing,
  caseTopic,
  createEngine,
  sha256,
  systemEntropy,
  tasksOf,
  ticketsWith,
  work,
} from '@lakeus/engine';
import type {
  BlobStore,
  Bus,
  CaseReader,
  Clock,
  DocumentHistory,
  DocumentLog,
  Engine,
  LiveDocuments,
  PeopleStore,
  PictureReader,
  PictureStore,
  Task,
} from '@lakeus/engine';
import { createApi } from '@lakeus/engine/http';
import { workflows } from '@lakeus/workflows';
import type { Config } from './config.ts';
import { composedKey } from './reach.ts';

/** The only place that knows which adapters stand behind the ports. Pages, API, command line and tests all get
 * the same `Lakeus` from here. */

export type { ExportFormat, ExportSource } from '@lakeus/adapters/export';

export type Lakeus = {
  readonly config: Config;
  readonly origin: string;
  readonly demo: boolean;
  readonly engine: Engine;
  readonly reader: CaseReader;
  readonly people: PeopleStore;
  readonly blobs: BlobStore;
  /** which case has which picture */
  readonly pictures: PictureStore;
  readonly readPicture: PictureReader;
  /** a shared document as a file */
  readonly exportDocument: (format: ExportFormat, source: ExportSource) => Promise<ExportedFile>;
  /** word to and from the other processes; what is stored of a case is announced by itself */
  readonly bus: Bus;
  /** texts that people write together: joined by socket, and read and written by pages */
  readonly collaboration: Collaboration;
  readonly documents: LiveDocuments;
  /** what has become of them */
  readonly history: DocumentHistory;
  readonly documentLog: DocumentLog;
  readonly api: ReturnType<typeof createApi>;
  readonly log: pino.Logger;
  readonly metrics: Metrics;
  readonly clock: MovableClock;
  readonly migrate: (options?: { dryRun?: boolean }) => Promise<string[]>;
  ready(): Promise<{ ok: boolean; checks: Record<string, boolean> }>;
  /** what waits for a person, the nearest deadline first; `everywhere` for those who look after all cases */
  tasks(personId: string, everywhere: boolean, limit: number): Promise<readonly Task[]>;
  /** does what is due now, until nothing is left */
  workNow(): Promise<void>;
  startWorker(): void;
  /** makes a personal link and keeps only its hash */
  link(
    purpose: 'brief' | 'enter',
    personId: string,
    caseId: string | null,
    daysValid: number,
  ): Promise<string>;
  /** says 'not ready' from now on, so that nothing new is sent here */
  drain(): void;
  close(): Promise<void>;
};

export type Metrics = {
  readonly registry: Registry;
  readonly requests: Histogram<'route' | 'status'>;
  readonly effectsFailed: Counter;
  readonly livePages: Gauge;
};

/** Tells the time; the demonstration can move it forward. */
export type MovableClock = Clock & { readonly offsetMs: number; moveTo(offsetMs: number): void };

function movableClock(): MovableClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    get offsetMs() {
      return offsetMs;
    },
    moveTo(ms) {
      offsetMs = ms;
    },
  };
}

export const newToken = (): string => randomBytes(24).toString('base64url');

function metricsFor(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'lakeus_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  const effectsFailed = new Counter({
    name: 'lakeus_effects_failed_total',
    help: 'Effects that failed and will be tried again or put aside',
    registers: [registry],
  });
  const livePages = new Gauge({
    name: 'lakeus_live_pages',
    help: 'Pages that are open and told what happens',
    registers: [registry],
  });
  new Gauge({ name: 'lakeus_info', help: 'Version', labelNames: ['version'], registers: [registry] }).set(
    { version },
    1,
  );
  return { registry, requests, effectsFailed, livePages };
}

function watchDocuments(registry: Registry, collaboration: Collaboration): void {
  const gauge = (name: string, help: string, count: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(count());
      },
    });
  gauge('lakeus_open_documents', 'Shared documents open here', () => collaboration.counts().documents);
  gauge('lakeus_document_sockets', 'Sockets at shared documents', () => collaboration.counts().sockets);
}

export const version = '0.1.0';
const pollMs = 500;

/** The embedded database, started by us; or, for the command line, the one of the server that is running. */
async function embeddedDatabase(dataDir: string, join: boolean) {
  try {
    return await startEmbeddedDatabase({ dataDir });
  } catch (error) {
    if (!join || !(error instanceof EmbeddedDatabaseError) || error.id !== 'database_in_use') throw error;
    return { ...joinEmbeddedDatabase(dataDir), notice: undefined, stop: () => Promise.resolve() };
  }
}

/** Puts the parts together: database, engine, API and worker.
 * @param options - `join`: work beside a server that has the embedded database already, instead of being refused
 * @throws {EmbeddedDatabaseError} when the embedded database is in use or cannot be started */
export async function compose(config: Config, { migrate = true, join = false } = {}): Promise<Lakeus> {
  const log = pino({ level: config.LOG_LEVEL });
  if (config.ignored.length > 0) {
    log.warn({ settings: config.ignored }, 'these settings are not read by this version');
  }
  const embedded = config.DATABASE_URL ? null : await embeddedDatabase(resolve(config.DATA_DIR), join);
  if (embedded?.notice) log.warn(embedded.notice);
  const demo = config.DEMO ? config.DEMO === '1' : embedded !== null;
  const clock = movableClock();
  const connection = config.DATABASE_URL ? { url: config.DATABASE_URL } : embedded!.connection;
  const stores = await openPostgres({ connection, ...(demo && { clock }) });
  const applied = migrate ? await stores.migrate() : [];
  if (applied.length > 0) log.info({ applied }, 'database schema brought up to date');

  const blobs = openBlobs({ url: config.BLOBS_URL, folder: resolve(config.DATA_DIR, 'blobs') });
  const { agenda, reader, people, documentLog } = stores;
  const onFault = (error: unknown) => log.warn({ err: error }, 'word to or from other processes was lost');
  const bus = config.REDIS_URL
    ? redisBus(config.REDIS_URL, { onFault })
    : postgresBus({ connection, onFault });
  const store = announcing(stores.store, bus);
  if (demo && migrate) clock.moveTo(Number((await people.setting('demo.offsetMs')) ?? 0));
  const engine = createEngine({
    ...{ store, entropy: systemEntropy, workflows, isDocument },
    ...(demo && { clock }),
  });
  const origin = config.ORIGIN ?? `http://${config.HOST}:${config.PORT}`;
  const metrics = metricsFor();

  const freshKey = randomBytes(32).toString('base64url');
  // A command line before the first migration has nowhere to keep it, and gives out no tickets.
  const ticketKey = migrate ? await people.keepSetting('collaboration.ticketKey', freshKey) : freshKey;
  const tickets = ticketsWith(Buffer.from(ticketKey, 'base64url'));
  const collaboration = openCollaboration({
    log: documentLog,
    bus,
    tickets,
    access: async (documentId, actor) => {
      const found = await engine.document(documentId, actor);
      if (!found.ok) return null;
      const { document, right } = found.access;
      return { ref: { caseId: document.caseId, documentId: document.id }, right };
    },
    origin,
    caseTopic,
    transitions: (caseId) => store.transitions(caseId),
    now: () => clock.now(),
    trustProxy: config.TRUST_PROXY === '1',
    fault: (error, what) => log.error({ err: error }, what),
  });
  watchDocuments(metrics.registry, collaboration);

  let closing = false;
  const ready = async () => {
    const { database, migrated } = await stores.ready();
    return {
      ok: database && migrated && !closing,
      checks: { database, migrations: migrated, open: !closing },
    };
  };
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<void> | null = null;

  const link: Lakeus['link'] = async (purpose, personId, caseId, daysValid) => {
    const token = newToken();
    const expiresAt = new Date(clock.now().getTime() + daysValid * 86_400_000).toISOString();
    await people.saveLink(sha256(token), { purpose, personId, caseId, expiresAt });
    return `${origin}/${purpose === 'brief' ? 'review' : 'enter'}/${token}`;
  };

  const round = async (): Promise<number> => {
    const done = await work({
      engine,
      agenda,
      reader,
      people,
      briefLink: (caseId, personId) => link('brief', personId, caseId, 90),
    });
    if (done.failed > 0) metrics.effectsFailed.inc(done.failed);
    return done.deadlines + done.effects;
  };
  const workNow = async () => {
    let rounds = 0;
    while ((await round()) > 0 && ++rounds < 20);
  };
  const tick = () => {
    working = round()
      .then(() => undefined)
      .catch((error: unknown) => log.error({ err: error }, 'the worker failed; it goes on'))
      .finally(() => {
        if (!closing) timer = setTimeout(tick, pollMs);
      });
  };

  const composedNow: Lakeus = {
    config,
    origin,
    demo,
    engine,
    reader,
    people,
    blobs,
    pictures: stores.pictures,
    // These bring large libraries along, which most processes never need.
    readPicture: async (sent) => (await import('@lakeus/adapters/pictures')).readPicture(sent),
    exportDocument: async (format, source) =>
      (await import('@lakeus/adapters/export')).exportDocument(format, source),
    bus,
    collaboration,
    documents: collaboration.documents,
    history: collaboration.history,
    documentLog,
    log,
    metrics,
    clock,
    ready,
    workNow,
    tasks: (personId, everywhere, limit) =>
      tasksOf({ engine, reader, store, people }, personId, everywhere, limit, clock.now()),
    link,
    migrate: (options) => stores.migrate(options),
    api: createApi({
      engine,
      reader,
      people,
      documents: collaboration.documents,
      history: collaboration.history,
      tickets,
      ready,
      version,
      onError: (error, requestId) => log.error({ err: error, requestId }, 'request failed'),
    }),
    startWorker: () => {
      if (!timer && !closing) tick();
    },
    drain: () => {
      closing = true;
    },
    close: async () => {
      closing = true;
      if (timer) clearTimeout(timer);
      await working;
      await collaboration.close();
      await bus.close();
      await stores.close();
      await embedded?.stop();
    },
  };
  (globalThis as Record<symbol, unknown>)[composedKey] = composedNow;
  return composedNow;
}
