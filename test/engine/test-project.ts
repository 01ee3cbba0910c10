import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { compareSource } from '../../activities/compare-source.ts';
import { createActivities } from '../../activities/create-activities.ts';
import { openFailureWatch } from '../../activities/failure-watch.ts';
import { completeOutlook } from '../../activities/complete-outlook.ts';
import { openMinioStore } from '../../activities/minio-store.ts';
import { openBudgets } from '../../activities/models/budget/open-budgets.ts';
import type { BatchPace } from '../../activities/models/batch/next-look-ms.ts';
import { type ClientPoolOptions, createClientPool } from '../../activities/models/client-pool.ts';
import { partitionFiles } from '../../activities/partition-files.ts';
import { createPaceKeepers } from '../../activities/models/pace/create-pace-keepers.ts';
import { createModels, type Models } from '../../activities/models/step-models.ts';
import type { StepKind } from '../../activities/step-kind.ts';
import type { WorkerServices } from '../../activities/worker-services.ts';
import { followRun } from '../../cli/follow-run.ts';
import { planCollecting } from '../../cli/plan-collecting.ts';
import { quietLogger } from '../../cli/quiet-logger.ts';
import { branchStart, startBranch } from '../../cli/start-branch.ts';
import { startRun } from '../../cli/start-run.ts';
import { QUEUES, taskQueue } from '../../cli/task-queues.ts';
import { workflowBundle } from '../../cli/workflow-bundle.ts';
import type { Declaration } from '../../datasets/declaration/declaration.ts';
import { loadDeclaration } from '../../datasets/declaration/load-declaration.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import type { FailureLimit } from '../../datasets/plan/failure-limit.ts';
import { forecast } from '../../datasets/plan/forecast.ts';
import type { PlannedSample } from '../../datasets/plan/run-plan.ts';
import { readParent } from '../../datasets/plan/read-parent.ts';
import { builtInPrices } from '../../datasets/prices/price-table.ts';
import { codesOf, makePlan } from '../../datasets/plan/make-plan.ts';
import { createBlobStore } from '../../manifests/blob-store.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { readManifest } from '../../manifests/manifest-store.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import type { RunOutcome } from '../../workflows/run-dataset.ts';

export interface RunOptions {
  readonly branch?: string;
  /** Where a branch starts that isn't there yet. */
  readonly from?: string;
  readonly retry?: readonly string[];
  readonly batch?: boolean;
  readonly maxNanoUsd?: string;
  readonly maxFailures?: FailureLimit;
  readonly maxRequests?: number;
  readonly refresh?: readonly string[];
  /** When it takes itself to begin, for collections of days that are over soon. */
  readonly startedAtMs?: number;
  readonly set?: readonly string[];
  readonly sample?: PlannedSample;
  readonly merges?: Digest;
  /** In place of the one in the folder. */
  readonly declaration?: Declaration;
}

/** A project of one test: its own bucket on the real MinIO, its own queues on the real Temporal, a worker in this process. */
export class TestProject implements AsyncDisposable {
  readonly id = randomBytes(6).toString('hex');
  readonly folder: string;
  readonly store: ObjectStore;
  readonly services: WorkerServices;
  readonly client: Client;
  readonly kinds: ReadonlyMap<string, StepKind>;
  /** Models as another worker has them: with its own pace and connections, and a share of the limits. */
  readonly modelsWith: (options: { readonly share?: number; readonly batchPace?: BatchPace }) => Models;
  readonly #ends: (() => Promise<void>)[] = [];
  #runs = 0;

  private constructor(
    folder: string,
    store: ObjectStore,
    services: WorkerServices,
    client: Client,
    modelsWith: TestProject['modelsWith'],
  ) {
    this.modelsWith = modelsWith;
    this.folder = folder;
    this.store = store;
    this.services = services;
    this.client = client;
    this.kinds = services.kinds;
  }

