import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bus } from '../ports.ts';

/** Two processes' ends of one bus; a bus within one process gives the same end twice. */
export type BusEnds = { readonly here: Bus; readonly there: Bus; close(): Promise<void> };

type Heard = (Uint8Array | null)[];

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const texts = (heard: Heard): (string | null)[] =>
  heard.map((message) => (message ? new TextDecoder().decode(message) : null));
const patient = { timeout: 10_000, interval: 5 };

/** Begins to hear a topic, and waits until what `from` announces arrives; what was heard until then is forgotten. */
async function hearing(to: Bus, topic: string, from: Bus): Promise<Heard> {
  const heard: Heard = [];
  to.listen(topic, (message) => heard.push(message));
  await vi.waitFor(() => {
    from.announce(topic, bytes('is anybody there'));
    expect(texts(heard)).toContain('is anybody there');
  }, patient);
  await settled(heard, topic, from);
  heard.length = 0;
  return heard;
}

/** Waits until everything that was announced before has arrived. */
async function settled(heard: Heard, topic: string, from: Bus): Promise<void> {
  const last = `last ${Math.random()}`;
  from.announce(topic, bytes(last));
  await vi.waitFor(() => expect(texts(heard)).toContain(last), patient);
}

/** The one suite that every bus must pass. */
export function busContract(name: string, open: () => Promise<BusEnds>): void {
  describe(name, () => {
    let ends: BusEnds;
    beforeEach(async () => {
      ends = await open();
    });
    afterEach(() => ends.close());

    it('tells every listener of the topic, here and there, in the order announced', async () => {
      const { here, there } = ends;
      const one = await hearing(there, 'case:a', here);
      const other = await hearing(there, 'case:a', here);
      const own = await hearing(here, 'case:a', there);
      for (const heard of [one, other, own]) heard.length = 0;
      const said = Array.from({ length: 200 }, (_, i) => `word ${i}`);
      for (const word of said) here.announce('case:a', bytes(word));
      await settled(one, 'case:a', here);
      await settled(other, 'case:a', here);
      for (const heard of [one, other, own]) {
        expect(texts(heard).filter((word) => word?.startsWith('word'))).toEqual(said);
      }
    });

    it('tells listeners of the same process at once, and only once', async () => {
      const { here } = ends;
      const heard = await hearing(here, 'case:a', here);
      here.announce('case:a', bytes('now'));
      expect(texts(heard)).toEqual(['now']);
      const back = await hearing(ends.there, 'case:b', here); // whatever comes back has come by then
      await settled(back, 'case:b', here);
      expect(texts(heard).filter(Boolean)).toEqual(['now']);
    });

    it('tells nobody of another topic, and nobody who stopped listening', async () => {
      const { here, there } = ends;
      const right = await hearing(there, 'case:a', here);
      const wrong: Heard = [];
      there.listen('case:ab', (message) => message && wrong.push(message));
      const gone: Heard = [];
      const stop = there.listen('case:a', (message) => message && gone.push(message));
      stop();
      stop();
      here.announce('case:a', bytes('word'));
      await settled(right, 'case:a', here);
      expect(texts(right)).toContain('word');
      expect([wrong, gone]).toEqual([[], []]);
    });

    it('carries any bytes, none at all among them', async () => {
      const { here, there } = ends;
      const heard = await hearing(there, 'letters with spaces: ä', here);
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      here.announce('letters with spaces: ä', all);
      here.announce('letters with spaces: ä', new Uint8Array());
      await settled(heard, 'letters with spaces: ä', here);
      expect(heard.slice(0, 2).map((message) => [...message!])).toEqual([[...all], []]);
    });

    it('carries what is large, or says that the store must be asked', async () => {
      const { here, there } = ends;
      const heard = await hearing(there, 'case:a', here);
      const large = new Uint8Array(100_000).fill(7);
      here.announce('case:a', large);
      await settled(heard, 'case:a', here);
      const [message] = heard;
      if (message !== null) expect(message).toHaveLength(large.length);
    });

    it('takes nothing from others when a listener throws', async () => {
      const { here, there } = ends;
      const before = await hearing(there, 'case:a', here);
      there.listen('case:a', () => {
        throw new Error('a listener of a test');
      });
      const after = await hearing(there, 'case:a', here);
      here.announce('case:a', bytes('word'));
      await settled(after, 'case:a', here);
      expect(texts(before)).toContain('word');
      expect(texts(after)).toContain('word');
    });

    it('takes thousands at once', async () => {
      const { here, there } = ends;
      const heard = await hearing(there, 'case:a', here);
      for (let i = 0; i < 5_000; i++) here.announce('case:a', bytes(`word ${i}`));
      await settled(heard, 'case:a', here);
      expect(heard.length).toBeGreaterThanOrEqual(5_000);
    });

    it('is silent once it is closed, and announcing still never fails', async () => {
      const { here, there } = ends;
      const heard = await hearing(here, 'case:a', there);
      await here.close();
      here.announce('case:a', bytes('word'));
      await here.close();
      expect(heard).toEqual([]);
    });
  });
}
