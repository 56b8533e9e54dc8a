// @ts-check
// Says that something new has come to an open page, and shows it when asked to; nothing moves by itself. Words stand in
// the page (components/Live.svelte), what is told in lib/server/live-hub.ts.

const choice = 'lakeus live';

/** @param {HTMLElement} bar */
function follow(bar) {
  const { live, after, of = '', parent, one = '', many = '', shown = '' } = bar.dataset;
  /** @type {(name: string) => any} */
  const part = (name) => bar.querySelector(`[data-${name}]`);
  const [status, show, moved, lost, toggle] = ['status', 'show', 'moved', 'lost', 'follow'].map(part);
  const news = show.textContent;
  /** ids that are not on the page yet @type {Set<string>} */
  let fresh = new Set();
  let other = false;
  let at = after;
  let tries = 0;
  let next = '';
  /** @type {EventSource | undefined} */
  let source;
  /** @type {(ReturnType<typeof setTimeout> | undefined)[]} */
  let [quiet, losing, retrying] = [];

  /** At most once in ten seconds. @param {string} text */
  function say(text) {
    next = text;
    if (quiet) return;
    status.textContent = text;
    quiet = setTimeout(() => {
      quiet = undefined;
      if (next !== text) say(next);
    }, 10_000);
  }

  function offer() {
    for (const id of fresh) if (document.querySelector(`[data-id="${id}"]`)) fresh.delete(id);
    show.hidden = !other && !fresh.size;
    const text = other || !many ? news : fresh.size === 1 ? one : many.replace('#', String(fresh.size));
    if (show.hidden || (text === show.textContent && text === next)) return;
    show.textContent = text;
    say(text);
  }

  /** @param {MessageEvent<string>} event */
  function take({ type, data, lastEventId }) {
    at = lastEventId || at;
    const told = JSON.parse(data);
    if (told.step && moved.hidden) {
      moved.hidden = false;
      say(moved.textContent.trim());
    }
    for (const kind of of.split(' ')) {
      if (kind === 'votes') other ||= !!told.votes;
      else
        for (const item of told[kind] ?? [])
          if (!parent || item.parentId === parent) fresh.add(item.id ?? item);
    }
    other ||= type === 'reset';
    offer();
  }

  function found() {
    clearTimeout(losing);
    losing = undefined;
    lost.hidden = true;
  }

  function connect() {
    source?.close();
    clearTimeout(retrying);
    if (document.hidden || !toggle.checked) return found();
    const here = (source = new EventSource(`${live}?after=${at}`));
    here.onmessage = take;
    here.addEventListener('reset', take);
    here.onopen = () => {
      tries = 0;
      found();
    };
    here.onerror = () => {
      losing ??= setTimeout(() => (lost.hidden = false), 5_000);
      // Unless it was refused for good, the browser tries again by itself.
      if (here.readyState === EventSource.CLOSED)
        retrying = setTimeout(connect, Math.min(2 ** tries++, 60) * (1 + Math.random()) * 1_000);
    };
  }

  show.addEventListener('click', async () => {
    const before = [...fresh];
    const was = other;
    fresh.clear();
    other = false;
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) return location.reload();
      const first = exchange(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      next = '';
      offer();
      if (!show.hidden) return;
      say(shown);
      first?.focus();
    } catch {
      fresh = new Set([...before, ...fresh]);
      other ||= was;
      lost.hidden = false;
    }
  });

  toggle.checked = localStorage.getItem(choice) !== 'off';
  toggle.addEventListener('change', () => {
    localStorage.setItem(choice, toggle.checked ? 'on' : 'off');
    connect();
  });
  part('scripted').hidden = false;
  // What one sends oneself is no news; the next page begins after it.
  addEventListener('submit', () => {
    source?.close();
    retrying = setTimeout(connect, 15_000);
  });
  document.addEventListener('visibilitychange', connect);
  addEventListener('pageshow', connect);
}

/** @type {(root: ParentNode, what: string) => HTMLElement[]} */
const all = (root, what) => /** @type {any} */ ([...root.querySelectorAll(what)]);

/** What a link, a button or a summary is, so that the same one is found on the new page. @param {HTMLElement} element */
const keyOf = (element) =>
  [
    element.closest('[data-id]')?.getAttribute('data-id'),
    element.textContent,
    element.getAttribute('href'),
  ].join();

/** Puts what was fetched in the place of our regions; what was unfolded stays so, and the focus on what it was on.
 * @param {Document} page
 * @returns {HTMLElement | undefined} the first thing that was not there before, or else the first region */
function exchange(page) {
  const regions = all(document, '[data-live-region]');
  const had = new Set(all(document, '[data-id]').map((e) => e.dataset.id));
  const open = new Set(all(document, 'details[open] > summary').map(keyOf));
  const focused = document.activeElement instanceof HTMLElement ? keyOf(document.activeElement) : '';
  for (const region of regions) {
    const newer = page.querySelector(`[data-live-region="${region.dataset.liveRegion}"]`);
    if (!newer) continue;
    const held = region.contains(document.activeElement);
    region.replaceChildren(...newer.childNodes);
    for (const element of all(region, 'a, button, summary')) {
      if (open.has(keyOf(element))) element.parentElement?.setAttribute('open', '');
      if (held && keyOf(element) === focused) element.focus();
    }
  }
  const first =
    all(document, '[data-live-region] [data-id]').find((e) => !had.has(e.dataset.id)) ?? regions[0];
  if (first) first.tabIndex = -1;
  return first;
}

const bar = document.querySelector('[data-live]');
if (bar instanceof HTMLElement) follow(bar);
