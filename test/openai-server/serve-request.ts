import type { IncomingMessage, ServerResponse } from 'node:http';
import { breakOff, pause, sendPart } from '../strict-server/slow-reply.ts';
import { authorize } from './authorize.ts';
import { filesPath, maxFileBytes } from './batch/files-endpoint.ts';
import type { Call } from './call-log.ts';
import type { Fault } from './fault.ts';
import { alteredReply, answerInstead, errorAnswer, httpAnswer, type HttpAnswer } from './faulty-reply.ts';
import { OpenAIError } from './openai-error.ts';
import { readUpload } from './read-upload.ts';
import { routeRequest } from './route-request.ts';
import type { ServerState } from './server-state.ts';
import type { ServedRequest } from './served-request.ts';

/** One request from its first byte to its last: checks, limits, faults, waiting, and then the answer. */
export async function serveRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
  state: ServerState,
): Promise<void> {
  const url = incoming.url ?? '/';
  const path = new URL(url, 'http://server').pathname;
  const call = state.log.begin(incoming.method ?? '', path, incoming.headers);
  response.on('close', () => {
    call.aborted = !response.writableFinished && call.fault !== 'reset';
    state.log.finish(call);
  });
  const send = (answer: HttpAnswer): void => sendAnswer(response, answer, call, state);
  try {
    const upload = await readUpload(incoming, path === filesPath ? maxFileBytes : undefined);
    call.bytesDigest = upload.bytesDigest;
    authorize(incoming.headers.authorization, state.apiKeys);
    const request = await routeRequest(call.method, url, upload, state);
    Object.assign(call, { model: request.model, digest: request.digest, body: request.body });
    state.limiter.take(request);
    const fault = state.faults.take(request);
    call.fault = fault?.kind ?? null;
    const instead = fault && answerInstead(fault, request.model);
    call.billed = request.billed && instead === null;
    const waitMs = state.latencyMs(request) + waitOf(fault);
    await pause(waitMs, response);
    if (response.destroyed) return;
    if (instead) send(instead);
    else await sendModelAnswer(request, fault, call, response, state);
  } catch (error) {
    // A client that left in the middle of its upload is no mistake and gets no answer.
    if (incoming.complete && !response.destroyed)
      send(errorAnswer(error instanceof OpenAIError ? error : brokenTest(error)));
  }
}

const waitOf = (fault: Fault | null): number => {
  if (fault?.kind === 'slow') return fault.ms;
  return fault?.kind === 'hang' ? (fault.ms ?? Infinity) : 0;
};

async function sendModelAnswer(
  request: ServedRequest,
  fault: Fault | null,
  call: Call,
  response: ServerResponse,
  state: ServerState,
): Promise<void> {
  const reply = request.reply(await state.answer(request), { requestId: call.requestId, now: new Date(), fault });
  const answer = httpAnswer(alteredReply(reply, fault));
  const part = { ...answer, headers: headersOf(answer, call, state) };
  if (fault?.kind === 'stall') sendPart(response, part, 'body');
  else if (fault?.kind === 'reset') await breakOff(response, part, fault.after);
  else sendAnswer(response, answer, call, state);
}

function sendAnswer(response: ServerResponse, answer: HttpAnswer, call: Call, state: ServerState): void {
  call.status = answer.status;
  call.errorCode = answer.errorCode;
  state.log.finish(call);
  response.writeHead(answer.status, headersOf(answer, call, state));
  response.end(answer.body);
}

const headersOf = (answer: HttpAnswer, call: Call, state: ServerState): Record<string, string | number> => ({
  'content-type': answer.contentType,
  'content-length': Buffer.byteLength(answer.body),
  'x-request-id': call.requestId,
  'openai-organization': 'org-test',
  'openai-version': '2020-10-01',
  'openai-processing-ms': Date.now() - call.receivedAt,
  ...(call.model === null ? {} : state.limiter.headers(call.model)),
  ...answer.headers,
});

// Never a silent 500 of the kind that clients retry: the test's own callback threw, or this server has a mistake.
const brokenTest = (error: unknown): OpenAIError =>
  new OpenAIError(400, `The test server failed: ${error instanceof Error ? error.stack : String(error)}`, {
    type: 'test_server_error',
    code: 'test_server_error',
  });
