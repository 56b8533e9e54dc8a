import type { Page } from '@playwright/test';

/** Whether people can see what a page shows, however they look at it. Each question is asked of the page as it stands
 * and answered with what is wrong, in words; nothing means that all is well. */

type Told = readonly string[];

/** What stands for an element in a report, and what of it is seen. Runs in the browser before the questions. */
const eyes = () => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const ink = canvas.getContext('2d', { willReadFrequently: true })!;
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  /** Any colour that CSS knows, as numbers. */
  const colour = (css: string): Colour => {
    ink.clearRect(0, 0, 1, 1);
    ink.fillStyle = css;
    ink.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = ink.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const light = ([red, green, blue]: Colour) => {
    const [r, g, b] = [red, green, blue].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return {
    colour,
    contrast: (one: Colour, other: Colour) => {
      const [more = 0, less = 0] = [light(one), light(other)].sort((a, b) => b - a);
      return (more + 0.05) / (less + 0.05);
    },
    /** what lies behind an element: the nearest background that one cannot see through */
    behind: (element: Element | null): Colour => {
      for (let at = element; at; at = at.parentElement) {
        const seen = colour(getComputedStyle(at).backgroundColor);
        if (seen[3] > 0.9) return seen;
      }
      return colour(
        getComputedStyle(document.documentElement).colorScheme === 'dark' ? '#121212' : '#ffffff',
      );
    },
    /** what one can point at: of a control that is drawn by its label, the label */
    drawn: (element: Element): Element => {
      const { width, height } = element.getBoundingClientRect();
      const { opacity } = getComputedStyle(element);
      const label = (element as HTMLInputElement).labels?.[0];
      return label && (width < 2 || height < 2 || opacity === '0') ? label : element;
    },
    seen: (element: Element): boolean => {
      const isThere = element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
      const { width, height } = element.getBoundingClientRect();
      return isThere && width > 1 && height > 1;
    },
    called: (element: Element): string => {
      const words = element.getAttribute('aria-label') ?? element.textContent?.trim().replace(/\s+/g, ' ');
      const name = words || element.getAttribute('name') || element.id;
      return `<${element.tagName.toLowerCase()}> ${(name ?? '').slice(0, 40)}`;
    },
    interactive: 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]',
  };
};

declare global {
  interface Window {
    eyes: ReturnType<typeof eyes>;
    reached: WeakSet<Element>;
    last: Element | null;
    /** how each stop looks before it is reached */
    unreached: WeakMap<Element, string>;
  }
}

async function open(page: Page): Promise<void> {
  await page.evaluate(`window.eyes ??= (${eyes.toString()})()`);
}

const look = (): void => {
  window.reached = new WeakSet();
  window.last = null;
  window.unreached = new WeakMap();
  for (const stop of document.querySelectorAll(window.eyes.interactive)) {
    const { borderWidth, boxShadow, outlineStyle } = getComputedStyle(stop);
    window.unreached.set(stop, JSON.stringify({ borderWidth, boxShadow, outlineStyle }));
  }
};

