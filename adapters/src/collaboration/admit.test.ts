import { fragmentName } from '@lakeus/engine/document';
import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { admit } from './admit.ts';

const picture = 'a'.repeat(64);
const id = '00000000-0000-7000-8000-000000000001';

/** A document with something in it, and an attacker who has it too. */
function scene() {
  const server = new Y.Doc();
  const fragment = server.getXmlFragment(fragmentName);
  const paragraph = element('paragraph', {}, 'Bussi ei tule enää.');
  fragment.push([paragraph, list(2), table()]);
  const attacker = new Y.Doc();
  Y.applyUpdate(attacker, Y.encodeStateAsUpdate(server));
  const before = Y.encodeStateVector(attacker);
  return {
    server,
    attacker,
    fragment: attacker.getXmlFragment(fragmentName),
    paragraph: attacker.getXmlFragment(fragmentName).get(0) as Y.XmlElement,
    text: (attacker.getXmlFragment(fragmentName).get(0) as Y.XmlElement).get(0) as Y.XmlText,
    update: () => Y.encodeStateAsUpdate(attacker, before),
  };
}
type Scene = ReturnType<typeof scene>;

function element(name: string, attributes: Record<string, unknown> = {}, words?: string): Y.XmlElement {
  const made = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as string);
  if (words !== undefined) made.insert(0, [new Y.XmlText(words)]);
  return made;
}

function list(deep: number): Y.XmlElement {
  const outer = element('bullet_list');
  const item = element('list_item');
  outer.insert(0, [item]);
  item.insert(0, [element('paragraph', {}, 'kohta'), ...(deep > 1 ? [list(deep - 1)] : [])]);
  return outer;
}

function table(): Y.XmlElement {
  const made = element('table');
  const row = element('table_row');
  made.insert(0, [row]);
  const cell = element('table_cell', { colspan: 1, rowspan: 1 });
  cell.insert(0, [element('paragraph', {}, 'ruutu')]);
  row.insert(0, [cell]);
  return made;
}

const put =
  (name: string, attributes: Record<string, unknown> = {}) =>
  (at: Scene) =>
    at.fragment.push([element(name, attributes, 'x')]);
const set = (key: string, value: unknown) => (at: Scene) => at.paragraph.setAttribute(key, value as string);
const link = (href: unknown) => (at: Scene) => at.text.format(0, 5, { link: { href } });

