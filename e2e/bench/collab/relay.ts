import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/** The limit: hands on what it gets and does nothing else. It answers a question for the state with nothing, keeps
 * nothing, and lets a socket speak for one client only, as the stock client repeats what it hears of others. */

const nothing = new Uint8Array([0, 1, 2, 0, 0]);
const rooms = new Map<string, Set<WebSocket>>();

function varUint(bytes: Buffer, from: number): readonly [value: number, next: number] {
  let value = 0;
  let scale = 1;
  for (let at = from; ; at += 1) {
    value += (bytes[at]! & 127) * scale;
    scale *= 128;
    if (bytes[at]! < 128) return [value, at + 1];
  }
}

const server = new WebSocketServer({ port: Number(process.env.PORT), host: '127.0.0.1' });
server.on('connection', (ws, request) => {
  const name = request.url!.split('?')[0]!;
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room);
  room.add(ws);
  let own: number | null = null;
  ws.on('message', (data) => {
    const message = data as Buffer;
    if (message[0] === 0 && message[1] === 0) return ws.send(nothing);
    if (message[0] === 0 && message[1] === 1) return;
    if (message[0] === 1) {
      const [, afterLength] = varUint(message, 1);
      const [count, afterCount] = varUint(message, afterLength);
      if (count !== 1) return;
      const [client] = varUint(message, afterCount);
      own ??= client;
      if (own !== client) return;
    }
    for (const other of room) if (other !== ws) other.send(message);
  });
  ws.on('error', () => undefined);
  ws.on('close', () => room.delete(ws));
});
server.on('listening', () => console.log('ready'));
