import { chooseTemporal, launchTemporal, temporalOf } from './temporal-service.ts';
import { chooseSpeech, findSpeech, launchSpeech, speechOf } from './speech-service.ts';
import { chooseStore, launchMinio, s3Of } from './minio-service.ts';
import type { EnsureRequest } from './control-protocol.ts';
import { ensureBucket } from './ensure-bucket.ts';
import type { Service } from './launch.ts';
import { serverEnvironment } from './server-environment.ts';
import { SupervisedChild } from './supervised-child.ts';
import type { ServiceEvent } from './service-event.ts';
import type { ServiceName } from './service-name.ts';
import { ServiceStartError } from './service-errors.ts';
import type { LocalServices, S3Service } from './services.ts';
import { type ServicesState, writeServicesState } from './services-state.ts';
import { launchWorker } from './worker-service.ts';
import { countRunningWorkflows } from './temporal-client.ts';

/** The worker hands back what it works on; the servers only have to close their files. */
const GRACE_MS: Record<ServiceName, number> = { worker: 20_000, temporal: 10_000, store: 10_000, speech: 5_000 };
/** Whoever uses a service ends before it. */
const STOP_ORDER: readonly (readonly ServiceName[])[] = [['worker'], ['speech', 'temporal', 'store']];

type Listener = (event: ServiceEvent) => void;

