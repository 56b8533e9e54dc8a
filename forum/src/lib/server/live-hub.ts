import { caseTopic, readCaseAnnouncement, sha256 } from '@lakeus/engine';
import type { Ballots, Bus, CaseNews, CaseReader } from '@lakeus/engine';

/** Tells open pages what happens to their cases. One state and one listener for each case, however many pages show it;
 * what is told is read from the log, never from an announcement, so that one that was lost or came twice does no harm.
 *
 * All questions go to the store in rounds, one query each: a round asks about the cases of which something was
 * announced, and for every page that has just come also about what it has missed. */

/** How far a page has followed its case: number of the log row, and what the ballots came to. */
export type Place = { readonly seq: number; readonly votes: string | null };

/** An open page, as the hub sees it. */
export type OpenPage = {
  write(bytes: Buffer): void;
  end(): void;
  /** asked again whenever a case that is not public moves */
  maySee(): Promise<boolean>;
};

/** Waits, and can be told not to; tests have one that waits for nobody. */
export type After = (ms: number, work: () => void) => () => void;

export type LiveHub = {
  /** From now on the page is told everything after `place`; without one, what happens from now on. */
  open(caseId: string, page: OpenPage, place: Place | null): void;
  leave(caseId: string, page: OpenPage): void;
  /** whether the case is open here and everybody may see it */
  knowsPublic(caseId: string): boolean;
  readonly pages: number;
  /** Ends every page. */
  close(): void;
};

export type HubPorts = {
  readonly bus: Bus;
  readonly reader: Pick<CaseReader, 'news'>;
  readonly after?: After;
  readonly onFault: (error: unknown) => void;
};

const lookAgainMs = 5_000;
const heartbeatMs = 25_000;
/** one round at most in this time: a burst is told in a few events, and still at once for anybody who reads */
const gatherMs = 100;
const toldAtMost = 500;
const fromNow = 2 ** 31 - 1;

const realAfter: After = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

/** What ballots came to, short enough to be carried about: it changes whenever one of them does. */
export const figureOf = (ballots: readonly Ballots[]): string =>
  sha256(
    ballots
      .filter(({ agree, disagree, pass }) => agree + disagree + pass > 0)
      .map(({ statementId, agree, disagree, pass }) => `${statementId} ${agree} ${disagree} ${pass}`)
      .sort()
      .join('\n'),
  ).slice(0, 8);

/** A place as the id of an event, and back.
 * @returns null for what is none */
export function readPlace(text: string | null | undefined): Place | null {
  const [, seq, votes] = /^(\d{1,9})(?:\.([0-9a-f]{8}))?$/.exec(text ?? '') ?? [];
  return seq === undefined ? null : { seq: Number(seq), votes: votes ?? null };
}
export const writtenPlace = ({ seq, votes }: Place): string => (votes ? `${seq}.${votes}` : String(seq));

/** What a page is told: that there is something to see, never what it says. */
type Told = {
  contributions?: string[];
  replies?: { id: string; parentId: string }[];
  statements?: string[];
  votes?: true;
  step?: string;
  /** documents in which something was said or settled */
  discussed?: string[];
  /** contributions whose words were taken out of sight, or put back */
  hidden?: string[];
};

function toldOf({ entries }: CaseNews): Told {
  const told: Told = {};
  for (const { type, kind, data, step } of entries) {
    const { contributionId: id, parentId, statementId, documentId } = data;
    if (typeof documentId === 'string' && typeof id === 'string') (told.discussed ??= []).push(documentId);
    if (type === 'contribution.hidden' || type === 'contribution.shown')
      (told.hidden ??= []).push(String(id));
    if (kind === 'transition') told.step = step;
    else if (type === 'statement.made') (told.statements ??= []).push(String(statementId));
    else if (type === 'contribution.made' && typeof parentId === 'string')
      (told.replies ??= []).push({ id: String(id), parentId });
    else if (type === 'contribution.made' || type === 'contribution.recorded')
      (told.contributions ??= []).push(String(id));
  }
  return told;
}

