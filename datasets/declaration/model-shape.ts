import { z } from 'zod';
import type { Json } from '../../manifests/canonical-json.ts';
import { isJsonObject } from './json-object.ts';
import type { WrittenDeclaration } from './written-declaration.ts';
import type { Path } from './yaml-place.ts';

const text = () => z.string().regex(/\S/, 'a text that is not empty');

const baseUrl = z.string().check(({ value, issues }) => {
  const complain = (message: string) =>
    issues.push({ code: 'invalid_format', format: 'base_url', input: value, message });
  const url = URL.parse(value);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    complain('an address that begins with http:// or https://');
  else if (hasCredentials(value))
    complain('an address without user, password or query; name the variable that holds the key in api_key_env');
});

const dollars = z.number().nonnegative().optional();

/** What the use of a model costs. */
export const priceShape = z
  .strictObject({
    input: dollars.describe('US dollars for a million input tokens'),
    cached_input: dollars.describe(
      "The same for input tokens found in the provider's prompt cache; as `input` when left out",
    ),
    output: dollars.describe('US dollars for a million output tokens; 0 for a model that makes embeddings'),
    audio_minute: dollars.describe('US dollars for a minute of audio, where audio is priced by its length'),
  })
  .refine((price) => Object.values(price).some((part) => part !== undefined), 'at least one price');

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const isVariable = (value: Json | undefined) => typeof value === 'string' && VARIABLE.test(value);

/** RFC 9110's token. */
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** What a request's own make-up needs: a fixed value would break it, or name another server. */
const NOT_TO_SET =
  /^(?!(?:host|connection|content-.*|transfer-encoding|accept-encoding|expect|te|trailer|upgrade|keep-alive|proxy-.*)$)/i;
/** Names of headers and of keys whose values are secrets. */
const SECRET = /key|token|secret|password|credential|cookie|auth/i;
const WITHOUT_SECRET = new RegExp(`^(?!.*(?:${SECRET.source}))`, 'i');

const headerName = () =>
  z
    .string()
    .regex(HEADER, 'the name of a header, such as x-gateway-team')
    .regex(NOT_TO_SET, 'a header that the protocol leaves free');
const plainHeader = headerName().regex(WITHOUT_SECRET, 'a header without a secret; name its variable in headers_env');

/** An entry of `models`. */
export const modelShape = z.strictObject({
  provider: z
    .enum(['openai', 'local', 'baseline'])
    .describe(
      '`openai`: any server that speaks the OpenAI protocol; `local`: the speech engine that GET-Tok runs itself; `baseline`: rules in this program, no network, no cost',
    ),
  model: text().describe('As the provider calls it; a dated name stays the same model'),
  base_url: baseUrl
    .optional()
    .describe("Address of the server, up to /v1; OpenAI's (or OPENAI_BASE_URL) when left out"),
  api_key_env: z
    .string()
    .regex(VARIABLE, 'the name of an environment variable, such as OPENAI_API_KEY, never the key itself')
    .optional()
    .describe(
      'Name of the environment variable that holds the key; OPENAI_API_KEY when left out, and only towards OpenAI or OPENAI_BASE_URL',
    ),
  headers: z
    .record(plainHeader, z.string().regex(/^[\t\x20-\x7e]*$/, 'a value in one line of ASCII'))
    .optional()
    .describe('Sent with every request beside those of the protocol, for gateways that want more'),
  headers_env: z
    .record(headerName(), z.string().regex(VARIABLE, 'the name of an environment variable, never the value itself'))
    .optional()
    .describe("Headers whose values are secrets, by the variables that hold them, such as `api-key` of Azure's server"),
  token_limit: z
    .enum(['max_completion_tokens', 'max_tokens'])
    .optional()
    .describe(
      'Under which name the server takes the limit of an answer; Ollama and llama-cpp-python need `max_tokens`, all others take the default',
    ),
  requests_per_minute: z
    .int()
    .positive()
    .optional()
    .describe('At most so many requests a minute; what the provider says in its answers when left out'),
  tokens_per_minute: z
    .int()
    .positive()
    .optional()
    .describe(
      'At most so many tokens a minute, those an answer may have included; what the provider says when left out',
    ),
  max_concurrency: z
    .int()
    .min(1)
    .max(512)
    .optional()
    .describe('At most so many requests under way at once, 64 when left out; fewer where more bring nothing'),
  parameters: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Sent with every request, such as `temperature` or `seed`; part of what a cell depends on'),
  weights: text().optional().describe('Digest or name of local weights; part of what a cell depends on'),
  price: priceShape
    .optional()
    .describe("What its use costs, before any built-in price; without it an own server's price is unknown"),
});

/** Keeps pasted keys out of messages and excerpts, wherever in a model entry they were put. */
export function maskCredentials(written: WrittenDeclaration, entry: Json, path: Path): void {
  if (!isJsonObject(entry)) return;
  for (const [key, value] of Object.entries(entry)) {
    const known = key in modelShape.shape;
    if (!known && SECRET.test(key)) written.mask([...path, key]);
    if (key === 'api_key_env' && !isVariable(value)) written.mask([...path, key]);
    if ((key === 'headers' || key === 'headers_env') && isJsonObject(value))
      for (const [name, content] of Object.entries(value))
        if (key === 'headers' ? SECRET.test(name) : !isVariable(content)) written.mask([...path, key, name]);
    if (key === 'base_url' && typeof value === 'string' && hasCredentials(value)) written.mask([...path, key]);
  }
}

export function hasCredentials(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '');
}
