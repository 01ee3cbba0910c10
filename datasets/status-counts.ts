import type { PartitionSnapshot, StatusCounts } from '../manifests/manifest.ts';

export const NO_STATUS: StatusCounts = { ok: 0, skipped: {}, failed: {} };

type ByCode = StatusCounts['failed'];

const addByCode = (a: ByCode, b: ByCode): ByCode => {
  const sum = { ...a };
  for (const [code, rows] of Object.entries(b)) sum[code] = (sum[code] ?? 0) + rows;
  return sum;
};

export const addStatusCounts = (a: StatusCounts, b: StatusCounts): StatusCounts => ({
  ok: a.ok + b.ok,
  skipped: addByCode(a.skipped, b.skipped),
  failed: addByCode(a.failed, b.failed),
});

/** Rows over all codes. */
export const rowsOf = (counts: ByCode): number => Object.values(counts).reduce((sum, rows) => sum + rows, 0);

/** Rows of a step that have values. */
export const rowsWithValues = (partitions: { readonly [partition: string]: PartitionSnapshot }): number =>
  Object.values(partitions).reduce((sum, { counts }) => sum + counts.ok, 0);
