import type { Manifest } from '../../manifests/manifest.ts';
import type { CellValue } from '../column-type.ts';
import type { JsonObject } from '../declaration/json-object.ts';
import { hasKnownVocabulary, tokenCounter } from '../prices/count-tokens.ts';
import { addedTokens, cacheableTokens, requestShape } from '../prices/request-shape.ts';
import type { Model } from '../step-kind.ts';
import { answerTokens } from './answer-tokens.ts';
import { blankInputs } from './blank-inputs.ts';
import type { StepUsage } from './cost-forecast.ts';
import type { Forecast } from './forecast.ts';
import type { Range } from './range.ts';
import type { ReadImageSize } from './image-usage.ts';
import { expectedTokens, fixedTokens, measuredTokens } from './input-tokens.ts';
import type { MeasuredInputs } from './measure-inputs.ts';
import { addRanges, ONE, timesRange, wholeRange } from './range.ts';
import { rowsToCompute, type RowsToCompute } from './rows-to-compute.ts';
import { mediaOf, type PlannedStep, type RunPlan } from './run-plan.ts';

/** How a plan finds out what a run would ask; whoever plans puts it together. */
export interface UsageSources {
  /** What a cell with these inputs would ask; null where it can't be told. */
  readonly requestsOf: (step: PlannedStep, inputs: CellInputs) => Promise<readonly JsonObject[] | null>;
  readonly measure: (step: PlannedStep, rows: RowsToCompute) => Promise<MeasuredInputs>;
  readonly imageSize: ReadImageSize;
}

export type CellInputs = { readonly [role: string]: CellValue };

export interface UsageContext {
  readonly plan: RunPlan;
  readonly forecast: Forecast;
  readonly parent: Manifest | null;
}

/** The rows that a step would ask about. */
interface Asked {
  readonly rows: Range;
  /** Null where what the step reads is computed first. */
  readonly measured: MeasuredInputs | null;
  /** Of the measured rows some may turn out to be answered already: then the share from what is certain on. */
  readonly share: Range;
}

/** TikTok takes up to 10 minutes of video; hardly any is under 3 seconds. */
const AUDIO_SECONDS: Range = { low: 3, high: 600 };
/** Vocabularies of other makers: from a larger one than OpenAI's to one that hardly knows the language. */
const OTHER_VOCABULARY: Range = { low: 0.7, high: 1.6 };

/** What a run would use of the model that a step asks: from the rows themselves where those are known before the run. */
export async function stepUsage(
  step: PlannedStep,
  model: Model,
  context: UsageContext,
  sources: UsageSources,
): Promise<StepUsage> {
  const { compute } = context.forecast.steps.find((each) => each.step === step.name)!;
  const known = rowsToCompute(step, context.plan, context.forecast, context.parent);
  const measured = known && (await sources.measure(step, known));
  const part = (end: 'low' | 'high') => (measured && measured.rows > 0 ? Math.min(1, compute[end] / measured.rows) : 1);
  const share = { low: part('low'), high: part('high') };
  const rows = measured ? wholeRange(timesRange(share, { low: measured.asking, high: measured.asking })) : compute;
  const listens = Object.values(step.reads).some((read) => mediaOf(context.plan, read) === 'audio');
  const asked = { rows, measured, share };
  return listens ? soundUsage(asked) : questionUsage(step, model, asked, context, sources);
}

const soundUsage = ({ rows, measured, share }: Asked): StepUsage => ({
  calls: rows,
  inputTokens: null,
  cachedTokens: 0,
  outputTokens: null,
  audioSeconds: measured?.audioSeconds ? timesRange(share, measured.audioSeconds) : timesRange(rows, AUDIO_SECONDS),
  batch: false,
});

async function questionUsage(
  step: PlannedStep,
  model: Model,
  { rows, measured, share }: Asked,
  { plan, parent }: UsageContext,
  { requestsOf, imageSize }: UsageSources,
): Promise<StepUsage> {
  const shapesOf = async (inputs: CellInputs) => ((await requestsOf(step, inputs)) ?? []).map(requestShape);
  const [empty, one, other] = await Promise.all(['', 'a', 'bb'].map((text) => shapesOf(blankInputs(step, plan, text))));
  // A kind may have nothing to ask about an empty text.
  const base = empty!.length > 0 ? empty! : one!;
  const [first] = base;
  const unknown = { inputTokens: null, cachedTokens: 0, outputTokens: null, audioSeconds: null, batch: false };
  if (first === undefined) return { calls: rows, ...unknown };

  const count = await tokenCounter(model);
  const repeats = base.length;
  const calls = timesRange(rows, { low: repeats, high: repeats });
  const question = { step, model, plan, count, first, repeats, fixed: fixedTokens(base, count) };
  const { text, images } = measured
    ? await measuredTokens(question, measured, shapesOf, imageSize)
    : expectedTokens(question, rows);
  const scale = measured ? share : ONE;
  const inputTokens = addRanges(
    timesRange(timesRange(text, scale), hasKnownVocabulary(model) ? ONE : OTHER_VOCABULARY),
    timesRange(images, scale),
    timesRange(calls, addedTokens(first, count)),
  );
  const cacheable =
    model.base_url === undefined && first.messages > 0 ? cacheableTokens(one![0]!, other![0]!, count) : 0;
  return {
    calls,
    inputTokens: wholeRange(inputTokens),
    // The first request puts the prefix into the cache.
    cachedTokens: Math.max(0, calls.low - 1) * cacheable,
    outputTokens: timesRange(calls, answerTokens(step, first.maxOutputTokens ?? 0, parent)),
    audioSeconds: null,
    batch: true,
  };
}
