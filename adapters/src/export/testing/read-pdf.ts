import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

type Tagged = { role?: string; alt?: string; lang?: string; type?: string; id?: string; children?: Tagged[] };
export type Heard = { readonly role: string; readonly text: string; readonly alt?: string };

/** What somebody hears who has a PDF read to them: its elements in the order of its structure, each with its words. */
export async function heardOf(bytes: Uint8Array) {
  const loading = getDocument({
    data: Uint8Array.from(bytes),
    useSystemFonts: false,
    isEvalSupported: false,
  } as never);
  const pdf = await loading.promise;
  const heard: Heard[] = [];
  const urls: string[] = [];
  let text = '';
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const content = await page.getTextContent({ includeMarkedContent: true });
    const words = new Map<string, string>();
    const open: (string | null)[] = [];
    for (const item of content.items) {
      if ('str' in item) {
        const id = open.findLast((one) => one !== null);
        const said = item.str + (item.hasEOL ? ' ' : '');
        text += said;
        if (id) words.set(id, (words.get(id) ?? '') + said);
      } else if (item.type === 'endMarkedContent') open.pop();
      else open.push((item as { id?: string }).id ?? null);
    }
    const said = (node: Tagged): string =>
      node.type === 'content' ? (words.get(node.id ?? '') ?? '') : (node.children ?? []).map(said).join('');
    const walk = (node: Tagged) => {
      if (node.role)
        heard.push({ role: node.role, text: said(node), ...(node.alt !== undefined && { alt: node.alt }) });
      node.children?.forEach(walk);
    };
    walk((await page.getStructTree()) ?? {});
    for (const annotation of (await page.getAnnotations()) as {
      subtype: string;
      url?: string;
      unsafeUrl?: string;
    }[]) {
      if (annotation.subtype === 'Link') urls.push(annotation.unsafeUrl ?? annotation.url ?? '');
    }
  }
  const { info } = (await pdf.getMetadata()) as unknown as { info: Record<string, unknown> };
  const pages = pdf.numPages;
  // The typings say it is an object.
  const marked = (await pdf.getMarkInfo()) as unknown as Map<string, boolean>;
  await loading.destroy();
  return { heard, urls, text, info, pages, marked };
}
