import type { Digest } from '../../manifests/digest.ts';
import type { Call } from '../../datasets/call.ts';
import type { JsonObject } from '../../datasets/declaration/json-object.ts';
import type { Model } from '../../datasets/step-kind.ts';
import type { NotMade } from '../step-kind.ts';

/**
 * The exact request with its images and audio by digest, so that the same question has the same request key. In a chat's
 * `image_url.url` a digest stands for the image, which is sent in its place as a `data:` URL.
 */
export type ModelRequest = ChatRequest | SpeechRequest | EmbeddingRequest;

export interface ChatRequest {
  readonly endpoint: 'chat/completions';
  readonly body: JsonObject;
  /** Digest of the prompt file's text; null where there is none. */
  readonly prompt: Digest | null;
  /** Which time the same is asked, from 1: each time is a request of its own, and paid for. 1 when left out. */
  readonly repeat?: number;
}

export interface EmbeddingRequest {
  readonly endpoint: 'embeddings';
  readonly body: JsonObject;
  /** Digest of the prompt file's text. */
  readonly prompt: Digest | null;
}

export interface SpeechRequest {
  readonly endpoint: 'audio/transcriptions';
  readonly body: JsonObject;
  readonly audio: Digest;
  /** Left out for the whole audio. */
  readonly part?: SpeechPart;
  readonly prompt: null;
}

/**
 * A part of an audio in the form of `SPEECH_WAV`, in samples; `toSample` is the first one after it. It is cut out when it
 * is sent, so that no part is ever stored.
 */
export interface SpeechPart {
  readonly fromSample: number;
  readonly toSample: number;
}

/** Not in any key: how long one try may take, and how many there are before the cell fails or the provider is waited for. */
export interface AskLimits {
  readonly timeoutMs: number;
  readonly tries: number;
}

/** What a provider answered; the bytes it was parsed from are in the bucket already. */
export interface ModelAnswer {
  readonly body: JsonObject;
}

/** The models that one cell may ask. */
export interface ModelCalls {
  /**
   * Answered from what the row has paid for when it asked the same before. An answer that `isUsable` turns down is asked
   * for once more; then it is given back all the same. `NotMade` when the request failed for reasons of this cell; throws
   * `ProviderUnavailableError` for what passes, `ModelAccessError` and `UnknownModelError` for what every cell would meet.
   */
  ask(
    model: Model,
    request: ModelRequest,
    limits: AskLimits,
    isUsable?: (body: JsonObject) => boolean,
  ): Promise<ModelAnswer | NotMade>;
  /** Adds to the cell's provenance what was answered in this process, by no provider. */
  note(call: Call): void;
}
