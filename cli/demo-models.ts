import type { Project } from './open-project.ts';

export interface DemoModels {
  readonly words: string;
  /** Overrides of the example's declaration, as `--set` takes them. */
  readonly set: readonly string[];
}

/** OpenAI with a key; without one a local Whisper and the baseline, which need no network and cost nothing. */
export function demoModels(project: Pick<Project, 'configuration' | 'speech'>): DemoModels {
  if (project.configuration.openai.apiKey.value)
    return { words: 'OpenAI, by OPENAI_API_KEY; you see the price and are asked first', set: [] };
  // Where no engine runs, the address leads nowhere on purpose: the cells fail as engine_unavailable and are asked again.
  const speech = project.speech?.baseUrl ?? 'http://127.0.0.1:9/v1';
  const words = project.speech
    ? 'no OPENAI_API_KEY: transcripts by a local Whisper, description and stance by the baseline (no network, no cost)'
    : 'no OPENAI_API_KEY and no local speech engine: no transcripts; description and stance by the baseline (no network, no cost)';
  return {
    words,
    set: [
      'models.gpt={provider: baseline, model: facts-and-lexicon-1}',
      `models.whisper={provider: openai, model: Systran/faster-whisper-base, base_url: "${speech}"}`,
    ],
  };
}
