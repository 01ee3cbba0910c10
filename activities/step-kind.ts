import type { z } from 'zod';
import type { BlobStore } from '../manifests/blob-store.ts';
import type { Json } from '../manifests/canonical-json.ts';
import type { Digest } from '../manifests/digest.ts';
import type { ObjectStore } from '../manifests/object-store.ts';
import { type CellValue, type Columns, type ColumnType, typeName, type Values } from '../datasets/column-type.ts';
import {
  type NeededColumns,
  type Params,
  type Queue,
  type Read,
  type Reads,
  type StepKindSignature,
  UnreadableInputError,
} from '../datasets/step-kind.ts';
import type {
  Collected,
  CollectEstimate,
  CollectTools,
  EarlierCollection,
  EarlierRow,
} from './collect/collect-tools.ts';
import type { Coverage } from '../datasets/coverage.ts';
import type { Downloader } from './download/downloader.ts';
import type { Ffmpeg } from './ffmpeg/ffmpeg.ts';
import type { ModelCalls } from './models/model-calls.ts';
import type { TextReader } from './text-reader/text-reader.ts';

/** What a cell's code may use. All of it belongs to one cell, or is safe to share between cells at work together. */
export interface CellTools {
  readonly id: string;
  /** Folder of `dataset.yaml`; only there for kinds on the `files` queue. */
  readonly folder: string;
  /** An empty folder of this cell alone, removed when the cell is made. */
  readonly scratch: string;
  /** Aborts when the run is cancelled or the worker stops. */
  readonly signal: AbortSignal;
  readonly tuning: Params;
  readonly blobs: BlobStore;
  readonly buckets: Buckets;
  readonly ffmpeg: Ffmpeg;
  readonly downloader: Downloader;
  readonly models: ModelCalls;
  readonly textReader: TextReader;
}

/** Buckets of the project's endpoint beside its own, such as one that holds videos. Opening one never makes it. */
export interface Buckets {
  open(name: string): Promise<ObjectStore>;
}

/** A cell that has no values, and why: a result like any other, not an error. */
export class NotMade {
  readonly status: 'skipped' | 'failed';
  /** Stable, in snake_case: it is counted in manifests and named in `--retry failed:<code>`. */
  readonly code: string;
  /** For a person; kept in the provenance file only. */
  readonly message: string | null;
  constructor(status: 'skipped' | 'failed', code: string, message: string | null) {
    this.status = status;
    this.code = code;
    this.message = message;
  }
}

export const skipped = (code: string, message: string | null = null) => new NotMade('skipped', code, message);
export const failed = (code: string, message: string | null = null) => new NotMade('failed', code, message);

export interface SourceRow {
  readonly id: string;
  readonly values: { readonly [column: string]: CellValue };
  /** Where the row stands, such as `data/videos.jsonl:12`, for errors. */
  readonly place: string;
}

/** Where a step finds what lies outside the dataset. */
export interface OutsideTools {
  /** Folder of `dataset.yaml`. */
  readonly folder: string;
  /** A folder for what can be found out again, such as the digests of files; shared by all datasets of this machine. */
  readonly cacheFolder: string;
  readonly buckets: Buckets;
}

/** What lies outside the dataset and decides a step's results: files beside `dataset.yaml`, a bucket. */
export interface Outside {
  /** One digest over all of it, without reading a row; when it stays the same, unchanged partitions are reused. */
  fingerprint(params: Params, tools: OutsideTools): Promise<Digest>;
  /** One row's share of it, as it enters the cell key; null when there is nothing for that row. */
  identify?(id: string, params: Params, tools: OutsideTools): Promise<Json>;
}

/** A step kind as the engine sees it. */
export interface StepKind extends StepKindSignature {
  readonly codes?: Readonly<Record<string, string>>;
  readonly notes?: readonly string[];
  readonly outside?: Outside;
  cell?(inputs: { readonly [role: string]: CellValue }, params: Params, tools: CellTools): Promise<object>;
  rows?(params: Params, folder: string, columns: Columns, signal: AbortSignal): AsyncIterable<SourceRow>;
  readonly collects?: Collects;
}

