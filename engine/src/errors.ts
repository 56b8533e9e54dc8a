/** Stable ids of faults. A fault means something is broken; an expected 'no' is a {@link Refusal}. */
export type FaultId =
  | 'workflow_unknown'
  | 'workflow_faulty'
  | 'snapshot_unreadable'
  | 'case_contended'
  | 'log_broken'
  | 'effect_unknown'
  | 'store_unavailable';

/** Something is broken that nobody's input explains. The id is stable; prose for people lives in the catalogues. */
export class EngineError extends Error {
  readonly id: FaultId;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(id: FaultId, data: Readonly<Record<string, unknown>> = {}, options?: { cause?: unknown }) {
    super(`${id} ${JSON.stringify(data)}`, options);
    this.name = 'EngineError';
    this.id = id;
    this.data = data;
  }
}

/** One field that cannot be taken as it is. `path` is dotted from the command's root, e.g. `texts.reason`. */
export type FieldProblem = {
  readonly path: string;
  readonly problem:
    | 'required'
    | 'too_long'
    | 'too_short'
    | 'not_text'
    | 'not_instant'
    | 'not_count'
    | 'not_one_of'
    | 'not_found'
    | 'unknown_field'
    | 'must_be_later'
    | 'circular'
    | 'invalid';
  /** What the limit was, where there is one: characters, or the earliest instant. */
  readonly limit?: number | string;
};

/** A requirement that is not met yet; `count` says how many things still wait, where they can be counted. */
export type Missing = { readonly requirement: string; readonly count?: number };

/** An expected 'no'. Its id is stable and every surface (page, API, log) shows the same one. */
export type Refusal =
  | { readonly id: 'not_found' }
  | { readonly id: 'forbidden' }
  | { readonly id: 'unknown_event'; readonly event: string }
  | { readonly id: 'not_in_this_step'; readonly step: string; readonly what: string }
  | { readonly id: 'requirements_missing'; readonly step: string; readonly missing: readonly Missing[] }
  | { readonly id: 'case_changed'; readonly version: number }
  | { readonly id: 'case_exists' }
  | { readonly id: 'idempotency_key_reused' }
  | { readonly id: 'invalid'; readonly fields: readonly FieldProblem[] };

/** Either what was asked for, or the refusal. */
export type Result<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly refusal: Refusal };

export const refuse = (refusal: Refusal): { ok: false; refusal: Refusal } => ({ ok: false, refusal });

export const invalid = (...fields: FieldProblem[]): { ok: false; refusal: Refusal } =>
  refuse({ id: 'invalid', fields });
