import type { FieldProblem } from '../errors.ts';
import { Refused } from './problem.ts';

/** Reads what somebody sent, so that whatever it is, the engine meets plain JSON of bounded size and depth. */

/** Bytes of an ordinary command: five thousand ids fit, a book does not. */
export const bodyLimit = 256 * 1024;
export const depthLimit = 32;
const problemsTold = 50;

function checkMediaType(headers: Headers): void {
  const encoding = headers.get('content-encoding');
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((p) => p.trim()).find((p) => p.startsWith('charset='));
  const utf8 = !charset || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() === 'application/json' && utf8 && (!encoding || encoding === 'identity')) return;
  throw new Refused({ id: 'unsupported_media_type' });
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = () => new Refused({ id: 'body_too_large', limit: bodyLimit });
  if (Number(request.headers.get('content-length') ?? 0) > bodyLimit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = (request.body as ReadableStream<Uint8Array> | null)?.getReader();
  while (reader) {
    // A sender who hangs up in the middle has not sent JSON.
    const { done, value } = await reader.read().catch(() => {
      throw new Refused({ id: 'malformed_json' });
    });
    if (done) break;
    size += value.byteLength;
    if (size > bodyLimit) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

/** A place in the tree; the path is written out only when there is something to say about it. */
type Place = {
  readonly value: unknown;
  readonly key: string;
  readonly above: Place | null;
  readonly depth: number;
};

function pathOf(place: Place): string {
  const keys: string[] = [];
  for (let at: Place | null = place; at?.above; at = at.above) keys.unshift(at.key);
  return keys.join('.');
}

// eslint-disable-next-line no-control-regex -- NUL is what is looked for
const isText = (s: string): boolean => s.isWellFormed() && !/\u0000/.test(s);

/** What no command may hold anywhere: text that is no text, keys that would reach prototypes, bottomless nesting. */
function strangeThings(root: unknown): FieldProblem[] {
  const found: FieldProblem[] = [];
  const open: Place[] = [{ value: root, key: '', above: null, depth: 0 }];
  for (let place = open.pop(); place && found.length < problemsTold; place = open.pop()) {
    const { value, depth } = place;
    if (typeof value === 'string' && !isText(value)) found.push({ path: pathOf(place), problem: 'not_text' });
    if (value === null || typeof value !== 'object') continue;
    if (depth >= depthLimit) {
      found.push({ path: pathOf(place), problem: 'invalid', limit: depthLimit });
      continue;
    }
    for (const [key, below] of Object.entries(value)) {
      const next: Place = { value: below, key, above: place, depth: depth + 1 };
      if (key === '__proto__' || !isText(key)) found.push({ path: pathOf(next), problem: 'unknown_field' });
      else open.push(next);
    }
  }
  return found.slice(0, problemsTold);
}

/** Reads the body of a request as a JSON object.
 * @throws {Refused} unsupported_media_type, body_too_large, malformed_json, invalid */
export async function readObject(request: Request): Promise<Record<string, unknown>> {
  if (request.body) checkMediaType(request.headers);
  const bytes = await readBytes(request);
  let root: unknown;
  try {
    root = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refused({ id: 'malformed_json' });
  }
  const fields = strangeThings(root);
  if (fields.length > 0) throw new Refused({ id: 'invalid', fields });
  if (root === null || typeof root !== 'object' || Array.isArray(root)) {
    throw new Refused({ id: 'invalid', fields: [{ path: '', problem: 'invalid' }] });
  }
  return root as Record<string, unknown>;
}
