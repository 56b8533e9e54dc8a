import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { compose } from './src/lib/server/compose.ts';
import type { Lakeus } from './src/lib/server/compose.ts';
import { ConfigError, readConfig } from './src/lib/server/config.ts';
import { layOutDemo } from './src/lib/server/demo/index.ts';
import { livePages } from './src/lib/server/live.ts';
import type { LivePages } from './src/lib/server/live.ts';
import { probe } from './src/lib/server/probes.ts';

/** One process: pages, API, shared documents and worker; `--services=api,worker` runs parts alone. */

const parts = ['web', 'api', 'collab', 'worker'] as const;
type Part = (typeof parts)[number];
const shutdownMs = 9_000;

function chosenParts(argv: readonly string[]): Set<Part> {
  const given = argv.find((arg) => arg.startsWith('--services='))?.slice('--services='.length);
  if (given === undefined) return new Set(parts);
  const names = given.split(',').filter(Boolean);
  const unknown = names.filter((name) => !parts.includes(name as Part));
  if (unknown.length > 0 || names.length === 0) {
    throw new ConfigError(`--services takes a list of ${parts.join(', ')}; it was given '${given}'.`);
  }
  return new Set(names as Part[]);
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** The listener of the pages. SvelteKit's adapter believes in https unless a header says otherwise. */
async function pages(lakeus: Lakeus): Promise<Listener> {
  process.env.PROTOCOL_HEADER = 'x-forwarded-proto';
  // As large as a picture with its form; hooks.server.ts holds every other place to less.
  process.env.BODY_SIZE_LIMIT ??= '11M';
  const built = new URL('./build/handler.js', import.meta.url).href;
  const { handler } = (await import(built)) as { handler: Listener };
  const trusted = lakeus.config.TRUST_PROXY === '1';
  return (request, response) => {
    if (!trusted || !request.headers['x-forwarded-proto']) request.headers['x-forwarded-proto'] = 'http';
    handler(request, response);
  };
}

async function start(): Promise<void> {
  const chosen = chosenParts(process.argv.slice(2));
  const config = readConfig(process.env);
  const lakeus = await compose(config);
  if (lakeus.demo) await layOutDemo(lakeus);
  if (chosen.has('worker')) lakeus.startWorker();

  let server: Server | null = null;
  let live: LivePages | null = null;
  if (chosen.has('web') || chosen.has('api') || chosen.has('collab')) {
    const listener: Listener = chosen.has('web')
      ? await pages(lakeus)
      : getRequestListener((request) => lakeus.api.fetch(request));
    if (chosen.has('web')) live = livePages(lakeus);
    server = createServer((request, response) => {
      if (live?.takes(request)) return void live.answer(request, response);
      probe(lakeus, request, response).then(
        (answered) => {
          if (!answered) listener(request, response);
        },
        (error: unknown) => {
          lakeus.log.error({ err: error }, 'a probe failed');
          response.writeHead(500).end();
        },
      );
    });
    server.on('upgrade', (request, socket, head) => {
      if (chosen.has('collab') && lakeus.collaboration.serves(request.url ?? '')) {
        lakeus.collaboration.upgrade(request, socket, head);
      } else socket.destroy();
    });
    await new Promise<void>((listening, failed) => {
      server!.once('error', failed).listen(config.PORT, config.HOST, listening);
    });
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : config.PORT;
    console.log(`Lakeus  http://${config.HOST}:${port}`);
    if (lakeus.demo) console.log(`demo    http://${config.HOST}:${port}/demo`);
  }
  console.log('ready');

  const stop = (signal: string) => {
    lakeus.log.info({ signal }, 'stopping');
    const late = setTimeout(() => process.exit(1), shutdownMs);
    late.unref();
    lakeus.drain();
    live?.close(); // an open page would keep the server from closing
    const answered = new Promise<void>((done) => (server ? server.close(() => done()) : done()));
    server?.closeIdleConnections();
    lakeus.collaboration
      .close()
      .then(() => answered)
      .then(() => lakeus.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          lakeus.log.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

/** What stopped the start, as a sentence where we have one. */
function sentence(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ('code' in error && error.code === 'EADDRINUSE') {
    return 'The port is taken by another program; set PORT to a free one.';
  }
  return error instanceof ConfigError || 'id' in error ? error.message : error;
}

start().catch((error: unknown) => {
  console.error(sentence(error));
  process.exit(1);
});
