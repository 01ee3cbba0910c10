import { createHash } from 'node:crypto';
import type { ApiReply, CollectApi } from '../collect/collect-api.ts';
import { createTokenSource } from './access-token.ts';
import { ApiBaseUrlError, RESEARCH_API } from './api-base-url-error.ts';
import { readReply } from './read-reply.ts';
import { redactSecrets } from './redact-secrets.ts';
import { sendHttp } from './send-http.ts';

export interface ResearchApiOptions {
  readonly clientKey: string;
  readonly clientSecret: string;
  /** https://open.tiktokapis.com, or a simulator's. */
  readonly baseUrl?: string | undefined;
  readonly requestsADay?: number;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

/** Shared by all apps of an organisation: https://developers.tiktok.com/doc/research-api-faq. */
const REQUESTS_A_DAY = 1000;
/** Its gateway gives up after about 4 minutes (JBGruber/traktok#17): before that a reply may still come. */
const TIMEOUT_MS = 300_000;

/** The TikTok Research API (v2) for one app. */
export function createResearchApi({
  clientKey,
  clientSecret,
  baseUrl = RESEARCH_API,
  requestsADay = REQUESTS_A_DAY,
  timeoutMs = TIMEOUT_MS,
  now = Date.now,
}: ResearchApiOptions): CollectApi {
  const base = checkedBase(baseUrl);
  const tokenTexts = new Map<number, string>();
  const redact = (text: string) => redactSecrets(text, [clientSecret, clientKey, ...tokenTexts.values()]);
  const tokens = createTokenSource({
    baseUrl: base,
    clientKey,
    clientSecret,
    timeoutMs: Math.min(timeoutMs, 60_000),
    now,
    redact,
  });

  return {
    account: createHash('sha256').update(`tiktok\0${base}\0${clientKey}`).digest('hex').slice(0, 16),
    requestsADay,
    async send({ endpoint, fields, body }, signal): Promise<ApiReply> {
      const token = await tokens.get(signal);
      tokenTexts.set(token.number, token.text);
      // No reply tells of a token older than the one before.
      tokenTexts.delete(token.number - 2);
      const askedAtMs = now();
      const reply = await sendHttp({
        url: `${base}/v2/research/${endpoint}/?fields=${encodeURIComponent(fields.join(',')).replaceAll('%2C', ',')}`,
        headers: { Authorization: `Bearer ${token.text}`, 'Content-Type': 'application/json' },
        body,
        timeoutMs,
        signal,
      });
      return { ...reply, askedAtMs, answeredAtMs: now(), token: token.number };
    },
    dropToken: ({ token }) => tokens.drop(token),
    read(reply) {
      const read = readReply(reply);
      return { ...read, message: redact(read.message) };
    },
  };
}

function checkedBase(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new ApiBaseUrlError(baseUrl);
  return url.href.replace(/\/+$/, '');
}
