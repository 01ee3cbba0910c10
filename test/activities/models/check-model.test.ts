import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { checkModel } from '../../../activities/models/openai/check-model.ts';
import { chatRequest } from '../../../activities/models/openai/chat-request.ts';
import { traitsOf } from '../../../activities/models/openai/model-traits.ts';
import { objectSchema } from '../../../activities/models/output-columns.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { NotMade } from '../../../activities/step-kind.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { findModel, modelNames } from '../../openai-server/model-catalogue.ts';
import { pngImage } from '../../openai-server/png-image.ts';
import { limits, ModelBench } from './model-bench.ts';

const server = await OpenAIServer.start();
beforeEach(() => server.reset());
afterAll(() => server.close());

const model = (name: string, parameters: Model['parameters'] = {}, more: Partial<Model> = {}): Model => ({
  name: 'gpt',
  provider: 'openai',
  model: name,
  parameters,
  ...more,
});
const questions = (...images: string[]) => ({ asks: 'questions', images }) as const;

describe('a model that can’t do what a step asks', () => {
  it.each<[Model, string[], string]>([
    [
      model('o3-2025-04-16', { temperature: 0 }),
      [],
      'model gpt (o3-2025-04-16) reasons, and takes no temperature. Leave temperature out of parameters of models.gpt.',
    ],
    [
      model('gpt-5.1-2025-11-13', { top_p: 0.5, reasoning_effort: 'low' }),
      [],
      'model gpt (gpt-5.1-2025-11-13) takes no top_p while it reasons. Leave top_p out of parameters of models.gpt, or set ' +
        'reasoning_effort to none.',
    ],
    [
      model('gpt-4o-2024-11-20', { reasoning_effort: 'low' }),
      [],
      "model gpt (gpt-4o-2024-11-20) doesn't reason, and takes no reasoning_effort. Leave reasoning_effort out of parameters of " +
        'models.gpt.',
    ],
    [
      model('gpt-5-mini', {}, { token_limit: 'max_tokens' }),
      [],
      'model gpt (gpt-5-mini) reasons, and takes max_completion_tokens alone. Leave token_limit out of models.gpt.',
    ],
    [
      model('o3-mini'),
      ['frames.frames'],
      "model gpt (o3-mini) can't look at images, and the step reads frames.frames. Take that step out of needs, or declare a model " +
        'that can.',
    ],
    [
      model('gpt-4-turbo-2024-04-09'),
      [],
      'model gpt (gpt-4-turbo-2024-04-09) takes no schema for its answer. Declare a newer model, such as gpt-4o-2024-11-20.',
    ],
    [model('ft:gpt-3.5-turbo-0125:lab::abc'), [], 'takes no schema for its answer'],
    [model('text-embedding-3-small'), [], 'makes vectors and answers no questions. Use it in ai/embed.'],
  ])('is an error that says what to do: $model $parameters', (declared, images, message) => {
    expect(() => checkModel(declared, questions(...images))).toThrow(message);
  });

  it('is only one that is known: another server may take anything, and so may a model nobody knows yet', () => {
    const parameters = { temperature: 0, logit_bias: { 1: 1 }, reasoning_effort: 'low' };
    for (const declared of [
      model('o3', parameters, { base_url: 'http://localhost:8000/v1' }),
      model('gpt-7', parameters),
      model('gpt-5.2', { temperature: 0 }),
      model('gpt-5.2', { temperature: 0, reasoning_effort: 'none' }),
      model('o3', { temperature: 1, top_p: null, seed: 7 }),
    ])
      expect(() => checkModel(declared, questions('frames.frames'))).not.toThrow();
  });
});

/** Everything that some model doesn't take, with a value that none takes as its default. */
const PARAMETERS: readonly Model['parameters'][] = [
  { temperature: 0 },
  { temperature: 1 },
  { top_p: 0.5 },
  { presence_penalty: 1 },
  { frequency_penalty: 1 },
  { logit_bias: { 50256: -100 } },
  { top_logprobs: 2 },
  { stop: 'x' },
  { seed: 7 },
  { verbosity: 'low' },
  { verbosity: 'medium' },
  { reasoning_effort: 'low' },
  { reasoning_effort: 'low', temperature: 0 },
  { reasoning_effort: 'low', stop: 'x' },
];

describe('what is refused before anything runs', () => {
  const known = modelNames().filter((name) => traitsOf(model(name)) !== null);

  it.each(known)('is what the server refuses of %s', async (name) => {
    const bench = await ModelBench.start(server);
    const image = await bench.blobs.put(pngImage(8, 8));
    const refused = async (declared: Model, images: (typeof image)[] = []) => {
      const prompt = { path: 'p', text: 'hola' };
      const question = { model: declared, prompt, texts: {}, images, detail: 'low', repeat: 1 } as const;
      const task = { instruction: 'Answer.', schema: objectSchema({ a: { type: 'string' } }) };
      const request = chatRequest({ ...question, maxOutputTokens: 1000 }, task, 1000);
      return (await bench.models().ask(declared, request, limits)) instanceof NotMade;
    };
    const told = (declared: Model, ...images: string[]) => {
      try {
        checkModel(declared, questions(...images));
        return false;
      } catch {
        return true;
      }
    };
    expect([await refused(model(name)), await refused(model(name), [image])]).toEqual([
      told(model(name)),
      told(model(name), 'frames.frames'),
    ]);
    const limit = model(name, {}, { token_limit: 'max_tokens' });
    expect(await refused(limit)).toBe(told(limit));
    const { reasoning } = findModel(name, 'chat');
    for (const parameters of PARAMETERS) {
      // The server plays no log probabilities, whoever may ask for them.
      if (reasoning === 'never' && 'top_logprobs' in parameters!) continue;
      const declared = model(name, parameters);
      const guess = reasoning === 'choosable' && !('reasoning_effort' in parameters!);
      const what = `${name} ${JSON.stringify(parameters)}`;
      // Without an effort it is the model's default that decides, and that one isn't always known.
      if (guess) expect(told(declared) && !(await refused(declared)), what).toBe(false);
      else expect(await refused(declared), what).toBe(told(declared));
    }
  });

  it('is known of enough models to be of use', () => {
    expect(known.length).toBeGreaterThan(25);
  });
});
