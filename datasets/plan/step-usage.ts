import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { equalJson } from '../../manifests/canonical-json.ts';
import type { CellValue } from '../column-type.ts';
import type { JsonObject } from '../declaration/json-object.ts';
import { placeholdersOf } from '../declaration/prompt-template.ts';
import { isPrompt } from '../declaration/parameter-references.ts';
import { type CountTokens, hasKnownVocabulary, tokenCounter } from '../prices/count-tokens.ts';
import { type ImageSize, imageTokens } from '../prices/image-tokens.ts';
import { addedTokens, cacheableTokens, type RequestShape, requestShape, textTokens } from '../prices/request-shape.ts';
import { totalFromSample } from '../prices/total-from-sample.ts';
import type { Model } from '../step-kind.ts';
import { addCalls, NO_CALLS } from '../step-result.ts';
import { blankInputs } from './blank-inputs.ts';
import type { StepUsage } from './cost-forecast.ts';
import type { Forecast, Range } from './forecast.ts';
import { expectedImages, measuredImageTokens } from './image-usage.ts';
import type { MeasuredInputs } from './measure-inputs.ts';
import { addRanges, NONE, timesRange, wholeRange } from './range.ts';
import { rowsToCompute, type RowsToCompute } from './rows-to-compute.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

export interface UsageSources {
  /** What a cell with these inputs would ask; null where it can't be told. */
  requestsOf(step: PlannedStep, inputs: { readonly [role: string]: CellValue }): Promise<readonly JsonObject[] | null>;
  measure(step: PlannedStep, rows: RowsToCompute): Promise<MeasuredInputs>;
  /** Null for what is no image whose size can be read. */
  imageSize(image: Digest): Promise<ImageSize | null>;
}

export interface UsageContext {
  readonly plan: RunPlan;
  readonly forecast: Forecast;
  readonly parent: Manifest | null;
}

/** What one placeholder may bring when nobody knows yet: nothing, or the transcript of the longest video. */
const PLACEHOLDER_CHARS: Range = { low: 0, high: 10_000 };
/** Hardly a text has fewer characters a token. */
const FEWEST_CHARS_PER_TOKEN = 3;
/** TikTok takes up to 10 minutes of video; hardly any is under 3 seconds. */
const AUDIO_SECONDS: Range = { low: 3, high: 600 };
/** The shortest answer: a label and a reason. */
const SHORTEST_ANSWER = 20;
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
  const rows = rowsToCompute(step, context.plan, context.forecast, context.parent);
  const measured = rows && (await sources.measure(step, rows));
  // Of the measured rows some may turn out to be answered already: then from what is certain on.
  const part = (end: 'low' | 'high') => (measured && measured.rows > 0 ? Math.min(1, compute[end] / measured.rows) : 1);
  const share: Range = { low: part('low'), high: part('high') };
  const asking = measured ? wholeRange(timesRange(share, { low: measured.asking, high: measured.asking })) : compute;
  const listens = Object.values(step.reads).some((read) => mediaOf(context.plan, read) === 'audio');
  if (listens) {
    const seconds = measured?.audioSeconds
      ? timesRange(share, measured.audioSeconds)
      : timesRange(asking, AUDIO_SECONDS);
    return {
      calls: asking,
      inputTokens: null,
      cachedTokens: 0,
      outputTokens: null,
      audioSeconds: seconds,
      batch: false,
    };
  }

  const count = await tokenCounter(model);
  const shapesOf = async (inputs: { readonly [role: string]: CellValue }): Promise<readonly RequestShape[]> =>
    ((await sources.requestsOf(step, inputs)) ?? []).map(requestShape);
  const [empty, one, other] = await Promise.all(
    ['', 'a', 'bb'].map((text) => shapesOf(blankInputs(step, context.plan, text))),
  );
  const [first] = empty!;
  const unknown = { inputTokens: null, cachedTokens: 0, outputTokens: null, audioSeconds: null, batch: false };
  if (first === undefined) return { calls: asking, ...unknown };

  const repeats = empty!.length;
  const calls = { low: asking.low * repeats, high: asking.high * repeats };
  const fixed = first.texts.length === 0 ? 0 : sumOf(empty!, (shape) => textTokens(shape, count));
  const added = addedTokens(first, count);
  const { text, images } = measured
    ? await measuredTokens({ step, model, count, fixed, shapesOf, first }, measured, context.plan, sources)
    : expectedTokens({ step, model, first, fixed, repeats }, compute, context.plan);
  const vocabulary = hasKnownVocabulary(model) ? { low: 1, high: 1 } : OTHER_VOCABULARY;
  const scaled = measured ? share : { low: 1, high: 1 };
  const repeated = measured ? timesRange(images, { low: repeats, high: repeats }) : images;
  const inputTokens = addRanges(
    timesRange(timesRange(text, scaled), vocabulary),
    timesRange(repeated, scaled),
    timesRange(calls, added),
  );
  const cacheable =
    model.base_url === undefined && one?.[0] && other?.[0] ? cacheableTokens(one[0], other[0], count) : 0;
  return {
    calls,
    inputTokens: wholeRange(inputTokens),
    // The first request puts the prefix into the cache.
    cachedTokens: Math.max(0, calls.low - 1) * cacheable,
    outputTokens: timesRange(calls, answerTokens(step, first, context.parent)),
    audioSeconds: null,
    batch: first.messages > 0,
  };
}

