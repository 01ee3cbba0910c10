import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { columnsFromJson, type ColumnJson } from '../../datasets/column-type.ts';
import { readValues } from '../../datasets/step-files.ts';
import type { Manifest } from '../../manifests/manifest.ts';
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
});

const declare = (dataset: string, extra = '', partition = '{ by: day, every: day }') =>
  project.write(
    'dataset.yaml',
    `dataset: ${dataset}
title: Words
creators: [{ name: Ada Example }]
license: CC-BY-4.0
partition: ${partition}
steps:
  rows:  { uses: test/rows, with: { path: rows.json } }
  upper: { uses: test/upper, needs: [rows]${extra} }
  size:  { uses: test/length, needs: [upper] }
`,
  );

const ROWS = [
  { id: '3', day: '2022-12-08', word: 'tres' },
  { id: '1', day: '2022-12-07', word: 'uno' },
  { id: '2', day: '2022-12-07', word: 'dos' },
  { id: '5', day: null, word: 'bad' },
  { id: '4', day: '2022-12-08', word: null },
];
const rows = (all: object[]) => project.write('rows.json', JSON.stringify(all));

async function values(manifest: Manifest, step: string) {
  const { columns, partitions } = manifest.state.steps[step]!;
  const read = Object.entries(partitions).map(async ([partition, snapshot]) => {
    const path = await project.services.blobs.file(snapshot.values);
    const cells = await readValues(project.services.database, path, columnsFromJson(columns as ColumnJson[]));
    return [
      partition,
      cells.map((cell) => [cell.id, cell.status === 'ok' ? Object.values(cell.values)[0] : cell.errorCode]),
    ];
  });
  return Object.fromEntries(await Promise.all(read)) as object;
}

it('makes a first version: every row in every step, failures as data', async () => {
  await declare('first');
  await rows(ROWS);
  const { manifest, changed } = await project.run();
  expect(changed).toBe(true);
  expect(await values(manifest, 'upper')).toEqual({
    '2022-12-07': [
      ['1', 'UNO'],
      ['2', 'DOS'],
    ],
    '2022-12-08': [
      ['3', 'TRES'],
      ['4', 'no_word'],
    ],
    _none: [['5', 'bad_word']],
  });
  expect(await values(manifest, 'size')).toEqual({
    '2022-12-07': [
      ['1', 3n],
      ['2', 3n],
    ],
    '2022-12-08': [
      ['3', 4n],
      ['4', 'no_input'],
    ],
    _none: [['5', 'no_input']],
  });
  expect(manifest.state.steps['upper']!.partitions['2022-12-08']!.counts).toEqual({
    ok: 1,
    skipped: { no_word: 1 },
    failed: {},
  });
  expect(kinds.made.toSorted()).toEqual([
    'length 1',
    'length 2',
    'length 3',
    'upper 1',
    'upper 2',
    'upper 3',
    'upper 4',
    'upper 5',
  ]);
});

it('changes nothing, writes nothing and works on nothing the second time', async () => {
  await declare('again');
  await rows(ROWS);
  const first = await project.run();
  const { forecast } = await project.prepare();
  expect(forecast.upToDate).toBe(true);
  kinds.made.length = 0;
  const second = await project.run();
  expect(second).toMatchObject({ changed: false, version: first.version });
  expect(kinds.made).toEqual([]);
});

it('gives the same state for rows in another order', async () => {
  await declare('order');
  await rows(ROWS);
  const first = await project.run();
  await rows(ROWS.toReversed());
  const second = await project.run();
  expect(second).toMatchObject({ changed: false, version: first.version });
  // That the file says the same in other words is remembered: the next plan has nothing to look into.
  expect((await project.prepare()).forecast.upToDate).toBe(true);
});

it('computes only the new and changed rows, and what depends on them', async () => {
  await declare('added');
  await rows(ROWS);
  const first = await project.run();
  kinds.made.length = 0;
  const changed = ROWS.map((row) => (row.id === '1' ? { ...row, word: 'once' } : row));
  await rows([...changed, { id: '9', day: '2022-12-08', word: 'nueve' }]);
  const second = await project.run();
  expect(kinds.made.toSorted()).toEqual(['length 1', 'length 9', 'upper 1', 'upper 9']);
  const record = second.manifest.record.steps['upper']!;
  expect([record.computed, record.reused]).toEqual([2, 4]);
  // The partition without a change keeps its files, and the record says which run made them.
  expect(second.manifest.state.steps['upper']!.partitions['_none']).toEqual(
    first.manifest.state.steps['upper']!.partitions['_none'],
  );
  expect(record.partitions['_none']!.run).toBe(first.manifest.record.run);
  expect(record.partitions['2022-12-07']!.run).toBe(second.manifest.record.run);
});

