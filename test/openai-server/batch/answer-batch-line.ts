import { hash } from 'node:crypto';
import { alteredReply, answerInstead } from '../faulty-reply.ts';
import { OpenAIError } from '../openai-error.ts';
import { routeRequest } from '../route-request.ts';
import type { ServerState } from '../server-state.ts';
import type { BatchInputLine } from './batch-input.ts';

export interface LineAnswer {
  readonly customId: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: string | object;
}

/**
 * One line of a batch, checked and answered by the code of an online request and hit by the same faults. Its call is in
 * the log with its batch's id, and its digest is that of the same request sent online.
 */
export async function answerBatchLine(line: BatchInputLine, batch: string, state: ServerState): Promise<LineAnswer> {
  const bytes = Buffer.from(JSON.stringify(line.body));
  const upload = { bytes, contentType: 'application/json', bytesDigest: hash('sha256', bytes) };
  const call = state.log.begin('POST', line.url, {}, batch);
  call.bytesDigest = upload.bytesDigest;
  const { customId } = line;
  const { requestId } = call;
  const ended = (status: number, body: string | object, errorCode: string | null): LineAnswer => {
    Object.assign(call, { status, errorCode });
    state.log.finish(call);
    return { customId, requestId, status, body };
  };
  try {
    const request = { ...(await routeRequest('POST', line.url, upload, state)), batch };
    Object.assign(call, { model: request.model, digest: request.digest, body: request.body });
    const fault = state.faults.take(request);
    call.fault = fault?.kind ?? null;
    const instead = fault && answerInstead(fault, request.model);
    if (instead) return ended(instead.status, jsonOr(instead.body), instead.errorCode);
    call.billed = true;
    const reply = request.reply(await state.answer(request), { requestId, now: new Date(), fault: null });
    return ended(200, alteredReply(reply, fault).body, null);
  } catch (error) {
    if (error instanceof OpenAIError) return ended(error.status, error.body, error.code ?? error.type);
    throw error;
  }
}

function jsonOr(text: string): string | object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : text;
  } catch {
    return text;
  }
}
