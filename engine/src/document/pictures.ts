import type { Instant } from '../case.ts';

/** Pictures in shared documents, as the engine needs them from the outside: which case has which, and reading what
 * people send. Their content lies in the blob store. */

/** A picture that stands in a case; its content lies in the blob store under the same hash. */
export type KeptPicture = {
  readonly caseId: string;
  /** SHA-256 of the content, hex */
  readonly hash: string;
  readonly type: string;
  /** pixels */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** who added it, as in `DocumentEdit.author` */
  readonly addedBy: string;
  readonly addedAt: Instant;
};

/** Knows which case has which picture: a picture is shown to those who may see a case that has it. */
export type PictureStore = {
  /** The first who adds a picture to a case is remembered; adding it again changes nothing. */
  add(picture: KeptPicture): Promise<void>;
  /** The picture as one of the cases has it that the asker may see, by the rule of `Engine.look`. One query, however
   * many cases have it. Null when there is none.
   * @param hash - of the picture
   * @param to - `codes`: of the cards that a guest holds */
  shown(
    hash: string,
    to: { readonly personId?: string | undefined; readonly codes?: readonly string[] | undefined },
  ): Promise<KeptPicture | null>;
  /** Hashes of the pictures that a case has. */
  of(caseId: string): Promise<string[]>;
};

/** A picture made fit to keep: turned upright, no larger than needed, without anything that is not picture. */
export type ReadPicture = {
  readonly content: Uint8Array;
  readonly type: string;
  /** pixels */
  readonly width: number;
  readonly height: number;
  /** SHA-256 of `content`, hex */
  readonly hash: string;
};

/** Why something sent as a picture is not taken. `too_large` counts bytes and pixels. */
export type PictureProblem = 'too_large' | 'not_a_picture';

/** Reads what somebody sent as a picture, whatever it calls itself. */
export type PictureReader = (
  sent: Uint8Array,
) => Promise<
  | { readonly ok: true; readonly picture: ReadPicture }
  | { readonly ok: false; readonly problem: PictureProblem }
>;
