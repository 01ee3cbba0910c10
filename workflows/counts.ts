import type { ByCode, PartitionCounts, StepCounts } from './messages.ts';

export const NO_COUNTS: StepCounts = {
  rows: 0,
  ok: 0,
  skipped: {},
  failed: {},
  computed: 0,
  reused: 0,
  calls: 0,
  costNanoUsd: '0',
};

const addByCode = (a: ByCode, b: ByCode): ByCode => {
  const sum: Record<string, number> = { ...a };
  for (const [code, rows] of Object.entries(b)) sum[code] = (sum[code] ?? 0) + rows;
  return sum;
};

export const addStepCounts = (a: StepCounts, b: StepCounts): StepCounts => ({
  rows: a.rows + b.rows,
  ok: a.ok + b.ok,
  skipped: addByCode(a.skipped, b.skipped),
  failed: addByCode(a.failed, b.failed),
  computed: a.computed + b.computed,
  reused: a.reused + b.reused,
  calls: a.calls + b.calls,
  costNanoUsd: String(BigInt(a.costNanoUsd) + BigInt(b.costNanoUsd)),
});

/** Sums of two sets of counts, step by step. */
export function addCounts(a: PartitionCounts, b: PartitionCounts): PartitionCounts {
  const sum: Record<string, StepCounts> = { ...a };
  for (const [step, counts] of Object.entries(b)) sum[step] = addStepCounts(sum[step] ?? NO_COUNTS, counts);
  return sum;
}
