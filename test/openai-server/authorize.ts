import { OpenAIError } from './openai-error.ts';

/** Throws the 401 for a missing, malformed or unknown key; keys are shown as OpenAI shows them, by their ends. */
export function authorize(header: string | undefined, apiKeys: readonly string[]): void {
  const key = /^Bearer (\S+)$/.exec(header ?? '')?.[1];
  if (key === undefined) {
    throw new OpenAIError(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    );
  }
  if (apiKeys.includes(key)) return;
  throw new OpenAIError(401, `Incorrect API key provided: ${key.slice(0, 4)}****${key.slice(-4)}.`, {
    code: 'invalid_api_key',
  });
}
