import { type Digest, sha256 } from '../../../manifests/digest.ts';
import type { BlobStore } from '../../../manifests/blob-store.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import type { ModelRequest } from '../model-calls.ts';
import { chatRequest } from '../openai/chat-request.ts';
import { embeddingRequest } from '../openai/embedding-request.ts';
import { traitsOf } from '../openai/model-traits.ts';
import { transcriptionRequest } from '../openai/transcription-request.ts';
import { objectSchema } from '../output-columns.ts';
import type { ModelPurpose } from './model-purpose.ts';
import { silence, tinyImage } from './tiny-material.ts';

/** A request of the form that steps send, with as little in it as can be, and the blobs that it names. */
export interface TinyRequest {
  readonly request: ModelRequest;
  readonly blobs: Pick<BlobStore, 'get' | 'file'>;
}

const WORD = { path: '', text: 'Answer ok.' };
/** Enough for the answer; a model that reasons has to think within it too, and OpenAI refuses what leaves it no room. */
const MAX_TOKENS = 16;
const MAX_TOKENS_OF_REASONING = 1024;

export function tinyRequest({ model, asks, images }: Omit<ModelPurpose, 'steps'>): TinyRequest {
  const [image, audio] = [tinyImage(), silence()];
  const known = new Map([image, audio].map((bytes) => [sha256(bytes), bytes]));
  const blobs = {
    get: async (digest: Digest) => known.get(digest)!,
    file: async (digest: Digest) => Promise.reject(new RangeError(`${digest} is in no file`)),
  };
  if (asks === 'vectors')
    return { blobs, request: embeddingRequest({ model, prompt: WORD, text: 'ok', dimensions: undefined }) };
  if (asks === 'transcripts') {
    const speech = {
      model,
      audio: sha256(audio),
      language: undefined,
      hint: undefined,
      temperature: undefined,
      words: false,
    };
    return { blobs, request: transcriptionRequest(speech) };
  }
  const maxOutputTokens = mayReason(model) ? MAX_TOKENS_OF_REASONING : MAX_TOKENS;
  const pictures = images ? [sha256(image)] : [];
  const question = {
    model,
    prompt: WORD,
    texts: {},
    images: pictures,
    detail: 'low',
    maxOutputTokens,
    repeat: 1,
  } as const;
  const schema = objectSchema({ answer: { type: 'string', enum: ['ok'] } });
  return { blobs, request: chatRequest(question, { instruction: 'Answer in JSON.', schema }, maxOutputTokens) };
}

const mayReason = (model: Model) => (traitsOf(model)?.reasoning ?? 'never') !== 'never';
