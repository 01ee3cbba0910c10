/** A refusal as the API words it: an HTTP status, a code and a message. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const invalidParams = (message: string): ApiError => new ApiError(400, 'invalid_params', message);

/** Also for one that was just issued: JBGruber/traktok#17. */
export const searchIdInvalid = (searchId: string): ApiError =>
  invalidParams(`Search Id ${searchId} is invalid or expired`);

/** In the middle of a crawl, for a cursor that was just given: CybersecurityForDemocracy/tiktok-library#89. */
export const cursorInvalid = (): ApiError => invalidParams('Invalid count or cursor');

export const accessTokenInvalid = (): ApiError =>
  new ApiError(401, 'access_token_invalid', 'The access token is invalid or not found in the request.');

export const scopeNotAuthorized = (): ApiError =>
  new ApiError(
    401,
    'scope_not_authorized',
    'The user did not authorize the scope required for completing this request.',
  );

export const rateLimitExceeded = (): ApiError =>
  new ApiError(429, 'rate_limit_exceeded', 'The API rate limit was exceeded. Please try again later.');

export const dailyQuotaExceeded = (): ApiError =>
  new ApiError(429, 'daily_quota_limit_exceeded', 'The daily quota limit was exceeded. Please try again tomorrow.');

export const internalError = (): ApiError =>
  new ApiError(500, 'internal_error', 'Something is wrong. Please try again later.');
