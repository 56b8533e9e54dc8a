import { announcing } from '@lakeus/engine';
import type { Bus, CaseReader, CaseStore } from '@lakeus/engine';
import { builders, memoryStores } from '@lakeus/engine/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { figureOf, liveHub, readPlace } from './live-hub.ts';
import type { After, LiveHub, OpenPage } from './live-hub.ts';

/** A bus within the test, whose word can be lost on the way. */
function bus(): Bus & { lost: boolean; listeners(): number; tellGap(): void } {
  const heard = new Map<string, (message: Uint8Array | null) => void>();
  const gaps = new Set<() => void>();
  return {
    lost: false,
    announce(topic, message) {
      if (!this.lost) heard.get(topic)?.(message);
    },
    listen(topic, hear) {
      heard.set(topic, hear);
      return () => heard.delete(topic);
    },
    onGap(tell) {
      gaps.add(tell);
      return () => gaps.delete(tell);
    },
    close: async () => undefined,
    listeners: () => heard.size,
    tellGap: () => {
      for (const tell of gaps) tell();
    },
  };
}

/** Time that passes when it is told to. */
function clock(): { after: After; pass(ms: number): Promise<void>; waiting(): number } {
  let now = 0;
  const due = new Map<object, { at: number; work: () => void }>();
  return {
    after(ms, work) {
      const key = {};
      due.set(key, { at: now + ms, work });
      return () => due.delete(key);
    },
    async pass(ms) {
      const until = now + ms;
      for (;;) {
        await settled();
        const [next] = [...due].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at);
        if (!next) break;
        due.delete(next[0]);
        now = next[1].at;
        next[1].work();
      }
      now = until;
      await settled();
    },
    waiting: () => due.size,
  };
}

/** Lets everything that waits for nothing but the stores in memory come to its end. */
const settled = async () => {
  for (let i = 0; i < 20; i++) await new Promise<void>((next) => setImmediate(next));
};

type Told = { id: string; name: string | undefined; data: Record<string, unknown> };
class TestPage implements OpenPage {
  raw: Buffer[] = [];
  ended = false;
  sees = true;
  write(bytes: Buffer) {
    this.raw.push(bytes);
  }
  end() {
    this.ended = true;
  }
  async maySee() {
    return this.sees;
  }
  get told(): Told[] {
    return this.raw.map(String).flatMap((text) => {
      const line = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
      const data = line('data');
      return data === undefined
        ? []
        : [{ id: line('id') ?? '', name: line('event'), data: JSON.parse(data) as Told['data'] }];
    });
  }
  /** what it was told since it was asked last */
  take(): Record<string, unknown>[] {
    const { told } = this;
    this.raw = [];
    return told.map(({ name, data }) => (name ? { [name]: true } : data));
  }
}

let build: ReturnType<typeof builders>;
let word: ReturnType<typeof bus>;
let time: ReturnType<typeof clock>;
let store: CaseStore;
let hub: LiveHub;
let asked: number;
let faults: unknown[];
let broken: boolean;
let caseId: string;
const participantId = () => build.id();

beforeEach(async () => {
  build = builders('hub');
  word = bus();
  time = clock();
  faults = [];
  broken = false;
  asked = 0;
  const stores = memoryStores();
  store = announcing(stores.store, word);
  const reader: Pick<CaseReader, 'news'> = {
    news: async (...question) => {
      asked += 1;
      if (broken) throw new Error('the store is away');
      return stores.reader.news(...question);
    },
  };
  hub = liveHub({ bus: word, reader, after: time.after, onFault: (error) => faults.push(error) });
  const participant = build.participant((caseId = build.id()));
  const statement = build.statement(caseId, participant.id);
  await store.commit(
    build.open({ step: 'open', participants: [participant], statements: [statement] }, caseId),
  );
  ballot = (value) =>
    store.vote(caseId, ['open'], { statementId: statement.id, participantId: participant.id, value });
});
let ballot: (value: 'agree' | 'disagree') => Promise<boolean>;

