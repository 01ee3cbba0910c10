import { afterAll, describe, expect, it } from 'vitest';
import { OpenAIServer } from './openai-server.ts';
import { rawRequest } from './raw-request.ts';
import { stanceRequest } from './stance-request.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const chat = (changes: object) => rawRequest(server, '/chat/completions', { ...stanceRequest('hola'), ...changes });
const schema = (changes: object, json_schema: object = {}) => {
  const properties = { label: { type: 'string' } };
  const good = { type: 'object', properties, required: ['label'], additionalProperties: false };
  const format = { name: 'stance', strict: true, schema: { ...good, ...changes }, ...json_schema };
  return chat({ response_format: { type: 'json_schema', json_schema: format } });
};

describe('a response format', () => {
  it.each([
    [
      'an unknown type',
      () => chat({ response_format: { type: 'xml' } }),
      'invalid_value',
      'response_format.type',
      "Invalid value: 'xml'",
    ],
    [
      'no name',
      () => schema({}, { name: undefined }),
      'missing_required_parameter',
      'response_format.json_schema.name',
      'Missing',
    ],
    [
      'a name with a dot',
      () => schema({}, { name: 'a.b' }),
      'invalid_value',
      'response_format.json_schema.name',
      "pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      'a long name',
      () => schema({}, { name: 'a'.repeat(65) }),
      'string_above_max_length',
      'response_format.json_schema.name',
      'maximum length 64',
    ],
    [
      'an unknown member',
      () => schema({}, { version: 1 }),
      'unknown_parameter',
      'response_format.json_schema.version',
      'Unknown',
    ],
    ['a list at the top', () => schema({ type: 'array' }), null, 'response_format', `got 'type: "array"'`],
    [
      'members besides',
      () => schema({ additionalProperties: undefined }),
      null,
      'response_format',
      "In context=(), 'additionalProperties' is required to be supplied and to be false.",
    ],
    ['a member that may be missing', () => schema({ required: [] }), null, 'response_format', "Missing 'label'."],
    [
      'a member that is not there',
      () => schema({ required: ['label', 'x'] }),
      null,
      'response_format',
      "Extra required key 'x' supplied.",
    ],
    [
      'a nested object that is open',
      () => schema({ properties: { label: { type: 'object', properties: {}, required: [] } } }),
      null,
      'response_format',
      "In context=('properties', 'label'), 'additionalProperties'",
    ],
    [
      'a keyword outside the subset',
      () => schema({ properties: { label: { type: 'string', minLength: 1 } } }),
      null,
      'response_format',
      "'minLength' is not permitted.",
    ],
    [
      'a list of nothing',
      () => schema({ properties: { label: { type: 'array' } } }),
      null,
      'response_format',
      'array schema missing items.',
    ],
    [
      'a reference to nothing',
      () => schema({ properties: { label: { $ref: '#/$defs/x' } } }),
      null,
      'response_format',
      'which was not found in the schema',
    ],
    [
      'a model from before',
      () => chat({ model: 'gpt-4o-2024-05-13' }),
      null,
      'response_format',
      'not supported with this model',
    ],
    [
      'JSON that nobody mentioned',
      () => chat({ response_format: { type: 'json_object' } }),
      null,
      'messages',
      "must contain the word 'json'",
    ],
  ])('refuses %s', async (_what, send, code, param, message) => {
    expect(await send()).toMatchObject({ status: 400, code, param, message: expect.stringContaining(message) });
  });

  it('may be loose when it is not strict', async () => {
    expect(await schema({ additionalProperties: true, required: [] }, { strict: false })).toMatchObject({
      status: 200,
    });
  });
});
