import type { EmbeddingCreateParams } from 'openai/resources/embeddings';

/** ai/embed, shortened. */
export default {
  model: 'text-embedding-3-small',
  input: 'ana: ¡Fuerza, presidente!',
  encoding_format: 'float',
  dimensions: 256,
} satisfies EmbeddingCreateParams;