/** Writes a row of the log as a contribution leaves it. */
const spoken = async (parentId?: string): Promise<string> => {
  const contributionId = build.id();
  const reading = await store.read(caseId);
  const change = build.next(reading!.case, { data: { contributionId, ...(parentId && { parentId }) } });
  const log = change.log.map((row) => ({ ...row, type: 'contribution.made' }));
  await store.commit({ ...change, log });
  return contributionId;
};
const opened = async (after?: string): Promise<TestPage> => {
  const page = new TestPage();
  hub.open(caseId, page, readPlace(after));
  await time.pass(100);
  return page;
};
const seq = async () => (await store.read(caseId))!.case.seq;

describe('an open page', () => {
  it('is told where it stands, and then what happens, by ids and without words', async () => {
    const page = await opened();
    expect(page.told).toEqual([
      { id: expect.stringMatching(/^1\.[0-9a-f]{8}$/) as string, name: undefined, data: {} },
    ]);
    page.take();
    const first = await spoken();
    await time.pass(100);
    expect(page.take()).toEqual([{ contributions: [first] }]);
    const reply = await spoken(first);
    await build.write(store, caseId, { step: 'summary', transition: true });
    await time.pass(100);
    const [told, more] = page.take();
    expect({ ...told, ...more }).toEqual({ replies: [{ id: reply, parentId: first }], step: 'summary' });
  });

  it('is told nothing of rows that are nobody’s business', async () => {
    const page = await opened();
    page.take();
    await build.write(store, caseId, { texts: { reason: 'secret' } });
    await time.pass(100);
    expect(page.take()).toEqual([]);
  });

  it('is told of a burst in few events', async () => {
    const page = await opened();
    page.take();
    const made = [];
    for (let i = 0; i < 30; i++) made.push(await spoken());
    await time.pass(200);
    const told = page.take();
    expect(told.length).toBeLessThanOrEqual(3);
    expect(told.flatMap(({ contributions }) => contributions)).toEqual(made);
  });

  it('is told of ballots by nothing but that there are some', async () => {
    const page = await opened();
    page.take();
    await ballot('agree');
    await time.pass(100);
    expect(page.take()).toEqual([{ votes: true }]);
    await ballot('agree'); // the same again changes nothing
    await time.pass(100);
    expect(page.take()).toEqual([]);
    await ballot('disagree');
    await time.pass(100);
    expect(page.take()).toEqual([{ votes: true }]);
  });

  it('hears a heartbeat every 25 seconds', async () => {
    const page = await opened();
    await time.pass(50_000);
    expect(page.raw.map(String).filter((text) => text === ':\n\n')).toHaveLength(2);
  });
});

describe('a page that comes back', () => {
  it('is told everything after its place, and nothing twice', async () => {
    const before = await opened();
    const [{ id } = { id: '' }] = before.told;
    hub.leave(caseId, before);
    const made = [await spoken(), await spoken()];
    await ballot('agree');
    const page = await opened(id);
    expect(page.take()).toEqual([{ contributions: made, votes: true }]);
    const last = await spoken();
    await time.pass(100);
    expect(page.take()).toEqual([{ contributions: [last] }]);
  });

  it('is told apart from others that stand elsewhere', async () => {
    const here = await opened();
    here.take();
    const made = [await spoken(), await spoken(), await spoken()];
    const from = async (place: string) => (await opened(place)).take();
    expect(await from('2')).toEqual([{ contributions: made.slice(1) }]);
    expect(await from('3')).toEqual([{ contributions: made.slice(2) }]);
    expect(await from('4')).toEqual([{}]);
    await time.pass(100);
    expect(here.take().flatMap(({ contributions }) => contributions)).toEqual(made);
  });

  it('is told to begin anew when more than 500 rows came in between', async () => {
    for (let i = 0; i < 501; i++) await spoken();
    expect((await opened('1')).take()).toEqual([{ reset: true }]);
    const [told] = (await opened('2')).take();
    expect(told!.contributions).toHaveLength(500);
  });

  it('misses nothing that happens while it comes', async () => {
    const page = new TestPage();
    hub.open(caseId, page, readPlace(String(await seq())));
    const made = [await spoken(), await spoken()]; // the first look may or may not see these
    await time.pass(300);
    expect(page.take().flatMap(({ contributions }) => contributions ?? [])).toEqual(made);
  });
});

