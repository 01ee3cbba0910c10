import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { reasons, type ChatModel } from './model-catalogue.ts';
import { invalidRequest, notPlayed, unsupportedParameter } from './openai-error.ts';
import {
  anything,
  arrayOf,
  boolean,
  checkParameters,
  decimal,
  integer,
  isObject,
  nullable,
  objectOf,
  oneOf,
  string,
  wrongType,
  type ParameterRule,
  type ParameterRules,
} from './parameter-rule.ts';

const unplayed: ParameterRule = (_value, param) => {
  throw notPlayed(`'${param}'`);
};
/** Taken when it asks for nothing: `stream: false`, `logprobs: null`. */
const unplayedUnlessOff: ParameterRule = (value, param) => {
  if (value !== null && value !== false) unplayed(value, param);
};
const metadata: ParameterRule = (value, param) => {
  if (!isObject(value)) throw wrongType(param, 'an object', value);
  if (Object.keys(value).length > 16) {
    throw invalidRequest(`Invalid '${param}': more than 16 properties.`, param, 'object_above_max_properties');
  }
  for (const key in value) {
    string({ maxLength: 64 })(key, param);
    string({ maxLength: 512 })(value[key], `${param}.${key}`);
  }
};
const stop: ParameterRule = (value, param) =>
  Array.isArray(value) ? arrayOf(string(), 4)(value, param) : string()(value, param);
const logitBias: ParameterRule = (value, param) => {
  if (!isObject(value)) throw wrongType(param, 'an object', value);
  for (const token in value) decimal(-100, 100)(value[token], `${param}.${token}`);
};

// ChatCompletionCreateParamsBase of openai 7, in its order; `null` is taken where its type says so.
const rules: ParameterRules = {
  messages: anything,
  model: string(),
  audio: unplayedUnlessOff,
  frequency_penalty: nullable(decimal(-2, 2)),
  function_call: unplayed,
  functions: unplayed,
  logit_bias: nullable(logitBias),
  logprobs: nullable(boolean),
  max_completion_tokens: nullable(integer(1)),
  max_tokens: nullable(integer(1)),
  metadata: nullable(metadata),
  modalities: nullable(arrayOf(oneOf('text'))),
  moderation: unplayedUnlessOff,
  n: nullable(integer(1, 128)),
  parallel_tool_calls: unplayed,
  prediction: unplayedUnlessOff,
  presence_penalty: nullable(decimal(-2, 2)),
  prompt_cache_key: nullable(string({ maxLength: 64 })),
  prompt_cache_options: objectOf({ mode: oneOf('implicit', 'explicit'), ttl: oneOf('30m') }),
  prompt_cache_retention: nullable(oneOf('in_memory', '24h')),
  reasoning_effort: nullable(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
  response_format: anything,
  safety_identifier: nullable(string({ maxLength: 128 })),
  seed: nullable(integer(-(2 ** 63), 2 ** 63)),
  service_tier: nullable(oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast')),
  stop: nullable(stop),
  store: nullable(boolean),
  stream: unplayedUnlessOff,
  stream_options: unplayedUnlessOff,
  temperature: nullable(decimal(0, 2)),
  tool_choice: unplayed,
  tools: unplayed,
  top_logprobs: nullable(integer(0, 20)),
  top_p: nullable(decimal(0, 1)),
  user: string(),
  verbosity: nullable(oneOf('low', 'medium', 'high')),
  web_search_options: unplayed,
};

/** Afterwards the body is what its type says, but for `messages` and `response_format`, which have checks of their own. */
export function checkChatParameters(
  body: Record<string, unknown>,
): asserts body is Record<string, unknown> & ChatCompletionCreateParamsNonStreaming {
  checkParameters(body, rules, ['messages', 'model']);
}

/** What depends on the model: reasoning models sample in their own way and count their thinking in the limit. */
export function checkChatParametersOfModel(body: Record<string, unknown>, model: ChatModel): void {
  const given = (name: string): boolean => body[name] !== undefined && body[name] !== null;
  if (given('max_tokens') && model.reasoning !== 'never') {
    throw unsupportedParameter('max_tokens', " Use 'max_completion_tokens' instead.");
  }
  if (given('max_tokens') && given('max_completion_tokens')) {
    throw invalidRequest(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    );
  }
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    if (given(name) && Number(body[name]) > model.maxOutputTokens) {
      throw invalidRequest(
        `${name} is too large: ${String(body[name])}. This model supports at most ${model.maxOutputTokens} completion tokens, whereas you provided ${String(body[name])}.`,
        name,
        'invalid_value',
      );
    }
  }
  if (reasons(model, body.reasoning_effort)) checkReasoning(body, given);
  if (model.reasoning === 'never') {
    if (given('reasoning_effort')) throw invalidRequest('Unrecognized request argument supplied: reasoning_effort');
    if (given('verbosity') && body.verbosity !== 'medium') {
      throw invalidRequest(
        `Unsupported value: 'verbosity' does not support '${String(body.verbosity)}' with this model. Supported values are: 'medium'.`,
        'verbosity',
        'unsupported_value',
      );
    }
  }
  for (const name of ['logprobs', 'top_logprobs']) unplayedUnlessOff(body[name] ?? null, name);
  if (given('prompt_cache_options') && !model.promptCacheOptions)
    throw unsupportedParameter('prompt_cache_options', '');
}

function checkReasoning(body: Record<string, unknown>, given: (name: string) => boolean): void {
  for (const [name, only] of [
    ['temperature', 1],
    ['top_p', 1],
    ['presence_penalty', 0],
    ['frequency_penalty', 0],
  ] as const) {
    if (given(name) && body[name] !== only) {
      throw invalidRequest(
        `Unsupported value: '${name}' does not support ${String(body[name])} with this model. Only the default (${only}) value is supported.`,
        name,
        'unsupported_value',
      );
    }
  }
  for (const name of ['logit_bias', 'stop', 'top_logprobs']) if (given(name)) throw unsupportedParameter(name, '');
  if (body.logprobs === true) throw unsupportedParameter('logprobs', '');
}
