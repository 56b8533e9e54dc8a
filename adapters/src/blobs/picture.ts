import { createHash } from 'node:crypto';
import type { PictureProblem, PictureReader, ReadPicture } from '@lakeus/engine';
import sharp from 'sharp';

/** What is kept of a picture is painted anew from its points: whatever else the file carried (where it was taken, by
 * whose telephone, a script, a second file behind the first) is not carried over. */

export const pictureLimits = {
  bytes: 10 * 1024 * 1024,
  /** points, as the header tells; the file is not unpacked when there are more */
  pixels: 50_000_000,
  /** of what is kept */
  longestSide: 2_000,
} as const;

const readSeconds = 20;
const atOnce = 2;

sharp.concurrency(1);
sharp.cache(false);
// Only the readers of what we take: no file makes the others run, whatever it begins with.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
    'VipsForeignLoadHeifBuffer',
  ],
});

type Kind = 'jpeg' | 'png' | 'webp' | 'gif' | 'heif';

/** What the first bytes say that it is; names and types that came along are nobody's word. */
function kindOf(sent: Uint8Array): Kind | null {
  const text = Buffer.from(sent.buffer, sent.byteOffset, Math.min(sent.length, 16)).toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a/.test(text)) return 'gif';
  if (/^[^]{4}ftyp(avi[fs]|hei[cxms]|mif1|msf1)/.test(text)) return 'heif';
  return null;
}

const reading = (sent: Uint8Array) =>
  sharp(sent, { limitInputPixels: pictureLimits.pixels, failOn: 'error', sequentialRead: true }).timeout({
    seconds: readSeconds,
  });

const jpeg = { quality: 82, mozjpeg: true } as const;
const png = { compressionLevel: 9, adaptiveFiltering: true } as const;
/** How much larger a PNG may be than a JPEG of the same before the exactness is not worth it. */
const exactnessWorth = 1.5;

/** Photographs as JPEG; drawings, screen shots and what one can see through as PNG. */
async function painted(sent: Uint8Array, kind: Kind) {
  const { longestSide: side } = pictureLimits;
  const upright = () =>
    reading(sent)
      .autoOrient()
      .toColourspace('srgb')
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
  const asJpeg = () => upright().jpeg(jpeg).toBuffer({ resolveWithObject: true });
  if (kind === 'jpeg') return asJpeg();
  const exact = await upright().png(png).toBuffer({ resolveWithObject: true });
  if (exact.info.channels % 2 === 0 && !(await sharp(exact.data).stats()).isOpaque) return exact;
  const photo = await asJpeg();
  return exact.data.length > photo.data.length * exactnessWorth ? photo : exact;
}

let running = 0;
const waiting: (() => void)[] = [];

/** Lets only a few be unpacked at once: each takes tens of megabytes. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((turn) => waiting.push(turn));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

const no = (problem: PictureProblem) => ({ ok: false as const, problem });

/** Reads a JPEG, PNG, WebP, GIF (its first picture) or AVIF. Everything else is no picture here: not SVG, which is a
 * program; not what merely calls itself one. */
export const readPicture: PictureReader = async (sent) => {
  if (sent.length > pictureLimits.bytes) return no('too_large');
  const kind = kindOf(sent);
  if (!kind) return no('not_a_picture');
  return inTurn(async () => {
    try {
      const { width, height, format } = await sharp(sent, { limitInputPixels: false }).metadata();
      if (width * height > pictureLimits.pixels) return no('too_large');
      if (format !== kind) return no('not_a_picture');
      const { data, info } = await painted(sent, kind);
      const picture: ReadPicture = {
        content: data,
        type: `image/${info.format}`,
        width: info.width,
        height: info.height,
        hash: createHash('sha256').update(data).digest('hex'),
      };
      return { ok: true as const, picture };
    } catch {
      // The decoder's words are about the file's insides; all that matters to the sender is that it cannot be read.
      return no('not_a_picture');
    }
  });
};
