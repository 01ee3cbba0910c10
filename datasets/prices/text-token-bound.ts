import type { Model } from '../step-kind.ts';

/** The most tokens that a text can have. */
export type TokenBound = (text: string) => number;

/** Models whose vocabulary is o200k_base. Another server may call anything by such a name. */
const O200K = /^(gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|chatgpt-4o|o\d)/;
/** The tokenizer takes time by the square of a run without a space: 1 s for 20,000 letters, 1 ms for 500. */
const PIECE = 500;
// What the texts of strangers contain is text, also where it looks like a token that steers a model.
const OPTIONS = { disallowedSpecial: new Set<string>() };

/** Counted, with 5 % for what is put around it, where the vocabulary is known; else one a byte, since no token has less. */
export async function textTokenBound(model: Model): Promise<TokenBound> {
  if (model.base_url !== undefined || !O200K.test(model.model)) return (text) => Buffer.byteLength(text);
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  return (text) => {
    let tokens = 0;
    for (let at = 0; at < text.length; at += PIECE) tokens += countTokens(text.slice(at, at + PIECE), OPTIONS);
    return Math.ceil(tokens * 1.05);
  };
}
