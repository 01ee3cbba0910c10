import { equalJson } from '../../manifests/canonical-json.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { type ConfigurationDiff, configurationDiffs } from '../configuration-changes.ts';
import { addRanges, NONE, type Range } from './range.ts';
import { sampledForecast } from './sampled-forecast.ts';
import { type ForecastReason, type GroupReasons, isSameSample, type Outlook, stepReasons } from './step-reasons.ts';
import type { PlannedStep, RunPlan } from './run-plan.ts';

/** What a run would do with one step. */
export interface StepForecast {
  readonly step: string;
  readonly kind: string;
  readonly source: boolean;
  readonly rows: number;
  readonly reuse: Range;
  readonly compute: Range;
  /** Its values may be others than the parent's, computed or taken from elsewhere. */
  readonly changes: boolean;
  /** There may be more rows than these: they are not counted before the source has asked for them. */
  readonly open?: boolean;
  /** Why cells are computed, in words; empty when none are. */
  readonly why: readonly string[];
  /** Every row once, by what becomes of it; those that are reused have the reason `reused`. */
  readonly reasons: readonly ForecastReason[];
}

export interface Forecast {
  readonly steps: readonly StepForecast[];
  /** In what the configurations of its steps differ from the parent's. */
  readonly configuration: readonly ConfigurationDiff[];
  readonly partitions: number;
  /** Rows of the parent that are gone from the source's files. */
  readonly removed: number;
  /** Steps of the parent that are declared no more: the next version is without them. */
  readonly removedSteps: readonly string[];
  /** True when the run would leave the parent version as it is. */
  readonly upToDate: boolean;
}

/** Decided from digests and from what the source has now: no file of a step is read. */
export function forecast(plan: RunPlan, parent: Manifest | null, outlook: Outlook): Forecast {
  const source = plan.steps.find((step) => step.source)!;
  const estimate = (!source.fresh && outlook.estimate) || null;
  const open = estimate !== null && estimate.rows.high === null ? { open: true } : {};
  const { groups, steps: byStep } = stepReasons(plan, parent, outlook);
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const removed = (!source.fresh && outlook.changes?.removed) || 0;
  const sampled = plan.sample?.rows ?? 0;
  const inParent = outlook.sampledInParent ?? sampled;
  const sample = { rows: sampled, inParent, removed, isSame: isSameSample(plan, parent) };
  const steps = plan.steps.map((step) => {
    const whole = summed(step, rows, byStep.get(step.name)!);
    return { ...(plan.sample ? sampledForecast(whole, sample) : whole), ...open };
  });
  const nothing = steps.every(({ changes }) => !changes);
  const partitions = Object.keys(parent?.state.steps[source.name]?.partitions ?? {}).length;
  const configuration = plan.steps.flatMap((step) => {
    const before = parent?.state.steps[step.name];
    return before ? configurationDiffs(step.name, before, step) : [];
  });
  const names = new Set(steps.map(({ step }) => step));
  const removedSteps = Object.keys(parent?.state.steps ?? {}).filter((name) => !names.has(name));
  const isDeclared = parent !== null && equalJson(parent.state.declaration, plan.declaration);
  return { steps, configuration, partitions, removed, removedSteps, upToDate: source.fresh && nothing && isDeclared };
}

/** One step over all groups: rows that have no reason are reused. */
function summed({ name, kind, source }: PlannedStep, rows: number, groups: readonly GroupReasons[]): StepForecast {
  const reasons = new Map<string, ForecastReason>();
  for (const reason of groups.flatMap((group) => group.reasons)) {
    const sum = reasons.get(reason.why);
    reasons.set(reason.why, {
      why: reason.why,
      rows: reason.rows + (sum?.rows ?? 0),
      compute: addRanges(reason.compute, sum?.compute ?? NONE),
    });
  }
  const found = [...reasons.values()].filter((reason) => reason.rows > 0);
  const compute = addRanges(...found.map((reason) => reason.compute));
  const left = rows - found.reduce((sum, reason) => sum + reason.rows, 0);
  return {
    step: name,
    kind,
    source,
    rows,
    compute,
    changes: groups.some(({ changing }) => changing > 0),
    reuse: { low: rows - compute.high, high: rows - compute.low },
    why: found.map(({ why }) => why),
    reasons: left > 0 ? [...found, { why: 'reused', rows: left, compute: NONE }] : found,
  };
}
