import { htmlPage } from '../strict-server/html-page.ts';
import { ApiError, accessTokenInvalid, cursorInvalid, internalError, rateLimitExceeded } from './api-error.ts';
import { dailyQuotaExceeded, scopeNotAuthorized, searchIdInvalid } from './api-error.ts';
import type { Fault } from './fault.ts';
import { writeJson } from './json-text.ts';
import type { LoggedRequest } from './request-log.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** `ok`, or the code of the error; null where the answer has none. */
  readonly code: string | null;
}

export const jsonAnswer = (body: object, status = 200, code = 'ok'): HttpAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: writeJson(body),
  code,
});

/** Research endpoints have an object as error, the token endpoint a flat one. */
export function errorAnswer(error: unknown, { logId, endpoint }: LoggedRequest): HttpAnswer {
  const { status, code, message } = error instanceof ApiError ? error : brokenServer(error);
  const body =
    endpoint === 'oauth/token'
      ? { error: code, error_description: message, log_id: logId }
      : { error: { code, message, log_id: logId } };
  return jsonAnswer(body, status, code);
}

// No code that a client retries: this server has a mistake.
const brokenServer = (error: unknown): ApiError =>
  new ApiError(
    400,
    'test_server_error',
    `The test server failed: ${error instanceof Error ? error.stack : String(error)}`,
  );

export const htmlAnswer = (status: number, title: string): HttpAnswer => ({
  status,
  contentType: 'text/html',
  body: htmlPage(title),
  code: null,
});

/** The refusal that a fault stands for; null for one that lets the endpoint answer. */
export function refusalOf(fault: Fault, searchId: string | null): ApiError | null {
  switch (fault.kind) {
    case 'access_token_invalid':
      return accessTokenInvalid();
    case 'scope_not_authorized':
      return scopeNotAuthorized();
    case 'rate_limit':
      return rateLimitExceeded();
    case 'daily_quota':
      return dailyQuotaExceeded();
    case 'server_error':
      return internalError();
    case 'search_id_invalid':
      return searchIdInvalid(searchId ?? '');
    case 'invalid_cursor':
      return cursorInvalid();
    case 'error':
      return new ApiError(fault.status, fault.code, fault.message);
    default:
      return null;
  }
}

/** The page of something between client and API; null for a fault that is none. */
export function pageInstead(fault: Fault): HttpAnswer | null {
  if (fault.kind === 'html') return htmlAnswer(200, 'Welcome to the network');
  return fault.kind === 'gateway_timeout' ? htmlAnswer(504, '504 Gateway Time-out') : null;
}
