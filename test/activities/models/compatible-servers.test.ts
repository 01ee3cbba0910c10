import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aiClassify } from '../../../activities/kinds/ai-classify.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { gpt, ModelBench } from './model-bench.ts';

const server = await OpenAIServer.start();
let bench: ModelBench;
beforeEach(async () => {
  server.reset();
  bench = await ModelBench.start(server);
});
afterAll(() => server.close());

const folder = join(import.meta.dirname, 'answers');
const answers = readdirSync(folder).filter((name) => name.endsWith('.json'));
const params = {
  model: { ...gpt, base_url: server.url },
  prompt: { path: 'stance.md', text: '{{transcript.text}}' },
  labels: ['support', 'no support'],
  detail: 'low',
  max_output_tokens: 100,
};
const make = (body: object | string) => {
  server.inject({ kind: 'status', status: 200, body });
  return bench.cell(aiClassify, { 'transcript.text': 'x' }, { params, tuning: { tries: 1 } });
};

describe('an answer of another server', () => {
  it.each(answers)('is understood, with what it leaves out unknown: %s', async (name) => {
    const body: object = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(await make(body)).toEqual({ label: 'support', rationale: 'They cheer.' });
    const stated = (field: string) => (field in body ? Reflect.get(body, field) : null);
    expect(bench.calls).toMatchObject([
      {
        model_returned: stated('model'),
        response_id: stated('id'),
        input_tokens: 'usage' in body ? 212n : null,
        cached_input_tokens: null,
        output_tokens: 'usage' in body ? 18n : null,
        cost_nano_usd: null,
      },
    ]);
  });

  const message = (content: unknown, more: object = {}) => ({ choices: [{ message: { content, ...more } }] });
  it.each([
    ['only thoughts', message('', { reasoning_content: 'They cheer, so support.' }), 'The answer has no content'],
    ['no content', message(null), 'The answer has no content (finish_reason not stated)'],
    ['a list of parts', message([{ type: 'text', text: '{}' }]), 'The answer has no content'],
    ['no message', { choices: [{ text: '{}' }] }, 'sent a choice without a message'],
    [
      'an error with status 200',
      { error: { message: 'out of memory' } },
      'an error with a success status (out of memory)',
    ],
  ])('with %s fails its cell', async (_what, body, found) => {
    expect(await make(body)).toMatchObject({ code: 'unparseable', message: expect.stringContaining(found) });
  });

  it('that was cut off while the model thought is cut off', async () => {
    const thinking = { choices: [{ message: { content: null, reasoning: 'Hm' }, finish_reason: 'length' }] };
    server.inject({ fault: { kind: 'status', status: 200, body: thinking }, times: 2 });
    expect(await bench.cell(aiClassify, { 'transcript.text': 'x' }, { params, tuning: { tries: 1 } })).toMatchObject({
      code: 'cut_off',
    });
  });
});
