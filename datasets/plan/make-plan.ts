import { equalJson } from '../../manifests/canonical-json.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { ASKED_AGAIN } from '../cell.ts';
import type { Declaration, Step } from '../declaration/declaration.ts';
import type { Parent } from './read-parent.ts';
import { stepCauses } from './reuse.ts';
import {
  type PlannedCollect,
  type PlannedSample,
  type PlannedStep,
  plannedStep,
  type RunLimits,
  type RunPlan,
} from './run-plan.ts';

/** Limits left out are none. */
export interface PlanRequest extends Partial<RunLimits> {
  readonly declaration: Declaration;
  readonly branch: string;
  readonly parent: (Omit<Parent, 'renamed'> & Partial<Parent>) | null;
  readonly run: string;
  readonly startedAt: string;
  readonly message: string | null;
  readonly by: string | null;
  readonly sample?: PlannedSample | undefined;
  readonly merges?: Digest | undefined;
  /** `failed` or `failed:<code>`, as given with `--retry`. */
  readonly retry: readonly string[];
  /** Fingerprints of what the steps read outside the dataset, by step. */
  readonly outside: ReadonlyMap<string, Digest>;
  /** What the sources that ask an API are to do, by step. */
  readonly collecting?: ReadonlyMap<string, Collecting>;
  /** True when the model that a step asks can be reached now, so that cells failed for want of it are asked again. */
  engineAvailable(step: Step): boolean;
}

/** What a source that asks an API is to do. */
export interface Collecting {
  readonly collect: PlannedCollect;
  /** False when the parent has everything that can be asked for now, and nothing that isn't asked for any more. */
  readonly asks: boolean;
}

/** Puts a declaration and what was found around it into the plan that a run carries out. */
export function makePlan(request: PlanRequest): RunPlan {
  const { declaration, parent, branch, run, message, by, startedAt } = request;
  const codes = codesOf(request.retry);
  const steps = declaration.steps.map((step) => {
    const outside = request.outside.get(step.name) ?? null;
    const again = request.engineAvailable(step) ? ASKED_AGAIN : [];
    const collecting = request.collecting?.get(step.name);
    const collect = collecting?.collect ?? null;
    const planned = plannedStep(step, { outside, fresh: false, askAgain: [...new Set([...codes, ...again])], collect });
    const fresh =
      step.kind.source &&
      collecting?.asks !== true &&
      // Rows are read again under the new name.
      parent?.renamed?.has(step.name) !== true &&
      isFresh(planned, parent?.manifest ?? null, declaration);
    return { ...planned, fresh };
  });
  return {
    run,
    dataset: declaration.dataset,
    branch,
    parent: parent?.version ?? null,
    declaration: declaration.normalised,
    partition: declaration.partition,
    folder: declaration.folder,
    steps,
    message,
    by,
    startedAt,
    maxNanoUsd: request.maxNanoUsd ?? null,
    maxFailures: request.maxFailures ?? null,
    batch: request.batch ?? false,
    maxRequests: request.maxRequests ?? null,
    ...(request.sample && { sample: request.sample }),
    ...(request.merges && { merges: request.merges }),
  };
}

/** Codes that `failed` (any, as `*`) and `failed:<code>` stand for. */
export const codesOf = (retry: readonly string[]): string[] =>
  retry.map((each) => (each === 'failed' ? '*' : each.replace(/^failed:/, '')));

/** A source need not be collected again when neither its configuration, its files nor the partitioning changed. */
const isFresh = (planned: PlannedStep, parent: Manifest | null, { partition }: Declaration) =>
  stepCauses(planned, parent).length === 0 && equalJson(parent?.state.partition ?? null, { ...partition });
