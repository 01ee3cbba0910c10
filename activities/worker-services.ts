import type { BlobStore } from '../manifests/blob-store.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import type { Database } from '../datasets/parquet/database.ts';
import type { Params } from '../datasets/step-kind.ts';
import type { CollectApi } from './collect/collect-api.ts';
import type { FailureWatch } from './failure-watch.ts';
import type { ModelCalls } from './models/model-calls.ts';
import type { Asking } from './models/step-meter.ts';
import type { Models } from './models/step-models.ts';
import type { PartitionFiles } from './partition-files.ts';
import type { CellTools, OutsideTools, StepKind } from './step-kind.ts';

/** Everything the activities of one worker share; the command line puts it together. */
export interface WorkerServices {
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly files: PartitionFiles;
  readonly database: Database;
  readonly kinds: ReadonlyMap<string, StepKind>;
  /** A folder for scratch files, on this machine. */
  readonly scratchFolder: string;
  /** After so many partitions a run continues as new; for tests. */
  readonly partitionsAPage?: number;
  /** Such as `gettok/0.1.0 node/24.21.0 ffmpeg/5.1.9`. */
  readonly software: Readonly<Record<string, string>>;
  /** What functions that look outside the dataset may use, for the dataset in this folder. */
  outside(folder: string): OutsideTools;
  readonly models: Models;
  /** An API that rows are collected from. Throws a `GettokError` that says what is missing where it can't be asked. */
  api(name: string): CollectApi;
  readonly failures: FailureWatch;
  cellTools(cell: CellToolsRequest): CellTools;
}

export interface CellToolsRequest {
  readonly id: string;
  readonly folder: string;
  /** Makes the cell's scratch folder when it is first asked for. */
  readonly scratch: () => string;
  readonly tuning: Params;
  readonly signal: AbortSignal;
  readonly models: ModelCalls;
}

/** What an activity has of Temporal: cancellation, and a way to say that it is alive and how far it is. */
export interface ActivityScope {
  readonly signal: AbortSignal;
  heartbeat(progress: StepProgress): void;
}

/** Counts that an activity sends with its heartbeats. */
export interface StepProgress extends Asking {
  readonly step: string;
  readonly partition: string | null;
  readonly rows: number;
  readonly done: number;
  readonly computed: number;
  readonly reused: number;
  readonly ok: number;
  readonly skipped: { readonly [code: string]: number };
  readonly failed: { readonly [code: string]: number };
  /** Of a source that asks an API: requests this run has sent, and what the day has left; null when not known. */
  readonly requests?: { readonly sent: number; readonly left: number | null };
}
