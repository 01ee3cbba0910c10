import { z } from 'zod';
import { canonicalJson, type Json } from './canonical-json.ts';
import { type Digest, digestOf, isDigest, sha256 } from './digest.ts';
import { GettokError } from './gettok-error.ts';

const digest = z.custom<Digest>(isDigest, 'a digest: sha256: and 64 hexadecimal digits').meta({ type: 'string' });
/** A whole number as decimal text, since JSON numbers end at 2^53. */
const decimal = z.string().regex(/^-?\d+$/);
const json: z.ZodType<Json> = z.json();
const byCode = z.record(z.string(), z.int().nonnegative());

const counts = z.strictObject({
  ok: z.int().nonnegative().describe('rows with values'),
  skipped: byCode.describe('rows without values for a reason that is no failure, by code'),
  failed: byCode.describe('rows that failed, by code'),
});

/** The files of one step for one partition, and what a plan needs to know of them without reading them. */
const partitionSnapshot = z.strictObject({
  values: digest.describe('the values file: the identity of everything downstream'),
  provenance: digest.describe('the provenance file'),
  rows: z.int().nonnegative(),
  counts,
  root: digest.describe('RFC 6962 Merkle root over the salted rows of the values file'),
  answers: z
    .array(digest)
    .optional()
    .describe(
      'digests of the files of raw model answers that the provenance file refers to; left out where there are none',
    ),
});

const column = z.strictObject({
  name: z.string(),
  type: json.describe('text, bool, int32, int64, float32, float64, {list: type} or {struct: {field: type}}'),
  media: z.enum(['video', 'audio', 'image', 'any']).optional().describe('text that names blobs of this kind'),
});

/** How much a source has of what it was to collect; `datasets/coverage.ts`. */
const coverage = z.strictObject({
  of: z
    .enum(['day', 'item'])
    .describe('what is counted: UTC days, or items such as videos whose comments are asked for'),
  complete: z.int().nonnegative(),
  partial: byCode.describe('by reason'),
  not_asked: byCode.describe('by reason'),
  days: z
    .array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        status: z.enum(['complete', 'partial', 'not_asked']),
        why: z.string().optional(),
      }),
    )
    .optional()
    .describe('UTC days in order, first and last of each stretch included'),
});

const collection = z.strictObject({
  identity: digest.describe('digest of what is asked for, without how far: rows are carried on while it is the same'),
  log: digest.describe('Parquet file with a row for each request that was sent'),
  requests: z.int().nonnegative().describe('rows of the log'),
  coverage: coverage.describe('what is complete, partial and not asked'),
  from: z
    .strictObject({
      dataset: z.string(),
      ref: z.string().describe('as declared'),
      version: digest.describe('the version it named'),
      column: z.string().describe('the column whose values were asked for'),
    })
    .optional()
    .describe('the version of another dataset that says what is asked for'),
});

const stepState = z.strictObject({
  kind: z.string().describe('the step kind'),
  revision: z.int().positive().describe('raised when the results of the kind change'),
  source: z.boolean().describe('true for the step that makes the rows'),
  needs: z.array(z.string()).describe('the steps it reads'),
  configuration: digest.describe('digest over kind, revision and parameters: the first part of every cell key'),
  parameters: json.describe('parameters that differ from their defaults; prompts by digest, models by what they are'),
  reads: z
    .record(z.string(), z.string())
    .optional()
    .describe('the columns it reads, as `step.column`, by the name under which they enter the cell keys'),
  columns: z.array(column),
  partitions: z.record(z.string(), partitionSnapshot),
  collection: collection.optional().describe('only of a source that asks an API'),
});

const callTotals = z.strictObject({
  calls: z.int().nonnegative(),
  input_tokens: decimal,
  output_tokens: decimal,
  cost_nano_usd: decimal.describe('billionths of a US dollar, over the calls whose price is known'),
  unpriced_calls: z.int().nonnegative().describe('calls whose price is not known; they are in no sum'),
});

/** What made the cells of one file, whenever that was. */
const partitionRecord = z.strictObject({
  run: z.string().describe('the run that wrote the file'),
  models: z.record(z.string(), z.int().positive()).describe('calls by "provider requested → returned"'),
  ...callTotals.shape,
});

