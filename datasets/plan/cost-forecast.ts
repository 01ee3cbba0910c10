import { isModel } from '../declaration/parameter-references.ts';
import { BATCH_SHARE, builtInPrices, costOf, type PriceTable } from '../prices/price-table.ts';
import type { Model } from '../step-kind.ts';
import type { Forecast } from './forecast.ts';
import type { Range } from './range.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

/** Billionths of a US dollar between two bounds. */
export interface KnownCost {
  readonly low: bigint;
  readonly high: bigint;
}

/** Null when the price is not known. */
export type CostRange = KnownCost | null;

/** What a run would use of the model that a step asks. Null is "not known before", or "not what this is paid by". */
export interface StepUsage {
  readonly calls: Range;
  readonly inputTokens: Range | null;
  /** Input tokens that the provider's prompt cache may hold: they are cheaper, at best. */
  readonly cachedTokens: number;
  readonly outputTokens: Range | null;
  readonly audioSeconds: Range | null;
  /** Whether the requests can be asked through the Batch API. */
  readonly batch: boolean;
}

export interface StepCost extends StepUsage {
  readonly costNanoUsd: CostRange;
}

export interface CostForecast {
  /** Only steps that ask a model that is paid for. */
  readonly steps: ReadonlyMap<string, StepCost>;
  /** Null when the price of a step isn't known, or how many rows there will be. */
  readonly total: CostRange;
  readonly batchTotal: CostRange;
  /** The sums over the steps whose price is known, and the others by name. */
  readonly known: KnownCost;
  readonly batchKnown: KnownCost;
  readonly unknown: readonly string[];
  /** Steps that ask models about rows which are not collected yet: the costs are those of the rows there are. */
  readonly open: readonly string[];
  /** What else a person should know before the run. */
  readonly notes: readonly string[];
}

/** The models a step asks: those among its parameters. */
export const modelOf = (step: PlannedStep): Model | null => Object.values(step.params).find(isModel) ?? null;

const NOTHING: KnownCost = { low: 0n, high: 0n };

/** Prices what each step would use. Steps that compute nothing or whose models aren't paid for aren't asked about. */
export async function forecastCosts(
  plan: RunPlan,
  { steps: forecasts }: Forecast,
  usageOf: (step: PlannedStep, model: Model) => Promise<StepUsage>,
  prices: PriceTable = builtInPrices,
): Promise<CostForecast> {
  const steps = new Map<string, StepCost>();
  for (const step of plan.steps) {
    const model = modelOf(step);
    if (model?.provider !== 'openai') continue;
    if (forecasts.find((each) => each.step === step.name)!.compute.high === 0) continue;
    const usage = await usageOf(step, model);
    steps.set(step.name, { ...usage, costNanoUsd: costRange(prices, model, usage) });
  }
  const unknown = [...steps].flatMap(([name, { costNanoUsd }]) => (costNanoUsd === null ? [name] : []));
  const sum = (costOfStep: (step: StepCost) => CostRange) =>
    [...steps.values()].map(costOfStep).reduce<KnownCost>((total, cost) => addCosts(total, cost ?? NOTHING), NOTHING);
  const known = sum(({ costNanoUsd }) => costNanoUsd);
  const batchKnown = sum(asBatch);
  const open = plan.steps.flatMap((step) =>
    modelOf(step)?.provider === 'openai' && forecasts.some((each) => each.step === step.name && each.open === true)
      ? [step.name]
      : [],
  );
  const whole = unknown.length === 0 && open.length === 0;
  const totals = { total: whole ? known : null, batchTotal: whole ? batchKnown : null };
  return { steps, known, batchKnown, unknown, open, ...totals, notes: [] };
}

function costRange(prices: PriceTable, model: Model, usage: StepUsage): CostRange {
  const cost = (end: 'low' | 'high') =>
    costOf(prices, model, {
      inputTokens: usage.inputTokens?.[end] ?? null,
      cachedInputTokens: end === 'low' ? Math.min(usage.cachedTokens, usage.inputTokens?.low ?? 0) : 0,
      outputTokens: usage.outputTokens?.[end] ?? null,
      audioSeconds: usage.audioSeconds?.[end] ?? null,
    });
  const [low, high] = [cost('low'), cost('high')];
  return low === null || high === null ? null : { low, high };
}

/** The cost of a step in `run --batch`; steps that the Batch API doesn't take cost what they cost. */
export function asBatch({ costNanoUsd, batch }: Pick<StepCost, 'costNanoUsd' | 'batch'>): CostRange {
  if (costNanoUsd === null || !batch) return costNanoUsd;
  const part = (cost: bigint) => (cost * BATCH_SHARE.numerator) / BATCH_SHARE.denominator;
  return { low: part(costNanoUsd.low), high: part(costNanoUsd.high) };
}

const addCosts = (a: KnownCost, b: KnownCost): KnownCost => ({ low: a.low + b.low, high: a.high + b.high });
