import { isPrompt } from '../declaration/parameter-references.ts';
import { placeholdersOf } from '../declaration/prompt-template.ts';
import type { CountTokens } from '../prices/count-tokens.ts';
import { imageTokens } from '../prices/image-tokens.ts';
import { type RequestShape, textTokens } from '../prices/request-shape.ts';
import { totalFromSample } from '../prices/total-from-sample.ts';
import type { Model } from '../step-kind.ts';
import type { Range } from './range.ts';
import { expectedImages, measuredImageTokens, type ReadImageSize } from './image-usage.ts';
import type { MeasuredInputs } from './measure-inputs.ts';
import { addRanges, timesRange } from './range.ts';
import { mediaOf, type PlannedStep, type RunPlan } from './run-plan.ts';
import type { CellInputs } from './step-usage.ts';

/** What is asked about every row of a step alike. */
export interface StepQuestion {
  readonly step: PlannedStep;
  readonly model: Model;
  readonly plan: RunPlan;
  readonly count: CountTokens;
  /** The first request of a cell whose texts are empty. */
  readonly first: RequestShape;
  /** Requests a cell. */
  readonly repeats: number;
  /** Tokens of the texts of a cell's requests without what a row brings. */
  readonly fixed: number;
}

/** Of texts and of images apart, for all rows together. */
interface InputTokens {
  readonly text: Range;
  readonly images: Range;
}

export const fixedTokens = (requests: readonly RequestShape[], count: CountTokens): number =>
  requests.reduce((sum, request) => sum + textTokens(request, count), 0);

/** Tokens of rows that are known: all lengths, and a sample of requests that is counted. */
export async function measuredTokens(
  { step, model, plan, count, first, repeats, fixed }: StepQuestion,
  measured: MeasuredInputs,
  shapesOf: (inputs: CellInputs) => Promise<readonly RequestShape[]>,
  imageSize: ReadImageSize,
): Promise<InputTokens> {
  const sampled = await Promise.all(
    measured.sample.map(async ({ chars, inputs }) => ({
      size: chars,
      // At its seams a short text may cost a token less than none at all.
      value: fixedTokens(await shapesOf(inputs), count) - fixed,
    })),
  );
  const values = totalFromSample(sampled, { count: measured.asking, size: measured.chars });
  const always = fixed * measured.asking;
  const { width } = expectedImages(step, plan);
  const images = await measuredImageTokens({ model: model.model, detail: first.detail, width }, measured, imageSize);
  return {
    text: addRanges({ low: always, high: always }, values),
    images: timesRange(images, { low: repeats, high: repeats }),
  };
}

/** What one placeholder may bring when nobody knows yet: nothing, or the transcript of the longest video. */
const PLACEHOLDER_CHARS: Range = { low: 0, high: 10_000 };
/** Hardly a text has fewer characters a token. */
const FEWEST_CHARS_PER_TOKEN = 3;

/** Tokens of so many rows of which nothing is known yet. */
export function expectedTokens({ step, model, plan, first, repeats, fixed }: StepQuestion, rows: Range): InputTokens {
  const prompts = Object.values(step.params).filter(isPrompt);
  const named = prompts.reduce((sum, { text }) => sum + placeholdersOf(text).length, 0);
  // Of a step without a prompt every column that it reads is a text of its own.
  const brought = prompts.length > 0 ? named : Object.values(step.reads).filter((read) => !mediaOf(plan, read)).length;
  const { width, ...images } = expectedImages(step, plan);
  const perRow = {
    low: fixed + brought * repeats * PLACEHOLDER_CHARS.low,
    high: fixed + Math.ceil((brought * repeats * PLACEHOLDER_CHARS.high) / FEWEST_CHARS_PER_TOKEN),
  };
  const asked = timesRange(rows, { low: repeats, high: repeats });
  const perImage = imageTokens(model.model, first.detail, width);
  return { text: timesRange(rows, perRow), images: timesRange(asked, timesRange(images, perImage)) };
}