it('recomputes nothing when a column changes that no step reads', async () => {
  await declare('unread');
  await rows(ROWS);
  const first = await project.run();
  kinds.made.length = 0;
  await rows(ROWS.map((row) => ({ ...row, other: 7 })));
  const second = await project.run();
  expect(kinds.made).toEqual([]);
  expect(second.changed).toBe(true);
  for (const step of ['upper', 'size'])
    expect(second.manifest.state.steps[step]!.partitions).toEqual(first.manifest.state.steps[step]!.partitions);
});

it('recomputes one step for a parameter, and stops where its values are the same', async () => {
  await declare('parameter');
  await rows(ROWS);
  await project.run();
  kinds.made.length = 0;
  await declare('parameter', ', with: { suffix: "!" }');
  await project.run();
  expect(kinds.made.toSorted()).toEqual([
    'length 1',
    'length 2',
    'length 3',
    'upper 1',
    'upper 2',
    'upper 3',
    'upper 4',
    'upper 5',
  ]);
  // Back again: every cell is found under its old key.
  kinds.made.length = 0;
  await declare('parameter');
  const back = await project.run();
  expect(kinds.made).toEqual([]);
  expect(back.manifest.record.steps['upper']!.reused).toBe(5);
});

it('gives a swap and a swap back the same state digest', async () => {
  await declare('swap');
  await rows(ROWS);
  const first = await project.run();
  await declare('swap', ', with: { suffix: "?" }');
  const second = await project.run();
  await declare('swap');
  const third = await project.run();
  expect(third.manifest.stateDigest).toBe(first.manifest.stateDigest);
  expect(second.manifest.stateDigest).not.toBe(first.manifest.stateDigest);
});

it('keeps tuning out of the keys', async () => {
  await declare('tuning');
  await rows(ROWS);
  await project.run();
  kinds.made.length = 0;
  await declare('tuning', ', with: { concurrency: 1 }');
  await project.run();
  expect(kinds.made).toEqual([]);
});

it('finds cells again when the rows are cut into other partitions, and when a row moves', async () => {
  await declare('cut');
  await rows(ROWS);
  const first = await project.run();
  kinds.made.length = 0;
  await declare('cut', '', '{ by: id, buckets: 2 }');
  const second = await project.run();
  expect(Object.keys(second.manifest.state.steps['upper']!.partitions)).toEqual(['b0', 'b1']);
  expect(kinds.made).toEqual([]);
  await declare('cut');
  const third = await project.run();
  expect(third.manifest.stateDigest).toBe(first.manifest.stateDigest);
  await rows(ROWS.map((row) => (row.id === '1' ? { ...row, day: '2022-12-09' } : row)));
  await project.run();
  expect(kinds.made).toEqual([]);
});

it('keeps failures until they are asked again', async () => {
  await declare('retry');
  await rows(ROWS);
  await project.run();
  kinds.made.length = 0;
  await project.run({ retry: ['failed:other_code'] });
  expect(kinds.made).toEqual([]);
  const { forecast } = await project.prepare({ retry: ['failed:bad_word'] });
  expect(forecast.steps.find(({ step }) => step === 'upper')).toMatchObject({
    compute: { low: 1, high: 1 },
    why: ['retry'],
  });
  await project.run({ retry: ['failed:bad_word'] });
  expect(kinds.made).toEqual(['upper 5']);
});

it('keeps branches apart and shares their cells', async () => {
  await declare('branches');
  await rows(ROWS.slice(1));
  const first = await project.run();
  await rows(ROWS);
  const main = await project.run();
  kinds.made.length = 0;
  const pilot = await project.run({ branch: 'pilot', from: 'main~1' });
  expect(kinds.made).toEqual([]);
  expect(pilot.manifest.record).toMatchObject({ parent: first.version, branch: 'pilot' });
  // One salt a row of the dataset: equal values have the same roots on every branch.
  expect(pilot.manifest.stateDigest).toBe(main.manifest.stateDigest);
});

it('reports a crash in the words of the cell that crashed, with no row in the Temporal history', async () => {
  await declare('crash');
  await rows([{ id: 'secret-row', day: null, word: 'crash' }]);
  const started = await project.start();
  // Unforeseen errors are tried again for minutes: the test ends the run once it has failed before.
  const handle = project.client.workflow.getHandle(started.workflowId);
  for (let tries = 0; kinds.made.length < 2 && tries < 100; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(kinds.made.length).toBeGreaterThanOrEqual(2);
  await handle.cancel();
  await expect(started.end()).rejects.toThrow('was cancelled');
  const history = JSON.stringify(await handle.fetchHistory());
  expect(history).not.toContain('secret-row');
});

it('attaches to a run with the same plan and refuses another', async () => {
  await declare('attach');
  await rows(ROWS);
  let release = () => {};
  kinds.block = new Promise((resolve) => (release = resolve));
  const first = await project.start();
  const second = await project.start();
  expect(second).toMatchObject({ attached: true, run: first.run });
  await declare('attach', ', with: { suffix: "!" }');
  await expect(project.start()).rejects.toThrow(`The run ${first.run} of attach on main is at work with another plan.`);
  release();
  kinds.block = null;
  expect(await first.end()).toMatchObject({ changed: true });
});
