import { randomBytes } from 'node:crypto';
import type { StepKind } from '../activities/step-kind.ts';
import type { Digest } from '../manifests/digest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { RefMovedError } from '../manifests/refs.ts';
import type { Declaration, Step } from '../datasets/declaration/declaration.ts';
import type { Database, RowReader } from '../datasets/parquet/database.ts';
import { type CostForecast, modelOf } from '../datasets/plan/cost-forecast.ts';
import { type Forecast, forecast } from '../datasets/plan/forecast.ts';
import { codesOf, makePlan } from '../datasets/plan/make-plan.ts';
import type { SourceOutlook } from '../datasets/plan/row-groups.ts';
import type { SourceChanges } from '../datasets/plan/source-changes.ts';
import type { Outlook } from '../datasets/plan/step-reasons.ts';
import { type Parent, readParent } from '../datasets/plan/read-parent.ts';
import { plannedStep, type PlannedSample, type RunLimits, type RunPlan } from '../datasets/plan/run-plan.ts';
import { budgetNotes, checkBudget } from '../datasets/prices/budget-check.ts';
import { type CollectForecast, collectForecasts } from './collect-forecast.ts';
import { type BranchStart, branchStart } from './start-branch.ts';
import { planCollecting } from './plan-collecting.ts';
import type { Project } from './open-project.ts';
import { userName } from './user-name.ts';
import type { LoadedDataset } from './load-dataset.ts';

/** Limits left out are none. */
export interface RunOptions extends Partial<RunLimits> {
  readonly branch: string;
  readonly retry: readonly string[];
  /** Where the branch starts that isn't there yet: a version as a person names it, else `main`. */
  readonly start?: string | undefined;
  /** Source steps that are asked for again. */
  readonly refresh?: readonly string[];
  readonly message: string | null;
  /** Only of a pilot: the rows that are computed. */
  readonly sample?: PlannedSample;
  /** The version that the branch must be at. */
  readonly from?: Digest;
  /** A version of another branch whose declaration this is. */
  readonly merges?: Digest;
}

export interface PreparedRun {
  readonly declaration: Declaration;
  readonly parent: Parent | null;
  /** Null for the first version of a dataset. */
  readonly start: BranchStart | null;
  readonly plan: RunPlan;
  readonly forecast: Forecast;
  /** What the forecast was decided from. */
  readonly outlook: Outlook;
  /** Of sources that will ask an API. */
  readonly asking: readonly CollectForecast[];
  /** Reads rows and counts tokens: half a second that only somebody who sees the price, or set a budget, has to wait. */
  costs(): Promise<CostForecast>;
}

/** Declaration, branch and what lies outside, put together into a plan and its forecast. No model is asked. */
export async function prepareRun(
  project: Project,
  { declaration, kinds }: LoadedDataset,
  options: RunOptions,
  { withIds = false }: { readonly withIds?: boolean } = {},
): Promise<PreparedRun> {
  const { branch, start: from } = options;
  const start = await branchStart(project.store, declaration.dataset, { branch, from });
  if (options.from !== undefined && start?.version !== options.from)
    throw new RefMovedError(
      `${declaration.dataset}/${branch}`,
      `moved to ${start?.version ?? 'nothing'} meanwhile. Look at it, then try again.`,
    );
  const parent = start && (await readParent(project.store, start.version, declaration.steps));
  const outside = await fingerprints(project, declaration, kinds);
  const available = await engines(project, declaration, parent?.manifest ?? null);
  const { maxNanoUsd = null, maxFailures = null, batch = false, maxRequests = null } = options;
  const collecting = await planCollecting(declaration, {
    store: project.store,
    blobs: project.blobs,
    kinds,
    parent: parent?.manifest ?? null,
    refresh: options.refresh ?? [],
    retry: codesOf(options.retry),
  });
  const plan = makePlan({
    declaration,
    parent,
    outside,
    branch,
    run: `r-${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`,
    startedAt: String(Date.now()),
    message: options.message,
    by: userName(),
    retry: options.retry,
    maxNanoUsd,
    maxFailures,
    batch,
    maxRequests,
    collecting,
    sample: options.sample,
    merges: options.merges,
    engineAvailable: (step) => available.has(step.name),
  });
  const source = plan.steps.find((step) => step.source)!;
  const estimate = source.fresh ? null : (collecting.get(source.name)?.estimate ?? null);
  const changes =
    source.fresh || estimate
      ? null
      : await lookAtSource(project, kinds, { plan, parent: parent?.manifest ?? null, withIds });
  const outlook = await outlookOf(project, plan, parent?.manifest ?? null, { changes, estimate });
  const found = forecast(plan, parent?.manifest ?? null, outlook);
  checkBudget(plan, found);
  return {
    declaration,
    parent,
    start,
    plan,
    forecast: found,
    outlook,
    asking: await collectForecasts(project, plan, collecting),
    async costs() {
      const { forecastRunCosts } = await import('./forecast-run-costs.ts');
      const costs = await forecastRunCosts(project, kinds, { plan, forecast: found, parent: parent?.manifest ?? null });
      return { ...costs, notes: [...costs.notes, ...budgetNotes(plan, costs)] };
    },
  };
}

