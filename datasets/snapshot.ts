import type { Digest } from '../manifests/digest.ts';

/** The two files of one step for one partition, and what the plan needs to know of them without reading them. */
export interface PartitionSnapshot {
  readonly values: Digest;
  readonly provenance: Digest;
  readonly rows: number;
  readonly counts: StatusCounts;
  readonly root: Digest;
}

/** Rows by status; skipped and failed ones by code. */
export interface StatusCounts {
  readonly ok: number;
  readonly skipped: { readonly [code: string]: number };
  readonly failed: { readonly [code: string]: number };
}
