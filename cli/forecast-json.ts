import type { PreparedRun } from './prepare-run.ts';

/** A forecast as `gettok plan --json` prints it. Costs are dollars; null is unknown. */
export function forecastJson({ declaration, plan, parent, forecast, costs }: PreparedRun) {
  const usd = (cost: { readonly low: bigint; readonly high: bigint } | null) =>
    cost && { low: Number(cost.low) / 1e9, high: Number(cost.high) / 1e9 };
  return {
    dataset: declaration.dataset,
    branch: plan.branch,
    parent: parent?.version ?? null,
    up_to_date: forecast.upToDate,
    partitions: forecast.partitions,
    cost_usd: usd(costs.total),
    steps: forecast.steps.map(({ step, kind, rows, reuse, compute, why }) => {
      const cost = costs.steps.get(step);
      return {
        step,
        kind,
        rows,
        reuse,
        compute,
        why,
        ...(cost && {
          calls: cost.calls,
          input_tokens: cost.inputTokens,
          output_tokens: cost.outputTokens,
          cost_usd: usd(cost.costNanoUsd),
        }),
      };
    }),
  };
}