const bypasses: Readonly<Record<string, (at: Scene) => void>> = {
  'a script element': put('script'),
  'an iframe': put('iframe'),
  'an object': put('object'),
  'a style element': put('style'),
  'an svg': put('svg'),
  'an HTML block': put('html_block'),
  'a node of another letter case': put('Paragraph'),
  'the document node inside itself': put('doc'),
  'a text node as an element': put('text'),
  'a name of the prototype': put('constructor'),
  'a name that sets the prototype': put('__proto__'),
  'an empty name': put(''),
  'a name with a blank': put('paragraph onclick'),
  'an element without a name': (at) => at.fragment.push([new Y.XmlElement()]),
  'a hook': (at) => at.fragment.push([new Y.XmlHook('paragraph') as unknown as Y.XmlElement]),
  'a map among the nodes': (at) => at.fragment.push([new Y.Map() as unknown as Y.XmlElement]),
  'an array among the nodes': (at) => at.fragment.push([new Y.Array() as unknown as Y.XmlElement]),
  'a text that is not an XML text': (at) => at.paragraph.push([new Y.Text('x') as unknown as Y.XmlText]),
  'a fragment among the nodes': (at) => at.fragment.push([new Y.XmlFragment() as unknown as Y.XmlElement]),
  'a plain string among the nodes': (at) => at.fragment.push(['<b>x</b>' as unknown as Y.XmlElement]),
  'a number among the nodes': (at) => at.fragment.push([1 as unknown as Y.XmlElement]),
  'a subdocument among the nodes': (at) => at.fragment.push([new Y.Doc() as unknown as Y.XmlElement]),
  'bytes among the nodes': (at) => at.fragment.push([new Uint8Array(4) as unknown as Y.XmlElement]),
  'a subdocument as an attribute': set('level', new Y.Doc()),
  'a map as an attribute': set('level', new Y.Map()),
  'bytes as an attribute': set('level', new Uint8Array(2)),
  'an event handler': set('onclick', 'alert(1)'),
  'an event handler on another node': put('heading', { level: 1, onload: 'x' }),
  'a style': set('style', 'position:fixed'),
  'a class': set('class', 'button'),
  'an id': set('id', 'main'),
  'an attribute of the prototype': set('constructor', 'x'),
  'an attribute that sets the prototype': set('__proto__', { polluted: true }),
  'an attribute of another node': set('level', 1),
  'the attribute of another binding': set('ychange', { user: 'x' }),
  'a level as a text': put('heading', { level: '1' }),
  'a level of 0': put('heading', { level: 0 }),
  'a level of 7': put('heading', { level: 7 }),
  'a level between': put('heading', { level: 1.5 }),
  'a level that is no number': put('heading', { level: Number.NaN }),
  'a level without end': put('heading', { level: Number.POSITIVE_INFINITY }),
  'a level as a list': put('heading', { level: [1] }),
  'a level as an object': put('heading', { level: { valueOf: 1 } }),
  'a level that is nothing': put('heading', { level: null }),
  'a list that begins below zero': put('ordered_list', { order: -1 }),
  'a list that begins with a text': put('ordered_list', { order: '1"onclick=' }),
  'a cell over a million columns': put('table_cell', { colspan: 1_000_000 }),
  'a cell over no column': put('table_cell', { colspan: 0 }),
  'widths that are texts': put('table_cell', { colwidth: ['100%'] }),
  'widths without end': put('table_cell', { colwidth: Array.from({ length: 5_000 }, () => 1) }),
  'a picture from elsewhere': put('image', { picture: 'https://evil.example/x.png' }),
  'a picture by a path': put('image', { picture: '../../etc/passwd' }),
  'a picture as data': put('image', { picture: 'data:image/svg+xml,<svg onload=alert(1)>' }),
  'a picture with an address of its own': put('image', { picture, src: 'https://evil.example' }),
  'a description that is no text': put('image', { picture, alt: 1 }),
  'a description without end': put('image', { picture, alt: 'x'.repeat(301) }),
  'a note without a right id': put('note', { id: 'x' }),
  'a note with an id that is a path': put('note', { id: `${id}/../x` }),
  'a note with an id in capitals': put('note', { id: id.replaceAll('0', 'A') }),
  'a note that names a contribution by words': put('note', { id, contribution: 'all' }),
  'a mention of nothing': put('mention', { contribution: '' }),
  'a mention of a list': put('mention', { contribution: [id] }),
  'a mention called by an object': put('mention', { contribution: id, label: { toString: 'x' } }),
  'a mention with an endless name': put('mention', { contribution: id, label: 'x'.repeat(301) }),
  'a link that runs': link('javascript:alert(1)'),
  'a link that runs, in mixed letters': link('JaVaScRiPt:alert(1)'),
  'a link that runs after a blank': link(' javascript:alert(1)'),
  'a link that runs after a tab': link('java\tscript:alert(1)'),
  'a link that runs after a new line': link('java\nscript:alert(1)'),
  'a link that runs after a zero byte': link('\u0000javascript:alert(1)'),
  'a link that runs behind a soft blank': link('\u00a0javascript:alert(1)'),
  'a link that runs, in old words': link('vbscript:msgbox(1)'),
  'a link to data': link('data:text/html,<script>alert(1)</script>'),
  'a link to a file': link('file:///etc/passwd'),
  'a link to a blob': link('blob:https://lakeus.example/x'),
  'a link without a scheme': link('//evil.example'),
  'a link within the site': link('/sign-out'),
  'a link with a password': link('https://lakeus.example:secret@evil.example'),
  'a link that is no text': link(1),
  'a link to a list': link(['https://example.com']),
  'a link to nothing': link(''),
  'a link without end': link(`https://example.com/${'x'.repeat(2_000)}`),
  'a link without an address': (at) => at.text.format(0, 5, { link: {} }),
  'a link with more than an address': (at) =>
    at.text.format(0, 5, { link: { href: 'https://example.com', target: '_blank', onclick: 'x' } }),
  'a link that is only true': (at) => at.text.format(0, 5, { link: true }),
  'a mark that is not known': (at) => at.text.format(0, 5, { blink: {} }),
  'a mark that sets a style': (at) => at.text.format(0, 5, { textStyle: { style: 'color:red' } }),
  'a mark of comments': (at) => at.text.format(0, 5, { comment: { id: 'x' } }),
  'a mark of the prototype': (at) => at.text.format(0, 5, JSON.parse('{"constructor":{}}') as object),
  'a bold with an attribute': (at) => at.text.format(0, 5, { strong: { onclick: 'x' } }),
  'an embed in a text': (at) => at.text.insertEmbed(0, { image: 'https://evil.example' }),
  'an embedded element in a text': (at) => at.text.insertEmbed(0, new Y.XmlElement('paragraph')),
  'an attribute of a text': (at) => at.text.setAttribute('onclick', 'x'),
  'another root': (at) => at.attacker.getMap('state').set('admin', true),
  'another fragment': (at) => at.attacker.getXmlFragment('other').push([element('paragraph', {}, 'x')]),
  'another text': (at) => at.attacker.getText('quill').insert(0, 'x'),
  'a root named as nothing': (at) => at.attacker.getArray('').push([1]),
  'a root that sets the prototype': (at) => at.attacker.getMap('__proto__').set('x', 1),
  'an attribute of the fragment': (at) =>
    at.attacker.transact((transaction) => {
      const { doc } = transaction;
      const own = { client: doc.clientID, clock: Y.getState(doc.store, doc.clientID) };
      new Y.Item(
        Y.createID(own.client, own.clock),
        null,
        null,
        null,
        null,
        at.fragment as never,
        'onclick',
        new Y.ContentAny(['x']),
      ).integrate(transaction, 0);
    }),
};