async function fingerprints(
  project: Project,
  declaration: Declaration,
  kinds: ReadonlyMap<string, StepKind>,
): Promise<Map<string, Digest>> {
  const found = new Map<string, Digest>();
  for (const step of declaration.steps) {
    const outside = kinds.get(step.kind.kind)?.outside;
    if (outside) found.set(step.name, await outside.fingerprint(step.params, project.outsideTools(declaration.folder)));
  }
  return found;
}

/** Steps with cells that failed for want of an engine which now answers; only those are asked after. */
async function engines(project: Project, declaration: Declaration, parent: Manifest | null): Promise<Set<string>> {
  const lacking = declaration.steps.filter((step) =>
    Object.values(parent?.state.steps[step.name]?.partitions ?? {}).some(
      ({ counts }) => 'engine_unavailable' in counts.failed,
    ),
  );
  if (lacking.length === 0) return new Set();
  const { clientPool } = await import('./create-models.ts');
  const clients = clientPool(project.configuration, project.speech?.baseUrl);
  const answered = await Promise.all(
    lacking.map(async (step: Step) => {
      const model = modelOf(plannedStep(step, { outside: null, fresh: false, askAgain: [] }));
      return model && (await clients.engineAvailable(model)) ? [step.name] : [];
    }),
  );
  return new Set(answered.flat());
}

async function lookAtSource(
  { blobs }: Pick<Project, 'blobs'>,
  kinds: ReadonlyMap<string, StepKind>,
  { plan, parent, withIds }: { readonly plan: RunPlan; readonly parent: Manifest | null; readonly withIds: boolean },
): Promise<SourceChanges> {
  const kind = kinds.get(plan.steps.find((step) => step.source)!.kind)!;
  const [{ compareSource }, { openDatabase }] = await Promise.all([
    import('../activities/compare-source.ts'),
    import('../datasets/parquet/database.ts'),
  ]);
  using database = await openDatabase();
  return await compareSource({ blobs, database, kind, plan, parent, withIds });
}

async function outlookOf(
  { store, blobs }: Pick<Project, 'store' | 'blobs'>,
  plan: RunPlan,
  parent: Manifest | null,
  source: SourceOutlook,
): Promise<Outlook> {
  const [{ completeOutlook }, { openDatabase }] = await Promise.all([
    import('../activities/complete-outlook.ts'),
    import('../datasets/parquet/database.ts'),
  ]);
  let opened: Promise<Database> | undefined;
  // Most plans need no look into a file.
  const database: RowReader = { rows: async (sql) => (await (opened ??= openDatabase())).rows(sql) };
  try {
    return await completeOutlook({ store, blobs, database }, plan, parent, source);
  } finally {
    (await opened)?.close();
  }
}
