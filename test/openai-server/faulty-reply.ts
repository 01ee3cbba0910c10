import type { ChatCompletion } from 'openai/resources/chat/completions';
import { htmlPage } from '../strict-server/html-page.ts';
import type { Fault } from './fault.ts';
import { OpenAIError } from './openai-error.ts';
import { jsonReply, type Reply } from './served-request.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly errorCode: string | null;
}

export const httpAnswer = (
  { contentType, body }: Reply,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  contentType,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  errorCode: null,
});

export const errorAnswer = (error: OpenAIError): HttpAnswer => ({
  ...httpAnswer(jsonReply(error.body), error.status, error.headers),
  errorCode: error.code ?? error.type,
});

/** What is sent in place of a model's answer; null for a fault that lets the model answer. */
export function answerInstead(fault: Fault, model: string): HttpAnswer | null {
  switch (fault.kind) {
    case 'status': {
      const { status, body = '', headers = {} } = fault;
      return httpAnswer(
        typeof body === 'string' ? { contentType: 'text/plain', body } : jsonReply(body),
        status,
        headers,
      );
    }
    case 'rate_limit':
      return errorAnswer(rateLimitError(model, fault.retryAfterMs));
    case 'insufficient_quota':
      return errorAnswer(
        new OpenAIError(429, 'You exceeded your current quota, please check your plan and billing details.', {
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        }),
      );
    case 'server_error':
      return errorAnswer(
        new OpenAIError(500, 'The server had an error while processing your request. Sorry about that!', {
          type: 'server_error',
        }),
      );
    case 'unavailable_html':
      return httpAnswer({ contentType: 'text/html', body: htmlPage('503 Service Temporarily Unavailable') }, 503);
    case 'html':
      return httpAnswer({ contentType: 'text/html', body: htmlPage('Welcome to the network') });
    default:
      return null;
  }
}

export function rateLimitError(model: string, retryAfterMs?: number, reason = 'requests'): OpenAIError {
  const wait = retryAfterMs === undefined ? '' : ` Please try again in ${retryAfterMs}ms.`;
  const headers =
    retryAfterMs === undefined
      ? {}
      : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)), 'retry-after-ms': String(retryAfterMs) };
  return new OpenAIError(429, `Rate limit reached for ${model} in organization org-test on ${reason} per min.${wait}`, {
    type: reason,
    code: 'rate_limit_exceeded',
    headers,
  });
}

/** A model's reply as the fault alters it. */
export function alteredReply(reply: Reply, fault: Fault | null): Reply {
  if (fault === null) return reply;
  if (fault.kind === 'truncated_json') {
    const whole = httpAnswer(reply).body;
    return { ...reply, body: whole.slice(0, whole.length / 2).toWellFormed() };
  }
  if (typeof reply.body === 'string') return reply;
  if (fault.kind === 'missing_usage') return jsonReply(without(reply.body, ['usage']));
  if (fault.kind === 'without') return jsonReply(without(reply.body, fault.members));
  return isCompletion(reply.body) ? jsonReply(alteredCompletion(reply.body, fault)) : reply;
}

const isCompletion = (body: object): body is ChatCompletion => 'choices' in body;

function alteredCompletion(completion: ChatCompletion, fault: Fault): ChatCompletion {
  const withChoice = (change: (choice: ChatCompletion.Choice) => Partial<ChatCompletion.Choice>): ChatCompletion => ({
    ...completion,
    choices: completion.choices.map((choice) => ({ ...choice, ...change(choice) })),
  });
  switch (fault.kind) {
    case 'empty_choices':
      return { ...completion, choices: [] };
    case 'refusal': {
      const refusal = fault.refusal ?? "I'm sorry, I can't assist with that request.";
      return withChoice(({ message }) => ({ message: { ...message, content: null, refusal } }));
    }
    case 'content_filter':
      return withChoice(({ message }) => ({ message: { ...message, content: null }, finish_reason: 'content_filter' }));
    case 'length':
      return withChoice(({ message }) => ({
        message: { ...message, content: half(message.content) },
        finish_reason: 'length',
      }));
    case 'content':
      return withChoice(({ message }) => ({ message: { ...message, content: fault.content } }));
    default:
      return completion;
  }
}

const half = (content: string | null): string => (content ?? '').slice(0, (content ?? '').length / 2).toWellFormed();

const without = (body: object, members: readonly string[]): object =>
  JSON.parse(JSON.stringify(body, (name, value: unknown) => (members.includes(name) ? undefined : value)));