function nested(levels: number) {
  return (at: Scene) => {
    let parent: Y.XmlFragment = at.fragment;
    at.attacker.transact(() => {
      for (let i = 0; i < levels; i += 1) {
        const quote = element('blockquote');
        parent.insert(parent.length, [quote]);
        parent = quote;
      }
    });
  };
}

describe('what is not of the schema is kept out', () => {
  test.each(Object.entries(bypasses))('%s', (_name, attack) => {
    const at = scene();
    attack(at);
    expect(admit(at.server, at.update(), 'attacker', () => undefined)).toMatchObject({
      kind: 'refused',
      because: 'not_in_schema',
    });
  });

  test.each([13, 33, 100, 5_000, 20_000])('%i levels of quotes in one another', (levels) => {
    const at = scene();
    nested(levels)(at);
    expect(admit(at.server, at.update(), 'attacker', () => undefined)).toEqual({
      kind: 'refused',
      because: 'too_deep',
    });
  });

  test('one more level each time, until it is too deep', () => {
    const at = scene();
    let parent: Y.XmlFragment = at.fragment;
    const levels: string[] = [];
    for (let i = 0; i < 40; i += 1) {
      const before = Y.encodeStateVector(at.attacker);
      const quote = element('blockquote');
      parent.insert(parent.length, [quote]);
      parent = quote;
      const update = Y.encodeStateAsUpdate(at.attacker, before);
      const admission = admit(at.server, update, 'attacker', () => undefined);
      levels.push(admission.kind);
      if (admission.kind !== 'admitted') break;
      Y.applyUpdate(at.server, update);
    }
    expect(levels.at(-1)).toBe('refused');
    expect(levels.length).toBeLessThan(16);
  });
});

const honest: Readonly<Record<string, (at: Scene) => void>> = {
  'a letter': (at) => at.text.insert(3, 'x'),
  'ten thousand letters': (at) => at.text.insert(3, 'x'.repeat(10_000)),
  'a paragraph': put('paragraph'),
  'a heading': put('heading', { level: 2 }),
  'a list within a list': (at) => at.fragment.push([list(4)]),
  'a table': (at) => at.fragment.push([table()]),
  'a picture': (at) => at.fragment.push([element('image', { picture, alt: 'Kaavio' })]),
  'a note': put('note', { id }),
  'a note that became a contribution': put('note', { id, contribution: id }),
  'a mention in a paragraph': (at) =>
    at.paragraph.push([element('mention', { contribution: id, label: 'Halla 7' })]),
  'bold, then not': (at) => {
    at.text.format(0, 5, { strong: {} });
    at.text.format(0, 5, { strong: null });
  },
  'a link': link('https://www.suomi.fi/palvelut'),
  'a mail address': link('mailto:aino@example.fi'),
  'a telephone number': link('tel:+358401234567'),
  'deleting what another wrote': (at) => at.fragment.delete(0, 1),
  'writing into what was deleted meanwhile': (at) => {
    at.server.getXmlFragment(fragmentName).delete(0, 1);
    at.text.insert(0, 'x');
  },
  'writing and deleting in one': (at) => {
    at.text.insert(0, 'xyz');
    at.text.delete(0, 2);
  },
};

