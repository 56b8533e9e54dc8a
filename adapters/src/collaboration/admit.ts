import { documentLimits, fragmentName, schema } from '@lakeus/engine/document';
import * as Y from 'yjs';

/** Whether an update may be let in: everything new in it is looked at before it is applied, and so before anybody else
 * sees it. Yjs itself takes anything, and what it has taken cannot be undone. What costs is the size of the update,
 * never that of the document. How the pieces fit together is another question, asked of the merged document: two
 * edits that are right by themselves can be wrong together. */

export type Refusal =
  | 'malformed'
  /** a node, mark, attribute, value or root that the schema does not know */
  | 'not_in_schema'
  | 'too_deep'
  /** written under the Yjs id of somebody else */
  | 'id_taken';

export type Admission =
  /** `clients`: ids under which it writes something new; none when nothing in it is new */
  | { readonly kind: 'admitted'; readonly clients: readonly number[]; readonly isNew: boolean }
  | { readonly kind: 'refused'; readonly because: Refusal }
  /** it builds on what is not here yet; kept out, for the sender to send again with what it builds on */
  | { readonly kind: 'missing' };

/** What an item hangs in: the fragment, an element by its name, a text; or nothing any more, when that was deleted. */
type Place = {
  readonly in: 'fragment' | 'element' | 'text' | 'gone';
  readonly name?: string;
  readonly depth: number;
};

const gone: Place = { in: 'gone', depth: 0 };
const root: Place = { in: 'fragment', depth: 0 };

const refused = (because: Refusal): Admission => ({ kind: 'refused', because });
class Refused extends Error {
  readonly because: Refusal;
  constructor(because: Refusal) {
    super(because);
    this.because = because;
  }
}

type Attributes = Readonly<Record<string, { readonly validate?: unknown }>>;

function checkAttribute(attributes: Attributes | undefined, name: string, value: unknown): void {
  const spec = attributes && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (!spec) throw new Refused('not_in_schema');
  try {
    (spec.validate as (value: unknown) => void)(value);
  } catch {
    throw new Refused('not_in_schema');
  }
}

function checkMark(name: string, value: unknown): void {
  const mark = Object.hasOwn(schema.marks, name) ? schema.marks[name]!.spec : undefined;
  if (!mark) throw new Refused('not_in_schema');
  if (value === null) return;
  if (typeof value !== 'object' || Array.isArray(value)) throw new Refused('not_in_schema');
  const attributes = (mark.attrs ?? {}) as Attributes;
  for (const [key, given] of Object.entries(value)) checkAttribute(attributes, key, given);
  for (const key of Object.keys(attributes)) {
    if (!Object.hasOwn(value, key)) throw new Refused('not_in_schema');
  }
}

const elementName = (content: Y.ContentType): string | null =>
  content.type instanceof Y.XmlElement ? content.type.nodeName : null;

/** What an item that is in the document already can hold. */
function placeOfType(type: Y.AbstractType<unknown>): Place {
  let depth = 0;
  let item = type._item;
  while (item) {
    if (item.deleted) return gone;
    depth += 1;
    item = (item.parent as Y.AbstractType<unknown> | null)?._item ?? null;
  }
  if (!type._item) return root;
  return type instanceof Y.XmlElement ? { in: 'element', name: type.nodeName, depth } : { in: 'text', depth };
}

type Struct = Y.Item | Y.GC | Y.Skip;

/** One update being looked at, beside the document it is to be applied to. */
class Inspection {
  readonly doc: Y.Doc;
  /** the update's own structs by client, in the order of their clocks */
  readonly given = new Map<number, Struct[]>();
  readonly places = new Map<Y.Item, Place>();

  constructor(doc: Y.Doc, structs: readonly Struct[]) {
    this.doc = doc;
    for (const struct of structs) {
      const list = this.given.get(struct.id.client);
      if (list) list.push(struct);
      else this.given.set(struct.id.client, [struct]);
    }
  }

  state(client: number): number {
    return Y.getState(this.doc.store, client);
  }

  /** Whether what has this id is here, or comes with the update. */
  has({ client, clock }: Y.ID): boolean {
    if (clock < this.state(client)) return true;
    const list = this.given.get(client);
    const last = list?.at(-1);
    return last !== undefined && clock < last.id.clock + last.length;
  }

