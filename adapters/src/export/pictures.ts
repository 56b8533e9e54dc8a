import sharp from 'sharp';

export type EmbeddedPicture = {
  readonly data: Buffer;
  readonly type: 'jpg' | 'png';
  /** pixels */
  readonly width: number;
  readonly height: number;
};

/** The picture as the libraries that write DOCX and PDF take it, or null when it cannot be read. */
export async function embedded(content: Uint8Array | null): Promise<EmbeddedPicture | null> {
  if (!content) return null;
  try {
    const { format, width, height } = await sharp(content).metadata();
    if (format === 'jpeg' || format === 'png') {
      return { data: Buffer.from(content), type: format === 'png' ? 'png' : 'jpg', width, height };
    }
    const { data, info } = await sharp(content).png().toBuffer({ resolveWithObject: true });
    return { data, type: 'png', width: info.width, height: info.height };
  } catch {
    return null;
  }
}
