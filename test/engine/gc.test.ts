import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { openMinioStore } from '../../activities/minio-store.ts';
import { checkBucket } from '../../cli/check-bucket.ts';
import { collectGarbage } from '../../cli/collect-garbage.ts';
import { copyToOtherBucket } from '../../cli/copy-dataset.ts';
import { type Configuration, loadConfiguration } from '../../cli/configuration.ts';
import { fetchVersion } from '../../cli/open-version.ts';
import type { Project } from '../../cli/open-project.ts';
import { resolveVersion } from '../../cli/resolve-version.ts';
import { parseBucketKey } from '../../datasets/garbage/bucket-key.ts';
import { openQueryDatabase } from '../../datasets/sql/query-database.ts';
import { blobKey, createBlobStore } from '../../manifests/blob-store.ts';
import { LeaseHeldError, takeLease } from '../../manifests/lease.ts';
import type { ObjectStore } from '../../manifests/object-store.ts';
import { deleteBranch } from '../../manifests/refs.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const kinds = testKinds();
let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(kinds.kinds);
});
afterAll(() => project[Symbol.asyncDispose]());
beforeEach(() => {
  kinds.made.length = 0;
  kinds.block = null;
});

const declare = (dataset: string, suffix = '') =>
  project.write(
    'dataset.yaml',
    `dataset: ${dataset}
title: Words
creators: [{ name: Ada Example }]
license: CC-BY-4.0
partition: { by: day, every: day }
steps:
  rows:  { uses: test/rows, with: { path: rows.json } }
  upper: { uses: test/upper, needs: [rows], with: { suffix: "${suffix}" } }
`,
  );
const rows = () =>
  project.write(
    'rows.json',
    JSON.stringify(['one', 'two'].map((word, n) => ({ id: word, day: `2022-12-0${n + 1}`, word }))),
  );

/** The project of the test as a command has it, where everything is a month old. */
const asCommand = async (store: ObjectStore = project.store): Promise<Project> =>
  ({
    store: {
      ...store,
      async *list(prefix: string) {
        for await (const listed of store.list(prefix))
          yield listed.key.startsWith('leases/')
            ? listed
            : { ...listed, modified: new Date(listed.modified.getTime() - 30 * 86_400_000) };
      },
    },
    blobs: createBlobStore(store, join(project.folder, randomBytes(4).toString('hex'))),
    cacheFolder: join(project.folder, 'cache'),
    get temporal() {
      throw new RangeError('the command has not asked for Temporal');
    },
    client: async () => project.client,
    id: project.id,
    configuration: await configuration(),
  }) as unknown as Project;

const bucket = `copied-${randomBytes(4).toString('hex')}`;
const configuration = (): Promise<Configuration> => {
  const { endpoint, accessKey, secretKey } = inject('services').s3;
  return loadConfiguration({
    environment: {
      GETTOK_PROJECT: project.folder,
      GETTOK_COPY_S3_ENDPOINT: endpoint,
      GETTOK_COPY_S3_ACCESS_KEY: accessKey,
      GETTOK_COPY_S3_SECRET_KEY: secretKey,
      GETTOK_COPY_S3_BUCKET: bucket,
    },
  });
};
const silent = () => new PassThrough().resume() as unknown as NodeJS.WriteStream;
const gc = async () => {
  const flags = { olderThan: 14 * 86_400_000, json: true };
  const garbage = await collectGarbage(await asCommand(), flags, silent());
  return garbage.objects.map(({ key }) => key);
};
const idle = async () => {
  const working = async () => {
    for await (const lease of project.store.list('leases/work/')) return lease.key;
    return null;
  };
  await expect.poll(working, { timeout: 10_000 }).toBeNull();
};
const keys = async (prefix: string) => {
  const found: string[] = [];
  for await (const { key } of project.store.list(prefix)) found.push(key);
  return found;
};

it('removes nothing while a run is at work, and afterwards only what the run left behind', async () => {
  await declare('busy');
  await rows();
  let release = () => {};
  kinds.block = new Promise((resolve) => (release = resolve));
  const started = await project.start();
  await expect.poll(() => kinds.made.length, { timeout: 20_000 }).toBe(2);
  await expect(gc()).rejects.toThrow(LeaseHeldError);
  release();
  const { manifest } = await started.finish();
  expect(manifest.state.steps['upper']!.partitions['2022-12-01']!.counts.ok).toBe(1);
  await idle();
  let removed: readonly string[] = [];
  // Temporal may list a run for a moment after its end.
  await expect.poll(async () => (removed = await gc()).length).toBeGreaterThan(0);
  // The run has ended: its state goes, its version with all it names stays.
  expect(removed.filter((key) => !key.startsWith(`runs/${started.run}/`))).toEqual([]);
  expect(await project.run()).toMatchObject({ changed: false });
});