interface Asking {
  readonly step: PlannedStep;
  readonly model: Model;
  /** Tokens of the texts of a cell's requests without what a row brings. */
  readonly fixed: number;
  readonly first: RequestShape;
}

async function measuredTokens(
  {
    step,
    model,
    count,
    fixed,
    shapesOf,
    first,
  }: Asking & {
    readonly count: CountTokens;
    shapesOf(inputs: { readonly [role: string]: CellValue }): Promise<readonly RequestShape[]>;
  },
  measured: MeasuredInputs,
  plan: RunPlan,
  { imageSize }: UsageSources,
): Promise<{ readonly text: Range; readonly images: Range }> {
  const sampled: { size: number; value: number }[] = [];
  for (const { chars, inputs } of measured.sample) {
    const tokens = sumOf(await shapesOf(inputs), (shape) => textTokens(shape, count));
    // At the seams a short text may cost a token less than none at all.
    sampled.push({ size: chars, value: tokens - fixed });
  }
  const values = totalFromSample(sampled, { count: measured.asking, size: measured.chars });
  const always = fixed * measured.asking;
  const { width } = expectedImages(step, plan);
  return {
    text: addRanges({ low: always, high: always }, values),
    images: await measuredImageTokens({ model: model.model, detail: first.detail, width }, measured, imageSize),
  };
}

function expectedTokens(
  { step, model, first, fixed, repeats }: Asking & { readonly repeats: number },
  rows: Range,
  plan: RunPlan,
): { readonly text: Range; readonly images: Range } {
  const prompts = Object.values(step.params).filter(isPrompt);
  const texts = prompts.reduce((sum, { text }) => sum + placeholdersOf(text).length, 0);
  // Of a step without a prompt every column that it reads is a text of its own.
  const brought = prompts.length > 0 ? texts : Object.values(step.reads).filter((read) => !mediaOf(plan, read)).length;
  const { width, ...images } = expectedImages(step, plan);
  const perRow = {
    low: fixed + brought * repeats * PLACEHOLDER_CHARS.low,
    high: fixed + Math.ceil((brought * repeats * PLACEHOLDER_CHARS.high) / FEWEST_CHARS_PER_TOKEN),
  };
  const perImage = imageTokens(model.model, first.detail, width);
  return {
    text: timesRange(rows, perRow),
    images: timesRange(rows, timesRange(timesRange(images, { low: repeats, high: repeats }), perImage)),
  };
}

/** So few answers say nothing about others. */
const ANSWERS_NEEDED = 10;

/**
 * Tokens of one answer: those of the parent's answers by the same model, half to double, or from the shortest one to the
 * limit. What has to be asked again with a larger budget isn't in it.
 */
function answerTokens(step: PlannedStep, { maxOutputTokens }: RequestShape, parent: Manifest | null): Range {
  const limit = maxOutputTokens ?? 0;
  const before = parent?.state.steps[step.name];
  const made = Object.values(parent?.record.steps[step.name]?.partitions ?? {}).reduce(
    (sum, partition) => addCalls(sum, partition),
    NO_CALLS,
  );
  const model = (of: unknown) => (of as { readonly model?: never } | undefined)?.model ?? null;
  const mean = Number(made.output_tokens) / made.calls;
  if (made.calls < ANSWERS_NEEDED || mean === 0 || !equalJson(model(before?.parameters), model(step.parameters)))
    return { low: Math.min(SHORTEST_ANSWER, limit), high: limit };
  return { low: Math.min(limit, Math.floor(mean / 2)), high: Math.min(limit, Math.ceil(mean * 2)) };
}

const mediaOf = (plan: RunPlan, read: { readonly step: string; readonly column: string }) =>
  plan.steps.find(({ name }) => name === read.step)?.columns.find(({ name }) => name === read.column)?.media;

const sumOf = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((sum, item) => sum + value(item), 0);