  static async start(
    kinds: ReadonlyMap<string, StepKind>,
    tools: Partial<WorkerServices> = {},
    clients: ClientPoolOptions = { env: {} },
  ): Promise<TestProject> {
    const { s3, temporal } = inject('services');
    const folder = await mkdtemp(join(tmpdir(), 'gettok-project-'));
    const store = await openMinioStore({ ...s3, bucket: `engine-${randomBytes(4).toString('hex')}` });
    const blobs = createBlobStore(store, join(folder, 'cache'));
    const database = await openDatabase({ threads: 1 });
    await mkdir(join(folder, 'scratch'));
    const buckets = { open: async () => Promise.reject(new Error('no bucket in this test')) };
    const modelsWith: TestProject['modelsWith'] = ({ share = 1, batchPace = { firstMs: 300, longestMs: 300 } }) =>
      createModels({
        store,
        blobs,
        database,
        clients: createClientPool(clients),
        paces: createPaceKeepers({ share }),
        prices: builtInPrices,
        budgets: openBudgets({ store }),
        project: 'test',
        batchPace,
      });
    const services: WorkerServices = {
      store,
      blobs,
      files: partitionFiles,
      database,
      kinds,
      scratchFolder: join(folder, 'scratch'),
      software: { gettok: 'test' },
      outside: (at) => ({ folder: at, cacheFolder: join(folder, 'cache'), buckets }),
      models: modelsWith({}),
      api: (name) => {
        throw new Error(`no API ${name} in this test`);
      },
      failures: openFailureWatch(),
      cellTools: ({ id, folder: at, scratch, signal, tuning, models }) =>
        ({ id, folder: at, scratch, signal, tuning, models, blobs, buckets }) as unknown as ReturnType<
          WorkerServices['cellTools']
        >,
      ...tools,
    };
    const connection = await Connection.connect({ address: temporal });
    const project = new TestProject(folder, store, services, new Client({ connection }), modelsWith);
    project.#ends.push(
      () => connection.close(),
      async () => database.close(),
      () => rm(folder, { recursive: true, force: true }),
    );
    await project.work();
    return project;
  }

  /** Starts a worker on all queues; returns what ends it. */
  async work(services: WorkerServices = this.services): Promise<() => Promise<void>> {
    const { temporal, cacheFolder } = inject('services');
    const connection = await NativeConnection.connect({ address: temporal });
    const workers = await Promise.all(
      QUEUES.map(async (queue) =>
        Worker.create({
          connection,
          taskQueue: taskQueue(this.id, queue),
          activities: createActivities(services),
          ...(queue === 'main' && { workflowBundle: await workflowBundle(cacheFolder) }),
          maxHeartbeatThrottleInterval: '200 milliseconds',
          defaultHeartbeatThrottleInterval: '200 milliseconds',
          shutdownGraceTime: 0,
        }),
      ),
    );
    const running = workers.map((worker) => worker.run());
    const end = async () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.all(running);
      await connection.close();
    };
    this.#ends.unshift(end);
    return async () => {
      this.#ends.splice(this.#ends.indexOf(end), 1);
      await end();
    };
  }

  /** Ends all workers, as a machine that is switched off in good order does. */
  async endWorkers(): Promise<void> {
    const end = this.#ends.shift();
    await end?.();
  }

  /** What was written into the dataset's folder. */
  async files(): Promise<[path: string, content: string][]> {
    const folder = join(this.folder, 'dataset');
    const names = await readdir(folder);
    return Promise.all(
      names.map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, name), 'utf8')]),
    );
  }

  async write(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.folder, 'dataset', path)), { recursive: true });
    await writeFile(join(this.folder, 'dataset', path), content);
  }

  async prepare({
    branch = 'main',
    from,
    retry = [],
    refresh = [],
    startedAtMs = Date.now(),
    set = [],
    declaration: given,
    ...limits
  }: RunOptions = {}) {
    const declaration = given ?? (await loadDeclaration(join(this.folder, 'dataset'), { kinds: this.kinds, set }));
    const start = await branchStart(this.store, declaration.dataset, { branch, from });
    const parent = start && (await readParent(this.store, start.version, declaration.steps));
    const begins = start && start.from !== null ? start : null;
    const outside = new Map<string, Digest>();
    for (const step of declaration.steps) {
      const kind = this.kinds.get(step.kind.kind)!;
      if (kind.outside)
        outside.set(step.name, await kind.outside.fingerprint(step.params, this.services.outside(declaration.folder)));
    }
    const collecting = await planCollecting(declaration, {
      store: this.store,
      blobs: this.services.blobs,
      kinds: this.kinds,
      parent: parent?.manifest ?? null,
      refresh,
      retry: codesOf(retry),
    });
    const run = `r-${(this.#runs += 1)}`;
    const plan = makePlan({
      declaration,
      branch,
      parent,
      run,
      startedAt: String(startedAtMs),
      message: null,
      by: null,
      retry,
      outside,
      collecting,
      ...limits,
      engineAvailable: () => false,
    });
    const source = plan.steps.find((step) => step.source)!;
    const { blobs, database } = this.services;
    const manifest = parent?.manifest ?? null;
    const kind = this.kinds.get(source.kind)!;
    const looks = !source.fresh && kind.rows !== undefined;
    const changes = looks
      ? await compareSource({ blobs, database, kind, plan, parent: manifest, withIds: true })
      : null;
    const outlook = await completeOutlook(this.services, plan, manifest, { changes });
    return { plan, parent, begins, changes, outlook, forecast: forecast(plan, manifest, outlook) };
  }

  async start(options: RunOptions = {}) {
    const { plan, begins, forecast: found } = await this.prepare(options);
    if (begins) await startBranch(this.store, plan.dataset, plan.branch, begins.version);
    const steps = found.steps.map(({ step, rows }) => ({ step, rows }));
    const started = await startRun({ client: this.client, store: this.store, project: this.id }, plan, steps);
    const end = () =>
      followRun(
        this,
        started,
        { steps, maxNanoUsd: null, goOn: (option) => ['gettok run', ...(option ? [option] : [])].join(' ') },
        { lookEveryMs: null, show: () => {}, done: () => {} },
        new AbortController().signal,
      );
    const finish = async (): Promise<RunOutcome & { readonly manifest: Manifest }> => {
      const outcome = (await end())!;
      return { ...outcome, manifest: await readManifest(this.store, outcome.version as Digest) };
    };
    return { ...started, plan, end, finish };
  }

  async run(options: RunOptions = {}): Promise<RunOutcome & { readonly manifest: Manifest }> {
    return await (await this.start(options)).finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) await end();
  }
}

Runtime.install({ logger: quietLogger });
