import { ApiUnreachableError } from '../collect/api-unreachable-error.ts';
import type { JsonObject } from '../collect/api-json.ts';
import { ApiBaseUrlError, RESEARCH_API } from './api-base-url-error.ts';
import { parseApiJson } from './parse-api-json.ts';
import { sendHttp } from './send-http.ts';
import { TikTokAccessError } from './tiktok-access-error.ts';

export interface AccessToken {
  readonly text: string;
  /** Counted from 1: names it without giving it away. */
  readonly number: number;
}

export interface TokenSource {
  /** One that is valid for minutes to come; however many ask, one request is under way. */
  get(signal: AbortSignal): Promise<AccessToken>;
  /** The token of that number was refused. */
  drop(number: number): void;
}

interface Account {
  readonly baseUrl: string;
  readonly clientKey: string;
  readonly clientSecret: string;
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly redact: (text: string) => string;
}

/** A token is good for two hours: https://developers.tiktok.com/doc/client-access-token-management. */
const DEFAULT_LIFE_S = 7200;
/** So long before its end a token is renewed: longer than any request takes. */
const AHEAD_MS = 600_000;

/** Client-credentials tokens, renewed before they expire. */
export function createTokenSource(account: Account): TokenSource {
  let current: (AccessToken & { readonly renewAtMs: number }) | null = null;
  let renewing: Promise<AccessToken> | null = null;
  let count = 0;

  async function renew(): Promise<AccessToken> {
    const askedAtMs = account.now();
    const { text, lifeMs } = await requestToken(account).catch(asUnsent);
    count += 1;
    // A test's token may live for seconds only.
    current = { text, number: count, renewAtMs: askedAtMs + Math.max(lifeMs - AHEAD_MS, lifeMs / 2) };
    return current;
  }

  return {
    async get(signal) {
      signal.throwIfAborted();
      if (current && account.now() < current.renewAtMs) return current;
      renewing ??= renew().finally(() => {
        renewing = null;
      });
      // One who gives up must not take the token from the others who wait for it.
      return await Promise.race([renewing, whenAborted(signal)]);
    },
    drop(number) {
      if (current?.number === number) current = null;
    },
  };
}

/** Whatever became of the request for a token, the one that needs it was not sent. */
function asUnsent(error: unknown): never {
  if (error instanceof ApiUnreachableError) throw new ApiUnreachableError(error.code, error.found, false);
  throw error;
}

async function requestToken({ baseUrl, clientKey, clientSecret, timeoutMs, redact }: Account) {
  const { status, contentType, body } = await sendHttp({
    url: `${baseUrl}/v2/oauth/token/`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Cache-Control': 'no-cache' },
    body: String(
      new URLSearchParams({ client_key: clientKey, client_secret: clientSecret, grant_type: 'client_credentials' }),
    ),
    timeoutMs,
    signal: new AbortController().signal,
  });
  const reply = parseApiJson(body);
  const isElsewhere =
    status === 404 || (reply === null && status < 500 && (/\bhtml\b/i.test(contentType ?? '') || /^\s*</.test(body)));
  if (isElsewhere && baseUrl !== RESEARCH_API)
    throw new ApiBaseUrlError(baseUrl, `where no access token is given (${status} for /v2/oauth/token/); `);
  const text = textIn(reply, 'access_token');
  // An error may come with a status of success: https://developers.tiktok.com/doc/oauth-error-handling.
  const code = textIn(reply, 'error') ?? textIn(reply, 'code');
  if (text !== null && code === null && status < 300) return { text, lifeMs: lifeSecondsOf(reply!) * 1000 };
  if (reply === null || status >= 500 || status === 429 || (code !== null && PASSING.has(code)))
    throw new ApiUnreachableError(
      'token_unavailable',
      `TikTok gave no access token (${status}${code === null ? '' : ` ${redact(code)}`}).`,
    );
  const said = textIn(reply, 'error_description') ?? textIn(reply, 'message') ?? `it answered ${status} without one.`;
  throw new TikTokAccessError(redact(code ?? 'no_token').slice(0, 100), redact(said).slice(0, 500));
}

const PASSING: ReadonlySet<string> = new Set([
  'internal_error',
  'server_error',
  'temporarily_unavailable',
  'rate_limit_exceeded',
]);

const textIn = (reply: JsonObject | null, name: string): string | null => {
  const value = reply !== null && Object.hasOwn(reply, name) ? reply[name] : null;
  return typeof value === 'string' && value !== '' ? value : null;
};

function lifeSecondsOf(reply: JsonObject): number {
  const seconds = Number(reply['expires_in']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : DEFAULT_LIFE_S;
}

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
