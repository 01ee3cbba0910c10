import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DiffRequest, runDiff } from '../../cli/diff/run-diff.ts';
import { diffVersions, type Version } from '../../datasets/diff/diff-versions.ts';
import type { DiffScope } from '../../datasets/diff/diff-scope.ts';
import type { VersionDiff } from '../../datasets/diff/version-diff.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import type { Digest } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const kinds = testKinds();
let project: TestProject;

beforeAll(async () => {
  project = await TestProject.start(kinds.kinds);
});
afterAll(() => project[Symbol.asyncDispose]());

interface Declared {
  readonly suffix?: string;
  readonly partition?: string;
  readonly steps?: string;
}
const declare = (dataset: string, { suffix, partition = '{ by: day, every: day }', steps }: Declared = {}) =>
  project.write(
    'dataset.yaml',
    `dataset: ${dataset}
partition: ${partition}
steps:
  rows:  { uses: test/rows, with: { path: rows.json } }
${
  steps ??
  `  upper: { uses: test/upper, needs: [rows]${suffix === undefined ? '' : `, with: { suffix: "${suffix}" }`} }
  size:  { uses: test/length, needs: [upper] }
`
}`,
  );

const ROWS = [
  { id: '1', day: '2022-12-07', word: 'uno', other: 1 },
  { id: '2', day: '2022-12-07', word: 'dos', other: 2 },
  { id: '3', day: '2022-12-08', word: 'tres', other: 3 },
  { id: '4', day: '2022-12-08', word: null, other: 4 },
  { id: '5', day: null, word: 'bad', other: 5 },
];
const write = (all: object[]) => project.write('rows.json', JSON.stringify(all));
const withRow = (id: string, change: object) => ROWS.map((row) => (row.id === id ? { ...row, ...change } : row));

async function version(): Promise<Version> {
  const { version: made, manifest } = await project.run();
  return { version: made as Digest, manifest };
}

const ALL: DiffScope = { steps: null, columns: null, ids: null, samples: null };
async function diff(a: Version, b: Version, scope: Partial<DiffScope> = {}, read: string[] = []): Promise<VersionDiff> {
  using database = await openDatabase({ threads: 1 });
  const { blobs } = project.services;
  const file = (digest: Digest) => {
    read.push(digest);
    return blobs.file(digest);
  };
  const found = await diffVersions({ database, blobs: { file } }, a, b, { ...ALL, ...scope });
  for (const { changed, causes, samples } of found.columns) {
    expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(changed);
    if ((scope.samples ?? null) === null) expect(samples.length).toBe(changed);
  }
  return found;
}

/** Changed cells as `column id old → new  cause`. */
const cells = ({ columns }: VersionDiff) =>
  columns.flatMap(({ column, samples }) =>
    samples.map(
      ({ id, old, new: now, cause }) => `${column} ${id} ${JSON.stringify(old)} → ${JSON.stringify(now)}  ${cause}`,
    ),
  );

it('finds nothing between a version and itself, and reads nothing for it', async () => {
  await declare('itself');
  await write(ROWS);
  const a = await version();
  const read: string[] = [];
  const found = await diff(a, a, {}, read);
  expect(cells(found)).toEqual([]);
  expect(found.rows).toEqual({
    a: 5,
    b: 5,
    in_both: 5,
    changed: 0,
    added: { rows: 0, causes: [], ids: [] },
    removed: { rows: 0, causes: [], ids: [] },
  });
  expect(found.columns.map(({ column }) => column)).toEqual([
    'rows.day',
    'rows.word',
    'rows.other',
    'rows.status',
    'upper.upper',
    'upper.letters',
    'upper.status',
    'size.length',
    'size.even',
    'size.digest',
    'size.status',
  ]);
  expect(read).toEqual([]);
});

it('attributes a parameter, and what follows from it to the input', async () => {
  await declare('parameter');
  await write(ROWS);
  const a = await version();
  await declare('parameter', { suffix: '!' });
  const b = await version();
  const found = await diff(a, b);
  expect(cells(found).filter((cell) => !cell.startsWith('size.digest'))).toEqual([
    'upper.upper 1 "UNO" → "UNO!"  parameters (suffix)',
    'upper.upper 2 "DOS" → "DOS!"  parameters (suffix)',
    'upper.upper 3 "TRES" → "TRES!"  parameters (suffix)',
    'size.length 1 "3" → "4"  input (upper.upper)',
    'size.length 2 "3" → "4"  input (upper.upper)',
    'size.length 3 "4" → "5"  input (upper.upper)',
    'size.even 1 false → true  input (upper.upper)',
    'size.even 2 false → true  input (upper.upper)',
    'size.even 3 true → false  input (upper.upper)',
  ]);
  expect(found.configuration).toEqual([
    { step: 'upper', cause: 'parameters (suffix)', name: 'suffix', old: null, new: '!' },
  ]);
  expect(found.columns.find(({ column }) => column === 'size.length')!.moved).toEqual({
    cells: 3,
    mean: 1,
    median: 1,
    min: 1,
    max: 1,
  });
  expect(found.rows.changed).toBe(3);
});