/** How a kind gets its rows from an API, request by request. */
export interface Collects {
  /** Which API, such as `tiktok`: it has one quota, whatever asks it. */
  readonly api: string;
  /** What a row's values depend on, without how far the collection goes: rows of a version with the same are kept. */
  identity(params: Params): Json;
  /** The column of another dataset's version that says what to ask for; null where the parameters say it. */
  from?(params: Params): SeedColumn | null;
  /** Whether a row of the parent version is still within what the parameters ask for. */
  keeps(row: EarlierRow, params: Params, seeds: ReadonlySet<string>): boolean;
  /** Every row asked for, and at the end how much of it that is. Runs again from its beginning after a kill or a wait. */
  collect(params: Params, tools: CollectTools): AsyncGenerator<Collected, Coverage>;
  /** Asks nothing. */
  estimate(
    params: Params,
    earlier: EarlierCollection,
    seeds: readonly string[],
    refresh: boolean,
  ): Promise<CollectEstimate>;
}

/** `from: { dataset, ref, column }` as declared; `column` is `step.column`. */
export interface SeedColumn {
  readonly dataset: string;
  readonly ref: string;
  readonly column: string;
}

/** An input by name: the column of that name and type among the needed steps. */
export interface Role<C extends ColumnType> {
  readonly type: C;
  readonly required: boolean;
}
/** An input that may be null: the cell is made all the same. */
export const optional = <C extends ColumnType>(type: C): Role<C> => ({ type, required: false });

type RoleTypes = { readonly [role: string]: ColumnType | Role<ColumnType> };
type Inputs<R extends RoleTypes> = {
  readonly [K in keyof R]: R[K] extends Role<infer C>
    ? Values<{ x: C }>['x']
    : R[K] extends ColumnType
      ? NonNullable<Values<{ x: R[K] }>['x']>
      : never;
};

interface Definition<P extends z.ZodObject, T extends z.ZodObject> {
  readonly kind: string;
  readonly revision: number;
  readonly summary: string;
  readonly queue: Queue;
  readonly params: P;
  readonly tuning: T;
  /** Why a cell may have no values, a sentence for each code: for the documentation. */
  readonly codes?: Readonly<Record<string, string>>;
  /** What its columns mean where their names don't say it, a paragraph each: for the documentation. */
  readonly notes?: readonly string[];
  readonly outside?: {
    fingerprint(params: z.output<P>, tools: OutsideTools): Promise<Digest>;
    identify?(id: string, params: z.output<P>, tools: OutsideTools): Promise<Json>;
  };
}

/** A kind whose inputs and outputs are fixed. An input is the column of its name and type among the needed steps. */
interface FixedCells<
  P extends z.ZodObject,
  T extends z.ZodObject,
  R extends RoleTypes,
  M extends Columns,
> extends Definition<P, T> {
  readonly reads: R;
  readonly makes: M;
  /** Throws a `GettokError` for parameters that don't go together: found before anything runs. */
  check?(params: z.output<P>): void;
  cell(inputs: Inputs<R>, params: z.output<P>, tools: CellTools & Tuned<T>): Promise<Values<M> | NotMade>;
}

/** A kind whose inputs depend on its parameters (a prompt's placeholders), or its outputs do (an output schema). */
interface DerivedCells<P extends z.ZodObject, T extends z.ZodObject> extends Definition<P, T> {
  reads(params: z.output<P>, needs: NeededColumns): Reads;
  makes(params: z.output<P>): Columns;
  cell(
    inputs: { readonly [role: string]: CellValue },
    params: z.output<P>,
    tools: CellTools & Tuned<T>,
  ): Promise<{ readonly [column: string]: CellValue } | NotMade>;
}