const stepRecord = z.strictObject({
  outside: digest.nullable().describe('fingerprint of the files or buckets the step reads'),
  computed: z.int().nonnegative().describe('cells this run made'),
  reused: z.int().nonnegative().describe('cells this run took over'),
  paid: callTotals.describe('what this run asked and paid'),
  partitions: z.record(z.string(), partitionRecord),
});

/** The rows that a pilot asked about; the others are `skipped: not_sampled`. */
const sample = z.strictObject({
  of: digest.describe('the version whose rows it was drawn from'),
  rows: z.int().nonnegative(),
  seed: z.int().nonnegative(),
  stratify: z.string().nullable().describe('the column whose values it is stratified by, as `step.column`'),
  ids: digest.describe('a file with the ids as one JSON list, sorted'),
});

export const manifestSchema = z.strictObject({
  format: z.literal('gettok-manifest/1'),
  stateDigest: digest.describe('digest over configurations, values digests and Merkle roots'),
  state: z.strictObject({
    dataset: z.string(),
    declaration: json.describe('the declaration without layout, comments or order'),
    partition: json.describe('how rows are cut into partitions'),
    steps: z.record(z.string(), stepState),
  }),
  record: z.strictObject({
    parent: digest.nullable().describe('the version this one was made from; null for the first of a branch'),
    merges: digest.optional().describe('a version of another branch whose declaration went in, by promote or merge'),
    sample: sample.optional().describe('only of a pilot: the rows it was about'),
    run: z.string().describe('the run that made this version'),
    branch: z.string().describe('the branch it was made on'),
    by: z.string().nullable().describe('who made it'),
    message: z.string().nullable().describe('a note, as given with `gettok run --message`'),
    created_at: decimal.describe('milliseconds since 1970-01-01 UTC'),
    started_at: decimal,
    temporal: z
      .strictObject({ namespace: z.string(), workflow_id: z.string(), run_id: z.string() })
      .describe('the workflow execution that made it'),
    software: z.record(z.string(), z.string()).describe('versions of the programs at work'),
    steps: z.record(z.string(), stepRecord),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type StepState = z.infer<typeof stepState>;
export type StepRecord = z.infer<typeof stepRecord>;
export type PartitionSnapshot = z.infer<typeof partitionSnapshot>;
export type PartitionRecord = z.infer<typeof partitionRecord>;
export type CollectionState = z.infer<typeof collection>;
export type StatusCounts = z.infer<typeof counts>;
export type CallTotals = z.infer<typeof callTotals>;

/** The versions that a version was made from: that of its branch first, then the one that was promoted or merged into it. */
export const parentsOf = ({ parent, merges }: Pick<Manifest['record'], 'parent' | 'merges'>): Digest[] => [
  ...(parent === null ? [] : [parent]),
  ...(merges === undefined ? [] : [merges]),
];

/** Two versions with the same values have the same state digest, whoever made them, whenever and at what price. */
export const stateDigest = (steps: Manifest['state']['steps']): Digest =>
  digestOf(
    'state',
    Object.fromEntries(
      Object.entries(steps).map(([name, { configuration, partitions, collection: collected }]) => [
        name,
        {
          configuration,
          ...(collected && { coverage: collected.coverage as Json }),
          partitions: Object.fromEntries(
            Object.entries(partitions).map(([partition, { values, root }]) => [partition, { values, root }]),
          ),
        },
      ]),
    ),
  );

/** A stored manifest that isn't one, or whose parts contradict each other. */
export class InvalidManifestError extends GettokError {
  override readonly name = 'InvalidManifestError';
  readonly version: Digest;
  constructor(version: Digest, reason: string) {
    super(`The manifest ${version} can't be used: ${reason}. It was made by another program, or by a newer GET-Tok.`);
    this.version = version;
  }
}

/** The bytes a version is stored as and named by. */
export function encodeManifest(manifest: Manifest): { readonly version: Digest; readonly bytes: Buffer } {
  const bytes = Buffer.from(canonicalJson(manifest as Json));
  return { version: sha256(bytes), bytes };
}

export function decodeManifest(version: Digest, bytes: Uint8Array): Manifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new InvalidManifestError(version, 'it is no JSON');
  }
  const checked = manifestSchema.safeParse(parsed);
  if (!checked.success) throw new InvalidManifestError(version, z.prettifyError(checked.error).replaceAll('\n', ' '));
  const manifest = checked.data;
  if (stateDigest(manifest.state.steps) !== manifest.stateDigest)
    throw new InvalidManifestError(version, 'its stateDigest is not that of its state');
  return manifest;
}