it('never reads a partition that is the same in both versions', async () => {
  await declare('partitions');
  await write(ROWS);
  const a = await version();
  await write(withRow('1', { word: 'once' }));
  const b = await version();
  const read: string[] = [];
  const found = await diff(a, b, {}, read);
  expect(cells(found).filter((cell) => !/letters|digest/.test(cell))).toEqual([
    'rows.word 1 "uno" → "once"  source',
    'upper.upper 1 "UNO" → "ONCE"  input (rows.word)',
    'size.length 1 "3" → "4"  input (upper.upper)',
    'size.even 1 false → true  input (upper.upper)',
  ]);
  const day = (manifest: Manifest) =>
    Object.values(manifest.state.steps).flatMap(({ partitions }) => {
      const { values, provenance } = partitions['2022-12-07']!;
      return [values, provenance];
    });
  expect(read.length).toBeGreaterThan(0);
  expect(read.filter((digest) => ![...day(a.manifest), ...day(b.manifest)].includes(digest as Digest))).toEqual([]);
});

it('tells rows added and removed, and none that only stands in another partition', async () => {
  await declare('rows');
  await write(ROWS);
  const a = await version();
  await write([
    ...ROWS.filter(({ id }) => id !== '2' && id !== '3'),
    { ...ROWS[2]!, day: '2022-12-09' },
    { id: '9', day: null, word: 'x' },
  ]);
  const b = await version();
  const found = await diff(a, b);
  expect(found.rows).toEqual({
    a: 5,
    b: 5,
    in_both: 4,
    changed: 1,
    added: { rows: 1, causes: [{ cause: 'new row', count: 1 }], ids: ['9'] },
    removed: { rows: 1, causes: [{ cause: 'removed at the source', count: 1 }], ids: ['2'] },
  });
  expect(cells(found)).toEqual(['rows.day 3 "2022-12-08" → "2022-12-09"  source']);
});

it('compares versions that are cut into other partitions', async () => {
  await declare('cut');
  await write(ROWS);
  const a = await version();
  await declare('cut', { partition: '{ by: id, buckets: 3 }' });
  expect(cells(await diff(a, await version()))).toEqual([]);
  await write(withRow('3', { other: 30 }));
  expect(cells(await diff(a, await version()))).toEqual(['rows.other 3 "3" → "30"  source']);
});

describe('the outcome', () => {
  it('is a column of its own, and a cell that fails changes it even though it never had a value', async () => {
    await declare('outcome');
    await write(withRow('1', { word: 'bad' }));
    const a = await version();
    await write(withRow('1', { word: null }));
    const found = await diff(a, await version());
    expect(cells(found)).toEqual([
      'rows.word 1 "bad" → null  source',
      'upper.status 1 "failed bad_word" → "skipped no_word"  input (rows.word)',
    ]);
  });
});

it('compares what is in scope alone, and says what there is when it is in neither version', async () => {
  await declare('scope');
  await write(ROWS);
  const a = await version();
  await declare('scope', { suffix: '!' });
  await write(withRow('1', { word: 'once' }));
  const b = await version();
  const length = await diff(a, b, { columns: ['size.length'], ids: ['1'] });
  expect(cells(length)).toEqual(['size.length 1 "3" → "5"  input (upper.upper)']);
  expect(length.columns).toHaveLength(1);
  const upper = await diff(a, b, { steps: ['upper'], samples: 'few' });
  expect(upper.columns.map(({ column, changed, samples }) => [column, changed, samples.length])).toEqual([
    ['upper.upper', 3, 3],
    ['upper.letters', 1, 1],
    ['upper.status', 0, 0],
  ]);
  expect(upper.columns[0]!.causes).toEqual([
    { cause: 'parameters (suffix)', count: 2 },
    { cause: 'input (rows.word) + parameters (suffix)', count: 1 },
  ]);
  expect(cells(await diff(a, b, { ids: ['4'] }))).toEqual([]);
  await expect(diff(a, b, { ids: ['4', '44'] })).rejects.toThrow('Neither version has a row "44".');
  await expect(diff(a, b, { columns: ['size.lenght'] })).rejects.toThrow(
    /^Neither version has a column "size.lenght". Did you mean size.length\? There are: rows.day, /,
  );
});

