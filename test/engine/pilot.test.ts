import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { explainCell } from '../../cli/why/explain-cell.ts';
import { drawPilot, SampleError } from '../../datasets/plan/draw-pilot.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import { readParquet } from '../../datasets/parquet/read-parquet.ts';
import { text } from '../../datasets/column-type.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { type Digest, sha256 } from '../../manifests/digest.ts';
import { moveBranch } from '../../manifests/refs.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const harness = testKinds();
let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(harness.kinds);
});
afterAll(() => project[Symbol.asyncDispose]());
beforeEach(() => {
  harness.made.length = 0;
});

const declare = (dataset: string, suffix: string) =>
  project.write(
    'dataset.yaml',
    `dataset: ${dataset}
partition: { by: id, buckets: 3 }
steps:
  rows:   { uses: test/rows, with: { path: rows.json } }
  upper:  { uses: test/upper, needs: [rows], with: { suffix: '${suffix}' } }
  same:   { uses: test/upper, needs: [rows], with: { suffix: same } }
  length: { uses: test/length, needs: [upper] }
`,
  );
const ROWS = Array.from({ length: 30 }, (_, row) => ({
  id: String(row),
  day: null,
  word: row === 0 ? null : row < 6 ? 'rare' : 'often',
}));

/** A first version, and a branch `pilot` at it. */
async function started(dataset: string) {
  await declare(dataset, '');
  await project.write('rows.json', JSON.stringify(ROWS));
  const first = await project.run();
  harness.made.length = 0;
  const ref = { run: 'branch', updatedAt: '2026-11-25T00:00:00Z', by: null, manifest: first.version as Digest };
  await moveBranch(project.store, dataset, 'pilot', null, ref);
  return { version: first.version as Digest, manifest: first.manifest };
}

const draw = async (
  at: { version: Digest; manifest: Manifest },
  rows: number,
  stratify: string | null = null,
  seed = 1,
) => {
  using database = await openDatabase();
  return await drawPilot({ blobs: project.services.blobs, database }, at, { rows, seed, stratify });
};
const idsIn = async (digest: Digest) =>
  JSON.parse((await project.services.blobs.get(digest)).toString('utf8')) as string[];

/** Ids by what became of them in one step. */
async function outcomes({ state }: Manifest, step: string) {
  const found: Record<string, string[]> = {};
  for (const { values } of Object.values(state.steps[step]!.partitions)) {
    const path = await project.services.blobs.file(values);
    for (const row of await readParquet(project.services.database, path, {
      id: text(),
      status: text(),
      error_code: text(),
    }))
      (found[(row['error_code'] ?? row['status']) as string] ??= []).push(row['id'] as string);
  }
  return found;
}

it('asks about the sample alone, and later only about the rest', async () => {
  const first = await started('pilot');
  await declare('pilot', '!');
  const sample = await draw(first, 7, 'upper.upper');
  const ids = await idsIn(sample.ids);
  expect(sample).toEqual({
    of: first.version,
    rows: 7,
    seed: 1,
    stratify: 'upper.upper',
    ids: sha256(JSON.stringify(ids)),
  });

  const planned = (await project.prepare({ branch: 'pilot', sample })).forecast.steps;
  expect(
    planned.map(({ step, compute, reasons }) => [step, compute, reasons.map(({ why, rows }) => `${why}: ${rows}`)]),
  ).toEqual([
    ['rows', { low: 0, high: 0 }, ['reused: 30']],
    ['upper', { low: 7, high: 7 }, ['parameters (suffix): 7', 'not sampled: 23']],
    ['same', { low: 0, high: 0 }, ['reused: 30']],
    ['length', { low: 0, high: 7 }, ['depends on (upper): 7', 'not sampled: 23']],
  ]);
  const pilot = await project.run({ branch: 'pilot', sample });
  expect(pilot.manifest.record.sample).toEqual(sample);
  expect(harness.made.filter((made) => made.startsWith('upper')).toSorted()).toEqual(
    ids.map((id) => `upper ${id}`).toSorted(),
  );
  const upper = await outcomes(pilot.manifest, 'upper');
  expect(upper['not_sampled']).toHaveLength(23);
  expect([...(upper['ok'] ?? []), ...(upper['no_word'] ?? [])].toSorted()).toEqual(ids.toSorted());
  expect((await outcomes(pilot.manifest, 'length'))['not_sampled']).toHaveLength(23);
  const told = await explainCell(
    project.services,
    { version: pilot.version as Digest, manifest: pilot.manifest },
    upper['not_sampled']![0]!,
    'upper.upper',
  );
  expect(told!.cells[0].meaning).toBe('A pilot asked about a sample of the rows, and this one is not in it.');
  expect(pilot.manifest.state.steps['same']).toEqual(first.manifest.state.steps['same']);
  expect(pilot.position.steps['upper']).toMatchObject({ rows: 30, computed: 7, reused: 0 });
  const { computed, reused } = pilot.manifest.record.steps['upper']!;
  expect({ computed, reused }).toEqual({ computed: 7, reused: 0 });

  // The same again leaves everything as it is, and the plan knows it.
  harness.made.length = 0;
  expect((await project.prepare({ branch: 'pilot', sample })).forecast.upToDate).toBe(true);
  expect((await project.run({ branch: 'pilot', sample })).changed).toBe(false);
  expect(harness.made).toEqual([]);

  // A larger sample asks about the rows that are new in it.
  const more = await draw(first, 12, 'upper.upper');
  const larger = await idsIn(more.ids);
  await project.run({ branch: 'pilot', sample: more });
  const added = larger.filter((id) => !ids.includes(id));
  expect(added.length).toBeGreaterThan(0);
  expect(harness.made.filter((made) => made.startsWith('upper')).toSorted()).toEqual(
    added.map((id) => `upper ${id}`).toSorted(),
  );

  // The rest, on the branch that the pilot came from: what both pilots made is taken over.
  expect((await project.prepare()).forecast.steps[1]!.reasons).toEqual([
    { why: 'parameters (suffix)', rows: 30, compute: { low: 30 - new Set([...ids, ...larger]).size, high: 30 } },
  ]);
  harness.made.length = 0;
  const asked = new Set([...ids, ...larger]);
  const whole = await project.run();
  const rest = ROWS.map(({ id }) => id).filter((id) => !asked.has(id));
  expect(harness.made.filter((made) => made.startsWith('upper')).toSorted()).toEqual(
    rest.map((id) => `upper ${id}`).toSorted(),
  );
  expect(Object.keys(await outcomes(whole.manifest, 'length')).toSorted()).toEqual(['no_input', 'ok']);
  expect(whole.manifest.record.sample).toBeUndefined();
});

