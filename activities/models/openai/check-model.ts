import type { Model } from '../../../datasets/step-kind.ts';
import type { ModelUse } from '../model-engine.ts';
import { UnfitModelError } from '../unfit-model-error.ts';
import { checkParameters } from './model-parameters.ts';
import { canShorten, type ModelTraits, traitsOf, vectorLengthOf } from './model-traits.ts';

/** Throws for what the provider is known to refuse. What isn't known is asked: a refused request then fails its cell. */
export function checkModel(model: Model, use?: ModelUse): void {
  checkParameters(model);
  if (use?.asks === 'vectors') return checkVectors(model, use.dimensions);
  if (use === undefined) return;
  if (vectorLengthOf(model) !== null)
    throw new UnfitModelError(model, 'makes vectors and answers no questions', 'Use it in ai/embed');
  const traits = traitsOf(model);
  if (traits === null) return;
  if (!traits.schema)
    throw new UnfitModelError(
      model,
      'takes no schema for its answer',
      'Declare a newer model, such as gpt-4o-2024-11-20',
    );
  if (use.images.length > 0 && !traits.images)
    throw new UnfitModelError(
      model,
      `can't look at images, and the step reads ${use.images.join(', ')}`,
      'Take that step out of needs, or declare a model that can',
    );
  checkSampling(model, traits);
}

/** Values that a model takes though it can't change them: the ones it has anyway. */
const UNCHANGEABLE: Readonly<Record<string, readonly unknown[]>> = {
  temperature: [1],
  top_p: [1],
  presence_penalty: [0],
  frequency_penalty: [0],
  logit_bias: [],
  logprobs: [false],
  top_logprobs: [],
  stop: [],
};

function checkSampling(model: Model, { reasoning }: ModelTraits): void {
  const { reasoning_effort: effort, verbosity, ...rest } = model.parameters ?? {};
  const unfit = (parameter: string, found: string, more = '') =>
    new UnfitModelError(model, found, `Leave ${parameter} out of parameters of models.${model.name}${more}`);
  if (reasoning === 'never') {
    if (isGiven(effort)) throw unfit('reasoning_effort', "doesn't reason, and takes no reasoning_effort");
    // Medium is how every model writes.
    if (isGiven(verbosity) && verbosity !== 'medium') throw unfit('verbosity', 'takes no verbosity but medium');
    return;
  }
  if (model.token_limit === 'max_tokens')
    throw new UnfitModelError(
      model,
      'reasons, and takes max_completion_tokens alone',
      `Leave token_limit out of models.${model.name}`,
    );
  const choosable = reasoning === 'choosable';
  // Without a word from the declaration it is the model that says, and not all have the same default.
  if (choosable && (!isGiven(effort) || effort === 'none')) return;
  for (const [parameter, value] of Object.entries(rest)) {
    const taken = Object.hasOwn(UNCHANGEABLE, parameter) ? UNCHANGEABLE[parameter] : undefined;
    if (taken === undefined || !isGiven(value) || taken.includes(value)) continue;
    throw choosable
      ? unfit(parameter, `takes no ${parameter} while it reasons`, ', or set reasoning_effort to none')
      : unfit(parameter, `reasons, and takes no ${parameter}`);
  }
}

function checkVectors(model: Model, dimensions: number | undefined): void {
  if (traitsOf(model) !== null)
    throw new UnfitModelError(
      model,
      'answers questions and makes no vectors',
      'Declare an embedding model, such as text-embedding-3-small',
    );
  const longest = vectorLengthOf(model);
  if (dimensions === undefined || longest === null) return;
  if (!canShorten(model))
    throw new UnfitModelError(model, `makes vectors of ${longest} numbers only`, 'Leave dimensions out of the step');
  if (dimensions > longest)
    throw new UnfitModelError(
      model,
      `makes vectors of at most ${longest} numbers, and dimensions is ${dimensions}`,
      'Lower dimensions of the step',
    );
}

const isGiven = (value: unknown) => value !== undefined && value !== null;
