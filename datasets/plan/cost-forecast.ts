import { isModel } from '../declaration/parameter-references.ts';
import type { Model } from '../step-kind.ts';
import type { Forecast, Range } from './forecast.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

/** Cost of one request, or of many, between two bounds; null when the price is not known. */
export type CostRange = { readonly low: bigint; readonly high: bigint } | null;

/** One request of a step, as far as it can be known without reading a row. */
export interface CallEstimate {
  readonly inputTokens: Range;
  readonly outputTokens: Range;
  readonly costNanoUsd: CostRange;
}

export interface StepCost extends CallEstimate {
  readonly calls: Range;
}

export interface CostForecast {
  /** Only steps that ask a model that is paid for. */
  readonly steps: ReadonlyMap<string, StepCost>;
  readonly total: CostRange;
  readonly notes: readonly string[];
}

/** The models a step asks: those among its parameters. */
export const modelOf = (step: PlannedStep): Model | null => Object.values(step.params).find(isModel) ?? null;

/** Multiplies what a forecast computes by what one call of each step costs. */
export function forecastCosts(
  plan: RunPlan,
  { steps: forecasts }: Forecast,
  estimate: (step: PlannedStep, model: Model, plan: RunPlan) => CallEstimate | null,
): CostForecast {
  const steps = new Map<string, StepCost>();
  for (const step of plan.steps) {
    const model = modelOf(step);
    const calls = forecasts.find((each) => each.step === step.name)!.compute;
    if (!model || calls.high === 0) continue;
    const one = estimate(step, model, plan);
    if (!one) continue;
    steps.set(step.name, {
      calls,
      inputTokens: times(calls, one.inputTokens),
      outputTokens: times(calls, one.outputTokens),
      costNanoUsd: one.costNanoUsd && {
        low: BigInt(calls.low) * one.costNanoUsd.low,
        high: BigInt(calls.high) * one.costNanoUsd.high,
      },
    });
  }
  const costs = [...steps.values()].map(({ costNanoUsd }) => costNanoUsd);
  const total = costs.reduce<CostRange>(
    (sum, cost) => sum && cost && { low: sum.low + cost.low, high: sum.high + cost.high },
    { low: 0n, high: 0n },
  );
  const unknown = [...steps].filter(([, { costNanoUsd }]) => costNanoUsd === null).map(([name]) => name);
  const notes =
    unknown.length > 0 ? [`the price of the model of ${unknown.join(', ')} is not known: it is in no sum`] : [];
  return { steps, total, notes };
}

const times = (a: Range, b: Range): Range => ({ low: a.low * b.low, high: a.high * b.high });
