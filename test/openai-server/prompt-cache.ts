import { hash } from 'node:crypto';

// OpenAI caches prefixes from 1,024 tokens on in steps of 128; a token counts as four characters here.
const smallest = 1024;
const step = 128;
const charactersPerToken = 4;

/** Which beginnings of prompts were seen: shows whether a prompt's fixed part comes first. */
export class PromptCache {
  readonly #seen = new Set<string>();

  /** How many tokens of this prompt an earlier one began with; remembers this one. */
  cachedTokens(model: string, prefix: string): number {
    let cached = 0;
    let key = model;
    let from = 0;
    for (let tokens = smallest; tokens * charactersPerToken <= prefix.length; tokens += step) {
      key = hash('sha1', `${key}\0${prefix.slice(from, tokens * charactersPerToken)}`);
      from = tokens * charactersPerToken;
      if (this.#seen.has(key)) cached = tokens;
      else this.#seen.add(key);
    }
    return cached;
  }

  clear(): void {
    this.#seen.clear();
  }
}
