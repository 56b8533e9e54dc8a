import { encode } from 'uqr';

/** A QR code as one SVG path, with its side in modules: drawn by the page, so that no markup is put together here. */
export function qrPath(text: string): { readonly side: number; readonly d: string } {
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  const runs: string[] = [];
  for (const [y, row] of data.entries()) {
    for (const [x, dark] of row.entries()) if (dark) runs.push(`M${x} ${y}h1v1h-1z`);
  }
  return { side: size, d: runs.join('') };
}