  find({ client, clock }: Y.ID): { here: Struct | null; given: Struct | null } {
    if (clock < this.state(client))
      return { here: Y.getItem(this.doc.store, { client, clock }), given: null };
    const list = this.given.get(client)!;
    let low = 0;
    let high = list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle]!.id.clock <= clock) low = middle;
      else high = middle - 1;
    }
    return { here: null, given: list[low]! };
  }

  /** Where an item of the update hangs. Beside an item of the update that is not placed yet it is placed by that one;
   * such rows are walked in a loop, as they can be as long as the update. */
  placeOf(item: Y.Item): Place {
    const waiting: Y.Item[] = [];
    let at: Y.Item = item;
    for (;;) {
      const known = this.places.get(at);
      const place = known ?? this.placeFrom(at);
      if ('in' in place) {
        this.places.set(at, place);
        for (const each of waiting) this.places.set(each, place);
        return place;
      }
      waiting.push(at);
      if (waiting.length > 200_000) throw new Refused('malformed');
      at = place.beside;
    }
  }

  private placeFrom(item: Y.Item): Place | { readonly beside: Y.Item } {
    const parent = item.parent as unknown;
    if (typeof parent === 'string') {
      if (parent !== fragmentName) throw new Refused('not_in_schema');
      return root;
    }
    if (parent instanceof Y.ID) return this.placeUnder(parent);
    const beside = item.origin ?? item.rightOrigin;
    if (!beside) throw new Refused('malformed');
    const { here, given } = this.find(beside);
    if (given) return given instanceof Y.Item ? { beside: given } : gone;
    return here instanceof Y.Item && here.parent ? placeOfType(here.parent as Y.AbstractType<unknown>) : gone;
  }

  private placeUnder(parent: Y.ID): Place {
    const { here, given } = this.find(parent);
    const holder = here ?? given;
    if (!(holder instanceof Y.Item)) return gone;
    if (holder.content instanceof Y.ContentDeleted) return gone;
    if (!(holder.content instanceof Y.ContentType)) throw new Refused('malformed');
    if (here) return holder.deleted ? gone : placeOfType(holder.content.type);
    const above = this.places.get(holder);
    // A parent has a lower clock than its children, or is of another client; either way it may not be placed yet.
    const place = above ?? this.nested(holder);
    if (place.in === 'gone') return gone;
    const name = elementName(holder.content);
    const depth = place.depth + 1;
    if (depth > documentLimits.depth + 1) throw new Refused('too_deep');
    return name === null ? { in: 'text', depth } : { in: 'element', name, depth };
  }

  private nesting = 0;
  private nested(holder: Y.Item): Place {
    this.nesting += 1;
    if (this.nesting > documentLimits.depth + 2) throw new Refused('too_deep');
    const place = this.placeOf(holder);
    this.nesting -= 1;
    return place;
  }

  check(item: Y.Item): void {
    const { content } = item;
    const place = this.placeOf(item);
    if (content instanceof Y.ContentDeleted || place.in === 'gone') {
      // Deleted already, or hanging in what is deleted: Yjs keeps nothing of it but its length.
      if (content instanceof Y.ContentType) this.checkType(content);
      return;
    }
    if (item.parentSub !== null) {
      if (place.in !== 'element' || !(content instanceof Y.ContentAny)) throw new Refused('not_in_schema');
      const attributes = schema.nodes[place.name!]?.spec.attrs as Attributes | undefined;
      for (const value of content.arr) checkAttribute(attributes, item.parentSub, value);
    } else if (place.in === 'text') {
      if (content instanceof Y.ContentFormat) checkMark(content.key, content.value);
      else if (!(content instanceof Y.ContentString)) throw new Refused('not_in_schema');
    } else if (content instanceof Y.ContentType) {
      this.checkType(content);
      if (place.depth + 1 > documentLimits.depth + (elementName(content) === null ? 1 : 0)) {
        throw new Refused('too_deep');
      }
    } else throw new Refused('not_in_schema');
  }

  private checkType(content: Y.ContentType): void {
    const name = elementName(content);
    if (name === null) {
      // A text element, not one of the types that only share its shape.
      if (content.type.constructor !== Y.XmlText) throw new Refused('not_in_schema');
    } else if (!Object.hasOwn(schema.nodes, name) || name === 'doc' || name === 'text') {
      throw new Refused('not_in_schema');
    }
  }
}

/** Looks at an update before it is applied.
 * @param doc - the document that it is to be applied to
 * @param update - Yjs, V1
 * @param author - who sends it; in their own name they may write, and send again what others wrote
 * @param ownerOf - whose Yjs id it is, for one that was seen before */
export function admit(
  doc: Y.Doc,
  update: Uint8Array,
  author: string,
  ownerOf: (client: number) => string | undefined,
): Admission {
  let read: ReturnType<typeof Y.decodeUpdate>;
  try {
    read = Y.decodeUpdate(update);
  } catch {
    return refused('malformed');
  }
  const inspection = new Inspection(doc, read.structs);
  const clients = new Set<number>();
  let isNew = false;
  try {
    for (const [client, structs] of inspection.given) {
      let next = inspection.state(client);
      for (const struct of structs) {
        const end = struct.id.clock + struct.length;
        if (!Number.isSafeInteger(end) || struct.length < 1) return refused('malformed');
        if (struct instanceof Y.Skip) continue;
        if (struct.id.clock > next) return { kind: 'missing' };
        if (end <= next) continue;
        next = end;
        clients.add(client);
        if (!(struct instanceof Y.Item)) continue;
        for (const id of [struct.origin, struct.rightOrigin, struct.parent as unknown]) {
          if (id instanceof Y.ID && !inspection.has(id)) return { kind: 'missing' };
        }
        inspection.check(struct);
      }
    }
    for (const [client, deletions] of read.ds.clients) {
      for (const { clock, len } of deletions) {
        if (len < 1 || !Number.isSafeInteger(clock + len)) return refused('malformed');
        if (!inspection.has(Y.createID(client, clock + len - 1))) return { kind: 'missing' };
        isNew ||= clients.has(client) || !isDeleted(doc, client, clock, len);
      }
    }
  } catch (error) {
    if (error instanceof Refused) return refused(error.because);
    throw error;
  }
  for (const client of clients) {
    const owner = ownerOf(client);
    if (owner !== undefined && owner !== author) return refused('id_taken');
  }
  return { kind: 'admitted', clients: [...clients], isNew: isNew || clients.size > 0 };
}

/** Whether all of a range is deleted already. A long one is looked at piece by piece, as it is stored. */
function isDeleted(doc: Y.Doc, client: number, clock: number, len: number): boolean {
  const structs = doc.store.clients.get(client);
  if (!structs) return false;
  const end = clock + len;
  for (let i = Y.findIndexSS(structs, clock); i < structs.length; i += 1) {
    const struct = structs[i]!;
    if (struct.id.clock >= end) break;
    if (!struct.deleted) return false;
  }
  return true;
}