it('lists steps and columns that one version has alone', async () => {
  await declare('alone');
  await write(ROWS);
  const a = await version();
  await declare('alone', { steps: '  loud: { uses: test/upper, needs: [rows] }\n' });
  const b = await version();
  const found = await diff(a, b);
  expect(cells(found)).toEqual([]);
  expect(found.only_in.b).toEqual([
    { column: 'loud.upper', rows: 3, cause: 'new step' },
    { column: 'loud.letters', rows: 3, cause: 'new step' },
  ]);
  expect(new Set(found.only_in.a.map(({ cause }) => cause))).toEqual(new Set(['removed']));
  expect(found.only_in.a.map(({ column }) => column)).toEqual([
    'upper.upper',
    'upper.letters',
    'size.length',
    'size.even',
    'size.digest',
  ]);
});

it('compares versions of unrelated datasets by id', async () => {
  await declare('one');
  await write(ROWS);
  const a = await version();
  await declare('two', { partition: '{ by: id, buckets: 2 }' });
  await write([
    { id: '1', day: '2022-12-07', word: 'one' },
    { id: '7', day: null, word: 'seven' },
  ]);
  const found = await diff(a, await version(), { columns: ['upper.upper', 'rows.word'] });
  expect(found.rows).toMatchObject({ a: 5, b: 2, in_both: 1, changed: 1, added: { ids: ['7'] }, removed: { rows: 4 } });
  expect(cells(found)).toEqual(['rows.word 1 "uno" → "one"  source', 'upper.upper 1 "UNO" → "ONE"  input (rows.word)']);
});

describe('gettok diff', () => {
  async function printed(a: string, b: string, format: DiffRequest['format'], scope: Partial<DiffScope> = {}) {
    const out = new PassThrough();
    const all = textOf(out);
    const request = { folder: join(project.folder, 'dataset'), a, b, format, scope: { ...ALL, ...scope } };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing but written to
    await runDiff(
      { store: project.store, blobs: project.services.blobs },
      request,
      out as unknown as NodeJS.WriteStream,
    );
    out.end();
    return all;
  }

  it('prints versions named as they are elsewhere, of this dataset or another in the bucket', async () => {
    await declare('printed');
    await write(ROWS);
    const a = await version();
    await declare('printed', { suffix: '!' });
    const b = await version();
    await declare('other');
    await version();
    await declare('printed');
    expect(await printed('main~1', '@main', 'text', { steps: ['upper'], samples: 'few' })).toBe(`\
rows   0 removed   0 added   5 in both   3 of them changed

  upper  suffix  default → !

  column       changed  why
  upper.upper        3  parameters (suffix) 3
  unchanged  upper.letters

  1  upper.upper  UNO → UNO!    parameters (suffix)
  2  upper.upper  DOS → DOS!    parameters (suffix)
  3  upper.upper  TRES → TRES!  parameters (suffix)
`);
    const json: unknown = JSON.parse(
      await printed(a.version.slice(7, 20), 'main', 'json', { columns: ['upper.upper'], samples: 1 }),
    );
    const none = { rows: 0, causes: [], ids: [] };
    const why = { step: 'upper', cause: 'parameters (suffix)', name: 'suffix', old: null, new: '!' };
    expect(json).toEqual({
      a: { dataset: 'printed', version: a.version },
      b: { dataset: 'printed', version: b.version },
      rows: { a: 5, b: 5, in_both: 5, changed: 3, added: none, removed: none },
      configuration: [why],
      columns: [
        {
          column: 'upper.upper',
          step: 'upper',
          name: 'upper',
          changed: 3,
          causes: [{ cause: 'parameters (suffix)', count: 3 }],
          moved: null,
          samples: [{ id: '1', old: 'UNO', new: 'UNO!', cause: 'parameters (suffix)' }],
        },
      ],
      only_in: { a: [], b: [] },
    });
    expect(await printed('other@main', 'main~1', 'text')).toContain('No cell differs.');
    expect(await printed('main~1', 'main', 'markdown')).toMatch(/^# printed: main\\~1 → main\n/);
    expect(await printed('main~1', 'main', 'html')).toMatch(/^<!doctype html>/);
  });
});