/** Runs the services of one project; there is one supervisor a project. */
export class Supervisor {
  readonly #project: string;
  readonly #environment: Record<string, string>;
  readonly #children = new Map<ServiceName, SupervisedChild>();
  readonly #listeners = new Set<Listener>();
  #state: ServicesState;
  #bucket = 'gettok';
  #worker: EnsureRequest['worker'] = { command: [], variables: {} };
  /** Requests take their decisions one after another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(project: string, environment: Record<string, string>, state: ServicesState) {
    this.#project = project;
    this.#environment = environment;
    this.#state = state;
  }

  get kept(): boolean {
    return this.#state.kept;
  }

  /** Calls back with everything that happens from now on; gives the function that ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  report(service: ServiceEvent['service'], kind: ServiceEvent['kind'], message: string): void {
    const event = { at: new Date().toISOString(), service, kind, message };
    for (const listener of this.#listeners) listener(event);
  }

  /** Starts what is needed and not there, and resolves when all of it answers. Throws a ServiceStartError. */
  async ensure(request: EnsureRequest): Promise<LocalServices> {
    const need = await this.#inTurn(() => this.#startMissing(request));
    await Promise.all(need.map(async (name) => this.#children.get(name)?.whenReady()));
    const { store, temporal, speech } = this.#state;
    if (need.includes('store') && store) await this.#makeBucket(s3Of(store, request.bucket));
    return {
      ...(need.includes('store') && store && { s3: s3Of(store, request.bucket) }),
      ...(need.includes('temporal') && temporal && { temporal: temporalOf(temporal) }),
      ...(need.includes('speech') && speech && { speech: speechOf(speech) }),
    };
  }

  async #makeBucket(s3: S3Service): Promise<void> {
    await ensureBucket(s3).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ServiceStartError('store', `it answers, but the bucket ${s3.bucket} can't be made: ${reason}`);
    });
  }

  async stop(): Promise<void> {
    this.report('supervisor', 'stopping', 'The services are being stopped');
    for (const names of STOP_ORDER) await Promise.all(names.map(async (name) => this.#children.get(name)?.stop()));
    this.#children.clear();
    this.#save({ supervisor: null, kept: false, children: {} });
    this.report('supervisor', 'stopped', 'The services have stopped');
  }

  /** Workflows that run on the Temporal of this project; 0 when it has none. */
  async runningWorkflows(): Promise<number> {
    const { temporal } = this.#state;
    if (!temporal || !this.#children.has('temporal')) return 0;
    return countRunningWorkflows(temporalOf(temporal));
  }

  async #startMissing(request: EnsureRequest): Promise<ServiceName[]> {
    const need =
      request.need.includes('speech') && !(await findSpeech()) ? without(request.need, 'speech') : request.need;
    if (request.keep && !this.#state.kept) this.#save({ kept: true });
    this.#bucket = request.bucket;
    if (need.includes('worker')) await this.#configureWorker(request.worker);
    const missing = need.filter((name) => this.#children.get(name)?.gaveUp ?? true);
    // The worker learns at its start where the others are.
    if (missing.some((name) => name !== 'worker')) this.#children.get('worker')?.restart();
    for (const name of missing) this.#children.set(name, this.#start(name));
    return need;
  }

  /**
   * Gives the worker another configuration when this command has another than the one before. While workflows run, what
   * only the earlier command had stays: a run in the background must not lose its key because another terminal has none.
   */
  async #configureWorker({ command, variables }: EnsureRequest['worker']): Promise<void> {
    const before = this.#worker;
    const same = (after: EnsureRequest['worker']) => JSON.stringify(sorted(after)) === JSON.stringify(sorted(before));
    if (same({ command, variables })) return;
    const keepOld = before.command.length > 0 && (await this.runningWorkflows().catch(() => 1)) > 0;
    this.#worker = { command, variables: keepOld ? { ...before.variables, ...variables } : variables };
    if (!same(this.#worker)) this.#children.get('worker')?.restart();
  }

  #start(name: ServiceName): SupervisedChild {
    return new SupervisedChild(this.#serviceOf(name), {
      project: this.#project,
      report: (kind, message) => this.report(name, kind, message),
      record: (identity) => {
        const { [name]: _, ...others } = this.#state.children;
        this.#save({ children: identity ? { ...others, [name]: identity } : others });
      },
    });
  }

  #serviceOf(name: ServiceName): Service {
    const environment = serverEnvironment(this.#environment);
    const project = this.#project;
    const prepare: Record<ServiceName, Service['prepare']> = {
      store: async () => {
        const store = await chooseStore(this.#state.store);
        this.#move('store', store);
        return launchMinio(project, store, environment);
      },
      temporal: async () => {
        const temporal = await chooseTemporal(this.#state.temporal);
        this.#move('temporal', temporal);
        return launchTemporal(project, temporal, environment);
      },
      speech: async () => {
        const speech = await chooseSpeech(this.#state.speech);
        this.#move('speech', speech);
        return launchSpeech(project, speech, environment);
      },
      // Not waiting for the others to answer: it has seconds of its own to spend before it needs them.
      worker: async () => {
        const others = (['store', 'temporal', 'speech'] as const).filter((other) => this.#children.has(other));
        await Promise.all(others.map(async (other) => this.#children.get(other)?.whenLaunched()));
        const { store, temporal, speech } = this.#state;
        return launchWorker(project, this.#environment, this.#worker, {
          ...(others.includes('store') && store && { s3: s3Of(store, this.#bucket) }),
          ...(others.includes('temporal') && temporal && { temporal: temporalOf(temporal) }),
          ...(others.includes('speech') && speech && { speech: speechOf(speech) }),
        });
      },
    };
    return { name, graceMs: GRACE_MS[name], prepare: prepare[name] };
  }

  /** Writes down where a service is about to run; a worker that knows another place is started again. */
  #move<Name extends 'store' | 'temporal' | 'speech'>(name: Name, place: NonNullable<ServicesState[Name]>): void {
    const before = this.#state[name];
    this.#save({ [name]: place });
    if (before && before.port !== place.port) this.#children.get('worker')?.restart();
  }

  #save(change: Partial<ServicesState>): void {
    this.#state = { ...this.#state, ...change };
    writeServicesState(this.#project, this.#state);
  }

  #inTurn<T>(decide: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(decide);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

const without = (names: readonly ServiceName[], name: ServiceName) => names.filter((other) => other !== name);

const sorted = ({ command, variables }: EnsureRequest['worker']) => [
  command,
  Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1)),
];
