import { APIError } from 'openai';
import type { Model } from '../../../datasets/step-kind.ts';
import type { Endpoint } from '../client-pool.ts';
import { type ProviderFailure, providerFailure } from '../provider-failure.ts';
import type { RefusedLine } from './result-line.ts';

/** What a line with an error status means: what the same status means online. */
export function lineFailure(
  { status, requestId, bytes }: RefusedLine,
  endpoint: Endpoint,
  model: Model,
): ProviderFailure {
  const headers = new Headers(requestId === null ? {} : { 'x-request-id': requestId });
  const text = bytes.toString('utf8');
  const body = objectIn(text);
  const error = APIError.generate(status, body, body === undefined ? text : undefined, headers);
  const failure = providerFailure(error, endpoint, model);
  return (
    failure ?? {
      kind: 'passing',
      code: 'provider_error',
      reason: `status ${status}`,
      retryAfterMs: null,
      response: { status, headers },
    }
  );
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
