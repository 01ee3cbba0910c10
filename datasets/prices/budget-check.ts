import { GettokError } from '../../manifests/gettok-error.ts';
import { type CostForecast, modelOf } from '../plan/cost-forecast.ts';
import type { Forecast } from '../plan/forecast.ts';
import type { PlannedStep, RunPlan } from '../plan/run-plan.ts';
import type { Model } from '../step-kind.ts';
import { readableDollars } from './dollars.ts';
import { hasImageRule } from './image-tokens.ts';
import { billedApart } from './billed-apart.ts';
import { builtInPrices, priceOf, type PriceTable } from './price-table.ts';

/** `--max-usd` with steps of which the most that a request costs can't be known. Nothing was run. */
export class UnboundedCostError extends GettokError {
  override readonly name = 'UnboundedCostError';
  override readonly wrongUse = true;
  readonly steps: readonly string[];
  constructor(maxNanoUsd: bigint, lacking: readonly Lack[]) {
    const lines = lacking.map(({ step, lacks, mend }) => `  ${step}: ${lacks}.\n    ${mend}`);
    super(
      `--max-usd ${readableDollars(maxNanoUsd)} needs to know the most that each request can cost. Nothing was run, for\n` +
        `${lines.join('\n')}\nOr remove --max-usd.`,
    );
    this.steps = lacking.map(({ step }) => step);
  }
}

interface Lack {
  readonly step: string;
  readonly lacks: string;
  readonly mend: string;
}

/** Throws unless the cost of every request that the plan may make has a bound. Steps with nothing to compute ask nobody. */
export function checkBudget(plan: RunPlan, { steps }: Pick<Forecast, 'steps'>, prices: PriceTable = builtInPrices) {
  if (plan.maxNanoUsd === null) return;
  const lacking = plan.steps.flatMap((step) => {
    const model = modelOf(step);
    const computes = steps.some((each) => each.step === step.name && (each.compute.high > 0 || each.open === true));
    const lack = model?.provider === 'openai' && computes ? lackOf(step, model, plan, prices) : null;
    return lack ? [{ step: step.name, ...lack }] : [];
  });
  if (lacking.length > 0) throw new UnboundedCostError(BigInt(plan.maxNanoUsd), lacking);
}

/** What a person should know of a budget that is enough for no more than a part of the plan. */
export function budgetNotes(
  { maxNanoUsd, batch }: RunPlan,
  { total, batchTotal }: Pick<CostForecast, 'total' | 'batchTotal'>,
): string[] {
  const least = (batch ? batchTotal : total)?.low ?? null;
  if (maxNanoUsd === null || least === null) return [];
  if (BigInt(maxNanoUsd) >= least) return [];
  return [
    `--max-usd ${readableDollars(BigInt(maxNanoUsd))} is not enough: the least is ${readableDollars(least)}. The run would stop on the way; a later one goes on from there`,
  ];
}

function lackOf(step: PlannedStep, model: Model, plan: RunPlan, prices: PriceTable): Omit<Lack, 'step'> | null {
  const named = `model ${model.name} (${model.model})`;
  const declare = (keys: string) => `Add price: { ${keys} } to models.${model.name} in dataset.yaml.`;
  const price = priceOf(prices, model);
  const extra = billedApart(model.parameters ?? {});
  if (extra !== null)
    return {
      lacks: `what the parameter ${extra} of ${named} costs is not known`,
      mend: `Remove ${extra} from the parameters of models.${model.name}.`,
    };
  if (readsMedia(step, plan, 'audio')) {
    if (typeof price?.audioMinute === 'number' && price.input === null) return null;
    return { lacks: `the price of a minute of audio of ${named} is not known`, mend: declare('audio_minute: …') };
  }
  const answers = step.kind !== 'ai/embed';
  if (typeof price?.input !== 'number' || (answers && price.output === null))
    return { lacks: `the price of ${named} is not known`, mend: declare(answers ? 'input: …, output: …' : 'input: …') };
  if (answers && typeof step.params['max_output_tokens'] !== 'number')
    return {
      lacks: `${step.kind} sets no limit to the tokens of an answer of ${named}`,
      mend: 'Give the step max_output_tokens.',
    };
  if (readsMedia(step, plan, 'image') && !hasImageRule(model.model))
    return {
      lacks: `how many tokens an image has for ${named} is not known`,
      mend: 'Declare a model whose images can be counted, such as gpt-4o or gpt-4.1.',
    };
  return null;
}

const readsMedia = (step: PlannedStep, plan: RunPlan, media: 'audio' | 'image'): boolean =>
  Object.values(step.reads).some((read) =>
    plan.steps
      .find(({ name }) => name === read.step)
      ?.columns.some((column) => column.name === read.column && column.media === media),
  );
