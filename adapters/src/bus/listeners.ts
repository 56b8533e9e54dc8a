import type { Bus } from '@lakeus/engine';

export type Hear = Parameters<Bus['listen']>[1];

export type BusOptions = {
  /** told what went wrong where nobody waits for an answer: a listener that threw, a connection that was lost */
  readonly onFault?: (error: unknown) => void;
};

/** Who listens in this process, and telling them. One listener that throws takes nothing from the others. */
export type Listeners = {
  /** @returns whether the topic had no listener before */
  add(topic: string, hear: Hear): boolean;
  /** @returns whether that was the topic's last listener */
  remove(topic: string, hear: Hear): boolean;
  tell(topic: string, message: Uint8Array | null): void;
  /** every topic that has a listener */
  topics(): string[];
  onGap: Bus['onGap'];
  tellGap(): void;
  clear(): void;
};

export function listeners(onFault: (error: unknown) => void = () => undefined): Listeners {
  const byTopic = new Map<string, Hear[]>();
  const ofGaps = new Set<() => void>();
  const safely = (work: () => void) => {
    try {
      work();
    } catch (error) {
      onFault(error);
    }
  };
  return {
    add(topic, hear) {
      const before = byTopic.get(topic);
      byTopic.set(topic, [...(before ?? []), hear]);
      return before === undefined;
    },
    remove(topic, hear) {
      const before = byTopic.get(topic);
      const at = before?.indexOf(hear) ?? -1;
      if (!before || at < 0) return false;
      if (before.length > 1) byTopic.set(topic, before.toSpliced(at, 1));
      else byTopic.delete(topic);
      return before.length === 1;
    },
    tell(topic, message) {
      // The lists are replaced, never changed, so a listener may come or go while they are told.
      for (const hear of byTopic.get(topic) ?? []) safely(() => hear(message));
    },
    topics: () => [...byTopic.keys()],
    onGap(tell) {
      ofGaps.add(tell);
      return () => ofGaps.delete(tell);
    },
    tellGap() {
      for (const tell of [...ofGaps]) safely(tell);
    },
    clear() {
      byTopic.clear();
      ofGaps.clear();
    },
  };
}
