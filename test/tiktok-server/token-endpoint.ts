import type { ServerState } from './server-state.ts';
import { factsOf, type Received, type ServedRequest } from './served-request.ts';

/** A refusal of `oauth/token`, which is flat: `{ error, error_description, log_id }`. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const members = ['client_key', 'client_secret', 'grant_type'] as const;

export function readTokenRequest({ body, contentType }: Received, state: ServerState): ServedRequest {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
    throw new TokenError(
      400,
      'invalid_request',
      'Only `application/x-www-form-urlencoded` is accepted as Content-Type.',
    );
  const form = new URLSearchParams(body);
  const [key, secret, grant] = members.map((name) => {
    const [value, ...more] = form.getAll(name);
    if (!value || more.length > 0)
      throw new TokenError(400, 'invalid_request', `The request parameters are malformed: ${name}.`);
    return value;
  });
  if (grant !== 'client_credentials')
    throw new TokenError(400, 'unsupported_grant_type', `Grant type ${grant} is not supported.`);
  const { clients, tokenLifetimeS } = state.settings;
  if (
    key === undefined ||
    (clients !== null && !clients.some((client) => client.key === key && client.secret === secret))
  )
    throw new TokenError(401, 'invalid_client', 'Client key or secret is incorrect.');
  return {
    // The secret is in no log.
    facts: factsOf({ endpoint: 'oauth/token', body: `client_key=${key}` }),
    answer(fault, entry) {
      if (fault?.kind === 'token_error')
        throw new TokenError(
          fault.status ?? 200,
          fault.error ?? 'invalid_client',
          'Client key or secret is incorrect.',
        );
      entry.client = key;
      const token = state.tokens.issue(key, state.clock.nowMs + tokenLifetimeS * 1000);
      return { access_token: token, expires_in: tokenLifetimeS, token_type: 'Bearer' };
    },
  };
}
