import type { Entropy } from '../ports.ts';

/** Crockford's alphabet: no I, L, O or U, so that a code read from paper is typed right. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new card code: eight signs, forty bits, shown in two groups as `7F3K-9Q2M`. */
export function newCode(entropy: Entropy): string {
  return Array.from(entropy.bytes(8), (byte) => alphabet[byte % 32]).join('');
}

/** Reads a code as people type it: small letters, spaces, hyphens, and O, I, L for 0 and 1.
 * @returns the code as it is kept, or null when it cannot be one */
export function readCode(typed: string): string | null {
  const code = typed
    .toUpperCase()
    .replace(/[\s\-–—_.]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return code.length === 8 && [...code].every((sign) => alphabet.includes(sign)) ? code : null;
}

export const showCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

const natureWords = [
  'Pihlaja', 'Kuovi', 'Apila', 'Koivu', 'Kiuru', 'Ruiskukka', 'Haapa', 'Töyhtöhyyppä', 'Kanerva', 'Tuomi',
  'Pääsky', 'Vanamo', 'Leppä', 'Kurki', 'Puolukka', 'Mänty', 'Västäräkki', 'Mesimarja', 'Raita', 'Tiainen',
  'Kaura', 'Ruis', 'Ohra', 'Pellava', 'Timotei', 'Kataja', 'Joutsen', 'Horsma', 'Päivänkakkara', 'Heinäsirkka',
]; // prettier-ignore

/** A name to be known by in one case, e.g. 'Pihlaja 12'. Drawn anew for every case, so that cases can't be linked. */
export function newPseudonym(entropy: Entropy): string {
  const [word = 0, high = 0, low = 0] = entropy.bytes(3);
  return `${natureWords[word % natureWords.length]} ${1 + (((high << 8) | low) % 999)}`;
}