const event = (id: string, data: Told, name?: string): Buffer =>
  Buffer.from(`${name ? `event: ${name}\n` : ''}id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
const heartbeat = Buffer.from(':\n\n');

type Watched = {
  readonly caseId: string;
  /** null until the first look */
  at: (Place & { readonly isPublic: boolean }) | null;
  readonly pages: Set<OpenPage>;
  readonly arriving: Map<OpenPage, Place | null>;
  readonly stopListening: () => void;
};

export function liveHub({ bus, reader, after = realAfter, onFault }: HubPorts): LiveHub {
  const cases = new Map<string, Watched>();
  const changed = new Set<string>();
  let state: 'idle' | 'looking' | 'resting' | 'closed' = 'idle';
  let stopTimers: (() => void)[] = [];
  let stopResting: () => void = () => undefined;

  const ring = (caseIds: Iterable<string>) => {
    for (const id of caseIds) changed.add(id);
    if (state === 'idle' && changed.size > 0) void round();
  };

  const watch = (caseId: string): Watched => {
    if (cases.size === 0) begin();
    const stopListening = bus.listen(caseTopic(caseId), (message) => {
      const announced = readCaseAnnouncement(message);
      const known = cases.get(caseId)?.at?.seq ?? 0;
      if (announced && 'seq' in announced && announced.seq <= known) return;
      ring([caseId]);
    });
    const watched = { caseId, at: null, pages: new Set<OpenPage>(), arriving: new Map(), stopListening };
    cases.set(caseId, watched);
    return watched;
  };

  const forget = ({ caseId, pages, arriving, stopListening }: Watched) => {
    if (pages.size + arriving.size > 0 || !cases.delete(caseId)) return;
    stopListening();
    if (cases.size === 0) rest();
  };

  const repeat = (ms: number, work: () => void, at: number) => {
    const again = () => {
      stopTimers[at] = after(ms, again);
      work();
    };
    stopTimers[at] = after(ms, again);
  };
  const begin = () => {
    repeat(lookAgainMs, () => ring(cases.keys()), 0);
    repeat(heartbeatMs, () => tellAll(heartbeat), 1);
    stopTimers[2] = bus.onGap(() => ring(cases.keys()));
  };
  const rest = () => {
    for (const stop of stopTimers) stop();
    stopTimers = [];
  };
  const tellAll = (bytes: Buffer) => {
    for (const { pages } of cases.values()) for (const page of pages) page.write(bytes);
  };

  const endPage = (watched: Watched, page: OpenPage) => {
    watched.pages.delete(page);
    watched.arriving.delete(page);
    page.end();
  };

  /** Asks the store about everything that is due, once, and tells it on. */
  async function round(): Promise<void> {
    state = 'looking';
    const due = [...changed].flatMap((caseId) => cases.get(caseId) ?? []);
    changed.clear();
    try {
      await lookAt(due);
    } catch (error) {
      onFault(error); // everything is asked again soon, and those who wait go on waiting
    }
    if (isClosed()) return;
    state = 'resting';
    stopResting = after(gatherMs, () => {
      state = 'idle';
      ring([]);
    });
  }
  const isClosed = () => state === 'closed';

  async function lookAt(due: readonly Watched[]): Promise<void> {
    if (due.length === 0) return;
    const asked = due.map((watched) => ({ watched, arrivals: [...watched.arriving] }));
    const positions = asked.flatMap(({ watched: { caseId, at }, arrivals }) => {
      const seqs = [at?.seq ?? fromNow, ...arrivals.map(([, place]) => place?.seq ?? fromNow)];
      return [...new Set(seqs)].map((seq) => ({ caseId, seq }));
    });
    const news = new Map<string, CaseNews[]>();
    for (const one of await reader.news(positions, toldAtMost + 1)) {
      news.set(one.caseId, [...(news.get(one.caseId) ?? []), one]);
    }
    if (isClosed()) return;
    await Promise.all(
      asked.map(({ watched, arrivals }) => tell(watched, arrivals, news.get(watched.caseId))),
    );
  }

  async function tell(
    watched: Watched,
    arrivals: readonly [OpenPage, Place | null][],
    news: readonly CaseNews[] | undefined,
  ): Promise<void> {
    const now = news?.[0];
    if (!now?.isPublic) await sendAway(watched, now !== undefined);
    if (now) {
      const votes = figureOf(now.ballots);
      const id = writtenPlace({ seq: now.seq, votes });
      const eventSince = (place: Place): Buffer | null => {
        const since = news.find((one) => one.after === place.seq);
        if (since && since.entries.length > toldAtMost) return event(id, {}, 'reset');
        const told = since ? toldOf(since) : {};
        if (place.votes !== null && place.votes !== votes) told.votes = true;
        return Object.keys(told).length > 0 ? event(id, told) : null;
      };
      const toAll = watched.at && eventSince(watched.at);
      if (toAll) for (const page of watched.pages) page.write(toAll);
      // Many come back to the same place at once, after a restart.
      const made = new Map<string, Buffer>();
      for (const [page, place] of arrivals) {
        if (!watched.arriving.delete(page)) continue; // it has left meanwhile
        const key = place ? writtenPlace(place) : '';
        const bytes = made.get(key) ?? ((place && eventSince(place)) || event(id, {}));
        made.set(key, bytes);
        page.write(bytes);
        watched.pages.add(page);
      }
      watched.at = { seq: now.seq, votes, isPublic: now.isPublic };
    }
    forget(watched);
  }

  /** A case that is not for everybody: whoever may not see it any more is told nothing of it. */
  async function sendAway(watched: Watched, exists: boolean): Promise<void> {
    const all = [...watched.pages, ...watched.arriving.keys()];
    const may = await Promise.all(all.map((page) => (exists ? page.maySee() : Promise.resolve(false))));
    for (const [i, page] of all.entries()) if (!may[i]) endPage(watched, page);
  }

  return {
    open(caseId, page, place) {
      if (isClosed()) return page.end();
      (cases.get(caseId) ?? watch(caseId)).arriving.set(page, place);
      ring([caseId]);
    },
    leave(caseId, page) {
      const watched = cases.get(caseId);
      if (!watched) return;
      watched.pages.delete(page);
      watched.arriving.delete(page);
      forget(watched);
    },
    knowsPublic: (caseId) => cases.get(caseId)?.at?.isPublic === true,
    get pages() {
      let count = 0;
      for (const { pages, arriving } of cases.values()) count += pages.size + arriving.size;
      return count;
    },
    close() {
      state = 'closed';
      rest();
      stopResting();
      for (const watched of cases.values()) {
        watched.stopListening();
        for (const page of [...watched.pages, ...watched.arriving.keys()]) endPage(watched, page);
      }
      cases.clear();
    },
  };
}