it('makes what a pilot left out when the pilot branch itself runs in full, with nothing asked for again by hand', async () => {
  const first = await started('full');
  await declare('full', '?');
  await project.run({ branch: 'pilot', sample: await draw(first, 10) });
  harness.made.length = 0;
  const { forecast } = await project.prepare({ branch: 'pilot' });
  expect(forecast.steps[1]!.reasons).toEqual([
    { why: 'not sampled', rows: 20, compute: { low: 20, high: 20 } },
    { why: 'reused', rows: 10, compute: { low: 0, high: 0 } },
  ]);
  const full = await project.run({ branch: 'pilot' });
  expect(harness.made.filter((made) => made.startsWith('upper'))).toHaveLength(20);
  expect(Object.keys(await outcomes(full.manifest, 'upper')).toSorted()).toEqual(['no_word', 'ok']);
});

it('plans a pilot again: what failed in its rows, and what came and went meanwhile', async () => {
  const first = await started('again');
  await declare('again', '!');
  const bad = ROWS.map((row) => ({ ...row, word: 'bad' }));
  await project.write('rows.json', JSON.stringify(bad));
  const sample = await draw(first, 7);
  const ids = await idsIn(sample.ids);
  await project.run({ branch: 'pilot', sample });

  const planned = async (options: Parameters<TestProject['run']>[0]) => {
    const { forecast } = await project.prepare({ branch: 'pilot', ...options });
    harness.made.length = 0;
    const { position } = await project.run({ branch: 'pilot', ...options });
    const { compute, reasons, rows } = forecast.steps[1]!;
    expect(reasons.reduce((sum, reason) => sum + reason.rows, 0)).toBe(rows);
    const { computed } = position.steps['upper']!;
    expect(computed).toBeGreaterThanOrEqual(compute.low);
    expect(computed).toBeLessThanOrEqual(compute.high);
    return [compute, computed];
  };
  // The rows that it left out before are none of its own.
  expect(await planned({ sample, retry: ['failed'] })).toEqual([{ low: 7, high: 7 }, 7]);

  // Three rows of the sample are gone.
  const gone = new Set(ids.slice(0, 3));
  await project.write('rows.json', JSON.stringify(bad.filter(({ id }) => !gone.has(id))));
  await declare('again', '?');
  expect(await planned({ sample })).toEqual([{ low: 4, high: 7 }, 4]);
  // They are back: for this branch they are new.
  await project.write('rows.json', JSON.stringify(bad));
  await declare('again', '#');
  expect(await planned({ sample })).toEqual([{ low: 4, high: 7 }, 7]);
});

it('draws the same rows for the same seed, of each stratum its share and one at least', async () => {
  const first = await started('strata');
  const ids = async (...args: [rows: number, stratify?: string | null, seed?: number]) =>
    idsIn((await draw(first, ...args)).ids);
  const drawn = await ids(6, 'rows.word');
  expect(await ids(6, 'rows.word')).toEqual(drawn);
  expect(await ids(6, 'rows.word', 2)).not.toEqual(drawn);
  // 1 without a word, 5 rare and 24 often.
  const word = (id: string) => ROWS[Number(id)]!.word ?? 'none';
  expect(drawn.map(word).toSorted()).toEqual(['none', 'often', 'often', 'often', 'often', 'rare']);
  expect(await ids(100)).toHaveLength(30);
  await expect(ids(2, 'rows.word')).rejects.toThrow(
    new SampleError(
      '--stratify rows.word: it has 3 values, and the sample 2 rows. Stratify by a column of labels, or draw at least 3 rows.',
    ),
  );
  await expect(ids(2, 'rows.words')).rejects.toThrow('rows has no column words; it has day, word, other.');
  await expect(ids(2, 'stance.label')).rejects.toThrow('expected step.column of a step: length, rows, same, upper.');
});