describe('word that was lost', () => {
  it('is made up for within five seconds', async () => {
    const page = await opened();
    page.take();
    word.lost = true;
    const made = await spoken();
    await ballot('agree');
    await time.pass(5_000);
    expect(page.take()).toEqual([{ contributions: [made], votes: true }]);
  });

  it('is made up for at once when the bus says that there was a gap', async () => {
    const page = await opened();
    page.take();
    word.lost = true;
    const made = await spoken();
    word.tellGap();
    await time.pass(100);
    expect(page.take()).toEqual([{ contributions: [made] }]);
  });

  it('does no harm when the store was away too', async () => {
    broken = true;
    const page = await opened();
    expect([page.take(), faults.length]).toEqual([[], 1]);
    broken = false;
    await time.pass(5_000);
    expect(page.take()).toEqual([{}]);
  });
});

describe('a case that is not for everybody', () => {
  it('ends the pages of those who may not see it any more, before they are told anything', async () => {
    const [may, mayNot] = [await opened(), await opened()];
    for (const page of [may, mayNot]) page.take();
    mayNot.sees = false;
    const first = await spoken();
    await time.pass(100);
    expect([may.take(), mayNot.take()]).toEqual([[{ contributions: [first] }], [{ contributions: [first] }]]);
    await build.write(store, caseId, { isPublic: false, step: 'hidden', transition: true });
    await time.pass(100);
    expect([may.take(), may.ended]).toEqual([[{ step: 'hidden' }], false]);
    expect([mayNot.take(), mayNot.ended]).toEqual([[], true]);
    expect(hub.knowsPublic(caseId)).toBe(false);
  });

  it('is looked at again every five seconds, so that whoever lost their right is told no more', async () => {
    await build.write(store, caseId, { isPublic: false });
    const page = await opened();
    page.sees = false;
    await time.pass(5_000);
    expect(page.ended).toBe(true);
  });

  it('ends every page of a case that is not there', async () => {
    const page = new TestPage();
    hub.open(participantId(), page, null);
    await time.pass(100);
    expect([page.ended, page.take(), hub.pages]).toEqual([true, [], 0]);
  });
});

describe('the hub', () => {
  it('asks one question for all pages of all cases, however many there are', async () => {
    const others = await Promise.all(Array.from({ length: 20 }, () => build.opened(store)));
    const pages = [caseId, ...others].flatMap((id) =>
      Array.from({ length: 10 }, () => {
        const page = new TestPage();
        hub.open(id, page, null);
        return page;
      }),
    );
    await time.pass(200);
    expect(asked).toBeLessThanOrEqual(2);
    expect([hub.pages, word.listeners()]).toEqual([210, 21]);
    asked = 0;
    await time.pass(5_000);
    expect(asked).toBe(1);
    await spoken();
    await time.pass(100);
    const [one, other] = pages;
    expect(one!.raw.at(-1)).toBe(other!.raw.at(-1)); // the very same bytes
  });

  it('keeps nothing when nobody looks', async () => {
    const page = await opened();
    hub.leave(caseId, page);
    await time.pass(100);
    expect([hub.pages, word.listeners(), time.waiting()]).toEqual([0, 0, 0]);
  });

  it('ends every page when it closes, and takes no more', async () => {
    const page = await opened();
    hub.close();
    expect(page.ended).toBe(true);
    expect((await opened()).ended).toBe(true);
    expect([hub.pages, word.listeners(), time.waiting()]).toEqual([0, 0, 0]);
  });
});

describe('a place', () => {
  it.each([
    ['12', { seq: 12, votes: null }],
    ['12.0123abcd', { seq: 12, votes: '0123abcd' }],
    ['', null],
    ['-1', null],
    ['12.x', null],
    ['9999999999', null],
    [null, null],
  ])('%j is read as %j', (text, place) => expect(readPlace(text)).toEqual(place));

  it('changes with every ballot, and not with the order or with statements nobody answered', () => {
    const one = { statementId: 'a', agree: 1, disagree: 0, pass: 0 };
    const other = { statementId: 'b', agree: 0, disagree: 2, pass: 1 };
    const none = { statementId: 'c', agree: 0, disagree: 0, pass: 0 };
    expect(figureOf([other, none, one])).toBe(figureOf([one, other]));
    expect(figureOf([{ ...one, agree: 0, disagree: 1 }, other])).not.toBe(figureOf([one, other]));
  });
});
