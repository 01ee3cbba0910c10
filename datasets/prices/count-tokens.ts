import type { Model } from '../step-kind.ts';

/** Tokens of a text. */
export type CountTokens = (text: string) => number;

/** OpenAI's models before gpt-4o, and those that make embeddings; all later ones have o200k_base. */
const CL100K = /^(gpt-4$|gpt-4-|gpt-3\.5|text-embedding)/;
const OPENAI = /^(gpt-\d|chatgpt-|o\d|text-embedding)/;

/** True for a model whose vocabulary is known, so that its tokens are counted and not estimated. */
export const hasKnownVocabulary = ({ model }: Pick<Model, 'model'>): boolean => OPENAI.test(model);

// What the texts of strangers contain is text, also where it looks like a token that steers a model.
const OPTIONS = { disallowedSpecial: new Set<string>() };

/** The tokenizer takes time by the square of a run without a space: 1 s for 20,000 letters. */
const LONG_RUN = /\S{1000}|\s{1000}/;
const PIECE = 1000;

/** Loads the model's vocabulary, 0.2 s for each of the two there are; a model of unknown vocabulary is counted by the newer. */
export async function tokenCounter({ model }: Pick<Model, 'model'>): Promise<CountTokens> {
  const { countTokens } = CL100K.test(model)
    ? await import('gpt-tokenizer/encoding/cl100k_base')
    : await import('gpt-tokenizer/encoding/o200k_base');
  return (text) => {
    if (!LONG_RUN.test(text)) return countTokens(text, OPTIONS);
    let total = 0;
    for (let at = 0; at < text.length; at += PIECE) total += countTokens(text.slice(at, at + PIECE), OPTIONS);
    return total;
  };
}
