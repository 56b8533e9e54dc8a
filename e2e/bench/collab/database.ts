import { startEmbeddedDatabase } from '@lakeus/adapters/embedded';

/** A real PostgreSQL in a process that can be killed. Prints where it is. */

const { connection } = await startEmbeddedDatabase({ dataDir: process.argv[2]! });
console.log(JSON.stringify(connection));
console.log('ready');
setInterval(() => undefined, 60_000);
