export interface DemoModels {
  readonly words: string;
  /** Overrides of the example's declaration, as `--set` takes them. */
  readonly set: readonly string[];
}

/** The models of the original study, or what replaced them. */
export const OPENAI_MODELS = [
  'models.gpt={ provider: openai, model: gpt-4o-2024-11-20 }',
  'models.whisper={ provider: openai, model: whisper-1 }',
];

/** OpenAI with a key; without one a local Whisper and the baseline, which need no network and cost nothing. */
export function demoModels({
  hasKey,
  hasSpeech,
}: {
  readonly hasKey: boolean;
  readonly hasSpeech: boolean;
}): DemoModels {
  if (hasKey) return { words: 'OpenAI, by OPENAI_API_KEY; you see the price and are asked first', set: OPENAI_MODELS };
  const words = hasSpeech
    ? 'no OPENAI_API_KEY: transcripts by a local Whisper, description and stance by the baseline (no network, no cost)'
    : 'no OPENAI_API_KEY and no speech engine: no transcripts; description and stance by the baseline (no network, no cost)';
  return { words, set: [] };
}
