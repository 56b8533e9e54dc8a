import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pictureLimits, readPicture } from './picture.ts';

/** A photograph of sorts: no two points alike, and the same each time. */
function photo(width: number, height: number) {
  let point = 7;
  const points = Uint8Array.from({ length: width * height * 3 }, () => {
    point = (Math.imul(point, 1_103_515_245) + 12_345) >>> 0;
    return point >>> 24;
  });
  return sharp(points, { raw: { width, height, channels: 3 } });
}
const drawing = (background: { r: number; g: number; b: number; alpha: number }, side = 64) =>
  sharp({ create: { width: side, height: side, channels: 4, background } });
const red = { r: 200, g: 30, b: 30, alpha: 1 };

const chunk = (type: string, data: Buffer) => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};
/** A PNG that says it is this large and holds next to nothing. */
function hollowPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const data = deflateSync(Buffer.alloc(1_000_000));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

async function taken(sent: Uint8Array) {
  const result = await readPicture(sent);
  if (!result.ok) throw new Error(`refused: ${result.problem}`);
  return result.picture;
}
const refused = (problem: string) => ({ ok: false, problem });

describe('a picture', () => {
  it.each([
    ['JPEG', () => photo(300, 200).jpeg().toBuffer(), 'image/jpeg'],
    ['PNG photograph', () => photo(300, 200).png().toBuffer(), 'image/jpeg'],
    ['PNG drawing', () => drawing(red).png().toBuffer(), 'image/png'],
    ['WebP', () => photo(300, 200).webp().toBuffer(), 'image/jpeg'],
    ['GIF', () => drawing(red).gif().toBuffer(), 'image/png'],
    ['AVIF', () => photo(64, 64).avif().toBuffer(), 'image/jpeg'],
    [
      'PNG that one sees through',
      () =>
        drawing({ ...red, alpha: 0.4 })
          .png()
          .toBuffer(),
      'image/png',
    ],
  ])('is taken as %s', async (_, made, type) => {
    const picture = await taken(await made());
    expect(picture.type).toBe(type);
    const { width, height, format } = await sharp(picture.content).metadata();
    expect([width, height, `image/${format}`]).toEqual([picture.width, picture.height, type]);
    expect(picture.hash).toBe(createHash('sha256').update(picture.content).digest('hex'));
  });

  it('keeps what one sees through', async () => {
    const { content } = await taken(
      await drawing({ ...red, alpha: 0.4 })
        .webp({ lossless: true })
        .toBuffer(),
    );
    expect((await sharp(content).stats()).isOpaque).toBe(false);
  });

  it('sent twice is the same picture', async () => {
    const sent = await photo(200, 100).jpeg().toBuffer();
    expect((await taken(sent)).hash).toBe((await taken(sent)).hash);
  });

  it('is made no larger than a page needs, and never larger than it was', async () => {
    const wide = await taken(await photo(3_000, 600).jpeg().toBuffer());
    expect([wide.width, wide.height]).toEqual([2_000, 400]);
    const small = await taken(await photo(30, 20).jpeg().toBuffer());
    expect([small.width, small.height]).toEqual([30, 20]);
  });

  it('is turned upright', async () => {
    const lying = await photo(300, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const picture = await taken(lying);
    expect([picture.width, picture.height]).toEqual([200, 300]);
    expect((await sharp(picture.content).metadata()).orientation).toBeUndefined();
  });

  it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
    'in %s loses where and by whom it was taken',
    async (format) => {
      const sent = await photo(120, 80)
        .withExif({
          IFD0: { Make: 'Salainen', Artist: 'Kirsti Koivisto', Copyright: 'Koivisto' },
          IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '62/1 47/1 0/1', GPSLongitude: '22/1 49/1 0/1' },
        })
        .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><GPS>62.78,22.82 Koivisto</GPS></x:xmpmeta>')
        .toFormat(format)
        .toBuffer();
      expect(sent.includes('Koivisto')).toBe(true);
      const { content } = await taken(sent);
      const { exif, xmp, iptc, icc, comments } = await sharp(content).metadata();
      expect({ exif, xmp, iptc, icc, comments: comments ?? [] }).toEqual({ comments: [] });
      for (const word of ['Koivisto', 'Salainen', 'GPS', 'Exif'])
        expect(Buffer.from(content).includes(word)).toBe(false);
    },
  );

  it('that moves becomes its first picture', async () => {
    const frames = await Promise.all(
      [red, { r: 0, g: 0, b: 255, alpha: 1 }].map((colour) => drawing(colour).png().toBuffer()),
    );
    const moving = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(moving, { animated: true }).metadata()).pages).toBe(2);
    const picture = await taken(moving);
    expect([picture.width, picture.height]).toEqual([64, 64]);
    const { dominant } = await sharp(picture.content).stats();
    expect(dominant.r).toBeGreaterThan(dominant.b);
  });

  it('with a script inside comes out without it', async () => {
    const payload = '/*<script>alert(document.domain)</script><?php system($_GET[0]);?>PK\x03\x04*/';
    for (const format of ['gif', 'png', 'jpeg', 'webp'] as const) {
      const picture = await drawing(red).toFormat(format).toBuffer();
      const result = await readPicture(Buffer.concat([picture, Buffer.from(payload)]));
      if (result.ok) expect(Buffer.from(result.picture.content).includes('script')).toBe(false);
    }
  });
});

