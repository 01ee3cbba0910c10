import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { breakOff, firstHalf, pause } from '../strict-server/slow-reply.ts';
import { ApiError } from './api-error.ts';
import { readCommentRequest } from './comment-list-endpoint.ts';
import type { Fault } from './fault.ts';
import { errorAnswer, jsonAnswer, pageInstead, refusalOf, type HttpAnswer } from './http-answer.ts';
import type { LoggedRequest } from './request-log.ts';
import type { Endpoint } from './request-filter.ts';
import type { Received, ServedRequest } from './served-request.ts';
import type { ServerState } from './server-state.ts';
import { readTokenRequest } from './token-endpoint.ts';
import { readUserRequest } from './user-info-endpoint.ts';
import { readVideoRequest } from './video-query-endpoint.ts';

type Reader = (received: Received, state: ServerState) => ServedRequest;

const routes: Readonly<Record<string, { readonly endpoint: Endpoint; readonly read: Reader }>> = {
  '/v2/oauth/token/': { endpoint: 'oauth/token', read: readTokenRequest },
  '/v2/research/video/query/': { endpoint: 'video/query', read: readVideoRequest },
  '/v2/research/video/comment/list/': { endpoint: 'video/comment/list', read: readCommentRequest },
  '/v2/research/user/info/': { endpoint: 'user/info', read: readUserRequest },
};

/** Faults that something before the API's own quota makes. */
const freeFaults: ReadonlySet<Fault['kind']> = new Set([
  'access_token_invalid',
  'scope_not_authorized',
  'rate_limit',
  'daily_quota',
  'html',
] as const);

/** One request: route, token, quota, checks, fault, answer. Whatever gets past token and quota uses a request of the day. */
export async function serveRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  state: ServerState,
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://server');
  const entry = state.log.begin(incoming.method ?? '', url.pathname, state.clock.nowMs);
  response.on('close', () => {
    entry.aborted = !response.writableFinished && entry.fault !== 'reset';
  });
  let body: string;
  try {
    body = await text(incoming);
    entry.body = body.replace(/(?<=client_secret=)[^&]*/, '…');
  } catch {
    // A client that left in the middle of its upload gets no answer.
    return;
  }
  let fault: Fault | null = null;
  let answer: HttpAnswer;
  try {
    const request = admit(
      incoming,
      { body, contentType: incoming.headers['content-type'], query: url.searchParams },
      entry,
      state,
    );
    fault = state.faults.take({ ...request.facts, body });
    entry.fault = fault?.kind ?? null;
    answer = answerTo(request, fault, entry, state);
  } catch (error) {
    answer = errorAnswer(error, entry);
  }
  await pause(state.settings.latencyMs + waitOf(fault), response);
  if (!response.destroyed) await send(answer, fault, entry, response, state);
}

function admit(incoming: IncomingMessage, received: Received, entry: LoggedRequest, state: ServerState): ServedRequest {
  const route = routes[entry.path];
  if (route === undefined) throw new ApiError(404, 'invalid_request', `No such path: ${entry.path}`);
  entry.endpoint = route.endpoint;
  if (entry.method !== 'POST') throw new ApiError(405, 'invalid_request', `${entry.path} takes POST only`);
  const { clock, quota, settings } = state;
  if (route.endpoint !== 'oauth/token') {
    const token = state.tokens.check(incoming.headers.authorization, clock.nowMs);
    Object.assign(entry, { token: token.number, client: token.clientKey });
    quota.check(token.clientKey, clock.today, settings);
    entry.usedQuota = true;
  }
  try {
    const request = route.read(received, state);
    entry.facts = request.facts;
    return request;
  } catch (error) {
    useQuota(entry, state);
    throw error;
  }
}

function answerTo(request: ServedRequest, fault: Fault | null, entry: LoggedRequest, state: ServerState): HttpAnswer {
  if (fault !== null && freeFaults.has(fault.kind)) entry.usedQuota = false;
  if (fault?.kind === 'access_token_invalid' && entry.token !== null) state.tokens.expire(entry.token);
  if (fault?.kind === 'daily_quota' && entry.client !== null)
    state.quota.use(entry.client, state.clock.today, { requests: state.settings.requestsADay });
  try {
    const instead = fault && pageInstead(fault);
    if (instead) return instead;
    const refusal = fault && refusalOf(fault, request.facts.searchId);
    if (refusal) throw refusal;
    const answer = jsonAnswer(request.answer(fault, entry));
    return fault?.kind === 'truncated_json' ? { ...answer, body: firstHalf(answer.body) } : answer;
  } finally {
    useQuota(entry, state);
  }
}

function useQuota({ client, usedQuota, rows }: LoggedRequest, { quota, clock }: ServerState): void {
  if (client !== null && usedQuota) quota.use(client, clock.today, { requests: 1, records: rows });
}

function waitOf(fault: Fault | null): number {
  if (fault?.kind === 'gateway_timeout') return fault.afterMs ?? 0;
  return fault?.kind === 'hang' ? (fault.ms ?? Infinity) : 0;
}

async function send(
  answer: HttpAnswer,
  fault: Fault | null,
  entry: LoggedRequest,
  response: ServerResponse,
  state: ServerState,
): Promise<void> {
  const headers = {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    date: new Date(state.clock.nowMs).toUTCString(),
    'x-tt-logid': entry.logId,
  };
  if (fault?.kind !== 'reset') {
    Object.assign(entry, { status: answer.status, code: answer.code });
    response.writeHead(answer.status, headers).end(answer.body);
    return;
  }
  await breakOff(response, { ...answer, headers }, fault.after);
}
