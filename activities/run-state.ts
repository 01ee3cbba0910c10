import type { Json } from '../manifests/canonical-json.ts';
import { canonicalJson } from '../manifests/canonical-json.ts';
import { DigestMismatchError, isDigest, sha256 } from '../manifests/digest.ts';
import { GettokError } from '../manifests/gettok-error.ts';
import type { Manifest } from '../manifests/manifest.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { readParent } from '../datasets/plan/read-parent.ts';
import { planKey, type PlannedStep, resultKey, type RunPlan, sourceKey } from '../datasets/plan/run-plan.ts';
import { NO_CALLS, type SourceResult, type StepResult } from '../datasets/step-result.ts';

/** A part of a run that should be under `runs/` and isn't. */
export class MissingRunStateError extends GettokError {
  override readonly name = 'MissingRunStateError';
  constructor(key: string) {
    super(`${key} is missing from the bucket. Start the run again: what was computed is found and reused.`);
  }
}

/** A run's plan, its parent version and its results so far: what is too big for Temporal travels through `runs/`. */
export interface RunState {
  readonly plan: RunPlan;
  readonly parent: Manifest | null;
  /** Steps whose files in the parent are as they are to be, but not their Merkle roots. */
  readonly renamed: ReadonlySet<string>;
  step(name: string): PlannedStep;
  /** The source step's partitions: this run's when it collected, else the parent's. */
  source(): Promise<SourceResult & { readonly step: PlannedStep }>;
  result(partition: string, step: string): Promise<StepResult | null>;
  /**
   * Both keep what is there already and give it back: an attempt that Temporal took for lost and that ends after its
   * successor must not replace what was built upon.
   */
  putResult(partition: string, step: string, result: StepResult): Promise<StepResult>;
  putSource(step: string, result: SourceResult): Promise<SourceResult>;
  /** What this run has collected already. */
  collected(step: string): Promise<SourceResult | null>;
}

// Plans and parents are immutable; a worker keeps the last few, since all activities of a run read the same.
const KEPT = 8;
const kept = new Map<string, Promise<RunState>>();

export function openRunState(store: ObjectStore, run: string, planDigest: string): Promise<RunState> {
  const key = `${run} ${planDigest}`;
  const state = kept.get(key) ?? load(store, run, planDigest);
  kept.delete(key);
  kept.set(key, state);
  state.catch(() => kept.delete(key));
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return state;
}

async function load(store: ObjectStore, run: string, planDigest: string): Promise<RunState> {
  const object = await store.get(planKey(run));
  if (!object) throw new MissingRunStateError(planKey(run));
  const actual = sha256(object.bytes);
  if (isDigest(planDigest) && actual !== planDigest) throw new DigestMismatchError(planKey(run), planDigest, actual);
  const plan = JSON.parse(object.bytes.toString('utf8')) as RunPlan;
  const before = plan.parent && (await readParent(store, plan.parent, plan.steps));
  const parent = before && before.manifest;
  let collected: Promise<SourceResult> | undefined;
  const source = plan.steps.find((step) => step.source);
  if (!source) throw new MissingRunStateError(`${planKey(run)} (its source step)`);

  const readJson = async <T>(key: string): Promise<T | null> => {
    const stored = await store.get(key);
    return stored && (JSON.parse(stored.bytes.toString('utf8')) as T);
  };
  const putOnce = async <T>(key: string, value: T): Promise<T> => {
    const written = await store.putIf(key, Buffer.from(canonicalJson(value as Json)), 'absent');
    return written ? value : (await readJson<T>(key))!;
  };
  const collect = async () => {
    const result = await readJson<SourceResult>(sourceKey(run, source.name));
    if (!result) throw new MissingRunStateError(sourceKey(run, source.name));
    return result;
  };

  return {
    plan,
    parent,
    renamed: before ? before.renamed : new Set(),
    step(name) {
      const step = plan.steps.find((planned) => planned.name === name);
      if (!step) throw new MissingRunStateError(`${planKey(run)} (its step ${name})`);
      return step;
    },
    async source() {
      if (source.fresh && parent) {
        const { collection } = parent.state.steps[source.name]!;
        return { step: source, partitions: resultsOf(parent, source.name), collection };
      }
      collected ??= collect().catch((error: unknown) => {
        collected = undefined;
        throw error;
      });
      return { step: source, ...(await collected) };
    },
    result: (partition, step) => readJson<StepResult>(resultKey(run, partition, step)),
    putResult: (partition, step, result) => putOnce(resultKey(run, partition, step), result),
    putSource: (step, result) => putOnce(sourceKey(run, step), result),
    collected: (step) => readJson<SourceResult>(sourceKey(run, step)),
  };
}

/** A version's partitions of one step in the form of a run's results, as taken over without work. */
function resultsOf(manifest: Manifest, step: string): SourceResult['partitions'] {
  const partitions = manifest.state.steps[step]?.partitions ?? {};
  return Object.fromEntries(
    Object.keys(partitions).map((partition) => [partition, takenOver(manifest, step, partition)!]),
  );
}

export function takenOver(manifest: Manifest, step: string, partition: string): StepResult | null {
  const snapshot = manifest.state.steps[step]?.partitions[partition];
  const record = manifest.record.steps[step]?.partitions[partition];
  if (!snapshot || !record) return null;
  return { snapshot, record, work: { computed: 0, reused: snapshot.rows, paid: NO_CALLS } };
}
