import type { TranscriptionCreateParamsNonStreaming } from 'openai/resources/audio/transcriptions';

/** ai/transcribe by a Whisper, with everything that can be declared. */
export default {
  model: 'whisper-1',
  response_format: 'verbose_json',
  timestamp_granularities: ['segment', 'word'],
  language: 'es',
  prompt: 'Pedro Castillo, Cerrón',
  temperature: 0,
} satisfies Omit<TranscriptionCreateParamsNonStreaming, 'file'>;