describe('what people write is let in', () => {
  test.each(Object.entries(honest))('%s', (_name, act) => {
    const at = scene();
    act(at);
    const update = at.update();
    expect(admit(at.server, update, 'aino', () => undefined)).toMatchObject({
      kind: 'admitted',
      isNew: true,
    });
    Y.applyUpdate(at.server, update);
    expect(at.server.store.pendingStructs).toBeNull();
    expect(admit(at.server, update, 'aino', () => undefined)).toMatchObject({ isNew: false, clients: [] });
  });
});

describe('what builds on something missing waits with its sender', () => {
  test('a letter after one that was lost', () => {
    const at = scene();
    at.text.insert(0, 'a');
    const before = Y.encodeStateVector(at.attacker);
    at.text.insert(1, 'b');
    const update = Y.encodeStateAsUpdate(at.attacker, before);
    expect(admit(at.server, update, 'aino', () => undefined)).toEqual({ kind: 'missing' });
  });

  test('twenty thousand dependants of one missing letter', () => {
    const at = scene();
    at.text.insert(0, 'a');
    const before = Y.encodeStateVector(at.attacker);
    at.attacker.transact(() => {
      for (let i = 0; i < 20_000; i += 1) at.text.insert(i % 2 ? 0 : 1, 'b');
    });
    const update = Y.encodeStateAsUpdate(at.attacker, before);
    expect(admit(at.server, update, 'aino', () => undefined)).toEqual({ kind: 'missing' });
  });

  test('a deletion of what nobody has written', () => {
    const at = scene();
    const encoder = encoding.createEncoder();
    for (const n of [0, 1, 99, 1, 0, 5]) encoding.writeVarUint(encoder, n);
    const admission = admit(at.server, encoding.toUint8Array(encoder), 'aino', () => undefined);
    expect(admission).toEqual({ kind: 'missing' });
  });
});

describe('a Yjs id belongs to who used it first', () => {
  test('another may not write under it', () => {
    const at = scene();
    at.text.insert(0, 'x');
    const owners = new Map([[at.attacker.clientID, 'aino']]);
    expect(admit(at.server, at.update(), 'attacker', (client) => owners.get(client))).toEqual({
      kind: 'refused',
      because: 'id_taken',
    });
    expect(admit(at.server, at.update(), 'aino', (client) => owners.get(client)).kind).toBe('admitted');
  });

  test('another may send again what is here already', () => {
    const at = scene();
    at.text.insert(0, 'x');
    Y.applyUpdate(at.server, at.update());
    const owners = new Map([[at.attacker.clientID, 'aino']]);
    expect(admit(at.server, at.update(), 'veikko', (client) => owners.get(client))).toMatchObject({
      kind: 'admitted',
      isNew: false,
    });
  });
});

describe('bytes that are no update', () => {
  /** the same bytes each time */
  function* noise(seed: number): Generator<number> {
    let state = seed;
    for (;;) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      yield state;
    }
  }

  test('a thousand broken ones are refused or harmless, and none throws', () => {
    const at = scene();
    at.text.insert(0, 'hello');
    at.fragment.push([table()]);
    const whole = at.update();
    const random = noise(7);
    const next = () => random.next().value as number;
    for (let i = 0; i < 1_000; i += 1) {
      const bytes = new Uint8Array(whole);
      const changes = 1 + (next() % 6);
      for (let k = 0; k < changes; k += 1) bytes[next() % bytes.length] = next() & 255;
      const cut = next() % 3 === 0 ? bytes.subarray(0, next() % bytes.length) : bytes;
      const admission = admit(at.server, cut, 'attacker', () => undefined);
      if (admission.kind !== 'admitted') continue;
      const copy = new Y.Doc();
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(at.server));
      Y.applyUpdate(copy, cut);
      for (const name of copy.share.keys()) expect(name).toBe(fragmentName);
    }
  });
});
