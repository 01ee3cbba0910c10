import { OpenAIError } from './openai-error.ts';

export interface ChatModel {
  readonly kind: 'chat';
  /** What `model` in the answer says: an alias is answered by a dated model. */
  readonly dated: string;
  /** Reasoning refuses `max_tokens` and sampling parameters, and spends tokens; `choosable`: not with effort `none`. */
  readonly reasoning: 'always' | 'choosable' | 'never';
  /** The `reasoning_effort` of a request that names none. */
  readonly defaultEffort: 'none' | 'medium';
  readonly structuredOutput: boolean;
  readonly vision: boolean;
  readonly maxOutputTokens: number;
  /** Takes `prompt_cache_options` and `prompt_cache_breakpoint` (gpt-5.6 and later). */
  readonly promptCacheOptions: boolean;
}

export interface TranscriptionModel {
  readonly kind: 'transcription';
  readonly family: 'whisper' | 'gpt-4o' | 'diarize' | 'gpt-transcribe';
  readonly formats: readonly string[];
  readonly maxSeconds: number;
}

export interface EmbeddingModel {
  readonly kind: 'embedding';
  readonly dimensions: number;
  readonly shortenable: boolean;
}

export type Model = ChatModel | TranscriptionModel | EmbeddingModel;

// Aliases and dated names of the ChatModel type of openai 7; which date an alias has is OpenAI's documentation.
const datedOf: Readonly<Record<string, string>> = {
  'gpt-3.5-turbo': 'gpt-3.5-turbo-0125',
  'gpt-4': 'gpt-4-0613',
  'gpt-4-turbo': 'gpt-4-turbo-2024-04-09',
  'gpt-4o': 'gpt-4o-2024-08-06',
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
  'gpt-4.1': 'gpt-4.1-2025-04-14',
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'gpt-4.1-nano': 'gpt-4.1-nano-2025-04-14',
  o1: 'o1-2024-12-17',
  o3: 'o3-2025-04-16',
  'o3-mini': 'o3-mini-2025-01-31',
  'o4-mini': 'o4-mini-2025-04-16',
  'gpt-5': 'gpt-5-2025-08-07',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
  'gpt-5-nano': 'gpt-5-nano-2025-08-07',
  'gpt-5.1': 'gpt-5.1-2025-11-13',
  'gpt-5.2': 'gpt-5.2-2025-12-11',
  'gpt-5.4-mini': 'gpt-5.4-mini-2026-03-17',
  'gpt-5.4-nano': 'gpt-5.4-nano-2026-03-17',
  'gpt-5.5': 'gpt-5.5-2026-04-23',
};
const otherChatModels = (
  'gpt-4o-2024-11-20 gpt-4o-2024-05-13 chatgpt-4o-latest gpt-5-chat-latest gpt-5.4 gpt-5.6-sol gpt-5.6-terra ' +
  'gpt-5.6-luna gpt-6-sol gpt-6-luna gpt-6-astra gpt-6.1-sol gpt-6.1-terra'
).split(' ');

const maxOutputTokens = (dated: string): number => {
  if (dated.startsWith('gpt-3.5') || dated === 'gpt-4o-2024-05-13' || dated.startsWith('gpt-4-turbo')) return 4096;
  if (dated.startsWith('gpt-4-')) return 8192;
  if (dated.startsWith('gpt-4.1')) return 32_768;
  if (dated.startsWith('gpt-4o') || dated.includes('-chat-') || dated.startsWith('chatgpt')) return 16_384;
  return dated.startsWith('o') ? 100_000 : 128_000;
};

function reasoningOf(name: string): ChatModel['reasoning'] {
  if (!/^(o\d|gpt-[5-9])/.test(name) || name.includes('-chat-')) return 'never';
  return /^(o\d|gpt-5($|-))/.test(name) ? 'always' : 'choosable';
}

/** Whether a request with this `reasoning_effort` makes the model reason. */
export const reasons = ({ reasoning, defaultEffort }: ChatModel, effort: unknown): boolean =>
  reasoning === 'always' || (reasoning === 'choosable' && (effort ?? defaultEffort) !== 'none');

const chatModel = (name: string): ChatModel => {
  const dated = datedOf[name] ?? name;
  return {
    kind: 'chat',
    dated,
    reasoning: reasoningOf(name),
    // LiteLLM's rules and the errors in its issues: these three reason only when told to.
    defaultEffort: /^gpt-5\.[124]($|-\d{4})/.test(name) ? 'none' : 'medium',
    structuredOutput: !/^(gpt-3\.5|gpt-4-|gpt-4$|gpt-4o-2024-05-13|chatgpt-4o-latest)/.test(dated),
    vision: !/^(gpt-3\.5|gpt-4-0|gpt-4$|o3-mini)/.test(dated),
    maxOutputTokens: maxOutputTokens(dated),
    promptCacheOptions: /^gpt-(5\.[6-9]|[6-9])/.test(name),
  };
};

const whisper: TranscriptionModel = {
  kind: 'transcription',
  family: 'whisper',
  formats: ['json', 'text', 'srt', 'verbose_json', 'vtt'],
  maxSeconds: Infinity,
};
// "audio duration … is longer than 1400 seconds which is the maximum for this model", as the API words it since 2025.
const gpt4oTranscribe: TranscriptionModel = {
  kind: 'transcription',
  family: 'gpt-4o',
  formats: ['json'],
  maxSeconds: 1400,
};

const catalogue = new Map<string, Model>([
  ...[...Object.keys(datedOf), ...Object.values(datedOf), ...otherChatModels].map((name): [string, Model] => [
    name,
    chatModel(name),
  ]),
  ['whisper-1', whisper],
  ['gpt-transcribe', { ...gpt4oTranscribe, family: 'gpt-transcribe', maxSeconds: Infinity }],
  ['gpt-4o-transcribe', gpt4oTranscribe],
  ['gpt-4o-mini-transcribe', gpt4oTranscribe],
  ['gpt-4o-mini-transcribe-2025-12-15', gpt4oTranscribe],
  ['gpt-4o-transcribe-diarize', { ...gpt4oTranscribe, family: 'diarize', formats: ['json', 'text', 'diarized_json'] }],
  ['text-embedding-ada-002', { kind: 'embedding', dimensions: 1536, shortenable: false }],
  ['text-embedding-3-small', { kind: 'embedding', dimensions: 1536, shortenable: true }],
  ['text-embedding-3-large', { kind: 'embedding', dimensions: 3072, shortenable: true }],
]);

export const modelNames = (): string[] => [...catalogue.keys()];

/** The model of that name for that kind of endpoint; 404 `model_not_found` when there is none. */
export function findModel<K extends Model['kind']>(name: string, kind: K): Extract<Model, { kind: K }> {
  const model = catalogue.get(name);
  if (model === undefined) {
    throw new OpenAIError(404, `The model \`${name}\` does not exist or you do not have access to it.`, {
      code: 'model_not_found',
    });
  }
  if (!isOfKind(model, kind)) {
    throw new OpenAIError(404, `The model \`${name}\` is not a ${kind} model and does not work with this endpoint.`, {
      param: 'model',
    });
  }
  return model;
}

const isOfKind = <K extends Model['kind']>(model: Model, kind: K): model is Extract<Model, { kind: K }> =>
  model.kind === kind;
