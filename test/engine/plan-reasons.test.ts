import { planRows } from '../../cli/plan-rows.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StepForecast } from '../../datasets/plan/forecast.ts';
import { z } from 'zod';
import { defineStepKind, failed, optional } from '../../activities/step-kind.ts';
import { promptChanges } from '../../cli/prompt-changes.ts';
import { text } from '../../datasets/column-type.ts';
import { loadDeclaration } from '../../datasets/declaration/load-declaration.ts';
import { promptFile } from '../../datasets/step-kind.ts';
import { moveBranch } from '../../manifests/refs.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

let luck = false;
const lucky = defineStepKind({
  kind: 'test/lucky',
  revision: 1,
  summary: 'The word, with luck.',
  queue: 'main',
  params: z.strictObject({}),
  tuning: z.strictObject({}),
  reads: { word: optional(text()) },
  makes: { upper: text() },
  cell: async ({ word }) => (luck ? { upper: word } : failed('no_luck', 'not this time')),
});
const asker = defineStepKind({
  kind: 'test/asker',
  revision: 1,
  summary: 'Several prompts.',
  queue: 'main',
  params: z.strictObject({
    system: promptFile().optional(),
    codes: z.record(z.string(), z.strictObject({ prompt: promptFile(), weight: z.int().default(1) })),
  }),
  tuning: z.strictObject({}),
  reads: { word: optional(text()) },
  makes: { upper: text() },
  cell: async ({ word }) => ({ upper: word }),
});

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start(new Map([...testKinds().kinds, [lucky.kind, lucky], [asker.kind, asker]]));
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

it('is not up to date when a step is declared no more, or the declaration says something else', async () => {
  const text =
    'dataset: fewer\nsteps:\n  rows:  { uses: test/rows, with: { path: rows.json } }\n  upper: { uses: test/upper, needs: [rows] }\n';
  await project.write('dataset.yaml', `${text}  size:  { uses: test/length, needs: [upper] }\n`);
  await write(ROWS);
  await project.run();
  expect((await project.prepare()).forecast).toMatchObject({ upToDate: true, removedSteps: [] });
  await project.write('dataset.yaml', text);
  expect((await project.prepare()).forecast).toMatchObject({ upToDate: false, removedSteps: ['size'] });
  expect((await project.run()).changed).toBe(true);
  expect((await project.prepare()).forecast.upToDate).toBe(true);
  await project.write('dataset.yaml', text.replace('upper: {', 'loud: { was: upper,'));
  expect((await project.prepare()).forecast).toMatchObject({ upToDate: false, removedSteps: [] });
});

it('names everything that changed at once', async () => {
  await declare('together');
  await write(ROWS);
  await project.run();
  await declare('together', ', with: { suffix: x }');
  await write([{ ...ROWS[0]!, word: 'eins' }, ...ROWS.slice(1), { id: '6', day: '2022-12-08', word: 'seis' }]);
  expect(await planned()).toEqual({
    rows: ['source (word): 1', 'new row: 1', 'reused: 4'],
    upper: ['parameters (suffix): 4', 'input (rows.word) + parameters (suffix): 1', 'new row: 1'],
    size: ['depends on (upper): 0 to 5', 'new row: 1'],
  });

  const again = '  again: { uses: test/upper, needs: [rows], with: { suffix: x } }\n';
  await declare('together', ', with: { suffix: x }', again);
  // Whichever of the two steps comes first, the other takes its cells.
  expect((await planned())['again']).toEqual(['new step: 0 to 6']);
  await declare('together', ', with: { suffix: y }', again.replace('suffix: x', 'suffix: y'));
  expect(await planned()).toMatchObject({
    upper: ['parameters (suffix): 0 to 6'],
    again: ['parameters (suffix): 0 to 6'],
  });
  // A need that a step reads nothing of has no part in its cells.
  await declare('together', ', with: { suffix: z }', again.replace('suffix: x', 'suffix: w'));
  await project.run();
  await declare(
    'together',
    ', with: { suffix: z }',
    again.replace('suffix: x', 'suffix: w').replace('[rows]', '[rows, size]'),
  );
  expect(Object.values(await planned())).toEqual(Array.from({ length: 4 }, () => ['reused: 6']));
});

it('takes rows that move to another day along', async () => {
  await declare('moving');
  await write(ROWS);
  await project.run();
  await write(ROWS.map((row) => ({ ...row, day: '2022-12-09' })));
  expect(await planned()).toEqual({ rows: ['source (day): 5'], upper: ['reused: 5'], size: ['reused: 5'] });
  await write(ROWS.map((row) => ({ ...row, day: '2022-12-10' })));
  expect(await planned({ retry: ['failed'] })).toEqual({
    rows: ['source (day): 5'],
    // Files of any day may have what a row that moves wants.
    upper: ['retry: 0 to 1', 'reused: 4'],
    size: ['depends on (upper): 0 to 5'],
  });
});

/** Starts a branch where main is. */
async function branch(name: string, dataset: string): Promise<void> {
  const { parent } = await project.prepare();
  const ref = { run: `branch-${name}`, updatedAt: '2026-11-25T00:00:00Z', by: null, manifest: parent!.version };
  await moveBranch(project.store, dataset, name, null, ref);
}

