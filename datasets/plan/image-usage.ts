import { type Digest, isDigest } from '../../manifests/digest.ts';
import type { CellValue } from '../column-type.ts';
import { type Detail, type ImageSize, imageTokens, imageTokensOfSize } from '../prices/image-tokens.ts';
import { totalFromSample } from '../prices/total-from-sample.ts';
import type { Range } from './range.ts';
import type { MeasuredInputs } from './measure-inputs.ts';
import { NONE, timesRange } from './range.ts';
import type { PlannedRead, PlannedStep, RunPlan } from './run-plan.ts';

/** Where the step that makes the images doesn't say. */
const IMAGES = { max: 8, width: 768 };
/** Images are made of all sizes, but by few cameras: more headers would cost more time than they narrow the estimate. */
const SIZES_READ = 40;

/** How many images a row of the step has at least and at most, and how wide they are at most. */
export function expectedImages(step: PlannedStep, plan: RunPlan): Range & { readonly width: number } {
  const counts = Object.values(step.reads).map((read) => countOf(read, plan));
  return {
    low: counts.reduce((sum, { low }) => sum + low, 0),
    high: counts.reduce((sum, { high }) => sum + high, 0),
    width: Math.max(0, ...counts.map(({ width }) => width)),
  };
}

function countOf({ step: from, column: name }: PlannedRead, plan: RunPlan): Range & { readonly width: number } {
  const maker = plan.steps.find((each) => each.name === from);
  const column = maker?.columns.find((each) => each.name === name);
  if (column?.media !== 'image') return { ...NONE, width: 0 };
  const { max, width } = { ...IMAGES, ...wholeNumbers(maker?.params ?? {}) };
  return { low: 1, high: typeof column.type === 'object' ? max : 1, width };
}

const wholeNumbers = ({ max, width }: { readonly [name: string]: unknown }) => ({
  ...(typeof max === 'number' && { max }),
  ...(typeof width === 'number' && { width }),
});

/** Null for what is no image whose size can be read. */
export type ReadImageSize = (image: Digest) => Promise<ImageSize | null>;

/** Tokens of all images of the measured rows: from their sizes, where those count, of a few that are looked at. */
export async function measuredImageTokens(
  { model, detail, width }: { readonly model: string; readonly detail: Detail; readonly width: number },
  { images, sample }: MeasuredInputs,
  sizeOf: ReadImageSize,
): Promise<Range> {
  const bounds = imageTokens(model, detail, width);
  const all = timesRange({ low: images, high: images }, bounds);
  if (images === 0 || bounds.low === bounds.high) return all;
  const rows = sample.map(({ inputs }) => Object.values(inputs).flatMap(imagesIn));
  const chosen = images <= SIZES_READ ? rows.flat() : rows.flatMap(([first]) => first ?? []).slice(0, SIZES_READ);
  const sizes = await Promise.all(chosen.map(sizeOf));
  if (sizes.length === 0 || sizes.includes(null)) return all;
  const ranges = sizes.map((size) => imageTokensOfSize(model, detail, size!));
  const bound = (end: 'low' | 'high') =>
    totalFromSample(
      ranges.map((range) => ({ size: 1, value: range[end] })),
      { count: images, size: images },
    )[end];
  return { low: bound('low'), high: Math.min(all.high, bound('high')) };
}

const imagesIn = (value: CellValue): readonly Digest[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is Digest => isDigest(item));
