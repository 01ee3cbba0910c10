import type { Json } from '../../manifests/canonical-json.ts';
import type { ModelRequest } from './model-calls.ts';

/** Characters of a token in most European languages: enough to share out a minute's tokens, too rough for a price. */
const CHARS_PER_TOKEN = 4;
/** About what an image counts for at OpenAI, small or large. */
const IMAGE_TOKENS = 800;
const MAX_TOKENS = ['max_completion_tokens', 'max_tokens'];

/** About what a provider sets aside of a minute's tokens for a request: its text, its images and the longest answer. */
export function requestTokens(request: ModelRequest): number {
  if (request.endpoint === 'audio/transcriptions') return 0;
  const longest = MAX_TOKENS.map((name) => request.body[name]).find((value) => typeof value === 'number') ?? 0;
  return tokensIn(request.body) + longest;
}

function tokensIn(value: Json): number {
  if (typeof value === 'string') return Math.ceil(value.length / CHARS_PER_TOKEN);
  if (Array.isArray(value)) return value.reduce<number>((sum, item: Json) => sum + tokensIn(item), 0);
  if (value === null || typeof value !== 'object') return 0;
  return Object.entries(value).reduce(
    (sum, [name, item]) => sum + (name === 'image_url' ? IMAGE_TOKENS : tokensIn(item)),
    0,
  );
}
