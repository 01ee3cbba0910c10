import { hash } from 'node:crypto';
import { textTokens } from './chat-messages.ts';
import { digestPicker } from './digest-picker.ts';
import { readJsonBody } from './json-body.ts';
import { findModel } from './model-catalogue.ts';
import { invalidRequest, notPlayed } from './openai-error.ts';
import { anything, arrayOf, checkParameters, integer, oneOf, string } from './parameter-rule.ts';
import { jsonReply, type Answer, type ServedRequest, type Upload } from './served-request.ts';

export const embeddingsPath = '/v1/embeddings';

const maxInputs = 2048;
const maxInputTokens = 8192;
const maxTokens = 300_000;
const rules = {
  input: anything,
  model: string(),
  dimensions: integer(1),
  encoding_format: oneOf('float', 'base64'),
  user: string(),
};

/** Checks `POST /v1/embeddings`. The SDK asks for base64 unless told otherwise and decodes it itself. */
export function readEmbeddingsRequest(upload: Upload): ServedRequest {
  const body = readJsonBody(upload);
  checkParameters(body, rules, ['input', 'model']);
  const name = String(body.model);
  const model = findModel(name, 'embedding');
  const inputs = readInputs(body.input);
  const dimensions = typeof body.dimensions === 'number' ? body.dimensions : model.dimensions;
  if (body.dimensions !== undefined && !model.shortenable) {
    throw invalidRequest('This model does not support specifying dimensions.');
  }
  if (dimensions > model.dimensions) {
    throw invalidRequest(
      `Invalid value for 'dimensions' = ${dimensions}. Must be less than or equal to ${model.dimensions}.`,
      'dimensions',
    );
  }
  const tokens = inputs.reduce((sum, input) => sum + textTokens(input), 0);
  if (tokens > maxTokens)
    throw invalidRequest(`Requested ${tokens} tokens, max ${maxTokens} tokens per request`, 'input');
  return {
    path: embeddingsPath,
    model: name,
    body,
    text: inputs.join('\n'),
    digest: upload.bytesDigest,
    promptTokens: tokens,
    reservedTokens: 0,
    billed: true,
    reply: (answer) => {
      const vectors = inputs.map((input, index) => givenVector(answer, index) ?? vectorOf(name, input, dimensions));
      return jsonReply({
        object: 'list',
        data: vectors.map((vector, index) => ({
          object: 'embedding',
          index,
          embedding: body.encoding_format === 'base64' ? base64(vector) : vector,
        })),
        model: name,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      });
    },
  };
}

function readInputs(input: unknown): string[] {
  if (Array.isArray(input) && typeof input[0] !== 'string' && input.length > 0) throw notPlayed("'input' as tokens");
  const inputs: unknown[] = Array.isArray(input) ? input : [input];
  arrayOf(string(), maxInputs)(inputs, 'input');
  const texts = inputs.map(String);
  if (texts.length === 0 || texts.includes('')) throw invalidRequest("'$.input' is invalid.", 'input');
  if (texts.some((text) => textTokens(text) > maxInputTokens)) {
    throw invalidRequest(`This model's maximum context length is ${maxInputTokens} tokens.`, 'input');
  }
  return texts;
}

function givenVector(answer: Answer | undefined, index: number): number[] | undefined {
  const vector: unknown = Array.isArray(answer) ? answer[index] : undefined;
  return Array.isArray(vector) ? vector.map(Number) : undefined;
}

/** Depends on the text alone, has length 1 as the real vectors have, and is exact in float32. */
function vectorOf(model: string, text: string, dimensions: number): number[] {
  const pick = digestPicker(hash('sha256', `${model}\0${text}`));
  const raw = Array.from({ length: dimensions }, () => pick.below(2001) - 1000);
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / length));
}

const base64 = (vector: readonly number[]): string => Buffer.from(new Float32Array(vector).buffer).toString('base64');
