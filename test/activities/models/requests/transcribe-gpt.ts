import type { TranscriptionCreateParamsNonStreaming } from 'openai/resources/audio/transcriptions';

/** ai/transcribe by a model that says no times, with declared parameters. */
export default {
  model: 'gpt-4o-transcribe',
  response_format: 'json',
  language: 'es',
  include: ['logprobs'],
} satisfies Omit<TranscriptionCreateParamsNonStreaming, 'file'>;
