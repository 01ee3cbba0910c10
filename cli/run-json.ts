import type { Manifest } from '../manifests/manifest.ts';
import { addStatusCounts, NO_STATUS, rowsOf } from '../datasets/status-counts.ts';
import { leftOut } from '../datasets/plan/reuse.ts';
import { NO_COUNTS } from '../workflows/counts.ts';
import type { RunOutcome } from '../workflows/run-dataset.ts';

/** The object that ends `gettok run --json`: what is in the version, and what this run computed and paid for it. */
export function runJson(version: string, { state, record }: Manifest, outcome: RunOutcome | null) {
  const steps = Object.entries(state.steps).map(([name, step]) => {
    const partitions = Object.values(step.partitions);
    const { ok, skipped, failed } = partitions.map(({ counts }) => counts).reduce(addStatusCounts, NO_STATUS);
    const rows = partitions.reduce((sum, partition) => sum + partition.rows, 0);
    const { computed, calls, costNanoUsd } = outcome?.position.steps[name] ?? NO_COUNTS;
    const cost_usd = Number(BigInt(costNanoUsd)) / 1e9;
    return [
      name,
      {
        rows,
        ok,
        skipped: rowsOf(skipped),
        failed: rowsOf(failed),
        computed,
        reused: rows - computed - leftOut({ ok, skipped, failed }),
        calls,
        cost_usd,
      },
    ] as const;
  });
  return { version, parent: record.parent, changed: outcome?.changed ?? false, steps: Object.fromEntries(steps) };
}
