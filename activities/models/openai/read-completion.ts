import type { z } from 'zod';
import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import { failed, type NotMade } from '../../step-kind.ts';
import { parseWellFormed } from '../well-formed-json.ts';
import { firstIn, objectIn, textIn } from '../answer-usage.ts';

/** The checked answer of a chat completion, or why there is none. Members that servers leave out are no fault. */
export function readCompletion<T>(body: JsonObject, schema: z.ZodType<T>): { readonly answer: T } | NotMade {
  const choice = firstIn(body, 'choices');
  const message = objectIn(choice, 'message');
  const refusal = textIn(message, 'refusal');
  if (refusal) return failed('refused', refusal.slice(0, 500));
  const reason = textIn(choice, 'finish_reason');
  if (reason === 'content_filter') return failed('content_filtered', "The provider's filter stopped the answer.");
  if (reason === 'length') return failed('cut_off', 'The answer reached the token limit.');
  const content = textIn(message, 'content');
  if (!content) return failed('unparseable', `The answer has no content (finish_reason ${reason ?? 'not stated'}).`);
  return parseAnswer(content, schema);
}

function parseAnswer<T>(content: string, schema: z.ZodType<T>): { readonly answer: T } | NotMade {
  let value: unknown;
  try {
    value = parseWellFormed(content);
  } catch {
    return failed('unparseable', `The answer is no JSON: ${excerpt(content)}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { answer: parsed.data };
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ');
  return failed('unparseable', `The answer is not in the declared form (${wrong}): ${excerpt(content)}`);
}

const excerpt = (text: string) => (text.length > 200 ? `${text.slice(0, 200).toWellFormed()}…` : text);
