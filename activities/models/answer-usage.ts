import type { Json } from '../../manifests/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../../datasets/declaration/json-object.ts';
import type { Usage } from '../../datasets/prices/price-table.ts';

/** What an answer says that it used. Servers other than OpenAI's leave out some of it, or all. */
export function answerUsage(body: JsonObject): Usage {
  const usage = objectIn(body, 'usage');
  const details = objectIn(usage, 'prompt_tokens_details') ?? objectIn(usage, 'input_token_details');
  return {
    inputTokens: countIn(usage, 'prompt_tokens') ?? countIn(usage, 'input_tokens'),
    cachedInputTokens: countIn(details, 'cached_tokens'),
    outputTokens: countIn(usage, 'completion_tokens') ?? countIn(usage, 'output_tokens') ?? restOf(usage),
    audioSeconds: secondsIn(usage, 'seconds') ?? secondsIn(body, 'duration'),
  };
}

/** An embedding has no output, and its usage names the input and the total alone. */
function restOf(usage: JsonObject | null): number | null {
  const [total, input] = [countIn(usage, 'total_tokens'), countIn(usage, 'prompt_tokens')];
  return total === null || input === null || total < input ? null : total - input;
}

export const textIn = (value: JsonObject | null, name: string): string | null => {
  const text = value?.[name];
  return typeof text === 'string' ? text : null;
};

export function objectIn(value: JsonObject | null, name: string): JsonObject | null {
  const inside = value?.[name];
  return isJsonObject(inside) ? inside : null;
}

/** The first of a list of objects. */
export function firstIn(value: JsonObject, name: string): JsonObject | null {
  const list = value[name];
  const first: Json | undefined = Array.isArray(list) ? list[0] : undefined;
  return isJsonObject(first) ? first : null;
}

export const numberIn = (value: JsonObject | null, name: string): number | null => {
  const number = value?.[name];
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
};

function countIn(value: JsonObject | null, name: string): number | null {
  const count = numberIn(value, name);
  return count !== null && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function secondsIn(value: JsonObject | null, name: string): number | null {
  const seconds = numberIn(value, name);
  return seconds !== null && seconds >= 0 ? seconds : null;
}
