import { writeDocx } from './docx.ts';
import { writeHtml } from './html.ts';
import { writeMarkdown } from './markdown.ts';
import { writePdf } from './pdf.ts';
import type { ExportFormat, ExportSource } from './source.ts';

export { exportFormats } from './source.ts';
export type { ExportFormat, ExportSource, ExportWords } from './source.ts';

export type ExportedFile = { readonly bytes: Uint8Array; readonly type: string; readonly extension: string };

const formats: Record<
  ExportFormat,
  { type: string; extension: string; write: (source: ExportSource) => Buffer | Promise<Buffer> }
> = {
  html: { type: 'text/html; charset=utf-8', extension: 'html', write: writeHtml },
  markdown: { type: 'text/markdown; charset=utf-8', extension: 'md', write: writeMarkdown },
  docx: {
    type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    extension: 'docx',
    write: writeDocx,
  },
  pdf: { type: 'application/pdf', extension: 'pdf', write: writePdf },
};

/** Writes a shared document as a file that stands alone: its structure kept, what people wrote never taken for marks of
 * the format. HTML, Markdown and PDF are the same bytes for the same source. */
export async function exportDocument(format: ExportFormat, source: ExportSource): Promise<ExportedFile> {
  const { type, extension, write } = formats[format];
  return { bytes: await write(source), type, extension };
}
