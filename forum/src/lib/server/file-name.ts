/** What a file that is sent is called: by its title, in letters that every system takes, and in all its own letters for
 * those that read them.
 * @source RFC 6266, RFC 8187 */

const longest = 100;
/** Parts of paths, what shells and systems read, and letters that turn the direction of what follows. */
const unfit = /[\\/:*?"<>|%\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

function whole(title: string): string {
  const name = title
    .toWellFormed()
    .normalize('NFC')
    .replace(unfit, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.~-]+|[\s.]+$/g, '');
  return [...name].slice(0, longest).join('').trim();
}

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^\x20-\x7e]+/g, '')
    .trim();

const encoded = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The value of `content-disposition` for a file to be kept. */
export function attachment(title: string, extension: string): string {
  const name = whole(title) || 'lakeus';
  const fallback = plain(name) || 'lakeus';
  return `attachment; filename="${fallback}.${extension}"; filename*=UTF-8''${encoded(`${name}.${extension}`)}`;
}
