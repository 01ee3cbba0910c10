import { equalJson, type Json } from '../../manifests/canonical-json.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { isJsonObject } from '../declaration/json-object.ts';
import { addCalls, NO_CALLS } from '../step-result.ts';
import type { Range } from './range.ts';
import type { PlannedStep } from './run-plan.ts';

/** The shortest answer: a label and a reason. */
const SHORTEST_ANSWER = 20;
/** So few answers say nothing about others. */
const ANSWERS_NEEDED = 10;

/**
 * Tokens of one answer: those of the parent's answers by the same model, half to double, or from the shortest one to the
 * limit. What has to be asked again with a larger budget isn't in it.
 */
export function answerTokens(step: PlannedStep, limit: number, parent: Manifest | null): Range {
  const before = parent?.state.steps[step.name];
  const made = Object.values(parent?.record.steps[step.name]?.partitions ?? {}).reduce(
    (sum, partition) => addCalls(sum, partition),
    NO_CALLS,
  );
  const model = (of: Json | undefined) => (isJsonObject(of) ? of['model'] : undefined) ?? null;
  const mean = Number(made.output_tokens) / made.calls;
  if (made.calls < ANSWERS_NEEDED || mean === 0 || !equalJson(model(before?.parameters), model(step.parameters)))
    return { low: Math.min(SHORTEST_ANSWER, limit), high: limit };
  return { low: Math.min(limit, Math.floor(mean / 2)), high: Math.min(limit, Math.ceil(mean * 2)) };
}
