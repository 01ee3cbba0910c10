import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';

/** A correct request of the kind the product sends. */
export const stanceRequest = (
  text: string,
  changes: Partial<ChatCompletionCreateParamsNonStreaming> = {},
): ChatCompletionCreateParamsNonStreaming => ({
  model: 'gpt-4o-2024-11-20',
  messages: [
    { role: 'system', content: 'Classify the stance of the video.' },
    { role: 'user', content: text },
  ],
  response_format: {
    type: 'json_schema',
    json_schema: {
      name: 'stance',
      strict: true,
      schema: {
        type: 'object',
        properties: {
          label: { type: 'string', enum: ['support', 'no support', 'neutral'] },
          rationale: { type: 'string' },
        },
        required: ['label', 'rationale'],
        additionalProperties: false,
      },
    },
  },
  ...changes,
});
