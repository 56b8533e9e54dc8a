import { picturesOf } from '@lakeus/engine/document';
import type { Node } from 'prosemirror-model';
import { clean, gridOf, languageTags, runsOf } from './source.ts';
import type { ExportSource, Run } from './source.ts';

/** One page that stands alone: no script, nothing loaded from anywhere, its pictures within it. */

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => clean(text).replace(/[&<>"']/g, (letter) => escapes[letter]!);

const style = `
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 42rem; font: 1.125rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; break-after: avoid; }
.about { border-bottom: 2px solid; padding-bottom: 1rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { border: 1px solid; padding: .4rem .6rem; text-align: start; vertical-align: top; }
th > *, td > * { margin-block: .2rem; }
thead { display: table-header-group; }
tr, img { break-inside: avoid; }
img { max-width: 100%; height: auto; }
blockquote { margin-inline: 0; padding-inline-start: 1rem; border-inline-start: 4px solid; }
aside { margin-block: 1rem; padding: .2rem 1rem; border: 2px dashed; border-radius: .5rem; }
@media print { body { max-width: none; padding: 0; font-size: 12pt; } a { color: inherit; } .table { overflow: visible; } }
`;

function inline(runs: readonly Run[]): string {
  return runs
    .map((run) => {
      if (run.lineBreak) return '<br>';
      let html = escaped(run.text);
      if (run.em) html = `<em>${html}</em>`;
      if (run.strong) html = `<strong>${html}</strong>`;
      if (run.strike) html = `<s>${html}</s>`;
      return run.href ? `<a href="${escaped(run.href)}" rel="noopener nofollow ugc">${html}</a>` : html;
    })
    .join('');
}

/** @param pictures - addresses that hold the picture itself */
function block(node: Node, source: ExportSource, pictures: ReadonlyMap<string, string>): string {
  const inner = () => node.children.map((child) => block(child, source, pictures)).join('\n');
  const text = () => inline(runsOf(node, source.addressOf));
  const { words } = source;
  switch (node.type.name) {
    case 'heading': {
      const tag = `h${(node.attrs.level as number) + 1}`;
      return `<${tag}>${text()}</${tag}>`;
    }
    case 'blockquote':
      return `<blockquote>\n${inner()}\n</blockquote>`;
    case 'bullet_list':
      return `<ul>\n${inner()}\n</ul>`;
    case 'ordered_list': {
      const from = node.attrs.order as number;
      return `<ol${from === 1 ? '' : ` start="${from}"`}>\n${inner()}\n</ol>`;
    }
    case 'list_item':
      return `<li>${inner()}</li>`;
    case 'table':
      return table(node, source, pictures);
    case 'image': {
      const alt = escaped(node.attrs.alt as string);
      const address = pictures.get(node.attrs.picture as string);
      return address
        ? `<p><img src="${address}" alt="${alt}"></p>`
        : `<p>[${escaped(words.pictureMissing)}${alt && `: ${alt}`}]</p>`;
    }
    case 'note': {
      const given = node.attrs.contribution as string | null;
      const label = escaped(given ? words.noteGiven : words.note);
      const said = given ? `<a href="${escaped(source.addressOf(given))}">${label}</a>` : label;
      return `<aside>\n<p><strong>${said}</strong></p>\n${inner()}\n</aside>`;
    }
    case 'horizontal_rule':
      return '<hr>';
    default:
      return `<p>${text()}</p>`;
  }
}

function table(node: Node, source: ExportSource, pictures: ReadonlyMap<string, string>): string {
  const { rows, headRows } = gridOf(node);
  const written = rows.map((cells) => {
    const each = cells.map((cell) => {
      const spans = `${cell.columns > 1 ? ` colspan="${cell.columns}"` : ''}${cell.rows > 1 ? ` rowspan="${cell.rows}"` : ''}`;
      const inner = cell.node.children.map((child) => block(child, source, pictures)).join('\n');
      if (!cell.heads) return `<td${spans}>${inner}</td>`;
      return `<th scope="${cell.heads === 'column' ? 'col' : 'row'}"${spans}>${inner}</th>`;
    });
    return `<tr>${each.join('')}</tr>`;
  });
  const head = headRows > 0 ? `<thead>\n${written.slice(0, headRows).join('\n')}\n</thead>\n` : '';
  // What is wider than the page is moved sideways, also by those who have a keyboard only.
  return `<div class="table" role="group" tabindex="0"><table>\n${head}<tbody>\n${written.slice(headRows).join('\n')}\n</tbody>\n</table></div>`;
}

const typeOf = (content: Uint8Array): string => {
  const start = Buffer.from(content.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\x89PNG')) return 'image/png';
  return start.startsWith('RIFF') ? 'image/webp' : 'image/jpeg';
};

export async function writeHtml(source: ExportSource): Promise<Buffer> {
  const pictures = new Map<string, string>();
  for (const hash of picturesOf(source.content)) {
    const content = await source.pictures(hash);
    if (!content) continue;
    pictures.set(hash, `data:${typeOf(content)};base64,${Buffer.from(content).toString('base64')}`);
  }
  const title = escaped(source.title);
  const body = source.content.children.map((node) => block(node, source, pictures)).join('\n');
  return Buffer.from(`<!doctype html>
<html lang="${languageTags[source.language]}">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="about">${escaped(source.words.ofCase)}<br>${escaped(source.words.asOf)}</p>
${body}
</main>
</body>
</html>
`);
}
