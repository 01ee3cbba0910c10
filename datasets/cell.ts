import type { Digest } from '../manifests/digest.ts';
import type { Call } from './call.ts';
import type { CellValue } from './column-type.ts';

export type Status = 'ok' | 'skipped' | 'failed';

/** What one step made for one row, with its provenance. */
export interface Cell {
  readonly id: string;
  readonly status: Status;
  /** Why it was skipped or failed, such as `no_audio`; null when ok. */
  readonly errorCode: string | null;
  /** The step's output columns; all null unless ok. */
  readonly values: { readonly [column: string]: CellValue };
  readonly cellKey: Digest;
  readonly run: string;
  readonly errorMessage: string | null;
  /** Such as `gettok/0.1.0 node/24.21.0 ffmpeg/5.1.9`. */
  readonly software: string;
  readonly calls: readonly Call[];
  /** Only in a source step: 32 random bytes in hexadecimal, made when the id first entered the dataset. */
  readonly salt?: string;
  /** Only in a source step: where the row came from, such as `data/videos.jsonl:12` or a request of its log. */
  readonly origin?: string;
  /** Only in a step that asks models: the file of raw answers that holds those of `calls`; null when there are none. */
  readonly answers?: Digest | null;
}

/** Code of a row that was skipped because a pilot asked about a sample that it isn't in. */
export const NOT_SAMPLED = 'not_sampled';

/** Codes of failures that the next run asks again by itself, because what was missing may be there now. */
export const ASKED_AGAIN: readonly string[] = ['engine_unavailable'];

/** Codes of failures that pass with the provider's bad hour: a run that is interrupted doesn't keep them. */
const PASSING_CODES: readonly string[] = ['provider_error', 'timed_out'];

export const isPassing = ({ errorCode }: Pick<Cell, 'errorCode'>): boolean =>
  errorCode !== null && PASSING_CODES.includes(errorCode);
