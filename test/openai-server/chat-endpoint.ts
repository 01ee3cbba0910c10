import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { readMessages, textTokens, type PromptContent } from './chat-messages.ts';
import { checkChatParameters, checkChatParametersOfModel } from './chat-parameters.ts';
import { digestPicker, type DigestPicker } from './digest-picker.ts';
import { readJsonBody } from './json-body.ts';
import { findModel, reasons, type ChatModel } from './model-catalogue.ts';
import type { PromptCache } from './prompt-cache.ts';
import { readResponseFormat } from './response-format.ts';
import { answerToSchema } from './schema-answer.ts';
import { jsonReply, type Answer, type ReplyContext, type ServedRequest, type Upload } from './served-request.ts';

export const chatPath = '/v1/chat/completions';

interface ChatRequest {
  readonly params: ChatCompletionCreateParamsNonStreaming;
  readonly model: ChatModel;
  readonly prompt: PromptContent;
  readonly schema: Record<string, unknown> | null;
  readonly digest: string;
}

/** Checks `POST /v1/chat/completions` as the real service does, so far as `facts/openai.md` and the SDK's types say. */
export function readChatRequest(upload: Upload, cache: PromptCache): ServedRequest {
  const body = readJsonBody(upload);
  checkChatParameters(body);
  const model = findModel(body.model, 'chat');
  checkChatParametersOfModel(body, model);
  const prompt = readMessages(body.messages, model);
  const schema = readResponseFormat(body.response_format, model, prompt.text);
  const request: ChatRequest = { params: body, model, prompt, schema, digest: upload.bytesDigest };
  return {
    path: chatPath,
    model: body.model,
    body,
    text: prompt.text,
    digest: upload.bytesDigest,
    promptTokens: prompt.textTokens + prompt.imageTokens,
    reservedTokens: body.max_completion_tokens ?? body.max_tokens ?? 0,
    billed: true,
    reply: (answer, context) => jsonReply(completionOf(request, answer, context, cache)),
  };
}

function completionOf(
  request: ChatRequest,
  answer: Answer | undefined,
  { requestId, now }: ReplyContext,
  cache: PromptCache,
): ChatCompletion {
  const { params, model, prompt, schema, digest } = request;
  const pick = digestPicker(digest);
  const reasoningTokens = reasons(model, params.reasoning_effort) ? 64 * (1 + pick.below(4)) : 0;
  const limit = (params.max_completion_tokens ?? params.max_tokens ?? model.maxOutputTokens) - reasoningTokens;
  let textTokensMade = 0;
  const choices = Array.from({ length: params.n ?? 1 }, (_, index): ChatCompletion.Choice => {
    const whole = contentOf(answer, schema, pick);
    const fits = textTokens(whole) <= limit;
    const content = fits ? whole : whole.slice(0, Math.max(limit, 0) * 4).toWellFormed();
    textTokensMade += textTokens(content);
    return {
      index,
      message: { role: 'assistant', content, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: fits ? 'stop' : 'length',
    };
  });
  const promptTokens = prompt.textTokens + prompt.imageTokens;
  const completionTokens = textTokensMade + Math.min(reasoningTokens, reasoningTokens + limit);
  return {
    id: `chatcmpl-${requestId.slice('req_'.length)}`,
    object: 'chat.completion',
    created: Math.floor(now.getTime() / 1000),
    model: model.dated,
    choices,
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: {
        cached_tokens: cache.cachedTokens(model.dated, prompt.prefix),
        audio_tokens: 0,
        text_tokens: prompt.textTokens,
        image_tokens: prompt.imageTokens,
      },
      completion_tokens_details: {
        reasoning_tokens: completionTokens - textTokensMade,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: tierOf(params.service_tier),
    system_fingerprint: `fp_${Buffer.from(model.dated).toString('hex').slice(-10)}`,
  };
}

function contentOf(answer: Answer | undefined, schema: Record<string, unknown> | null, pick: DigestPicker): string {
  if (answer !== undefined) return typeof answer === 'string' ? answer : JSON.stringify(answer);
  return schema === null ? pick.words(8 + pick.below(24)) : JSON.stringify(answerToSchema(schema, pick));
}

const tierOf = (asked: ChatCompletionCreateParamsNonStreaming['service_tier']): 'default' | 'flex' | 'priority' => {
  if (asked === 'flex') return asked;
  return asked === 'priority' || asked === 'fast' ? 'priority' : 'default';
};
