import type { JsonObject } from '../collect/api-json.ts';
import type { ApiReply, ReadReply } from '../collect/collect-api.ts';
import { isJsonObject, memberOf, parseApiJson } from './parse-api-json.ts';
import { KEY_VARIABLES } from './tiktok-access-error.ts';

/** The parts of `ReadReply` that say what to do. */
type Meaning =
  | { readonly kind: 'token' | 'refused' }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly tries: number }
  | { readonly kind: 'quota'; readonly untilMs: number }
  | { readonly kind: 'fatal'; readonly advice: string };

type Said = Pick<ReadReply, 'code' | 'message' | 'logId'>;

/**
 * What a reply of the Research API means. Its errors: https://developers.tiktok.com/doc/research-api-faq and what clients
 * met that is not documented, named where it is told apart.
 */
export function readReply(reply: ApiReply): ReadReply {
  const json = parseApiJson(reply.body);
  if (json === null) return withoutJson(reply);
  const said = saidIn(json);
  if (said.code === 'ok' || (said.code === '' && reply.status < 300)) {
    const data = memberOf(json, 'data');
    if (reply.status < 300 && isJsonObject(data)) return { ...said, code: 'ok', kind: 'ok', data };
    return { ...said, ...broken(reply, 'no_data'), message: `a reply without data (${reply.status})` };
  }
  const code = ownCode(said) ?? (said.code === '' ? `http_${reply.status}` : said.code);
  return { ...said, code, ...meaningOf(code, reply) };
}

function saidIn(json: JsonObject): Said {
  const error = memberOf(json, 'error');
  // A refused token is sometimes told in the flat form of the token's own errors.
  const of = isJsonObject(error) ? error : json;
  const text = (name: string) => {
    const value = memberOf(of, name);
    // Cut first: half a character at its end has no form in the log.
    return typeof value === 'string' ? value.slice(0, 500).toWellFormed() : typeof value === 'bigint' ? `${value}` : '';
  };
  return {
    code: (typeof error === 'string' ? error : text('code')).slice(0, 100).toWellFormed(),
    message: text('message') || text('error_description'),
    logId: text('log_id') || null,
  };
}

/**
 * `invalid_params` says five different things; only its message tells them apart. Messages as in the clients that meet
 * them: JBGruber/traktok#17, CybersecurityForDemocracy/tiktok-library#89 and its code.
 */
function ownCode({ code, message }: Said): string | null {
  if (!INVALID.has(code)) return null;
  if (/search.?id\b.*(invalid|expired)/i.test(message)) return 'search_id_invalid';
  if (/invalid count or cursor/i.test(message)) return 'cursor_invalid';
  if (/cannot find the user/i.test(message)) return 'user_not_found';
  if (/cannot find the video/i.test(message)) return 'video_not_found';
  if (/cannot return this user'?s information/i.test(message)) return 'user_not_available';
  return null;
}
const INVALID: ReadonlySet<string> = new Set(['invalid_params', 'invalid_param', 'invalid_request']);

const NO_SCOPE =
  `The app of ${KEY_VARIABLES} is not approved for the Research API (scope research.data.basic). ` +
  `Apply for it at https://developers.tiktok.com/products/research-api, or use an approved app's key.`;

function meaningOf(code: string, reply: ApiReply): Meaning {
  switch (code) {
    case 'access_token_invalid':
      return { kind: 'token' };
    case 'scope_not_authorized':
    case 'scope_permission_missed':
      return { kind: 'fatal', advice: NO_SCOPE };
    case 'rate_limit_exceeded':
      return { kind: 'retry', afterMs: 5000, tries: 12 };
    case 'daily_quota_limit_exceeded':
      return { kind: 'quota', untilMs: nextQuotaMs(reply) };
    case 'search_id_invalid':
      // For an id just issued too: it works after seconds (ResearchTikPy).
      return { kind: 'retry', afterMs: 3000, tries: 5 };
    case 'cursor_invalid':
      return { kind: 'retry', afterMs: 2000, tries: 5 };
    case 'user_not_found':
    case 'user_not_available':
    case 'video_not_found':
      return { kind: 'refused' };
    case 'timeout':
      return { kind: 'retry', afterMs: 30_000, tries: 3 };
    case 'internal_error':
      return SERVER_ERROR;
    default:
      return byStatus(reply.status);
  }
}

/** Each try burns quota, and some dates fail for months (tiktok-library#90): few tries, then the day is left partial. */
const SERVER_ERROR: Meaning = { kind: 'retry', afterMs: 10_000, tries: 4 };

function byStatus(status: number): Meaning {
  if (status === 401) return { kind: 'token' };
  if (status === 429) return { kind: 'retry', afterMs: 5000, tries: 12 };
  if (status >= 500) return SERVER_ERROR;
  return { kind: 'refused' };
}

function withoutJson(reply: ApiReply): ReadReply {
  const { status, contentType, body } = reply;
  const isHtml = /\bhtml\b/i.test(contentType ?? '') || /^\s*<(!doctype|html)/i.test(body);
  const code = isHtml ? 'html' : 'no_json';
  const message = `${status} with ${isHtml ? 'a page of HTML' : body.trim() === '' ? 'an empty body' : 'a body that is no JSON object'}`;
  return { logId: null, message, ...broken(reply, code) };
}

/** A reply that isn't one of the API's. */
function broken({ status }: ApiReply, code: string): { readonly code: string } & Meaning {
  if (status === 404 || (status >= 300 && status < 400))
    return {
      code,
      kind: 'fatal',
      advice: `Nothing of the Research API is there (${status}). Correct TIKTOK_API_BASE_URL, or unset it.`,
    };
  if (status === 401 || status === 429) return { code, ...byStatus(status) };
  // A gateway that gave up after minutes is given more time.
  return { code, kind: 'retry', afterMs: status === 504 ? 30_000 : 10_000, tries: 4 };
}

/** When the daily quota is new, and a little: clocks differ. */
const MARGIN_MS = 30_000;
const DAY_MS = 86_400_000;
/** On our clock, by the server's: its midnight is the one that counts. */
function nextQuotaMs({ answeredAtMs, serverTimeMs }: ApiReply): number {
  const serverMs = serverTimeMs ?? answeredAtMs;
  return answeredAtMs + DAY_MS - (serverMs % DAY_MS) + MARGIN_MS;
}
