import { z } from 'zod';
import { GettokError } from '../../../manifests/gettok-error.ts';
import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import type { Model } from '../../../datasets/step-kind.ts';

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

const parameters = z.record(z.string(), z.json());

export function checkParameters({ name, parameters: declared = {} }: Model): void {
  for (const parameter of Object.keys(declared)) {
    const mend = Object.hasOwn(RESERVED, parameter) ? RESERVED[parameter] : undefined;
    if (mend !== undefined) throw new ReservedParameterError(name, parameter, mend);
  }
}

/** The declared parameters in the one order they are sent in. */
export function sentParameters(model: Model): JsonObject {
  checkParameters(model);
  const entries = Object.entries(parameters.parse(model.parameters ?? {})).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
