import { z } from 'zod';
import { GettokError } from '../../../manifests/gettok-error.ts';
import type { Json } from '../../../manifests/canonical-json.ts';
import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { onceFor } from '../once-for.ts';
import { traitsOf } from './model-traits.ts';

/** A parameter that would change what a request asks or how its answer is read. */
export class ReservedParameterError extends GettokError {
  override readonly name = 'ReservedParameterError';
  readonly parameter: string;
  constructor(model: string, parameter: string, mend: string) {
    super(`parameters of model ${model} can't set ${parameter}. ${mend}`);
    this.parameter = parameter;
  }
}

const LIMIT = 'Set max_output_tokens of the step instead.';
const OURS = 'A step sets it itself: leave it out.';
const RESERVED: Readonly<Record<string, string>> = {
  model: 'Set the model of the entry instead.',
  messages: OURS,
  response_format: OURS,
  max_tokens: LIMIT,
  max_completion_tokens: LIMIT,
  n: OURS,
  stream: OURS,
  stream_options: OURS,
  tools: OURS,
  tool_choice: OURS,
  functions: OURS,
  function_call: OURS,
  modalities: OURS,
  file: OURS,
  timestamp_granularities: OURS,
  input: OURS,
  encoding_format: OURS,
  dimensions: 'Set dimensions of the step instead.',
};

const parameters = z.record(z.string(), z.json());

export function checkParameters({ name, parameters: declared = {} }: Model): void {
  for (const parameter of Object.keys(declared)) {
    const mend = Object.hasOwn(RESERVED, parameter) ? RESERVED[parameter] : undefined;
    if (mend !== undefined) throw new ReservedParameterError(name, parameter, mend);
  }
}

/** The declared parameters in the one order they are sent in; those of a later repeat have another seed. */
export function sentParameters(model: Model, repeat = 1): JsonObject {
  const declared = declaredParameters(model);
  const seed = seedOf(model, declared['seed'], repeat);
  const entries = Object.entries(seed === undefined ? declared : { ...declared, seed });
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const declaredParameters = onceFor((model: Model): JsonObject => {
  checkParameters(model);
  return parameters.parse(model.parameters ?? {});
});

/**
 * A declared seed is counted up. Without one a later repeat has its number as its seed where the model is known to take
 * one; other servers draw anew at each request by themselves, and some refuse a seed.
 */
function seedOf(model: Model, declared: Json | undefined, repeat: number): Json | undefined {
  if (repeat === 1) return declared;
  if (typeof declared === 'number') return declared + repeat - 1;
  return declared === undefined && traitsOf(model)?.reasoning === 'never' ? repeat : declared;
}
