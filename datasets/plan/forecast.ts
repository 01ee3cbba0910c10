import { equalJson, type Json } from '../../manifests/canonical-json.ts';
import type { Manifest, StatusCounts } from '../../manifests/manifest.ts';
import { askedAgain, configurationReason, type Reason, reusableSnapshot } from './reuse.ts';
import type { CollectEstimate } from './collect-estimate.ts';
import type { PlannedCollect, PlannedStep, RunPlan } from './run-plan.ts';

/** A number that isn't known before the work is done, between two bounds (both included). */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What a run would do with one step, decided from digests alone: no row is read. */
export interface StepForecast {
  readonly step: string;
  readonly kind: string;
  readonly source: boolean;
  readonly rows: number;
  readonly reuse: Range;
  readonly compute: Range;
  /** There may be more rows than these: they are not counted before the source has asked for them. */
  readonly open?: boolean;
  /** Why cells are computed, in words; empty when none are. */
  readonly why: readonly string[];
}

export interface Forecast {
  readonly steps: readonly StepForecast[];
  readonly partitions: number;
  /** True when the run would leave the parent version as it is. */
  readonly upToDate: boolean;
}

export interface Outlook {
  /** Rows of a source that is not fresh, as counted in its files. */
  readonly sourceRows: number | null;
  /** Of a source that asks an API and is not fresh. */
  readonly estimate?: CollectEstimate | null;
  /** Steps of which earlier cells under the same configuration are known to the index: maybe all, maybe none. */
  readonly known: ReadonlySet<string>;
}

export function forecast(plan: RunPlan, parent: Manifest | null, outlook: Outlook): Forecast {
  const source = plan.steps.find((step) => step.source)!;
  const before = parent?.state.steps[source.name]?.partitions ?? {};
  const partitions = Object.keys(before);
  const rowsBefore = Object.values(before).reduce((sum, { rows }) => sum + rows, 0);
  const estimate = (!source.fresh && outlook.estimate) || null;
  const open = estimate !== null && estimate.rows.high === null ? { open: true } : {};
  const collected = estimate && collectForecast(source, estimate, parent);
  const rows = source.fresh ? rowsBefore : (collected?.rows ?? outlook.sourceRows ?? rowsBefore);
  /** By step: partitions whose files may change. */
  const changing = new Map<string, ReadonlySet<string>>();
  const steps: StepForecast[] = [];

  for (const step of plan.steps) {
    const reason = configurationReason(step, parent);
    if (step.source) {
      changing.set(step.name, new Set(step.fresh ? [] : partitions));
      steps.push({ ...sourceForecast(step, rows, reason, parent), ...collected, ...open });
      continue;
    }
    const needs = [source.name, ...step.needs];
    let low = 0;
    let high = 0;
    const mine = new Set<string>();
    const why = new Set<string>();
    for (const partition of partitions) {
      const size = before[partition]!.rows;
      const dependsOn = needs.filter((need) => changing.get(need)?.has(partition));
      const snapshot = reusableSnapshot(step, partition, parent);
      if (reason !== null) {
        for (const word of wordsFor(reason, step, parent)) why.add(word);
        const certain = isCertain(reason) && dependsOn.length === 0 && !outlook.known.has(step.name);
        low += certain ? size : 0;
        high += size;
      } else if (dependsOn.length > 0) {
        for (const need of dependsOn) why.add(need === source.name ? `rows of ${need}` : `depends on ${need}`);
        high += size;
      } else if (snapshot === 'retry') {
        const counts: StatusCounts = parent!.state.steps[step.name]!.partitions[partition]!.counts;
        why.add('asked again');
        low += askedAgain(counts, step.askAgain);
        high += askedAgain(counts, step.askAgain);
      } else if (typeof snapshot === 'string') {
        why.add(snapshot);
        high += size;
      } else continue;
      mine.add(partition);
    }
    if (!source.fresh) {
      if (why.size === 0) why.add(parent === null ? 'first version' : `rows of ${source.name}`);
      high = rows;
      if (parent === null) low = rows;
      low = Math.min(low, high);
    }
    changing.set(step.name, mine);
    steps.push({
      ...nameOf(step),
      rows,
      ...open,
      compute: { low, high },
      reuse: { low: rows - high, high: rows - low },
      why: [...why],
    });
  }
  const nothing = steps.every(({ compute }) => compute.high === 0);
  return { steps, partitions: partitions.length, upToDate: source.fresh && nothing };
}

const nameOf = ({ name, kind, source }: PlannedStep) => ({ step: name, kind, source });

/** With these reasons no cell key can be the same; with the others the keys decide, row by row. */
const isCertain = (reason: Reason) => !['needs', 'outside', 'output columns'].includes(reason);

/** Rows of the parent that answer the same query stay, whatever is asked beside them. */
function collectForecast(
  { name, collect }: PlannedStep,
  { rows: { low, high } }: CollectEstimate,
  parent: Manifest | null,
): Pick<StepForecast, 'rows' | 'compute' | 'reuse'> {
  const before = parent?.state.steps[name];
  const isSame = before?.collection?.identity === collect?.identity;
  const kept = isSame ? Object.values(before?.partitions ?? {}).reduce((sum, { rows }) => sum + rows, 0) : 0;
  const most = high ?? low;
  if (collect?.refresh !== true)
    return { rows: kept + most, compute: { low, high: most }, reuse: { low: kept, high: kept } };
  const rows = Math.max(kept, most);
  return { rows, compute: { low: 0, high: rows }, reuse: { low: 0, high: rows } };
}

function sourceForecast(step: PlannedStep, rows: number, reason: Reason | null, parent: Manifest | null): StepForecast {
  const compute = step.fresh ? { low: 0, high: 0 } : { low: parent === null ? rows : 0, high: rows };
  return {
    ...nameOf(step),
    rows,
    compute,
    reuse: { low: rows - compute.high, high: rows - compute.low },
    why: step.fresh
      ? []
      : reason === null && step.collect
        ? askedFor(step.collect)
        : wordsFor(reason ?? 'outside', step, parent),
  };
}

const askedFor = ({ refresh }: PlannedCollect) => [refresh ? 'refresh' : 'not all of it is collected'];

function wordsFor(reason: Reason, step: PlannedStep, parent: Manifest | null): string[] {
  if (reason === 'outside') return [step.source ? 'its files changed' : 'files beside the dataset changed'];
  if (reason === 'needs') return ['reads from other steps'];
  if (reason !== 'parameters') return [parent === null ? 'first version' : reason];
  return changedParameters(parent!.state.steps[step.name]!.parameters, step.parameters);
}

/** What differs between two sets of parameters, such as `prompt`, `model a → b`, `parameter width`. */
export function changedParameters(before: Json, after: { readonly [name: string]: Json }): string[] {
  const old = isObject(before) ? before : {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(after)])].toSorted();
  return names.flatMap((name) => {
    const [from, to] = [old[name], after[name]];
    if (equalJson(from ?? null, to ?? null)) return [];
    if (isObject(to) && 'prompt' in to) return ['prompt'];
    if (isObject(to) && isObject(from) && 'model' in to && 'model' in from) return [modelChange(from, to)];
    return [`parameter ${name}`];
  });
}

function modelChange(from: { readonly [key: string]: Json }, to: { readonly [key: string]: Json }): string {
  const [before, after] = [from['model'], to['model']];
  return typeof before === 'string' && typeof after === 'string' && before !== after
    ? `model ${before} → ${after}`
    : 'model settings';
}

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
