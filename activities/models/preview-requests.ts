import type { CellValue } from '../../datasets/column-type.ts';
import type { JsonObject } from '../../datasets/declaration/json-object.ts';
import type { PlannedStep } from '../../datasets/plan/run-plan.ts';
import { type CellTools, failed, type StepKind } from '../step-kind.ts';
import type { ModelCalls } from './model-calls.ts';

/**
 * The bodies of the requests that a cell with these inputs would send first, made by the step kind itself, so that a plan
 * counts what a run sends. Nothing is asked. Null where the kind needs more than models to get there.
 */
export async function previewRequests(
  kind: StepKind,
  { params, tuning }: Pick<PlannedStep, 'params' | 'tuning'>,
  inputs: { readonly [role: string]: CellValue },
): Promise<readonly JsonObject[] | null> {
  const bodies: JsonObject[] = [];
  const models: ModelCalls = {
    async ask(_model, request) {
      bodies.push(request.body);
      return failed('not_asked');
    },
    note: () => {},
  };
  // The other tools are for work that a plan doesn't do: who takes one gets undefined, fails, and counts as unknown.
  const tools = { id: '', tuning, models, signal: new AbortController().signal } as unknown as CellTools;
  try {
    await kind.cell!(inputs, params, tools);
    return bodies;
  } catch {
    return null;
  }
}
