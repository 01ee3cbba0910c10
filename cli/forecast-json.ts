import { asBatch, type CostForecast, type CostRange } from '../datasets/plan/cost-forecast.ts';
import type { Range } from '../datasets/plan/range.ts';
import type { PromptChange } from './prompt-changes.ts';
import type { PreparedRun } from './prepare-run.ts';

/** A forecast as `gettok plan --json` prints it. Costs are dollars; null is unknown. */
export function forecastJson({
  declaration,
  plan,
  parent,
  forecast,
  costs,
  asking,
  prompts = [],
}: Pick<PreparedRun, 'declaration' | 'plan' | 'parent' | 'forecast' | 'asking'> & {
  readonly costs: CostForecast;
  readonly prompts?: readonly PromptChange[];
}) {
  return {
    dataset: declaration.dataset,
    branch: plan.branch,
    parent: parent?.version ?? null,
    up_to_date: forecast.upToDate,
    batch: plan.batch,
    partitions: forecast.partitions,
    removed_rows: forecast.removed,
    removed_steps: forecast.removedSteps,
    configuration: forecast.configuration,
    ...(prompts.length > 0 && { prompts }),
    cost_usd: usd(costs.total),
    batch_cost_usd: usd(costs.batchTotal),
    unknown_prices: costs.unknown,
    ...(asking.length > 0 && {
      collecting: asking.map(({ step, api, requests, rows, requestsADay, leftToday, days }) => ({
        step,
        api,
        requests,
        rows,
        requests_a_day: requestsADay,
        left_today: leftToday,
        days,
      })),
    }),
    steps: forecast.steps.map(({ step, kind, rows, reuse, compute, why, reasons, open }) => {
      const cost = costs.steps.get(step);
      return {
        step,
        kind,
        rows,
        ...(open === true && { open }),
        reuse,
        compute,
        why,
        reasons,
        ...(cost && {
          calls: cost.calls,
          input_tokens: cost.inputTokens,
          output_tokens: cost.outputTokens,
          audio_minutes: minutes(cost.audioSeconds),
          cost_usd: usd(cost.costNanoUsd),
          batch_cost_usd: usd(asBatch(cost)),
        }),
      };
    }),
  };
}

const usd = (cost: CostRange) => cost && { low: Number(cost.low) / 1e9, high: Number(cost.high) / 1e9 };

const minutes = (seconds: Range | null) => seconds && { low: seconds.low / 60, high: seconds.high / 60 };
