import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBudgets } from '../../../activities/models/budget/open-budgets.ts';
import { type ClientPoolOptions, createClientPool } from '../../../activities/models/client-pool.ts';
import type { Ffmpeg } from '../../../activities/ffmpeg/ffmpeg.ts';
import type { ChatRequest, ModelCalls } from '../../../activities/models/model-calls.ts';
import { createPaceKeepers } from '../../../activities/models/pace/create-pace-keepers.ts';
import { createModels, type StepModels } from '../../../activities/models/step-models.ts';
import type { NotMade, StepKind } from '../../../activities/step-kind.ts';
import type { TextReader } from '../../../activities/text-reader/text-reader.ts';
import type { Call } from '../../../datasets/call.ts';
import type { CellValue } from '../../../datasets/column-type.ts';
import { type Database, openDatabase } from '../../../datasets/parquet/database.ts';
import type { PlannedStep } from '../../../datasets/plan/run-plan.ts';
import { builtInPrices } from '../../../datasets/prices/price-table.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { type BlobStore, createBlobStore } from '../../../manifests/blob-store.ts';
import { sha256 } from '../../../manifests/digest.ts';
import type { ObjectStore } from '../../../manifests/object-store.ts';
import type { OpenAIServer } from '../../openai-server/openai-server.ts';
import { memoryStore } from '../memory-store.ts';

export const gpt: Model = { name: 'gpt', provider: 'openai', model: 'gpt-4o-2024-11-20' };

export interface CellOptions {
  readonly id?: string;
  readonly signal?: AbortSignal;
  readonly params?: object;
  readonly tuning?: object;
  readonly textReader?: TextReader;
  /** Of the step, for its provenance and its files of answers. */
  readonly model?: Model;
  readonly run?: string;
  readonly ignored?: ReadonlySet<string>;
  readonly ffmpeg?: Ffmpeg;
}

/** A bucket, a pool of clients and the server's address: all that cells which ask models need. */
export class ModelBench implements AsyncDisposable {
  readonly objects = new Map<string, Buffer>();
  readonly store: ObjectStore;
  readonly blobs: BlobStore;
  readonly folder: string;
  /** Of the newest cell. */
  calls: Call[] = [];
  #pool: ClientPoolOptions;

  readonly #database: Database;

  private constructor(folder: string, pool: ClientPoolOptions, database: Database) {
    this.folder = folder;
    this.#database = database;
    this.store = memoryStore(this.objects);
    this.blobs = createBlobStore(this.store, folder);
    this.#pool = pool;
  }

  static async start(server: OpenAIServer, env: ClientPoolOptions['env'] = { OPENAI_API_KEY: server.apiKey }) {
    const database = await openDatabase({ threads: 1 });
    return new ModelBench(await mkdtemp(join(tmpdir(), 'gettok-test-')), { env, baseUrl: server.url }, database);
  }

  models(options: CellOptions = {}): ModelCalls {
    const calls: Call[] = [];
    this.calls = calls;
    const signal = options.signal ?? new AbortController().signal;
    return this.step(options).forCell({
      id: options.id ?? '7203',
      cellKey: sha256('cell'),
      signal,
      waiting: signal,
      ignored: options.ignored ?? new Set(),
      record: (call) => calls.push(call),
    });
  }

  /** A new attempt at a step of a partition, which knows what is in the bucket and nothing else. */
  step({ model = gpt, run = 'r-1' }: CellOptions = {}): StepModels {
    const step = { name: 'stance', kind: 'ai/classify', params: { model } } as unknown as PlannedStep;
    const plan = { dataset: 'peru', run, startedAt: '0', maxNanoUsd: null, batch: false };
    return this.#models().open({
      plan,
      step,
      partition: '2022-12-07',
      partitions: ['2022-12-07'],
      isPatient: true,
      rounds: 0,
    });
  }

  #models() {
    return createModels({
      store: this.store,
      blobs: this.blobs,
      database: this.#database,
      clients: createClientPool(this.#pool),
      paces: createPaceKeepers({ share: 1 }),
      prices: builtInPrices,
      budgets: openBudgets({ store: this.store }),
      project: 'test',
      batchPace: { firstMs: 100, longestMs: 100 },
    });
  }

  /** Makes a cell as the engine does. */
  async cell(kind: StepKind, inputs: Record<string, CellValue>, options: CellOptions = {}) {
    const { params = {}, tuning = {}, textReader, ffmpeg } = options;
    const tools = {
      id: options.id ?? '7203',
      models: this.models(options),
      blobs: this.blobs,
      scratch: this.folder,
      signal: options.signal ?? new AbortController().signal,
      tuning: kind.tuning.parse(tuning),
      textReader,
      ffmpeg,
    };
    return (await kind.cell!(inputs, params as never, tools as never)) as Record<string, CellValue> | NotMade;
  }

  get journal(): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith('journal/'));
  }

  /** Everything in the bucket as one text. */
  get stored(): string {
    return [...this.objects].map(([key, bytes]) => `${key}\n${bytes.toString('latin1')}`).join('\n');
  }

  async [Symbol.asyncDispose]() {
    this.#database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const hello = (text = 'hola'): ChatRequest => ({
  endpoint: 'chat/completions',
  body: { model: gpt.model, messages: [{ role: 'user', content: text }] },
  prompt: null,
});

export const limits = { timeoutMs: 5000, tries: 1 };
