import type { Call } from '../../../datasets/call.ts';
import type { CellValue } from '../../../datasets/column-type.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { failedIfUnusable } from '../../ffmpeg/unusable-media-error.ts';
import { failed } from '../../step-kind.ts';
import { type TextLine, UnreadableImageError } from '../../text-reader/text-reader.ts';
import type { EngineTools, ModelEngine } from '../model-engine.ts';
import type { Question } from '../question.ts';
import { UnknownModelError } from '../unknown-model-error.ts';
import { describeFrames } from './describe-frames.ts';
import { frameFacts, UndecodableFrameError } from './frame-facts.ts';
import { stanceCount } from './stance-count.ts';
import { stanceLabels } from './stance-labels.ts';
import { BASELINE_DIMENSIONS, wordVector } from './word-vector.ts';

const MODELS: readonly string[] = ['facts-and-lexicon-1'];
const READING = { languages: ['spa', 'eng'], minConfidence: 60 } as const;

/**
 * Rules in this process, without a network: a floor that other models can be held against, and something to run without a
 * key. It describes by measuring and by reading text, classifies and embeds by counting words, and understands nothing.
 */
export const baselineEngine: ModelEngine = {
  check({ model }) {
    if (!MODELS.includes(model))
      throw new UnknownModelError(
        model,
        `The baseline has no model ${model}; it has ${MODELS.join(', ')}.`,
        'Correct it under models',
      );
  },

  checkSpeech: ({ model }) => baselineEngine.check(model),

  async transcribe() {
    return failed(
      'engine_unavailable',
      'The baseline has no model of speech. Declare a Whisper on this machine, or OpenAI.',
    );
  },

  generate: (question, output, tools) =>
    failedIfUnusable(async () => {
      const startedMs = Date.now();
      if (question.images.length === 0) return failed('no_images', 'The baseline describes images, and there is none.');
      try {
        const lines = await readLines(question, tools);
        const frames = await Promise.all(
          question.images.map(async (image) => frameFacts(await tools.blobs.get(image))),
        );
        const description = describeFrames(frames, lines);
        tools.models.note(baselineCall(question.model, 'baseline/generate', startedMs));
        const valueOf = (name: string): CellValue => {
          const isText = name.includes('text');
          if (output[name] === 'string') return isText ? lines.join('\n') : description;
          return Array.isArray(output[name]) && isText ? lines : null;
        };
        return Object.fromEntries(Object.keys(output).map((name) => [name, valueOf(name)]));
      } catch (error) {
        if (error instanceof UnreadableImageError || error instanceof UndecodableFrameError)
          return failed('unreadable_image', error.message);
        throw error;
      }
    }),

  async classify({ model, texts }, declared, { models }) {
    const startedMs = Date.now();
    const labels = stanceLabels(declared);
    if (labels === null)
      return failed(
        'baseline_labels',
        `The baseline tells support, no support and neutral apart, not ${declared.join(', ')}.`,
      );
    const count = stanceCount(Object.values(texts).flatMap(textsIn).join('.\n'));
    const balance = count.for.length - count.against.length;
    const label = balance > 0 ? labels.for : balance < 0 ? labels.against : labels.neutral;
    const rationale = `Words counted, not understood: ${labels.for} ${phrases(count.for)}, ${labels.against} ${phrases(count.against)}.`;
    models.note(baselineCall(model, 'baseline/classify', startedMs));
    return { label, rationale };
  },

  async embed({ model, text, dimensions = BASELINE_DIMENSIONS }, { models }) {
    const startedMs = Date.now();
    const vector = wordVector(text, dimensions);
    models.note(baselineCall(model, 'baseline/embed', startedMs));
    return vector;
  },
};

const phrases = (found: readonly string[]) => (found.length === 0 ? '0' : `${found.length} (${found.join(', ')})`);

/** Lines of text in the images, each once. */
async function readLines(
  { images }: Question,
  { blobs, textReader, scratch, signal, tuning }: EngineTools,
): Promise<string[]> {
  const lines = new Set<string>();
  for (const image of images) {
    const limits = { signal, timeoutMs: tuning.timeout_s * 1000 };
    const found: TextLine[] = await textReader.read(await blobs.file(image), { ...READING, scratch }, limits);
    for (const { text } of found) lines.add(text);
  }
  return [...lines];
}

function textsIn(value: CellValue): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}

const baselineCall = ({ provider, model }: Model, endpoint: string, startedMs: number): Call => ({
  endpoint,
  request_key: null,
  prompt_digest: null,
  answer_digest: null,
  provider,
  model_requested: model,
  model_returned: model,
  response_id: null,
  request_id: null,
  input_tokens: null,
  cached_input_tokens: null,
  output_tokens: null,
  audio_seconds: null,
  cost_nano_usd: 0n,
  attempt: 1,
  started_ms: BigInt(startedMs),
  ended_ms: BigInt(Date.now()),
});
