import { planRows } from '../../cli/plan-rows.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StepForecast } from '../../datasets/plan/forecast.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(testKinds().kinds);
});
afterAll(() => project[Symbol.asyncDispose]());

interface Row {
  readonly id: string;
  readonly day: string | null;
  readonly word: string | null;
  readonly other?: number;
}

const declare = (dataset: string, upper = '', more = '') =>
  project.write(
    'dataset.yaml',
    `dataset: ${dataset}\npartition: { by: day, every: day }\nsteps:\n  rows:  { uses: test/rows, with: { path: rows.json } }\n  upper: { uses: test/upper, needs: [rows]${upper} }\n  size:  { uses: test/length, needs: [upper] }\n${more}`,
  );
const write = (rows: readonly Row[]) => project.write('rows.json', JSON.stringify(rows));

const ROWS: readonly Row[] = [
  { id: '1', day: '2022-12-07', word: 'uno', other: 1 },
  { id: '2', day: '2022-12-07', word: 'dos', other: 2 },
  { id: '3', day: '2022-12-08', word: 'tres', other: 3 },
  { id: '4', day: '2022-12-08', word: null },
  { id: '5', day: null, word: 'bad' },
];

/** The reasons of each step as `why rows`, after a look at what the run then did. */
async function planned(options: Parameters<TestProject['run']>[0] = {}): Promise<Record<string, string[]>> {
  const { forecast, changes } = await project.prepare(options);
  const { position, changed } = await project.run(options);
  for (const { step, rows, reasons, compute } of forecast.steps) {
    expect(reasons.reduce((sum, reason) => sum + reason.rows, 0)).toBe(rows);
    const counts = position.steps[step];
    if (!changed || !counts) continue;
    expect(counts.computed).toBeGreaterThanOrEqual(step === 'rows' ? 0 : compute.low);
    expect(counts.computed).toBeLessThanOrEqual(compute.high);
  }
  expect(changes?.groups.every(({ ids, rows }) => ids?.length === rows) ?? true).toBe(true);
  const words = ({ reasons }: StepForecast) =>
    reasons.map(
      ({ why, rows, compute: { low } }) => `${why}: ${low === rows || why === 'reused' ? '' : `${low} to `}${rows}`,
    );
  return Object.fromEntries(forecast.steps.map((step) => [step.step, words(step)]));
}

it('says of every row why it is computed, and of no row twice', async () => {
  await declare('reasons');
  await write(ROWS);
  expect(await planned()).toEqual({
    rows: ['first version: 5'],
    upper: ['first version: 5'],
    size: ['first version: 5'],
  });
  expect(await planned()).toEqual({ rows: ['reused: 5'], upper: ['reused: 5'], size: ['reused: 5'] });

  // One row is new, one has another word, one another value that no step reads, one moves to another day.
  await write([
    { ...ROWS[0]!, word: 'eins' },
    { ...ROWS[1]!, other: 9 },
    { ...ROWS[2]!, day: '2022-12-07' },
    ...ROWS.slice(3),
    { id: '6', day: '2022-12-07', word: 'seis' },
  ]);
  expect(await planned()).toEqual({
    rows: ['new row: 1', 'source (word): 1', 'source (other): 1', 'source (day): 1', 'reused: 2'],
    upper: ['new row: 1', 'input (rows.word): 1', 'reused: 4'],
    size: ['new row: 1', 'depends on (upper): 0 to 1', 'reused: 4'],
  });

  await declare('reasons', ', with: { suffix: x }');
  expect(await planned()).toEqual({
    rows: ['reused: 6'],
    upper: ['parameters (suffix): 6'],
    size: ['depends on (upper): 0 to 6'],
  });
});

it('tells rows that are asked again from those that are not, and rows that left', async () => {
  await declare('again');
  await write(ROWS);
  await project.run();
  expect(await planned({ retry: ['failed:bad_word'] })).toEqual({
    rows: ['reused: 5'],
    upper: ['retry: 1', 'reused: 4'],
    size: ['depends on (upper): 0 to 1', 'reused: 4'],
  });
  const { plan, parent, outlook } = await project.prepare({ retry: ['failed'] });
  const { blobs, database } = project.services;
  const context = { plan, parent: parent!.manifest, outlook, blobs, database };
  expect(await planRows(context, 'upper')).toEqual(
    ['1', '2', '3', '4', '5'].map((id) => ({ id, why: id === '5' ? 'retry' : 'reused', certain: true })),
  );
  expect((await planRows(context, 'size')).at(-1)).toEqual({ id: '5', why: 'depends on (upper)', certain: false });
  await expect(planRows(context, 'sizes')).rejects.toThrow('--rows sizes: expected a step: rows, upper, size.');
  await write(ROWS.slice(1));
  const { forecast } = await project.prepare();
  expect(forecast.removed).toBe(1);
  expect(forecast.steps.map(({ rows }) => rows)).toEqual([4, 4, 4]);
});
