import type { Digest } from '../../manifests/digest.ts';
import type { Model } from '../../datasets/step-kind.ts';

/** A request to a model with its images and audio by digest, so that the same question has the same request key. */
export type ModelRequest =
  | { readonly endpoint: 'chat/completions'; readonly body: { readonly [key: string]: unknown } }
  | {
      readonly endpoint: 'audio/transcriptions';
      readonly body: { readonly [key: string]: unknown };
      readonly file: Digest;
    };

/** What a provider answered, as it was journaled before anything looked into it. */
export interface ModelAnswer {
  readonly body: unknown;
}

/** The models a cell may ask. Each request is answered from the journal when it was paid for before. */
export interface ModelCalls {
  ask(model: Model, request: ModelRequest): Promise<ModelAnswer>;
}
