import { GettokError } from '../../../manifests/gettok-error.ts';
import type { Json } from '../../../manifests/canonical-json.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import type { JsonObject } from '../model-calls.ts';

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
};

export function checkParameters({ name, parameters = {} }: Model): void {
  for (const parameter of Object.keys(parameters)) {
    const mend = Object.hasOwn(RESERVED, parameter) ? RESERVED[parameter] : undefined;
    if (mend !== undefined) throw new ReservedParameterError(name, parameter, mend);
  }
}

/** The declared parameters in the one order they are sent in. */
export function sentParameters(model: Model): JsonObject {
  checkParameters(model);
  const entries = Object.entries(model.parameters ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // They come from YAML, or from a plan's JSON.
  return Object.fromEntries(entries) as { readonly [name: string]: Json };
}
