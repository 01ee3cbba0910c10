import type { CallEstimate } from '../plan/cost-forecast.ts';
import type { Range } from '../plan/forecast.ts';
import type { PlannedRead, PlannedStep, RunPlan } from '../plan/run-plan.ts';
import { placeholdersOf } from '../declaration/prompt-template.ts';
import type { Model, Prompt } from '../step-kind.ts';
import { estimateCall } from './estimate-call.ts';
import type { Detail } from './image-tokens.ts';
import { builtInPrices, type PriceTable } from './price-table.ts';

/** The fixed words around a prompt, and its answer schema. */
const FIXED_CHARS = 1200;
/** What one placeholder may bring: nothing, or the transcript of the longest video. */
const PLACEHOLDER_CHARS: Range = { low: 0, high: 10_000 };
/** TikTok takes up to 10 minutes of video; hardly any is under 3 seconds. */
const AUDIO_SECONDS: Range = { low: 3, high: 600 };
const NONE: Range = { low: 0, high: 0 };
/** Where the step that makes the images doesn't say. */
const IMAGES = { max: 8, width: 768 };

/** What one cell of a step asks, from its parameters and those of the steps it reads; null where nobody is paid. */
export function estimateStep(
  step: PlannedStep,
  model: Model,
  plan: RunPlan,
  prices: PriceTable = builtInPrices,
): CallEstimate | null {
  if (model.provider !== 'openai') return null;
  const { prompt, detail, max_output_tokens: maxOutputTokens } = step.params as Partial<QuestionParams>;
  if (prompt === undefined) {
    const nothing = { promptChars: NONE, images: NONE, imageWidth: 0, detail: 'low', maxOutputTokens: 0 } as const;
    return estimateCall(model, { ...nothing, audioSeconds: AUDIO_SECONDS }, prices);
  }
  const placeholders = placeholdersOf(prompt.text).length;
  const images = imagesOf(step, plan);
  return estimateCall(
    model,
    {
      promptChars: {
        low: FIXED_CHARS + prompt.text.length + placeholders * PLACEHOLDER_CHARS.low,
        high: FIXED_CHARS + prompt.text.length + placeholders * PLACEHOLDER_CHARS.high,
      },
      images: images.count,
      imageWidth: images.width,
      detail: detail ?? 'auto',
      maxOutputTokens: maxOutputTokens ?? 0,
      audioSeconds: NONE,
    },
    prices,
  );
}

interface QuestionParams {
  readonly prompt: Prompt;
  readonly detail: Detail;
  readonly max_output_tokens: number;
}

/** How many images the step reads for one row, and how wide they are at most. */
function imagesOf(step: PlannedStep, plan: RunPlan): { readonly count: Range; readonly width: number } {
  const counts = Object.values(step.reads).map((read) => countOf(read, plan));
  return {
    count: {
      low: counts.reduce((sum, { low }) => sum + low, 0),
      high: counts.reduce((sum, { high }) => sum + high, 0),
    },
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
