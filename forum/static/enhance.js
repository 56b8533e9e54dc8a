// @ts-check
// What a browser with scripts does better. Every page is whole without this file: it only moves the focus to what needs
// it, keeps what is being written, says aloud what happened, and opens dialogs as modal ones.

const slowMs = 1500;
const settleMs = 150;
const found = document.querySelector('#notice');
const notice = found instanceof HTMLElement ? found : null;

/** Says something in the page's one polite region, so that it is read aloud once. @param {string} text */
function say(text) {
  const line = document.createElement('p');
  line.textContent = text;
  notice?.replaceChildren(line);
}

// A region that is full when the page opens is not read aloud; one that fills afterwards is.
if (notice?.childElementCount) {
  const told = [...notice.childNodes];
  notice.replaceChildren();
  setTimeout(() => notice.replaceChildren(...told), settleMs);
}

const needed = document.querySelector('[data-focus]');
if (needed instanceof HTMLElement) needed.focus();

// What is being written stays in this tab until it is taken in: the way back, a lost connection or a session that ended
// take nothing away. It is gone when the tab is closed, since the telephone may be somebody else's too.
const sent = 'lakeus sent';
const areas = [...document.querySelectorAll('textarea[data-keep]')].filter(
  /** @returns {area is HTMLTextAreaElement} */ (area) => area instanceof HTMLTextAreaElement,
);
/** @param {HTMLTextAreaElement} area */
const place = (area) => `lakeus ${location.pathname}${area.form?.getAttribute('action') ?? ''} ${area.name}`;

const before = sessionStorage.getItem(sent)?.split('\n') ?? [];
sessionStorage.removeItem(sent);
const refused = document.querySelector('[role="alert"], [data-kept]') !== null;
if (!refused) for (const key of before) sessionStorage.removeItem(key);

for (const area of areas) {
  const kept = sessionStorage.getItem(place(area));
  if (kept && area.value.trim() === '') {
    area.value = kept;
    say(notice?.dataset.restored ?? '');
  }
  area.addEventListener('input', () => {
    if (area.value.trim()) sessionStorage.setItem(place(area), area.value);
    else sessionStorage.removeItem(place(area));
  });
}

for (const form of document.forms) {
  form.addEventListener('submit', () => {
    const leaving = areas.filter((area) => area.form === form);
    sessionStorage.setItem(sent, leaving.map(place).join('\n'));
    const slow = setTimeout(() => say(notice?.dataset.sending ?? ''), slowMs);
    addEventListener('pagehide', () => clearTimeout(slow), { once: true });
  });
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
  if (!link) return;
  const open = link.closest('dialog');
  if (open && link.hasAttribute('data-close')) {
    event.preventDefault();
    open.close();
    if (location.hash === `#${open.id}`) history.replaceState(null, '', location.pathname + location.search);
    return;
  }
  const dialog = document.getElementById(link.getAttribute('href')?.slice(1) ?? '');
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
  }
});

// A menu that is unfolded folds when one goes elsewhere or presses Escape.
const menu = document.querySelector('details.languages');
if (menu instanceof HTMLDetailsElement) {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
}
