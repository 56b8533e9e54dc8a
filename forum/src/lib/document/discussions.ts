import type { Plugin } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import { writable } from 'svelte/store';
import type { Readable } from 'svelte/store';
import type { ShownContribution } from '@lakeus/engine';
import { anchorOf, lookAt, showThreads, threadDecorations } from './threads.ts';
import type { Anchored, Place } from './quotes.ts';
import type { ThreadsState } from './threads.ts';

/** Discussions at the passages of one document, as the page beside the editor has them: read from the server, kept
 * fresh, shown in the text, and added to. */

export type Said = Pick<
  ShownContribution,
  'id' | 'participantId' | 'pseudonym' | 'body' | 'hidden' | 'createdAt'
>;
export type Discussion = Anchored & {
  readonly contribution: Said;
  readonly replies: readonly Said[];
  readonly resolvedAt: string | null;
};

export type DiscussionsTrouble = 'notLoaded' | 'failed' | 'mayNot' | 'chooseFirst' | 'blank';
export type DiscussionsState = {
  /** null until they have come once */
  readonly discussions: readonly Discussion[] | null;
  /** names of those who take part that the words mention */
  readonly mentioned: readonly string[];
  readonly places: ReadonlyMap<string, Place | null>;
  readonly active: string | null;
  /** what a new remark is to be about, once somebody began one */
  readonly draft: Anchored | null;
  readonly trouble: DiscussionsTrouble | null;
};

/** The outside as this needs it; tests bring their own. */
export type DiscussionsSurroundings = {
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Calls `tell` when somebody may have said something here. @returns stops */
  readonly follow: (tell: () => void) => () => void;
  readonly newKey: () => string;
};

export type Discussions = {
  /** goes into the editor from its beginning */
  readonly plugin: Plugin;
  readonly state: Readable<DiscussionsState>;
  /** Shows discussions in an editor from now on. @returns stops */
  attach(view: EditorView): () => void;
  load(): Promise<void>;
  lookAt(contributionId: string): void;
  /** Takes what is chosen in the text as what the remark is about. */
  begin(): void;
  abandon(): void;
  /** @returns whether it was taken; if not, `trouble` says why and nothing of it is lost */
  remark(body: string): Promise<boolean>;
  reply(contributionId: string, body: string): Promise<boolean>;
  settle(contributionId: string, settled: boolean): Promise<boolean>;
};

/** What a page hears of its case; the browser comes back by itself when the line is lost. */
function followInBrowser(caseId: string, documentId: string, after: number) {
  return (tell: () => void): (() => void) => {
    const source = new EventSource(`/cases/${caseId}/live?after=${after}`);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const { discussed, hidden } = JSON.parse(data) as { discussed?: string[]; hidden?: string[] };
      if (discussed?.includes(documentId) || hidden) tell();
    };
    source.addEventListener('reset', tell);
    return () => source.close();
  };
}

/** @param options - `after`: number of the case's newest log row when the page was made */
export function openDiscussions(options: {
  readonly caseId: string;
  readonly documentId: string;
  readonly after: number;
  readonly surroundings?: DiscussionsSurroundings;
}): Discussions {
  const { caseId, documentId, after } = options;
  const { fetch, follow, newKey } = options.surroundings ?? {
    fetch: (path: string, init?: RequestInit) => globalThis.fetch(path, init),
    follow: followInBrowser(caseId, documentId, after),
    newKey: () => crypto.randomUUID(),
  };
  const base = `/api/v1/cases/${caseId}`;
  let view: EditorView | null = null;
  let now: DiscussionsState = {
    ...{ discussions: null, mentioned: [], places: new Map(), active: null, draft: null, trouble: null },
  };
  const state = writable(now);
  const change = (part: Partial<DiscussionsState>): void => {
    now = { ...now, ...part };
    state.set(now);
  };
  /** A message sent twice is sent under one key, until it is taken. */
  const keys = new Map<string, string>();

  const show = (): void => {
    if (!view || !now.discussions) return;
    const passages = now.discussions.map(({ contribution, ...rest }) => {
      return { ...rest, contributionId: contribution.id };
    });
    showThreads(view, passages);
  };
  let asked = 0;
  async function load(): Promise<void> {
    const turn = ++asked;
    const response = await fetch(`${base}/documents/${documentId}/threads`).catch(() => null);
    const read = response?.ok
      ? ((await response.json()) as { items: Discussion[]; mentioned: string[] })
      : null;
    // A later question has the later answer.
    if (turn !== asked) return;
    if (!read) {
      change({ trouble: 'notLoaded' });
      return;
    }
    const trouble = now.trouble === 'notLoaded' ? null : now.trouble;
    change({ discussions: read.items, mentioned: read.mentioned, trouble });
    show();
  }

  async function send(method: string, path: string, body?: object): Promise<boolean> {
    const about = `${method} ${path} ${JSON.stringify(body ?? null)}`;
    const key = keys.get(about) ?? newKey();
    keys.set(about, key);
    change({ trouble: null });
    const response = await fetch(`${base}/${path}`, {
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json', 'idempotency-key': key },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => null);
    if (!response?.ok) {
      const withheld = response !== null && [401, 403, 404, 409].includes(response.status);
      change({ trouble: withheld ? 'mayNot' : 'failed' });
      return false;
    }
    keys.delete(about);
    await load();
    return true;
  }
  const say = async (body: string, more: object): Promise<boolean> => {
    if (body.trim()) return send('POST', `documents/${documentId}/remarks`, { body, ...more });
    change({ trouble: 'blank' });
    return false;
  };
  const begin = (): void => {
    if (!view) return;
    const { from, to } = view.state.selection;
    const draft = anchorOf(view.state, from, to);
    change({ draft: draft ?? now.draft, trouble: draft ? null : 'chooseFirst' });
  };
  const look = (contributionId: string): void => {
    if (view) lookAt(view, contributionId);
  };

  return {
    plugin: threadDecorations({
      onPick: look,
      onRemark: begin,
      onChange: ({ places, active }: ThreadsState) => change({ places, active }),
    }),
    state,
    attach(editor) {
      view = editor;
      const stop = follow(() => void load());
      void load();
      show();
      return () => {
        stop();
        if (view === editor) view = null;
      };
    },
    load,
    lookAt: look,
    begin,
    abandon: () => change({ draft: null, trouble: null }),
    async remark(body) {
      const { draft } = now;
      if (!draft) return false;
      const taken = await say(body, { passage: draft });
      if (taken) change({ draft: null });
      return taken;
    },
    reply: (contributionId, body) => say(body, { parentId: contributionId }),
    settle: (contributionId, settled) =>
      send(settled ? 'PUT' : 'DELETE', `contributions/${contributionId}/settled`),
  };
}
