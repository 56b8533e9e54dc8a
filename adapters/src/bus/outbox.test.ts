import { expect, it, vi } from 'vitest';
import { outbox } from './outbox.ts';

/** A sending that takes until it is let go. */
function slowSending() {
  const sent: { items: readonly number[]; gap: boolean }[] = [];
  const letGo: (() => void)[] = [];
  const send = (items: readonly number[], gap: boolean) => {
    sent.push({ items, gap });
    return new Promise<void>((done) => letGo.push(done));
  };
  return { sent, letGo, send };
}

it('gathers while a batch is under way', async () => {
  const { sent, letGo, send } = slowSending();
  const out = outbox<number>({ send, onFault: () => undefined });
  for (const item of [1, 2, 3]) out.put(item);
  expect(sent).toEqual([{ items: [1], gap: false }]);
  letGo[0]!();
  await vi.waitFor(() => expect(sent[1]).toEqual({ items: [2, 3], gap: false }));
  letGo[1]!();
  await out.close();
});

it('loses the oldest when too many wait, and says that there was a gap', async () => {
  const { sent, letGo, send } = slowSending();
  const out = outbox<number>({ send, onFault: () => undefined, most: 3 });
  for (const item of [1, 2, 3, 4, 5, 6]) out.put(item);
  letGo[0]!();
  await vi.waitFor(() => expect(sent[1]).toEqual({ items: [4, 5, 6], gap: true }));
  letGo[1]!();
  await out.close();
});

it('says that there was a gap after a sending that failed, without being asked again', async () => {
  const faults: unknown[] = [];
  const gaps: boolean[] = [];
  const out = outbox<number>({
    onFault: (error) => faults.push(error),
    send: async (_, gap) => {
      gaps.push(gap);
      if (gaps.length < 3) throw new Error('down');
    },
  });
  out.put(1);
  await vi.waitFor(() => expect(gaps).toEqual([false, true, true]));
  expect(faults).toEqual([new Error('down')]);
  await out.close();
});

it('sends what is left before it closes, and takes nothing afterwards', async () => {
  const sent: number[] = [];
  const out = outbox<number>({
    onFault: () => undefined,
    send: async (items) => {
      await Promise.resolve();
      sent.push(...items);
    },
  });
  for (const item of [1, 2, 3]) out.put(item);
  await out.close();
  out.put(4);
  expect(sent).toEqual([1, 2, 3]);
});
