import { Fragment } from 'prosemirror-model';
import type { ContentMatch, Mark, Node, NodeType } from 'prosemirror-model';
import { documentLimits, schema } from './schema.ts';
import { emptyDocument } from './read.ts';
import type { DocumentJson } from './read.ts';

/** Makes a document of the schema from one that is not: two edits, each right by itself, can leave a table without
 * rows. The same in gives the same out, whoever repairs; words are kept wherever they can stand, in their order.
 * A document that is right comes back as it is. */

type Json = Readonly<Record<string, unknown>>;

/** Without content these stand for nothing: somebody took the last row, the last item, the last word out. */
const emptyIsNothing = new Set([
  'table',
  'table_row',
  'bullet_list',
  'ordered_list',
  'list_item',
  'blockquote',
  'note',
]);
const deepest = documentLimits.depth * 2;

/** The document of the schema that says most of what `json` says; what cannot be understood is left out. */
export function repairDocument(json: DocumentJson): Node {
  const content = fit(
    schema.nodes.doc,
    childrenOf(json).flatMap((child) => repaired(child, 1)),
  );
  const doc = content ? schema.nodes.doc.create(null, content) : emptyDocument();
  try {
    doc.check();
    return doc;
  } catch {
    return emptyDocument();
  }
}

const childrenOf = (json: Json): Json[] =>
  Array.isArray(json.content)
    ? json.content.filter((child): child is Json => !!child && typeof child === 'object')
    : [];

function repaired(json: Json, depth: number): Node[] {
  if (depth > deepest) return [];
  const below = childrenOf(json).flatMap((child) => repaired(child, depth + 1));
  if (json.type === 'text') {
    const words = typeof json.text === 'string' && json.text ? [schema.text(json.text, marksOf(json))] : [];
    return [...words, ...below];
  }
  const type =
    typeof json.type === 'string' && Object.hasOwn(schema.nodes, json.type) ? schema.nodes[json.type]! : null;
  const attributes = type && type.name !== 'doc' ? attributesOf(type, json.attrs) : null;
  // What is unknown, or lacks what makes it one of its kind, leaves its content behind.
  if (!type || !attributes) return below;
  if (type.isLeaf) return [type.create(attributes, null, type.isInline ? marksOf(json) : []), ...below];
  if (below.length === 0 && emptyIsNothing.has(type.name)) return [];
  const content = fit(type, below);
  return content ? [type.create(attributes, content)] : below;
}

function valid(validate: unknown, value: unknown): boolean {
  try {
    (validate as (value: unknown) => void)(value);
    return true;
  } catch {
    return false;
  }
}

/** Null when something that has no default is missing or wrong. */
function attributesOf(type: NodeType, given: unknown): Record<string, unknown> | null {
  const attributes: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(type.spec.attrs ?? {})) {
    const value = (given as Json | null | undefined)?.[name];
    if (value !== undefined && valid(spec.validate, value)) attributes[name] = value;
    else if (!('default' in spec)) return null;
  }
  return attributes;
}

function marksOf(json: Json): readonly Mark[] {
  if (!Array.isArray(json.marks)) return [];
  let marks: readonly Mark[] = [];
  for (const each of json.marks as readonly Json[]) {
    const type =
      typeof each?.type === 'string' && Object.hasOwn(schema.marks, each.type)
        ? schema.marks[each.type]!
        : null;
    if (!type) continue;
    const attributes: Record<string, unknown> = {};
    let right = true;
    for (const [name, spec] of Object.entries(type.spec.attrs ?? {})) {
      attributes[name] = (each.attrs as Json | null | undefined)?.[name];
      right &&= valid(spec.validate, attributes[name]);
    }
    if (right) marks = type.create(attributes).addToSet(marks);
  }
  return marks;
}

/** The nodes as content of a type: each where it may stand, in what it needs around it, or taken apart into its own
 * content; the end filled up. Null when they can't end there. */
function fit(type: NodeType, nodes: readonly Node[]): Fragment | null {
  let match: ContentMatch = type.contentMatch;
  const placed: Node[] = [];
  /** the last wrapping, so that words side by side come into one paragraph */
  const put = (node: Node, fresh: boolean): boolean => {
    const next = match.matchType(node.type);
    if (next) {
      placed.push(node.mark(type.allowedMarks(node.marks)));
      match = next;
      return true;
    }
    const last = placed.at(-1);
    if (!fresh && last && node.isInline && last.type.name === 'paragraph') {
      placed[placed.length - 1] = last.copy(last.content.append(Fragment.from(node)));
      return true;
    }
    const wrapping = match.findWrapping(node.type);
    if (wrapping) {
      const around = wrapping.reduceRight<Node | null>((inner, outer) => {
        const content = outer.createAndFill(null, inner ?? node);
        return content;
      }, null);
      const matched = around && match.matchType(around.type);
      if (around && matched) {
        placed.push(around);
        match = matched;
        return true;
      }
    }
    const filling = match.fillBefore(Fragment.from(node));
    if (filling) {
      filling.forEach((each) => placed.push(each));
      match = match.matchFragment(filling)!.matchType(node.type)!;
      placed.push(node);
      return true;
    }
    return false;
  };
  const place = (node: Node, fresh: boolean): void => {
    if (!put(node, fresh)) node.forEach((inner) => place(inner, true));
  };
  let lastInline = false;
  for (const node of nodes) {
    place(node, !lastInline);
    lastInline = node.isInline;
  }
  const end = match.fillBefore(Fragment.empty, true);
  return end ? Fragment.from(placed).append(end) : null;
}
