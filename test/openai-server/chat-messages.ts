import type { ChatCompletionContentPartImage } from 'openai/resources/chat/completions';
import { imageTokens, readImageUrl } from './image-url.ts';
import type { ChatModel } from './model-catalogue.ts';
import { invalidRequest, notPlayed, unsupportedParameter } from './openai-error.ts';
import {
  assertIs,
  isObject,
  nullable,
  objectOf,
  oneOf,
  string,
  wrongType,
  type ParameterRule,
  type RuleFor,
} from './parameter-rule.ts';

export interface PromptContent {
  /** Every text of the conversation, a line each. */
  text: string;
  /** The texts before the first image: what a later request can share with this one. */
  prefix: string;
  images: number;
  textTokens: number;
  imageTokens: number;
}

const anyString = string();
const cacheBreakpoint = objectOf({ mode: oneOf('explicit'), ttl: oneOf('30m', '12h') }, ['mode']);
const imageUrl = objectOf({ url: anyString, detail: oneOf('auto', 'low', 'high', 'original') }, ['url']);
const textPart = objectOf({ type: anyString, text: anyString, prompt_cache_breakpoint: cacheBreakpoint }, ['text']);
const imagePart: RuleFor<ChatCompletionContentPartImage> = objectOf(
  { type: anyString, image_url: imageUrl, prompt_cache_breakpoint: cacheBreakpoint },
  ['image_url'],
);
const content: ParameterRule = (value, param) => {
  if (typeof value !== 'string' && !Array.isArray(value))
    throw wrongType(param, 'a string or an array of objects', value);
};
const messageOf: Readonly<Record<string, ParameterRule>> = {
  developer: objectOf({ role: anyString, content, name: anyString }, ['content']),
  system: objectOf({ role: anyString, content, name: anyString }, ['content']),
  user: objectOf({ role: anyString, content, name: anyString }, ['content']),
  assistant: objectOf({ role: anyString, content: nullable(content), name: anyString, refusal: nullable(anyString) }),
};
const played = Object.keys(messageOf);
const role = oneOf('system', 'assistant', 'user', 'function', 'tool', 'developer');

/** Checks a conversation against the SDK's message types and counts what it costs to read. */
export function readMessages(messages: unknown, model: ChatModel): PromptContent {
  if (!Array.isArray(messages)) throw wrongType('messages', 'an array of objects', messages);
  if (messages.length === 0) throw emptyArray('messages');
  const prompt: PromptContent = { text: '', prefix: '', images: 0, textTokens: 3, imageTokens: 0 };
  messages.forEach((message: unknown, index) => readMessage(message, `messages[${index}]`, model, prompt));
  return prompt;
}

function readMessage(message: unknown, param: string, model: ChatModel, prompt: PromptContent): void {
  if (!isObject(message)) throw wrongType(param, 'an object', message);
  role(message.role, `${param}.role`);
  const rule = messageOf[String(message.role)];
  if (rule === undefined) throw notPlayed(`messages of role '${String(message.role)}' (only ${played.join(', ')})`);
  rule(message, param);
  prompt.textTokens += 3;
  if (typeof message.content === 'string') addText(message.content, prompt);
  if (!Array.isArray(message.content)) return;
  if (message.content.length === 0) throw emptyArray(`${param}.content`);
  message.content.forEach((part: unknown, index) => {
    readPart(part, `${param}.content[${index}]`, String(message.role), model, prompt);
  });
}

function readPart(part: unknown, param: string, of: string, model: ChatModel, prompt: PromptContent): void {
  if (!isObject(part)) throw wrongType(param, 'an object', part);
  oneOf('text', 'image_url', 'input_audio', 'refusal', 'audio', 'file')(part.type, `${param}.type`);
  if (part.prompt_cache_breakpoint !== undefined && !model.promptCacheOptions) {
    throw unsupportedParameter(`${param}.prompt_cache_breakpoint`, '');
  }
  if (part.type === 'text') {
    textPart(part, param);
    addText(String(part.text), prompt);
  } else if (part.type === 'image_url') {
    if (of !== 'user') {
      throw invalidRequest(
        `Invalid '${param}'. Image URLs are only allowed for messages with role 'user', but this message with role '${of}' contains an image URL.`,
        param,
        'invalid_value',
      );
    }
    if (!model.vision) {
      throw invalidRequest('Invalid content type. image_url is only supported by certain models.', `${param}.type`);
    }
    assertIs(part, imagePart, param);
    const { url, detail } = part.image_url;
    prompt.imageTokens += imageTokens(readImageUrl(url, `${param}.image_url.url`), detail ?? 'auto');
    prompt.images += 1;
  } else throw notPlayed(`content parts of type '${String(part.type)}'`);
}

function addText(text: string, prompt: PromptContent): void {
  prompt.text += `${text}\n`;
  if (prompt.images === 0) prompt.prefix += `${text}\n`;
  prompt.textTokens += textTokens(text);
}

/** OpenAI's rule of thumb, four characters a token: a server that held the real vocabulary would test nothing more. */
export const textTokens = (text: string): number => Math.ceil(text.length / 4);

const emptyArray = (param: string): Error =>
  invalidRequest(
    `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    param,
    'empty_array',
  );
