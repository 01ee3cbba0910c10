import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { partitionFiles } from '../../activities/partition-files.ts';
import { storeSnapshot } from '../../activities/store-snapshot.ts';
import type { Cell } from '../../datasets/cell.ts';
import { columnsToJson, int64, list, text } from '../../datasets/column-type.ts';
import { cellKey, configurationDigest } from '../../datasets/configuration.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import type { PlannedStep } from '../../datasets/plan/run-plan.ts';
import { readCells } from '../../datasets/step-files.ts';
import { NO_CALLS } from '../../datasets/step-result.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import { canonicalJson, type Json } from '../../manifests/canonical-json.ts';
import { type Digest, sha256 } from '../../manifests/digest.ts';
import { decodeManifest, encodeManifest, type Manifest, stateDigest } from '../../manifests/manifest.ts';

/*
 * The format that every later version must read: files, digests, roots and manifest of a dataset with one source and one
 * step, two rows, all made from literals. A change here makes all existing versions unreadable or unequal: it needs a
 * decision that says how they stay readable.
 */

const PLAN = { run: 'r-golden', startedAt: '1669000000000' };
const SALTS = new Map([
  ['7174390048999885044', Buffer.alloc(32, 1)],
  ['7174396160498999914', Buffer.alloc(32, 2)],
]);

const step = (name: string, kind: string, columns: PlannedStep['columns'], needs: readonly string[]): PlannedStep => {
  const parameters = kind === 'ai/generate' ? { prompt: { prompt: sha256('Describe.\n') } } : { path: 'videos.jsonl' };
  return {
    name,
    kind,
    revision: 1,
    source: needs.length === 0,
    queue: 'main',
    needs,
    params: {},
    parameters,
    tuning: {},
    configuration: configurationDigest({ kind, revision: 1, parameters }),
    reads: {},
    columns,
    outside: needs.length === 0 ? sha256('videos.jsonl') : null,
    fresh: false,
    askAgain: [],
    collect: null,
  };
};

const video = step('video', 'import/table', columnsToJson({ view_count: int64(), hashtag_names: list(text()) }), []);
const description = step('description', 'ai/generate', columnsToJson({ description: text() }), ['video']);

const cellOf = (of: PlannedStep, id: string, values: Cell['values'] | null): Cell => ({
  id,
  values: values ?? { description: null },
  status: values ? 'ok' : 'failed',
  errorCode: values ? null : 'refused',
  errorMessage: values ? null : 'The model refused.',
  cellKey: cellKey(of.configuration, { 'video.view_count': { status: 'ok', value: '1' } }),
  run: 'r-golden',
  software: 'gettok/0.1.0',
  calls: of.source
    ? []
    : [
        {
          endpoint: 'chat/completions',
          request_key: sha256('request'),
          prompt_digest: sha256('Describe.\n'),
          answer_digest: sha256('answer'),
          provider: 'openai',
          model_requested: 'gpt-4o',
          model_returned: 'gpt-4o-2024-11-20',
          response_id: 'chatcmpl-1',
          request_id: 'req_1',
          input_tokens: 1412n,
          cached_input_tokens: null,
          output_tokens: 38n,
          audio_seconds: null,
          cost_nano_usd: 3_910_000n,
          attempt: 1,
          started_ms: 1_669_000_000_000n,
          ended_ms: 1_669_000_001_000n,
        },
      ],
  ...(of.source && { salt: SALTS.get(id)!.toString('hex') }),
});

const [first, second] = [...SALTS.keys()] as [string, string];
const CELLS = {
  video: [
    cellOf(video, first, { view_count: 9_007_199_254_740_993n, hashtag_names: ['perú', '😀'] }),
    cellOf(video, second, { view_count: null, hashtag_names: [] }),
  ],
  description: [cellOf(description, first, { description: 'Una mujer habla. 😀' }), cellOf(description, second, null)],
};

it('keeps the bytes of the files, the roots and the manifest of a small dataset', async () => {
  const stored = new Map<Digest, Buffer>();
  const put = async (bytes: Uint8Array) => {
    stored.set(sha256(bytes), Buffer.from(bytes));
    return sha256(bytes);
  };
  const blobs = { put } as Partial<BlobStore> as BlobStore;
  const made = {
    video: await storeSnapshot({ blobs, files: partitionFiles }, PLAN, video, CELLS.video, SALTS),
    description: await storeSnapshot({ blobs, files: partitionFiles }, PLAN, description, CELLS.description, SALTS),
  };
  const stateOf = (of: PlannedStep, { snapshot }: (typeof made)['video']): Manifest['state']['steps'][string] => ({
    kind: of.kind,
    revision: of.revision,
    source: of.source,
    needs: [...of.needs],
    configuration: of.configuration,
    parameters: of.parameters,
    columns: of.columns.map((column) => ({ ...column })),
    partitions: { '2022-12-07': snapshot },
  });
  const steps = { video: stateOf(video, made.video), description: stateOf(description, made.description) };
  const recordOf = (of: PlannedStep, { record, paid }: (typeof made)['video']) => ({
    outside: of.outside,
    computed: 2,
    reused: 0,
    paid,
    partitions: { '2022-12-07': record },
  });
  const manifest: Manifest = {
    format: 'gettok-manifest/1',
    stateDigest: stateDigest(steps),
    state: {
      dataset: 'golden',
      declaration: { dataset: 'golden' },
      partition: { by: 'create_time', every: 'day' },
      steps,
    },
    record: {
      parent: null,
      run: 'r-golden',
      branch: 'main',
      by: 'Ada Example',
      message: null,
      created_at: '1669000002000',
      started_at: '1669000000000',
      temporal: { namespace: 'default', workflow_id: 'project/golden/main', run_id: 'run' },
      software: { gettok: '0.1.0' },
      steps: { video: recordOf(video, made.video), description: recordOf(description, made.description) },
    },
  };
  const { version, bytes } = encodeManifest(manifest);
  await expect(`${JSON.stringify(JSON.parse(bytes.toString('utf8')), null, 2)}\n`).toMatchFileSnapshot(
    'golden-manifest.json',
  );
  expect(version).toMatchInlineSnapshot(`"sha256:e251f193b80bab3f2cf377a720502552eb44b60c47a4232fef325cd625740c0f"`);
  expect(canonicalJson(decodeManifest(version, bytes) as Json)).toBe(bytes.toString('utf8'));
  expect(made.video.paid).toEqual(NO_CALLS);

  // What was written is read back whole.
  const folder = await mkdtemp(join(tmpdir(), 'gettok-golden-'));
  using database = await openDatabase();
  const { values, provenance } = made.description.snapshot;
  const paths = { values: join(folder, 'values'), provenance: join(folder, 'provenance') };
  await writeFile(paths.values, stored.get(values)!);
  await writeFile(paths.provenance, stored.get(provenance)!);
  expect(await readCells(database, paths, { description: text() })).toEqual(CELLS.description);
  await rm(folder, { recursive: true });
});

it('refuses a manifest whose state was altered', () => {
  const text1 = JSON.stringify({ format: 'gettok-manifest/1' });
  expect(() => decodeManifest(sha256(text1), Buffer.from(text1))).toThrow("can't be used");
});