/** Where one is after a step, and what is wrong with it. */
const stopNow = (): { at: 'a stop' | 'the same' | 'one before' | 'nowhere'; faults: string[] } => {
  const { behind, called, colour, contrast, drawn } = window.eyes;
  const stop = document.activeElement;
  if (!stop || stop === document.body) return { at: 'nowhere', faults: [] };
  // A date is several stops of one field.
  if (stop === window.last) return { at: 'the same', faults: [] };
  window.last = stop;
  if (window.reached.has(stop)) return { at: 'one before', faults: [] };
  window.reached.add(stop);
  const faults: string[] = [];
  const shown = drawn(stop);

  const style = getComputedStyle(shown);
  const rings: { width: number; colour: string }[] = [];
  if (style.outlineStyle !== 'none')
    rings.push({ width: parseFloat(style.outlineWidth), colour: style.outlineColor });
  const before = JSON.parse(window.unreached.get(stop) ?? '{}') as { boxShadow?: string };
  if (style.boxShadow !== 'none' && style.boxShadow !== before.boxShadow) {
    for (const shadow of style.boxShadow.split(/,(?![^(]*\))/)) {
      const spread = [...shadow.replace(/\w+\([^)]*\)/, '').matchAll(/-?[\d.]+px/g)].map(([px]) =>
        parseFloat(px),
      );
      const [, y = 0, , wide = 0] = spread;
      rings.push({ width: Math.max(wide, Math.abs(y)), colour: /\w+\([^)]*\)/.exec(shadow)?.[0] ?? 'black' });
    }
  }
  const wide = rings.filter(({ width }) => width >= 2);
  if (wide.length === 0) faults.push(`${called(stop)}: no ring of 2 px or more`);
  else {
    const around = behind(shown.parentElement);
    const best = Math.max(...wide.map((ring) => contrast(colour(ring.colour), around)));
    if (best < 3) faults.push(`${called(stop)}: the ring stands out ${best.toFixed(2)} : 1 only`);
  }

  const rect = [...shown.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
  if (!rect) faults.push(`${called(stop)}: cannot be seen`);
  else {
    const [x, y] = [rect.left + rect.width / 2, rect.top + Math.min(rect.height, innerHeight) / 2];
    const top = document.elementFromPoint(x, y);
    const isUncovered = top !== null && (shown.contains(top) || top.contains(shown));
    if (!isUncovered)
      faults.push(`${called(stop)}: covered by ${top ? called(top) : 'the edge of the window'}`);
  }
  return { at: 'a stop', faults };
};

const left = (): string[] => {
  const { called, drawn, interactive, seen } = window.eyes;
  const groups = new Set<string>();
  return [...document.querySelectorAll(interactive)].flatMap((stop) => {
    const field = stop as HTMLInputElement;
    if (field.disabled || field.tabIndex < 0 || !seen(drawn(stop))) return [];
    if (field.type === 'radio') {
      // One of a group is a stop; the arrows lead to the others.
      const group = `${field.form?.action} ${field.name}`;
      const all = [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(field.name)}"]`)];
      if (groups.has(group) || all.some((one) => window.reached.has(one))) return [];
      groups.add(group);
    }
    return window.reached.has(stop) ? [] : [`${called(stop)}: never reached`];
  });
};

/** Goes through every stop of the Tab key: each is marked by a ring one can see, lies uncovered, and none is left out. */
export async function stops(page: Page): Promise<{ count: number; faults: Told }> {
  await open(page);
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    getSelection()?.removeAllRanges();
    scrollTo(0, 0);
  });
  await page.evaluate(look);
  const faults: string[] = [];
  let [count, nowhere] = [0, 0];
  for (let i = 0; i < 600; i++) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(stopNow);
    if (now.at === 'one before') break;
    // Past the last stop lies the browser itself, once; then it goes round.
    if (now.at === 'nowhere' && ++nowhere > 1) break;
    if (now.at === 'a stop') count++;
    faults.push(...now.faults);
  }
  return { count, faults: [...faults, ...(await page.evaluate(left))] };
}

const misfits = (): string[] => {
  const { called, interactive, seen } = window.eyes;
  const faults: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    const wide = [...document.querySelectorAll('body *')]
      .filter((one) => seen(one) && one.getBoundingClientRect().right > clientWidth + 1)
      .at(-1);
    faults.push(`${scrollWidth} px in ${clientWidth}: ${wide ? called(wide) : 'something'}`);
  }
  for (const box of document.querySelectorAll<HTMLElement>('body *')) {
    const hasText = [...box.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    if (!hasText || !seen(box) || box.clientWidth <= 1 || box instanceof HTMLTextAreaElement) continue;
    const { overflowX, overflowY } = getComputedStyle(box);
    const cut = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
    const isCut =
      (cut(overflowX) && box.scrollWidth > box.clientWidth + 1) ||
      (cut(overflowY) && box.scrollHeight > box.clientHeight + 1);
    if (isCut) faults.push(`${called(box)}: its text is cut`);
  }
  const isPinned = (element: Element) => {
    for (let at: Element | null = element; at; at = at.parentElement)
      if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) return true;
    return false;
  };
  const boxes = [...document.querySelectorAll(interactive)]
    .filter((one) => seen(one) && getComputedStyle(one).opacity !== '0' && !isPinned(one))
    .flatMap((element) => [...element.getClientRects()].map((rect) => ({ element, rect })))
    .sort((a, b) => a.rect.top - b.rect.top);
  for (const [i, a] of boxes.entries()) {
    for (let j = i + 1; j < boxes.length && boxes[j]!.rect.top < a.rect.bottom; j++) {
      const b = boxes[j]!;
      if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
      const across = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
      const down = Math.min(a.rect.bottom, b.rect.bottom) - b.rect.top;
      if (across > 1 && down > 1) faults.push(`${called(a.element)} overlaps ${called(b.element)}`);
    }
  }
  return [...new Set(faults)];
};

