import type { ResponseFormatJSONSchema } from 'openai/resources/shared';
import type { ChatModel } from './model-catalogue.ts';
import { invalidRequest, missingParameter } from './openai-error.ts';
import {
  assertIs,
  boolean,
  isObject,
  nullable,
  objectOf,
  oneOf,
  string,
  wrongType,
  type RuleFor,
} from './parameter-rule.ts';
import { checkStrictSchema } from './strict-schema.ts';

const anyString = string();
const plain = objectOf({ type: anyString });
const jsonSchema = objectOf(
  {
    name: string({ maxLength: 64, pattern: /^[a-zA-Z0-9_-]+$/ }),
    description: anyString,
    strict: nullable(boolean),
    schema: (value, param) => {
      if (!isObject(value)) throw wrongType(param, 'an object', value);
    },
  },
  ['name', 'schema'],
);
const withSchema: RuleFor<ResponseFormatJSONSchema> = objectOf({ type: anyString, json_schema: jsonSchema }, [
  'json_schema',
]);

/** The schema that the answer must follow, null for free text, or `{}` for any JSON object. */
export function readResponseFormat(
  format: unknown,
  model: ChatModel,
  promptText: string,
): Record<string, unknown> | null {
  const param = 'response_format';
  if (format === undefined) return null;
  if (!isObject(format)) throw wrongType(param, 'an object', format);
  if (format.type === undefined) throw missingParameter(`${param}.type`);
  oneOf('json_object', 'json_schema', 'text')(format.type, `${param}.type`);
  if (format.type !== 'json_schema') {
    plain(format, param);
    if (format.type === 'text') return null;
    if (/json/i.test(promptText)) return {};
    throw invalidRequest(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
    );
  }
  if (!model.structuredOutput) {
    throw invalidRequest(
      `Invalid parameter: '${param}' of type 'json_schema' is not supported with this model.`,
      param,
    );
  }
  assertIs(format, withSchema, param);
  const { name, strict, schema = {} } = format.json_schema;
  if (strict === true) checkStrictSchema(name, schema);
  return schema;
}
