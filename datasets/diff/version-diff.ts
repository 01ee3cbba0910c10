import type { Json } from '../../manifests/canonical-json.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { ConfigurationDiff } from '../configuration-changes.ts';

/** What differs between two versions, as `gettok diff --json` prints it. */
export interface VersionDiff {
  readonly a: DiffedVersion;
  readonly b: DiffedVersion;
  readonly rows: RowsDiff;
  /** Parts of the configurations of steps that are in both versions. */
  readonly configuration: readonly ConfigurationDiff[];
  /** Every column that was compared, also those without a change, in the order of the steps. */
  readonly columns: readonly ColumnDiff[];
  /** Columns that only one of the versions has; their values are no changes. */
  readonly only_in: { readonly a: readonly LoneColumn[]; readonly b: readonly LoneColumn[] };
}

export interface DiffedVersion {
  readonly dataset: string;
  readonly version: Digest;
}

export interface RowsDiff {
  readonly a: number;
  readonly b: number;
  readonly in_both: number;
  /** Rows in both versions of which a compared cell differs. */
  readonly changed: number;
  readonly added: RowsOfOne;
  readonly removed: RowsOfOne;
}

export interface RowsOfOne {
  readonly rows: number;
  /** The sum over them is `rows`. */
  readonly causes: readonly CauseCount[];
  /** Some or all, sorted. */
  readonly ids: readonly string[];
}

export interface CauseCount {
  readonly cause: string;
  readonly count: number;
}

export interface ColumnDiff {
  /** `stance.label`; `stance.status` is the status with the code of a failure. */
  readonly column: string;
  readonly step: string;
  readonly name: string;
  /** Cells of rows in both versions. */
  readonly changed: number;
  /** The sum over them is `changed`; the most frequent first. */
  readonly causes: readonly CauseCount[];
  /** Of a column of numbers with changes. */
  readonly moved: Moved | null;
  readonly samples: readonly ChangedCell[];
}

/** New number minus old one, over the changed cells that are numbers in both versions. */
export interface Moved {
  readonly cells: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** 64-bit integers are text; lists and structs are JSON. */
export interface ChangedCell {
  readonly id: string;
  readonly old: Json;
  readonly new: Json;
  readonly cause: string;
}

export interface LoneColumn {
  readonly column: string;
  /** Rows of the version in which its step has values. */
  readonly rows: number;
  /** Why it isn't in the other: `new step`, or a part of the configuration. */
  readonly cause: string;
}