/** Nothing is wider than the window, no text is cut off, and nothing one can press lies over another. */
export async function ill(page: Page): Promise<Told> {
  await open(page);
  return page.evaluate(misfits);
}

/** Text twice as large, and nothing else. */
export async function enlargeText(page: Page): Promise<void> {
  const size = await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  await page.addStyleTag({ content: `html { font-size: ${size * 2}px !important }` });
}

/** The distances of WCAG 1.4.12. */
export async function spaceOutText(page: Page): Promise<void> {
  const content = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-bottom: 2em !important }`;
  await page.addStyleTag({ content });
}

/** Nothing moves by itself for longer than a blink, and one is not scrolled slowly. */
export async function movements(page: Page): Promise<Told> {
  return page.evaluate(() => {
    const moving = document.getAnimations().filter(({ playState, effect }) => {
      const { duration, iterations } = effect?.getComputedTiming() ?? {};
      return playState === 'running' && (Number(duration) > 20 || iterations === Infinity);
    });
    const { scrollBehavior } = getComputedStyle(document.documentElement);
    return [
      ...moving.map(({ effect }) => `${(effect as KeyframeEffect).target?.outerHTML.slice(0, 60)} moves`),
      ...(scrollBehavior === 'smooth' ? ['one is scrolled slowly'] : []),
    ];
  });
}

/** Where colours are forced upon the page, backgrounds are gone: what one can press or write in must have an edge. */
export async function edgeless(page: Page): Promise<Told> {
  await open(page);
  return page.evaluate(() => {
    const { called, seen } = window.eyes;
    const drawnByUs =
      'button, select, textarea, input:not([type=hidden]):not([type=radio]):not([type=checkbox])';
    return [...document.querySelectorAll(`main :is(${drawnByUs}, a.button)`)].filter(seen).flatMap((one) => {
      const { borderTopStyle, borderTopWidth, borderBottomStyle, borderBottomWidth, textDecorationLine } =
        getComputedStyle(one);
      const edge = (style: string, width: string) => style !== 'none' && parseFloat(width) >= 1;
      const isThere =
        edge(borderTopStyle, borderTopWidth) ||
        edge(borderBottomStyle, borderBottomWidth) ||
        textDecorationLine.includes('underline');
      return isThere ? [] : [`${called(one)}: no edge`];
    });
  });
}

/** On paper there is no background: every word must be dark enough on white. */
export async function tooPale(page: Page): Promise<Told> {
  await open(page);
  return page.evaluate(() => {
    const { called, colour, contrast, seen } = window.eyes;
    const white = colour('#ffffff');
    const pale = [...document.querySelectorAll('main *')].filter((one) => {
      const hasText = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
      return hasText && seen(one) && contrast(colour(getComputedStyle(one).color), white) < 4.5;
    });
    const isEmpty = ![...document.querySelectorAll('h1, h2, h3')].some(seen);
    return [...pale.map((one) => `${called(one)}: too pale for paper`), ...(isEmpty ? ['no heading'] : [])];
  });
}

/** What a finger presses is 44 px each way, but for links and explained words in running text. */
export async function tooSmall(page: Page): Promise<Told> {
  await open(page);
  return page.evaluate(() => {
    const { called, interactive, seen } = window.eyes;
    return [...document.querySelectorAll(interactive)].flatMap((one) => {
      const target = (one as HTMLInputElement).labels?.[0]?.contains(one) ? one.closest('label')! : one;
      const { display } = getComputedStyle(one);
      const isInText = (one.tagName === 'A' && display === 'inline') || one.hasAttribute('popovertarget');
      if (isInText || !seen(target) || one.closest('.skip')) return [];
      const { width, height } = target.getBoundingClientRect();
      const [w, h] = [Math.round(width), Math.round(height)];
      return w >= 44 && h >= 44 ? [] : [`${called(one)}: ${w} × ${h}`];
    });
  });
}
