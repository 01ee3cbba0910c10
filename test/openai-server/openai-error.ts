export interface ErrorDetails {
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as OpenAI words it: an HTTP status and the `{ error: { message, type, param, code } }` body. */
export class OpenAIError extends Error {
  override readonly name = 'OpenAIError';
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, details: ErrorDetails = {}) {
    super(message);
    this.status = status;
    this.type = details.type ?? 'invalid_request_error';
    this.param = details.param ?? null;
    this.code = details.code ?? null;
    this.headers = details.headers ?? {};
  }

  get body(): { error: { message: string; type: string; param: string | null; code: string | null } } {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

export const invalidRequest = (message: string, param: string | null = null, code: string | null = null): OpenAIError =>
  new OpenAIError(400, message, { param, code });

export const unknownParameter = (param: string): OpenAIError =>
  invalidRequest(`Unknown parameter: '${param}'.`, param, 'unknown_parameter');

export const missingParameter = (param: string): OpenAIError =>
  invalidRequest(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');

export const unsupportedParameter = (param: string, advice: string): OpenAIError =>
  invalidRequest(
    `Unsupported parameter: '${param}' is not supported with this model.${advice}`,
    param,
    'unsupported_parameter',
  );

/** What the real API takes and this server doesn't play: no silent guess, and no status that a client retries. */
export const notPlayed = (what: string): OpenAIError =>
  new OpenAIError(400, `The test server does not play ${what}.`, { type: 'not_played', code: 'not_played' });
