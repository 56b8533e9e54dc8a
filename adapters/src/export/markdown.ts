import { MarkdownSerializer } from 'prosemirror-markdown';
import type { MarkdownSerializerState } from 'prosemirror-markdown';
import type { Node } from 'prosemirror-model';
import { clean, gridOf } from './source.ts';
import type { ExportSource } from './source.ts';

/** CommonMark with tables as GitHub writes them. What people wrote stays text: no letter of theirs begins a mark. */

const marks = /[\\`*_~[\]<>&|$]/g;

/** @param first - whether the text begins a line, where more letters mean something */
function literal(text: string, first: boolean): string {
  const escaped = clean(text)
    .replace(marks, '\\$&')
    .replace(/!(?=\\\[)/g, '\\!');
  if (!first) return escaped;
  return escaped
    .replace(/^\s+/, '')
    .replace(/^[-+#=:]/, '\\$&')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

const address = (href: string): string =>
  `<${href.replace(/[<>\\]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)}>`;

/** Words of a cell on one line: a table of Markdown holds nothing else. */
function cellText(cell: Node, source: ExportSource): string {
  const lines: string[] = [];
  const walk = (node: Node, before: string) => {
    if (node.isTextblock) {
      const text = serializer(source).serialize(source.content.type.create(null, node), { tightLists: true });
      lines.push(`${before}${text.trim().replace(/\\\n|\n/g, '<br>')}`);
      return;
    }
    node.children.forEach((child, i) => {
      const from = node.attrs.order as number | undefined;
      const mark = node.type.name === 'bullet_list' ? '• ' : from === undefined ? before : `${from + i}\\. `;
      walk(child, mark);
      before = '';
    });
  };
  cell.children.forEach((child) => walk(child, ''));
  return lines.filter(Boolean).join('<br>');
}

function table(state: MarkdownSerializerState, node: Node, source: ExportSource): void {
  const { rows, columns, headRows } = gridOf(node);
  const lines = rows.map((cells) => {
    const line = Array.from({ length: columns }, () => '');
    for (const cell of cells) line[cell.column] = cellText(cell.node, source);
    return line;
  });
  if (headRows === 0) lines.unshift(Array.from({ length: columns }, () => ''));
  lines.splice(
    1,
    0,
    Array.from({ length: columns }, () => '---'),
  );
  for (const line of lines) {
    state.write(`| ${line.join(' | ')} |`);
    state.ensureNewLine();
  }
  state.closeBlock(node);
}

function serializer(source: ExportSource): MarkdownSerializer {
  const { words, addressOf } = source;
  const link = (label: string, href: string) => `[${literal(label, false)}](${address(href)})`;
  return new MarkdownSerializer(
    {
      text: (state, node, parent, index) => {
        const first = index === 0 || parent.child(index - 1).type.name === 'hard_break';
        const next = parent.maybeChild(index + 1);
        const beforeLink =
          next?.type.name === 'mention' || next?.marks.some(({ type }) => type.name === 'link');
        const words = literal(node.text ?? '', first);
        state.text(beforeLink ? words.replace(/!$/, '\\!') : words, false);
      },
      paragraph: (state, node) => {
        state.renderInline(node);
        state.closeBlock(node);
      },
      heading: (state, node) => {
        state.write(`${'#'.repeat((node.attrs.level as number) + 1)} `);
        state.renderInline(node, false);
        state.closeBlock(node);
      },
      blockquote: (state, node) => state.wrapBlock('> ', null, node, () => state.renderContent(node)),
      bullet_list: (state, node) => state.renderList(node, '  ', () => '- '),
      ordered_list: (state, node) => {
        const from = node.attrs.order as number;
        const width = String(from + node.childCount - 1).length + 2;
        state.renderList(node, ' '.repeat(width), (i) => `${from + i}. `.padStart(width));
      },
      list_item: (state, node) => state.renderContent(node),
      table: (state, node) => table(state, node, source),
      image: (state, node) => {
        const alt = literal(node.attrs.alt as string, false);
        state.write(`*${literal(words.picture, true)}${alt && `: ${alt}`}*`);
        state.closeBlock(node);
      },
      note: (state, node) => {
        const given = node.attrs.contribution as string | null;
        const label = given ? link(words.noteGiven, addressOf(given)) : literal(words.note, true);
        state.wrapBlock('> ', null, node, () => {
          state.write(`**${label}**`);
          state.closeBlock(node);
          state.renderContent(node);
        });
      },
      horizontal_rule: (state, node) => {
        state.write('---');
        state.closeBlock(node);
      },
      hard_break: (state, _, parent, index) => {
        // One at the end of a block would stand there as a letter.
        if (index < parent.childCount - 1) state.write(parent.type.name === 'heading' ? ' ' : '\\\n');
      },
      mention: (state, node) => {
        const { label, contribution } = node.attrs as { label: string; contribution: string };
        state.text(link(label || addressOf(contribution), addressOf(contribution)), false);
      },
    },
    {
      link: { open: '[', close: (_, mark) => `](${address(mark.attrs.href as string)})` },
      em: { open: '*', close: '*', mixable: true, expelEnclosingWhitespace: true },
      strong: { open: '**', close: '**', mixable: true, expelEnclosingWhitespace: true },
      strike: { open: '~~', close: '~~', mixable: true, expelEnclosingWhitespace: true },
    },
  );
}

/** A numbered list within a list is only seen as one after an empty line, unless it begins with 1. */
function isTight(content: Node): boolean {
  let tight = true;
  content.descendants((node, _, parent) => {
    if (parent?.type.name === 'list_item' && (node.attrs.order ?? 1) !== 1) tight = false;
  });
  return tight;
}

export function writeMarkdown(source: ExportSource): Buffer {
  const { title, words, content } = source;
  const head = `# ${literal(title, true)}\n\n${literal(words.ofCase, true)}\\\n${literal(words.asOf, true)}\n\n---\n\n`;
  return Buffer.from(`${head}${serializer(source).serialize(content, { tightLists: isTight(content) })}\n`);
}
