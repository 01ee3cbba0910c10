import type { PartitionCounts, StepCounts } from './messages.ts';

const add = (a: StepCounts, b: StepCounts): StepCounts => ({
  rows: a.rows + b.rows,
  ok: a.ok + b.ok,
  skipped: a.skipped + b.skipped,
  failed: a.failed + b.failed,
  computed: a.computed + b.computed,
  reused: a.reused + b.reused,
  calls: a.calls + b.calls,
  costNanoUsd: String(BigInt(a.costNanoUsd) + BigInt(b.costNanoUsd)),
});

/** Sums of two sets of counts, step by step. */
export function addCounts(a: PartitionCounts, b: PartitionCounts): PartitionCounts {
  const sum: Record<string, StepCounts> = { ...a };
  for (const [step, counts] of Object.entries(b)) sum[step] = sum[step] ? add(sum[step], counts) : counts;
  return sum;
}