it('calls no work certain that another branch may have done', async () => {
  await declare('others');
  await write(ROWS);
  await project.run();
  await branch('other', 'others');
  await declare('others', ', with: { suffix: x }');
  await write([...ROWS, { id: '6', day: '2022-12-07', word: 'seis' }]);
  await project.run({ branch: 'other' });
  expect((await planned())['upper']).toEqual(['parameters (suffix): 0 to 5', 'new row: 0 to 1']);

  // The one row is there from the other branch, the other is not.
  await branch('third', 'others');
  await write([
    ...ROWS,
    ...['6', '7'].map((id) => ({ id, day: '2022-12-07', word: 'seis' })),
    { id: '8', day: '2022-12-07', word: 'ocho' },
  ]);
  await project.run({ branch: 'third' });
  await write([
    ...ROWS,
    ...['6', '7', '9'].map((id) => ({ id, day: '2022-12-07', word: 'seis' })),
    { id: '8', day: '2022-12-07', word: 'acht' },
  ]);
  const { plan, parent, outlook } = await project.prepare();
  const { blobs, database } = project.services;
  const rows = await planRows({ plan, parent: parent!.manifest, outlook, blobs, database }, 'upper');
  expect(rows.filter(({ why }) => why === 'new row').map(({ id, certain }) => [id, certain])).toEqual([
    ['7', false],
    ['8', false],
    ['9', true],
  ]);
  expect((await planned())['upper']).toEqual(['new row: 1 to 3', 'reused: 6']);
});

it('knows what an edit that is taken back takes, and what the steps behind it take of that', async () => {
  const suffix = (to: string) => declare('back', `, with: { suffix: ${to} }`);
  await suffix('x');
  await write(ROWS);
  await project.run();
  await suffix('xy');
  await project.run();
  // This one is made under the second edit only.
  await write([...ROWS, { id: '6', day: '2022-12-07', word: 'seis' }]);
  await project.run();
  await suffix('x');
  expect(await planned()).toEqual({
    rows: ['reused: 6'],
    upper: ['parameters (suffix): 1', 'reused: 5'],
    // Of the day with another row it is known that it will have other values, not which.
    size: ['depends on (upper): 0 to 3', 'reused: 3'],
  });
  await suffix('xy');
  expect(await planned()).toEqual({ rows: ['reused: 6'], upper: ['reused: 6'], size: ['reused: 6'] });
  await suffix('x');
  const { plan, parent, outlook, forecast } = await project.prepare();
  expect(forecast.upToDate).toBe(false);
  const { blobs, database } = project.services;
  for (const step of ['upper', 'size'])
    for (const row of await planRows({ plan, parent: parent!.manifest, outlook, blobs, database }, step))
      expect(row).toEqual({ id: row.id, why: 'reused', certain: true });
  expect(await planned()).toEqual({ rows: ['reused: 6'], upper: ['reused: 6'], size: ['reused: 6'] });
});

it('counts as certain what failed everywhere, and not what only failed here', async () => {
  const declared = (dataset: string) =>
    project.write(
      'dataset.yaml',
      `dataset: ${dataset}\npartition: { by: day, every: day }\nsteps:\n  rows: { uses: test/rows, with: { path: rows.json } }\n  upper: { uses: test/lucky, needs: [rows] }\n`,
    );
  luck = false;
  await declared('luck');
  await write(ROWS);
  await project.run();
  const retry = ['failed'];
  expect((await planned({ retry }))['upper']).toEqual(['retry: 5']);
  expect((await planned({ retry }))['upper']).toEqual(['retry: 5']);
  await branch('luckier', 'luck');
  luck = true;
  await project.run({ branch: 'luckier', retry });
  luck = false;
  expect((await planned({ retry }))['upper']).toEqual(['retry: 0 to 5']);
});

it('shows every prompt that changed, by its parameter', async () => {
  const asks = (codes: string) =>
    project.write(
      'dataset.yaml',
      `dataset: prompts\npartition: { by: day, every: day }\nsteps:\n  rows: { uses: test/rows, with: { path: rows.json } }\n  ask: { uses: test/asker, needs: [rows], with: { ${codes} } }\n`,
    );
  const changes = async () => {
    const declaration = await loadDeclaration(`${project.folder}/dataset`, { kinds: project.kinds });
    const { forecast } = await project.prepare();
    return {
      why: forecast.steps[1]!.why,
      prompts: await promptChanges({ declaration, forecast }, project.services.blobs),
    };
  };
  await write(ROWS);
  for (const name of ['system', 'topic', 'tone', 'place']) await project.write(`${name}.md`, `The ${name}\nof this.\n`);
  await asks('system: system.md, codes: { topic: { prompt: topic.md }, tone: { prompt: tone.md } }');
  await project.run();
  expect(await changes()).toEqual({ why: [], prompts: [] });

  await project.write('system.md', 'The whole\nof this.\n');
  await project.write('tone.md', 'The tone\nof that.\n');
  await asks(
    'system: system.md, codes: { topic: { prompt: topic.md, weight: 2 }, tone: { prompt: tone.md }, place: { prompt: place.md } }',
  );
  expect(await changes()).toEqual({
    why: ['prompt + parameters (codes)'],
    prompts: [
      {
        step: 'ask',
        parameter: 'codes.place.prompt',
        path: 'place.md',
        lines: ['+The place', '+of this.'],
      },
      { step: 'ask', parameter: 'codes.tone.prompt', path: 'tone.md', lines: [' The tone', '-of this.', '+of that.'] },
      { step: 'ask', parameter: 'system', path: 'system.md', lines: ['-The system', '+The whole', ' of this.'] },
    ],
  });
  await asks('codes: { topic: { prompt: topic.md }, tone: { prompt: tone.md } }');
  expect((await changes()).prompts.at(-1)).toEqual({
    step: 'ask',
    parameter: 'system',
    path: null,
    lines: ['-The system', '-of this.'],
  });
});
