import type { RenderedRequest } from '../../activities/models/replay-requests.ts';
import type { RecordedAnswer } from '../../datasets/answers-file.ts';
import type { Call } from '../../datasets/call.ts';
import type { Cell } from '../../datasets/cell.ts';
import type { Columns } from '../../datasets/column-type.ts';
import type { LoggedRequest } from '../../datasets/request-log.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { StepState } from '../../manifests/manifest.ts';

/** Where one value of one version comes from, back to what stood outside of the dataset. */
export interface CellStory {
  readonly dataset: string;
  readonly version: Digest;
  readonly tags: readonly string[];
  readonly id: string;
  readonly partition: string;
  readonly step: string;
  readonly column: string;
  /** The asked one, then those that it was made of, the nearest first; the row's own at the end. */
  readonly cells: readonly [ToldCell, ...ToldCell[]];
  /** What was asked of models for the asked cell, rendered again. */
  readonly asked: AskedAgain;
}

/** One step's cell of the row. */
export interface ToldCell extends Cell {
  readonly step: string;
  readonly state: StepState;
  readonly columns: Columns;
  readonly inputs: readonly ToldInput[];
  /** Columns that this story is about: the asked one, or those that a later step reads. */
  readonly shown: readonly string[];
  /** What its code stands for; null for a cell that is ok, and for codes of other programs. */
  readonly meaning: string | null;
  /** When the run that made it began; null where its name doesn't say. */
  readonly runStartedMs: number | null;
  readonly place: Place | null;
}

export interface ToldInput {
  readonly role: string;
  readonly step: string;
  readonly column: string;
}

/** Where a row came from. */
export type Place =
  | { readonly kind: 'request'; readonly request: string; readonly sent: LoggedRequest | null }
  /** Such as `data/videos.jsonl:12`, or that it came with an earlier version. */
  | { readonly kind: 'place'; readonly text: string }
  /** In versions made before it was kept. */
  | { readonly kind: 'unknown' };

export interface AskedAgain {
  readonly requests: readonly AskedRequest[];
  /** Whether the requests, rendered again, have the digests that were recorded. */
  readonly verdict: 'same' | 'differs' | 'nothing asked' | 'not rendered';
  /** What the verdict rests on, in a sentence; null when there is nothing to add. */
  readonly note: string | null;
  /** The prompt file's text by its digest. */
  readonly prompts: ReadonlyMap<Digest, string>;
}

/** A request of the provenance, what was rendered of it and what came back. */
export interface AskedRequest {
  readonly key: string | null;
  /** Null where it could not be rendered again to the same digest. */
  readonly rendered: RenderedRequest | null;
  /** The tries that were answered or turned down, in their order; none for a request that was never recorded. */
  readonly calls: readonly Call[];
  readonly answers: readonly RecordedAnswer[];
}
