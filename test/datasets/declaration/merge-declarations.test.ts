import { expect, it } from 'vitest';
import { mergeDeclarations, MergeConflictError } from '../../../datasets/declaration/merge-declarations.ts';
import type { Json } from '../../../manifests/canonical-json.ts';
import { sha256 } from '../../../manifests/digest.ts';

const step = (more: { readonly [key: string]: Json } = {}, needs: string[] = ['video']): Json => ({
  uses: 'ai/classify',
  needs,
  with: { model: 'gpt', prompt: { prompt: sha256('first') }, max: 512, ...more },
  tuning: {},
});
const BASE = {
  dataset: 'peru',
  title: 'Peru',
  models: { gpt: { provider: 'openai', model: 'gpt-4o' } },
  steps: { stance: step(), tone: step() },
  overrides: ['models.gpt.model=gpt-4o'],
};
const merge = (ours: Json, theirs: Json) =>
  mergeDeclarations({ base: BASE, ours, theirs, names: { ours: 'main', theirs: 'pilot' } });

it('takes each step, model and other key from the side that changed it', () => {
  const ours = { ...BASE, title: 'Peru 2022', steps: { ...BASE.steps, tone: step({ max: 64 }), own: step() } };
  const theirs = { ...BASE, steps: { stance: step({ prompt: { prompt: sha256('second') } }) }, license: 'CC-BY-4.0' };
  expect(() => merge(ours, theirs)).toThrow(MergeConflictError);
  const kept = { ...theirs, steps: { ...theirs.steps, tone: step() } };
  expect(merge(ours, kept)).toEqual({
    declaration: {
      dataset: 'peru',
      title: 'Peru 2022',
      license: 'CC-BY-4.0',
      models: BASE.models,
      steps: { stance: kept.steps.stance, tone: ours.steps.tone, own: ours.steps.own },
      overrides: [],
    },
    untried: [],
  });
  expect(merge(BASE, BASE).declaration).toEqual({ ...BASE, overrides: [] });
  const removed = { ...BASE, steps: { stance: step() } };
  expect(merge(removed, BASE).declaration['steps']).toEqual({ stance: step() });
  expect(merge(removed, removed).declaration['steps']).toEqual({ stance: step() });
});

it('names both changes of a step that both changed, and what was removed, and says what to do', () => {
  const ours = { ...BASE, steps: { stance: step({ max: 64, prompt: { prompt: sha256('ours') } }), tone: step() } };
  const theirs = { ...BASE, steps: { stance: step({ max: 128, labels: ['a'] }) } };
  expect(() => merge(ours, theirs)).toThrow(
    new MergeConflictError(
      [
        'steps.stance   main: with.prompt (another text), with.max 512 → 64   pilot: with.max 512 → 128, with.labels ["a"] added',
      ],
      { ours: 'main', theirs: 'pilot' },
    ),
  );
  expect(() => merge({ ...BASE, steps: { stance: step(), tone: step({ max: 1 }) } }, theirs)).toThrow(
    'steps.tone   main: with.max 512 → 1   pilot: removed it',
  );
  // The same on both sides is no conflict.
  expect(merge(ours, ours).declaration['steps']).toEqual(ours.steps);
});

it('says which steps nobody has run with the model that the other side gave them', () => {
  const ours = { ...BASE, steps: { ...BASE.steps, stance: step({ max: 64 }) } };
  const theirs = { ...BASE, models: { gpt: { provider: 'openai', model: 'gpt-5' } } };
  expect(merge(ours, theirs).untried).toEqual(['stance']);
  expect(merge(theirs, ours).untried).toEqual(['stance']);
  expect(merge(BASE, theirs).untried).toEqual([]);
});
