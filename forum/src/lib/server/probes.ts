import type { IncomingMessage, ServerResponse } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import type { Lakeus } from './compose.ts';

/** Whether the asker may see the figures: with the token, or from this very machine when there is none. */
function mayMeasure(lakeus: Lakeus, request: IncomingMessage): boolean {
  const token = lakeus.config.METRICS_TOKEN;
  if (token) {
    const given = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }
  const address = request.socket.remoteAddress ?? '';
  const direct = !request.headers['x-forwarded-for'];
  return direct && ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(address);
}

/** Answers the probes, which must work whatever the pages do.
 * @returns whether the request was one of them */
export async function probe(
  lakeus: Lakeus,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const path = request.url?.split('?')[0];
  const text = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    return true;
  };
  switch (path) {
    case '/livez':
      return text(200, 'alive\n');
    case '/readyz': {
      const { ok, checks } = await lakeus.ready();
      const lines = Object.entries(checks).map(([name, holds]) => `${name}: ${holds ? 'ok' : 'no'}`);
      return text(ok ? 200 : 503, `${ok ? 'ready' : 'not ready'}\n${lines.join('\n')}\n`);
    }
    case '/metrics':
      if (!mayMeasure(lakeus, request)) return text(404, 'not found\n');
      return text(200, await lakeus.metrics.registry.metrics(), lakeus.metrics.registry.contentType);
    default:
      return false;
  }
}
