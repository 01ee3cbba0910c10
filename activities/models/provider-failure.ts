import { APIConnectionError, APIError } from 'openai';
import type { GettokError } from '../../manifests/gettok-error.ts';
import type { Model } from '../../datasets/step-kind.ts';
import { failed, type NotMade } from '../step-kind.ts';
import type { Endpoint } from './client-pool.ts';
import { noCredit, refusedKey, refusedModel } from './model-access-error.ts';
import { retryAfterMs } from './retry-wait.ts';
import { TooSlowError } from './send-request.ts';
import { UnknownModelError } from './unknown-model-error.ts';

/** What a try that gave no answer means. */
export type ProviderFailure = Meaning & {
  /** What the provider responded; null when nothing came, and it may have made an answer all the same. */
  readonly response: { readonly status: number; readonly headers: Headers } | null;
};

type Meaning =
  /** It passes: the provider is overloaded, or the network is. */
  | PassingFailure
  /** It is about this request, and would be the same again. */
  | { readonly kind: 'cell'; readonly outcome: NotMade; readonly requestId: string | null }
  /** It is about the account or the model, and every other cell would meet it. */
  | { readonly kind: 'run'; readonly error: GettokError };

export interface PassingFailure {
  readonly kind: 'passing';
  /** The last two are codes of cells whose tries are used up. */
  readonly code: 'rate_limited' | 'provider_error' | 'timed_out';
  readonly reason: string;
  readonly retryAfterMs: number | null;
}

/** Null for an error that is none of the provider's. */
export function providerFailure(error: unknown, endpoint: Endpoint, model: Model): ProviderFailure | null {
  if (error instanceof APIError && error.status !== undefined)
    return {
      ...refusal(error, endpoint, model),
      response: { status: Number(error.status), headers: new Headers(error.headers) },
    };
  const meaning = connectionFailure(error, endpoint);
  return meaning && { ...meaning, response: null };
}

function connectionFailure(error: unknown, endpoint: Endpoint): Meaning | null {
  if (error instanceof TooSlowError) return passing(error.message, 'timed_out');
  if (!(error instanceof APIConnectionError) && !isBroken(error)) return null;
  const code = connectionCode(error);
  if (code !== null && GONE.has(code) && !endpoint.isOpenAI) {
    const outcome = failed('engine_unavailable', `${endpoint.name} can't be reached (${code}).`);
    return { kind: 'cell', outcome, requestId: null };
  }
  return passing(`the connection failed${code === null ? '' : ` (${code})`}`);
}

const run = (error: GettokError): Meaning => ({ kind: 'run', error });
const passing = (
  reason: string,
  code: PassingFailure['code'] = 'provider_error',
  askedMs: number | null = null,
): Meaning => ({ kind: 'passing', code, reason, retryAfterMs: askedMs });

const NO_CREDIT: readonly unknown[] = ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active'];
const FILTERED: readonly unknown[] = ['content_filter', 'content_policy_violation', 'invalid_prompt'];

function refusal(error: APIError, endpoint: Endpoint, model: Model): Meaning {
  const { name, keyVariable } = endpoint;
  const status: number = error.status ?? 0;
  const code = [error.code, error.type].find((each) => typeof each === 'string' && each !== '');
  if (status === 402 || NO_CREDIT.includes(error.code) || NO_CREDIT.includes(error.type))
    return run(noCredit(name, keyVariable, status, code ?? 'payment required'));
  if (status === 401) return run(refusedKey(name, keyVariable, status));
  if (status === 403) return run(refusedModel(name, keyVariable, model.model));
  if (status === 404 || status === 405 || status === 410) return run(unknownModel(endpoint, model, status, error.code));
  if ([408, 409, 429].includes(status) || status >= 500)
    return passing(
      [status, code].filter(Boolean).join(' '),
      status === 429 ? 'rate_limited' : 'provider_error',
      retryAfterMs(error.headers),
    );
  // Messages repeat pieces of the request and sometimes the key.
  const message = endpoint.redact(error.message).toWellFormed().slice(0, 500);
  const outcome = failed(FILTERED.includes(error.code) ? 'content_filtered' : 'invalid_request', message);
  return { kind: 'cell', outcome, requestId: error.requestID ?? null };
}

function unknownModel(
  { name, isOpenAI }: Endpoint,
  { model }: Model,
  status: number,
  code: unknown,
): UnknownModelError {
  const known = code === 'model_not_found' || isOpenAI;
  return new UnknownModelError(
    model,
    known
      ? `${name} knows no model ${model}, or doesn't let this account use it (${status}).`
      : `${name} has no such model as ${model}, or is no OpenAI-compatible server (${status}).`,
    known ? 'Correct the model under models' : 'Correct model or base_url under models',
  );
}

/** Fetch refuses some ports, such as 9, without asking who listens there. */
const BAD_PORT = 'bad port';
/** Nobody listens there, or there is no such host. */
const GONE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  BAD_PORT,
]);

/** The system's code for a failed connection, which fetch hides in a chain of causes. */
function connectionCode(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at.message === BAD_PORT) return BAD_PORT;
    // A name with two addresses gives one error for each.
    const first: unknown = at instanceof AggregateError ? at.errors[0] : undefined;
    if (first instanceof Error && 'code' in first && typeof first.code === 'string') return first.code;
  }
  return null;
}

/** What fetch throws when the connection ends in the middle of an answer. */
const isBroken = (error: unknown) => error instanceof TypeError && /terminated|fetch failed/.test(error.message);
