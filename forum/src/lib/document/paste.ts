/** What comes from the clipboard, as word processors leave it, made into HTML that the schema can read: headings, lists,
 * tables and links stay; looks, scripts and other people's pictures do not. */

/** As much as may enter at once: well within what the server takes in one frame. */
export const pasteLimit = 500_000;
/** HTML of a word processor carries much that is no text; beyond this it is not even read. */
export const pastedMarkupLimit = 4_000_000;

// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Text without what could not be stored or would not be seen. */
export const cleanText = (text: string): string => text.toWellFormed().replace(control, '');

/** Looks are read as text, and never become looks: our content policy would refuse them anyway, aloud. */
const look = 'data-style';
const disarmed = (html: string) =>
  html
    .replace(/<style\b[^]*?<\/style\s*>/gi, '')
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(\s*=)/gi, '$1data-$2$3'));
const styleOf = (element: Element) => element.getAttribute(look)?.toLowerCase() ?? '';
const listLevel = /mso-list:\s*\S+\s+level(\d+)/;
const numbered = /^\s*\(?(?:\d{1,3}|[a-z]{1,4})[.)]/i;

const isListParagraph = (element: Element): boolean =>
  element.localName === 'p' && listLevel.test(styleOf(element));

/** Word has no lists in its HTML, but paragraphs that say at which level of one they stand, each with its own sign. */
function makeLists(root: ParentNode & Node, create: (tag: string) => HTMLElement): void {
  const paragraphs = [...root.querySelectorAll('p')].filter(isListParagraph);
  let open: { level: number; list: Element }[] = [];
  let last: Element | null = null;
  for (const paragraph of paragraphs) {
    const level = Number(listLevel.exec(styleOf(paragraph))![1]);
    const signs = [...paragraph.querySelectorAll('span')].filter((span) =>
      /mso-list:\s*ignore/.test(styleOf(span)),
    );
    const tag = numbered.test(signs[0]?.textContent ?? '') ? 'ol' : 'ul';
    for (const sign of signs) sign.remove();

    const goesOn = last !== null && paragraph.previousElementSibling === last;
    if (!goesOn) open = [];
    while (open.length > 0 && open.at(-1)!.level > level) open.pop();
    if (open.length === 0 || open.at(-1)!.level < level) {
      const list = create(tag);
      const item = open.at(-1)?.list.lastElementChild;
      if (item) item.append(list);
      else {
        paragraph.before(list);
        last = list;
      }
      open.push({ level, list });
    } else if (open.length === 1 && open[0]!.list.localName !== tag) {
      const list = create(tag);
      paragraph.before(list);
      open = [{ level, list }];
      last = list;
    }
    const item = create('li');
    const inside = create('p');
    inside.append(...paragraph.childNodes);
    item.append(inside);
    open.at(-1)!.list.append(item);
    paragraph.remove();
  }
}

/** What a look means, as the element that says so. */
const meanings: readonly (readonly [pattern: RegExp, tag: string])[] = [
  [/font-weight:\s*(?:bold|bolder|[6-9]00)/, 'strong'],
  [/font-style:\s*italic/, 'em'],
  [/text-decoration[^;]*:[^;]*line-through/, 's'],
];

/** Says in elements what was said in looks. Google Docs wraps everything in a bold that is not bold. */
function sayMeanings(page: Document): void {
  for (const bold of page.querySelectorAll('b'))
    if (/font-weight:\s*(?:normal|400)/.test(styleOf(bold))) bold.replaceWith(...bold.childNodes);
  for (const span of page.querySelectorAll('span')) {
    // A heading is bold by itself.
    const tags = meanings.filter(([pattern]) => pattern.test(styleOf(span))).map(([, tag]) => tag);
    const heading = span.closest('h1, h2, h3, h4, h5, h6') !== null;
    for (const tag of tags.filter((each) => each !== 'strong' || !heading)) {
      const meaning = page.createElement(tag);
      meaning.append(...span.childNodes);
      span.append(meaning);
    }
  }
}

const within = (value: string | null, most: number) => {
  const number = Number(value ?? 1);
  return Number.isInteger(number) && number >= 1 ? Math.min(number, most) : 1;
};

/** Puts pasted HTML in order. What it reads never runs and never loads: a document of `DOMParser` is not shown.
 * @param parse - reads HTML into a document of its own */
export function cleanPasted(
  html: string,
  parse = (text: string): Document => new DOMParser().parseFromString(text, 'text/html'),
): string {
  const page = parse(disarmed(cleanText(html)));
  const create = (tag: string) => page.createElement(tag);
  const unwanted = 'style, script, meta, link, title, noscript, template, iframe, object, embed, svg';
  for (const element of page.querySelectorAll(unwanted)) element.remove();
  for (const image of page.querySelectorAll('img:not([data-picture])')) image.remove();

  for (const paragraph of page.querySelectorAll('p')) {
    const level = paragraph.classList.contains('MsoTitle')
      ? 1
      : Number(/^MsoHeading([1-6])$/.exec(paragraph.className)?.[1] ?? 0);
    if (level > 0) {
      const heading = create(`h${level}`);
      heading.append(...paragraph.childNodes);
      paragraph.replaceWith(heading);
    }
  }
  makeLists(page.body, create);
  sayMeanings(page);
  // Word and Google Docs put empty paragraphs between others for the air.
  for (const paragraph of page.querySelectorAll('p')) {
    const empty = !paragraph.textContent?.trim() && !paragraph.querySelector('img');
    if (empty && paragraph.parentElement?.childElementCount !== 1) paragraph.remove();
  }
  for (const cell of page.querySelectorAll('td, th')) {
    cell.setAttribute('colspan', String(within(cell.getAttribute('colspan'), 50)));
    cell.setAttribute('rowspan', String(within(cell.getAttribute('rowspan'), 200)));
  }
  for (const list of page.querySelectorAll('ol[start]')) {
    if (!/^\d{1,4}$/.test(list.getAttribute('start') ?? '')) list.removeAttribute('start');
  }
  for (const link of page.querySelectorAll('a[name]:not([href]), form')) link.replaceWith(...link.childNodes);
  for (const element of page.body.querySelectorAll('*'))
    for (const { name } of [...element.attributes])
      if (/^(?:data-)?(?:style|on[a-z]+|class|id)$/.test(name)) element.removeAttribute(name);
  return page.body.innerHTML;
}
