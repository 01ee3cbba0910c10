import pMap from 'p-map';
import { equalJson } from '../manifests/canonical-json.ts';
import { type Manifest, stateDigest, type StepRecord, type StepState } from '../manifests/manifest.ts';
import { writeManifest } from '../manifests/manifest-store.ts';
import { moveBranch, readBranch, RefMovedError } from '../manifests/refs.ts';
import { promptsIn } from '../datasets/declaration/parameter-references.ts';
import { noteInLog } from '../datasets/log/log-page.ts';
import { noteOutsideSeen } from '../datasets/plan/outside-seen.ts';
import type { PlannedStep } from '../datasets/plan/run-plan.ts';
import { addCalls, NO_CALLS, type StepResult } from '../datasets/step-result.ts';
import type { Committed } from '../workflows/messages.ts';
import { dropJournals } from './drop-journals.ts';
import { type RunState, takenOver } from './run-state.ts';
import type { WorkerServices } from './worker-services.ts';

interface TemporalIds {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** Writes the manifest over everything the run has and moves the branch; equal state writes nothing. */
export async function commitVersion(
  services: Pick<WorkerServices, 'store' | 'blobs' | 'kinds' | 'software'>,
  state: RunState,
  temporal: TemporalIds,
): Promise<Committed> {
  const { plan, parent } = state;
  const ref = await readBranch(services.store, plan.dataset, plan.branch);
  // The answer to an earlier try of this activity got lost.
  if (ref?.run === plan.run) {
    await dropJournals(services.store, state);
    return { version: ref.manifest, parent: plan.parent, changed: true };
  }
  if ((ref?.manifest ?? null) !== plan.parent)
    throw new RefMovedError(
      `${plan.dataset}/${plan.branch}`,
      'moved while this run worked. Run again: what it computed is reused.',
    );

  const manifest = await buildManifest(services, state, temporal);
  const same =
    parent?.stateDigest === manifest.stateDigest &&
    equalJson(parent.state.declaration, manifest.state.declaration) &&
    // That something was asked for again and nothing new came is worth a version: the log of requests is in it.
    equalJson(logsOf(parent), logsOf(manifest));
  if (same) {
    await noteOutsideSeen(services.store, plan.dataset, plan.parent!, plan.steps);
    await dropJournals(services.store, state);
    return { version: plan.parent!, parent: parent.record.parent, changed: false };
  }

  // The manifest has the prompts' digests; under those their texts are stored.
  const prompts = plan.steps.flatMap(({ kind, params }) => promptsIn(services.kinds.get(kind)!.params, params));
  await Promise.all(prompts.map(({ text }) => services.blobs.put(Buffer.from(text))));
  const version = await writeManifest(services.store, manifest);
  const to = { manifest: version, run: plan.run, updatedAt: new Date().toISOString(), by: plan.by };
  await moveBranch(services.store, plan.dataset, plan.branch, ref, to);
  // The history is made from manifests where it is missing.
  await noteInLog(services.store, version, manifest, parent).catch(() => {});
  await dropJournals(services.store, state);
  return { version, parent: plan.parent, changed: true };
}

async function buildManifest(
  { software }: Pick<WorkerServices, 'software'>,
  state: RunState,
  { namespace, workflowId, runId }: TemporalIds,
): Promise<Manifest> {
  const { plan } = state;
  const states: Record<string, StepState> = {};
  const records: Record<string, StepRecord> = {};
  const { collection } = await state.source();
  for (const step of plan.steps) {
    const results = await resultsOf(state, step);
    states[step.name] = { ...stateOf(step, results), ...(step.source && collection && { collection }) };
    records[step.name] = recordOf(step, results);
  }
  return {
    format: 'gettok-manifest/1',
    stateDigest: stateDigest(states),
    state: {
      dataset: plan.dataset,
      declaration: plan.declaration,
      partition: { ...plan.partition },
      steps: states,
    },
    record: {
      parent: plan.parent,
      ...(plan.merges && { merges: plan.merges }),
      ...(plan.sample && { sample: plan.sample }),
      run: plan.run,
      branch: plan.branch,
      by: plan.by,
      message: plan.message,
      created_at: String(Date.now()),
      started_at: plan.startedAt,
      temporal: { namespace, workflow_id: workflowId, run_id: runId },
      software: { ...software },
      steps: records,
    },
  };
}

const logsOf = ({ state }: Manifest): (string | null)[] =>
  Object.values(state.steps).map(({ collection }) => collection?.log ?? null);

/** Each partition's result: this run's, or for a partition that nothing was done for the parent's. */
async function resultsOf(state: RunState, step: PlannedStep): Promise<Map<string, StepResult>> {
  const source = await state.source();
  if (step.source) return new Map(Object.entries(source.partitions));
  const results = await pMap(
    Object.keys(source.partitions),
    async (partition) => {
      const result = await state.result(partition, step.name);
      return [partition, result ?? takenOver(state.parent!, step.name, partition)!] as const;
    },
    { concurrency: 16 },
  );
  return new Map(results);
}

const stateOf = (step: PlannedStep, results: ReadonlyMap<string, StepResult>): StepState => ({
  kind: step.kind,
  revision: step.revision,
  source: step.source,
  needs: [...step.needs],
  configuration: step.configuration,
  parameters: step.parameters,
  reads: Object.fromEntries(
    Object.entries(step.reads).map(([role, { step: from, column }]) => [role, `${from}.${column}`]),
  ),
  columns: step.columns.map((column) => ({ ...column })) as StepState['columns'],
  partitions: Object.fromEntries([...results].map(([partition, { snapshot }]) => [partition, snapshot])),
});

const recordOf = (step: PlannedStep, results: ReadonlyMap<string, StepResult>): StepRecord => {
  const work = [...results.values()].map((result) => result.work);
  return {
    outside: step.outside,
    computed: work.reduce((sum, { computed }) => sum + computed, 0),
    reused: work.reduce((sum, { reused }) => sum + reused, 0),
    paid: work.map(({ paid }) => paid).reduce(addCalls, NO_CALLS),
    partitions: Object.fromEntries([...results].map(([partition, { record }]) => [partition, record])),
  };
};
