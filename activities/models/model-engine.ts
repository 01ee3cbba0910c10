import type { Digest } from '../../manifests/digest.ts';
import type { CellValue } from '../../datasets/column-type.ts';
import type { Model, Prompt } from '../../datasets/step-kind.ts';
import type { CellTools, NotMade } from '../step-kind.ts';
import type { AiTuning } from './ai-tuning.ts';
import { baselineEngine } from './baseline/baseline-engine.ts';
import { openaiEngine } from './openai/openai-engine.ts';
import type { Output } from './output-columns.ts';
import type { Question } from './question.ts';

/** What a provider's models can do for one cell. A step kind asks an engine, and knows no provider. */
export interface ModelEngine {
  transcribe(speech: Speech, tools: EngineTools): Promise<Transcript | NotMade>;
  generate(question: Question, output: Output, tools: EngineTools): Promise<Answer | NotMade>;
  classify(question: Question, labels: readonly string[], tools: EngineTools): Promise<Classification | NotMade>;
  embed(passage: Passage, tools: EngineTools): Promise<readonly number[] | NotMade>;
  /** Throws a `GettokError` for a model that this engine can't ask as declared: found before anything runs. */
  check(model: Model, use?: ModelUse): void;
  /** The same for what a transcription is asked with. */
  checkSpeech(options: SpeechOptions): void;
}

/** What a step asks of a model, as far as models differ in what they take. */
export type ModelUse =
  | { readonly asks: 'questions'; /** Columns of images that go with them. */ readonly images: readonly string[] }
  | { readonly asks: 'vectors'; readonly dimensions: number | undefined };

export type EngineTools = Pick<CellTools, 'blobs' | 'ffmpeg' | 'models' | 'scratch' | 'signal' | 'textReader'> & {
  readonly tuning: AiTuning;
};

export interface SpeechOptions {
  readonly model: Model;
  /** ISO 639-1. */
  readonly language: string | undefined;
  readonly hint: string | undefined;
  readonly temperature: number | undefined;
  /** Whether the times of single words are wanted too. */
  readonly words: boolean;
}

export interface Speech extends SpeechOptions {
  readonly audio: Digest;
}

/** A text that is to become a vector, with the length asked for. */
export interface Passage {
  readonly model: Model;
  readonly prompt: Prompt;
  readonly text: string;
  readonly dimensions: number | undefined;
}

/** Null is "not stated". */
export interface Transcript {
  readonly text: string;
  /** ISO 639-1. */
  readonly language: string | null;
  readonly durationS: number | null;
  readonly segments: readonly Segment[] | null;
  readonly words: readonly Word[] | null;
  /** Where the audio was cut because it was too large for one request; empty when it wasn't. */
  readonly cuts: readonly SpeechCut[];
}

export type Segment = {
  readonly start_s: number | null;
  readonly end_s: number | null;
  readonly text: string;
  /** As the model names them. */
  readonly speaker: string | null;
  readonly no_speech_prob: number | null;
  readonly avg_logprob: number | null;
  readonly compression_ratio: number | null;
  /** Maybe the model's own words (`isSuspect`). */
  readonly suspect: boolean | null;
};

export type Word = {
  readonly start_s: number | null;
  readonly end_s: number | null;
  readonly word: string;
};

export type SpeechCut = {
  readonly at_s: number;
  readonly at_silence: boolean;
};

/** Values by the names of the declared output. */
export type Answer = { readonly [column: string]: CellValue };

export interface Classification {
  readonly label: string;
  readonly rationale: string;
}

const ENGINES: Readonly<Record<Model['provider'], ModelEngine>> = {
  openai: openaiEngine,
  local: openaiEngine,
  baseline: baselineEngine,
};

/** The only place where providers part. */
export const engineOf = ({ provider }: Model): ModelEngine => ENGINES[provider];