/** A kind that makes the rows. `makes` is null where the columns are found by looking at the data (`inspect`). */
interface SourceRows<P extends z.ZodObject, T extends z.ZodObject> extends Definition<P, T> {
  makes(params: z.output<P>): Columns | null;
  inspect?(params: z.output<P>, folder: string, cacheFolder?: string): Promise<Columns>;
  rows(params: z.output<P>, folder: string, columns: Columns, signal: AbortSignal): AsyncIterable<SourceRow>;
}

/** A kind that makes the rows by asking an API. */
interface CollectedRows<P extends z.ZodObject, T extends z.ZodObject> extends Definition<P, T> {
  makes(params: z.output<P>): Columns;
  readonly collects: {
    readonly api: string;
    identity(params: z.output<P>): Json;
    from?(params: z.output<P>): SeedColumn | null;
    keeps(row: EarlierRow, params: z.output<P>, seeds: ReadonlySet<string>): boolean;
    collect(params: z.output<P>, tools: CollectTools & Tuned<T>): AsyncGenerator<Collected, Coverage>;
    estimate(
      params: z.output<P>,
      earlier: EarlierCollection,
      seeds: readonly string[],
      refresh: boolean,
    ): Promise<CollectEstimate>;
  };
}

interface Tuned<T extends z.ZodObject> {
  readonly tuning: z.output<T>;
}

/** Declares a step kind. To add one to the product: one file that exports the result, listed in `kinds/index.ts`. */
export function defineStepKind<P extends z.ZodObject, T extends z.ZodObject>(definition: SourceRows<P, T>): StepKind;
export function defineStepKind<P extends z.ZodObject, T extends z.ZodObject>(definition: CollectedRows<P, T>): StepKind;
export function defineStepKind<P extends z.ZodObject, T extends z.ZodObject>(definition: DerivedCells<P, T>): StepKind;
export function defineStepKind<
  P extends z.ZodObject,
  T extends z.ZodObject,
  const R extends RoleTypes,
  const M extends Columns,
>(definition: FixedCells<P, T, R, M>): StepKind;
export function defineStepKind(
  definition:
    | FixedCells<z.ZodObject, z.ZodObject, RoleTypes, Columns>
    | DerivedCells<z.ZodObject, z.ZodObject>
    | SourceRows<z.ZodObject, z.ZodObject>
    | CollectedRows<z.ZodObject, z.ZodObject>,
): StepKind {
  if ('rows' in definition || 'collects' in definition) return { ...definition, source: true, reads: () => ({}) };
  // A fixed kind's inputs and outputs become functions of nothing; a derived kind's are functions already.
  const reads = 'reads' in definition && typeof definition.reads === 'object' ? definition.reads : null;
  const makes = typeof definition.makes === 'object' ? definition.makes : null;
  return {
    ...definition,
    source: false,
    ...(reads && {
      reads(params: Params, needs: NeededColumns) {
        if ('check' in definition) definition.check?.(params);
        return byName(reads, needs);
      },
    }),
    ...(makes && { makes: () => makes }),
  } as StepKind;
}

function byName(roles: RoleTypes, needs: NeededColumns): Reads {
  return Object.fromEntries(Object.entries(roles).map(([role, wanted]) => [role, findRead(role, wanted, needs)]));
}

function findRead(role: string, wanted: ColumnType | Role<ColumnType>, needs: NeededColumns): Read {
  const { type, required } = 'required' in wanted ? wanted : { type: wanted, required: true };
  const providers = Object.entries(needs).flatMap(([step, columns]) => {
    const column = columns[role];
    return column && typeName(column) === typeName(type) ? [{ step, column: role, type: column, required }] : [];
  });
  if (providers.length === 1) return providers[0]!;
  const expected = `exactly one needed step that makes ${role} (${typeName(type)})`;
  if (providers.length > 1)
    throw new UnreadableInputError(role, `steps ${providers.map(({ step }) => step).join(' and ')} make it`, expected);
  throw new UnreadableInputError(role, `no step in needs makes it`, expected);
}
