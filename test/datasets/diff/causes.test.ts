import { describe, expect, it } from 'vitest';
import { causeLabel } from '../../../datasets/causes.ts';
import { cellCauses, type Evidence, type StepContext } from '../../../datasets/diff/cell-causes.ts';
import { configurationChanges } from '../../../datasets/configuration-changes.ts';
import type { Json } from '../../../manifests/canonical-json.ts';
import { sha256 } from '../../../manifests/digest.ts';

const MODEL = { provider: 'openai', model: 'gpt-4o-2024-11-20' };
const step = (parameters: Json, { kind = 'ai/classify', revision = 1 } = {}) => ({
  kind,
  revision,
  parameters,
  configuration: sha256(JSON.stringify([kind, revision, parameters])),
});
const changed = (...args: Parameters<typeof configurationChanges>) =>
  configurationChanges(...args).map(({ cause, name }) => [name, causeLabel([cause])]);

describe('the parts of two configurations', () => {
  it('are told apart as model, prompt, output schema, parameters by name, revision', () => {
    const old = step({ model: MODEL, prompt: { prompt: sha256('a') }, labels: ['a', 'b'], repeats: 3 });
    const now = step(
      {
        model: { ...MODEL, parameters: { temperature: 0 } },
        prompt: { prompt: sha256('b') },
        labels: ['a', 'c'],
        detail: 'low',
      },
      { revision: 2 },
    );
    expect(changed(old, now)).toEqual([
      ['revision', 'revision'],
      ['detail', 'parameters (detail)'],
      ['labels', 'output schema'],
      ['model', 'model'],
      ['prompt', 'prompt'],
      ['repeats', 'parameters (repeats)'],
    ]);
    expect(configurationChanges(old, now)[1]).toMatchObject({ old: null, new: 'low' });
  });

  it('are found inside of parameters, each prompt and model by its place', () => {
    const judge = (weight: number, prompt: string, model: string) => ({
      weight,
      ask: { prompt: sha256(prompt) },
      by: [{ provider: 'openai', model }],
    });
    const old = step({ judges: { tone: judge(1, 'a', 'm'), topic: judge(1, 'a', 'm') } });
    expect(changed(old, step({ judges: { tone: judge(1, 'b', 'm'), topic: judge(1, 'a', 'n') } }))).toEqual([
      ['judges.tone.ask', 'prompt'],
      ['judges.topic.by.0', 'model'],
    ]);
    expect(changed(old, step({ judges: { tone: judge(2, 'b', 'm') } }))).toEqual([
      ['judges.tone.ask', 'prompt'],
      ['judges.topic.ask', 'prompt'],
      ['judges.topic.by.0', 'model'],
      ['judges', 'parameters (judges)'],
    ]);
  });

  it('of another kind have nothing else to compare', () => {
    expect(changed(step({ a: 1 }), step({ b: 2 }, { kind: 'ai/generate', revision: 7 }))).toEqual([
      ['kind', 'step kind'],
    ]);
  });

  it('are no change when the digests are equal, and never none when they differ', () => {
    expect(configurationChanges(step({ a: 1 }), step({ a: 1 }))).toEqual([]);
    expect(changed(step({ a: 1 }), { ...step({ a: 1 }), configuration: sha256('x') })).toEqual([
      ['configuration', 'parameters'],
    ]);
  });
});

it('joins what changed at once in one order, each word once', () => {
  const causes = [
    { word: 'prompt' },
    { word: 'input', names: ['b.y'] },
    { word: 'model' },
    { word: 'input', names: ['a.x', 'b.y'] },
  ] as const;
  expect(causeLabel(causes)).toBe('input (a.x, b.y) + model + prompt');
  expect(causeLabel(causes.toReversed())).toBe('input (a.x, b.y) + model + prompt');
  expect(() => causeLabel([])).toThrow('without a cause');
});

const CONTEXT: StepContext = {
  source: false,
  collected: false,
  asksModels: true,
  readsOutside: false,
  sameOutside: true,
  configuration: [],
  inputs: ['transcript.text', 'frames.frames'],
  programs: [],
};
const ROW: Evidence = {
  notSampled: false,
  failedBefore: false,
  sameKey: false,
  software: null,
  inputs: [false, false],
  observedAnew: false,
};
const SOFTWARE = { before: 'gettok/1 node/24 ffmpeg/5.1.9', after: 'gettok/1 node/24 ffmpeg/7.0' };
const MODEL_CAUSE = { word: 'model' } as const;

describe('a changed cell', () => {
  it.each<[expected: string, context: Partial<StepContext>, row: Partial<Evidence>]>([
    ['model', { configuration: [MODEL_CAUSE] }, {}],
    ['model + prompt', { configuration: [MODEL_CAUSE, { word: 'prompt' }] }, {}],
    ['input (transcript.text)', {}, { inputs: [true, false] }],
    ['input (frames.frames, transcript.text) + model', { configuration: [MODEL_CAUSE] }, { inputs: [true, true] }],
    ['model', { configuration: [MODEL_CAUSE] }, { failedBefore: true }],
    ['answered again', {}, { sameKey: true, software: SOFTWARE }],
    ['retry', {}, { sameKey: true, failedBefore: true, software: SOFTWARE }],
    ['software (ffmpeg)', { asksModels: false }, { sameKey: true, software: SOFTWARE }],
    ['answered again', { asksModels: false }, { sameKey: true, software: { ...SOFTWARE, after: SOFTWARE.before } }],
    ['not sampled', { configuration: [MODEL_CAUSE] }, { notSampled: true, inputs: [true, true] }],
    ['source', { readsOutside: true }, {}],
    ['software (gettok)', { programs: ['gettok'] }, {}],
    ['answered again', {}, {}],
  ])('is %s', (expected, context, row) => {
    expect(causeLabel(cellCauses({ ...CONTEXT, ...context }, { ...ROW, ...row }))).toBe(expected);
  });

  const map = { word: 'parameters', names: ['map'] } as const;
  it.each<[expected: string, context: Partial<StepContext>, row: Partial<Evidence>]>([
    ['source', {}, {}],
    ['parameters (map)', { configuration: [map] }, {}],
    ['parameters (map) + source', { configuration: [map], sameOutside: false }, {}],
    ['retry', { collected: true }, { failedBefore: true, observedAnew: true }],
    ['refresh', { collected: true }, { observedAnew: true }],
    ['source', { collected: true }, {}],
    ['revision + refresh', { collected: true, configuration: [{ word: 'revision' }] }, { observedAnew: true }],
  ])('of a source is %s', (expected, context, row) => {
    expect(causeLabel(cellCauses({ ...CONTEXT, source: true, ...context }, { ...ROW, ...row }))).toBe(expected);
  });
});