describe('what is no picture', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script><image href="file:///etc/passwd"/></svg>';

  it.each([
    ['nothing', ''],
    ['SVG', svg],
    ['SVG with a declaration', `<?xml version="1.0"?>${svg}`],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['PDF', '%PDF-1.7\n1 0 obj'],
    ['a script that begins like a GIF', 'GIF89a/*\x00\x00*/=1;alert(document.domain)//'],
    ['a page that begins like a JPEG', '\xff\xd8\xff<script>alert(1)</script>'],
    ['a page that begins like a PNG', '\x89PNG\r\n\x1a\n<script>alert(1)</script>'],
    ['a page that begins like a WebP', 'RIFF\x20\x00\x00\x00WEBP<script>alert(1)</script>'],
    ['a film', '\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2mp41'],
    ['an AVIF without a picture', '\x00\x00\x00\x20ftypavif\x00\x00\x00\x00avifmif1'],
    ['an archive', 'PK\x03\x04\x14\x00'],
    ['a TIFF', 'II*\x00\x08\x00\x00\x00'],
    ['a BMP', 'BM\x46\x00\x00\x00'],
    ['a picture of ImageMagick’s own', 'push graphic-context\nimage over 0,0 0,0 "https://example.fi/"'],
  ])('is refused: %s', async (_, text) => {
    expect(await readPicture(Buffer.from(text, 'latin1'))).toEqual(refused('not_a_picture'));
  });

  it('is refused when half of it is missing', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const whole = await photo(300, 200).toFormat(format).toBuffer();
      const half = whole.subarray(0, whole.length / 2);
      expect([format, await readPicture(half)]).toEqual([format, refused('not_a_picture')]);
    }
  });

  it('is refused when it claims to be immense, before it is unpacked', async () => {
    const bomb = hollowPng(50_000, 50_000);
    expect(bomb.length).toBeLessThan(10_000);
    expect(await readPicture(bomb)).toEqual(refused('too_large'));
    expect(await readPicture(hollowPng(1, 60_000_000))).toMatchObject({ ok: false });
  });

  it('is refused from the first byte too many', async () => {
    const picture = await drawing(red).png().toBuffer();
    const padded = (bytes: number) => Buffer.concat([picture, Buffer.alloc(bytes - picture.length)]);
    expect(await readPicture(padded(pictureLimits.bytes + 1))).toEqual(refused('too_large'));
    expect(await readPicture(padded(pictureLimits.bytes))).toMatchObject({ ok: true });
  });

  it('does not hold up those who come after it', async () => {
    const bad = Buffer.from('\xff\xd8\xff', 'latin1');
    const good = await photo(60, 40).jpeg().toBuffer();
    const results = await Promise.all(Array.from({ length: 12 }, (_, i) => readPicture(i % 2 ? bad : good)));
    expect(results.map(({ ok }) => ok)).toEqual(Array.from({ length: 12 }, (_, i) => i % 2 === 0));
  });
});
