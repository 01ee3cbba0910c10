import { ApiError } from './api-error.ts';
import type { ServerState } from './server-state.ts';
import { factsOf, type Received, type ServedRequest } from './served-request.ts';

const members = ['client_key', 'client_secret', 'grant_type'] as const;

/** Its refusals are flat, `{ error, error_description, log_id }`: see `errorAnswer`. */
export function readTokenRequest({ body, contentType }: Received, state: ServerState): ServedRequest {
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
    throw new ApiError(400, 'invalid_request', 'Only `application/x-www-form-urlencoded` is accepted as Content-Type.');
  const form = new URLSearchParams(body);
  const [key, secret, grant] = members.map((name) => {
    const [value, ...more] = form.getAll(name);
    if (!value || more.length > 0)
      throw new ApiError(400, 'invalid_request', `The request parameters are malformed: ${name}.`);
    return value;
  });
  if (grant !== 'client_credentials')
    throw new ApiError(400, 'unsupported_grant_type', `Grant type ${grant} is not supported.`);
  const { clients, tokenLifetimeS } = state.settings;
  if (
    key === undefined ||
    (clients !== null && !clients.some((client) => client.key === key && client.secret === secret))
  )
    throw new ApiError(401, 'invalid_client', 'Client key or secret is incorrect.');
  return {
    facts: factsOf({ endpoint: 'oauth/token' }),
    answer(fault, entry) {
      if (fault?.kind === 'token_error')
        throw new ApiError(fault.status ?? 200, fault.error ?? 'invalid_client', 'Client key or secret is incorrect.');
      entry.client = key;
      const token = state.tokens.issue(key, state.clock.nowMs + tokenLifetimeS * 1000);
      return { access_token: token, expires_in: tokenLifetimeS, token_type: 'Bearer' };
    },
  };
}
