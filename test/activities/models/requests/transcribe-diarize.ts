import type { TranscriptionCreateParamsNonStreaming } from 'openai/resources/audio/transcriptions';

/** ai/transcribe by a model that tells speakers apart. */
export default {
  model: 'gpt-4o-transcribe-diarize',
  response_format: 'diarized_json',
  chunking_strategy: 'auto',
} satisfies Omit<TranscriptionCreateParamsNonStreaming, 'file'>;
