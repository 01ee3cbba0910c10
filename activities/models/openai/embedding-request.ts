import { sha256 } from '../../../manifests/digest.ts';
import type { EmbeddingRequest } from '../model-calls.ts';
import type { Passage } from '../model-engine.ts';
import { sentParameters } from './model-parameters.ts';

export function embeddingRequest({ model, prompt, text, dimensions }: Passage): EmbeddingRequest {
  const body = {
    model: model.model,
    input: text,
    // Numbers as JSON: servers differ in what they do when nothing is said, and the SDK would ask for base64.
    encoding_format: 'float',
    ...(dimensions === undefined ? {} : { dimensions }),
    ...sentParameters(model),
  };
  return { endpoint: 'embeddings', body, prompt: sha256(prompt.text) };
}