it('lets a run that begins meanwhile wait until it has ended', async () => {
  await idle();
  await declare('waits');
  await rows();
  const clearing = await takeLease(project.store, 'clearing', 'a test');
  const started = await project.start();
  await expect.poll(() => keys(`runs/${started.run}/`)).toHaveLength(1);
  await pause(1500);
  expect(kinds.made).toEqual([]);
  await clearing[Symbol.asyncDispose]();
  await started.finish();
  expect(kinds.made).toHaveLength(2);
});

it('takes a deleted branch away whole, and a run makes anew what it had', async () => {
  await declare('pilot');
  await rows();
  await project.run();
  await declare('pilot', '!');
  await project.run({ branch: 'trial' });
  await idle();
  const of = (removed: readonly string[]) => [...new Set(removed.map((key) => parseBucketKey(key)!.kind))].toSorted();
  await expect.poll(async () => [await gc(), await keys('runs/')]).toEqual([[], []]);
  await deleteBranch(project.store, 'pilot', 'trial');
  expect(of(await gc())).toEqual(['cells', 'note', 'object', 'version']);
  expect(await gc()).toEqual([]);
  kinds.made.length = 0;
  const { manifest } = await project.run({ branch: 'trial' });
  expect(kinds.made.toSorted()).toEqual(['upper one', 'upper two']);
  expect(manifest.state.steps['upper']!.partitions['2022-12-01']!.counts.ok).toBe(1);
});

it('knows every key that runs write', async () => {
  const unknown = (await keys('')).filter(
    (key) => !/^(leases\/|project\.json)/.test(key) && parseBucketKey(key) === null,
  );
  expect(unknown).toEqual([]);
});

it('tells a person which versions suffer from what, and what to do', async () => {
  const here = await asCommand();
  const { version, manifest } = await resolveVersion(here.store, 'pilot', 'trial');
  const { values } = manifest.state.steps['upper']!.partitions['2022-12-01']!;
  const look = async (flags: { full: boolean; json: boolean }) => {
    const out = new PassThrough();
    const whole = await checkBucket(here, { dataset: 'pilot', ...flags }, out as unknown as NodeJS.WriteStream);
    return { whole, text: out.read().toString() as string };
  };
  expect(await look({ full: true, json: false })).toMatchObject({
    whole: true,
    text: expect.stringMatching(
      /✔ No damage: 2 branches and tags, 2 versions, \d+ objects, .* \(read and proved\)\.\n$/,
    ),
  });
  const bytes = (await here.store.get(blobKey(values)))!.bytes;
  await here.store.remove([blobKey(values)]);
  const { whole, text } = await look({ full: false, json: false });
  expect(whole).toBe(false);
  expect(text).toContain(`✘ missing object  ${blobKey(values)}
    it is not in the bucket
    suffers: pilot ${version.slice(0, 15)} (trial) upper/2022-12-01
    Bring ${blobKey(values)} back from a backup, or from another bucket: gettok copy --from.
`);
  const { damages } = JSON.parse((await look({ full: false, json: true })).text) as { damages: object[] };
  expect(damages).toMatchObject([
    { kind: 'missing object', suffers: [{ dataset: 'pilot', version, refs: ['heads/trial'], step: 'upper' }] },
  ]);
  await here.store.put(blobKey(values), bytes);
});

it('copies a dataset to another bucket, where it shows and answers the same', async () => {
  await idle();
  const here = await asCommand();
  expect(await copyToOtherBucket(here, 'pilot', { json: true }, silent())).toBe(true);
  const there = await asCommand(await openMinioStore({ ...inject('services').s3, bucket }));
  const show = (at: Project) => resolveVersion(at.store, 'pilot', 'trial');
  expect(await show(there)).toEqual(await show(here));
  const query = async (at: Project) => {
    const { steps } = await fetchVersion(at, 'pilot', 'trial');
    await using database = await openQueryDatabase(steps);
    return Array.fromAsync((await database.query('SELECT id, upper FROM upper ORDER BY id')).json());
  };
  expect(await query(there)).toEqual([
    { id: 'one', upper: 'ONE!' },
    { id: 'two', upper: 'TWO!' },
  ]);
  expect(await query(there)).toEqual(await query(here));
  // And back, from a bucket where the branch is gone.
  await deleteBranch(project.store, 'pilot', 'trial');
  expect(await copyToOtherBucket(here, 'pilot', { json: true, from: true }, silent())).toBe(true);
  expect(await show(here)).toEqual(await show(there));
});
