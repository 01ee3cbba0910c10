import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CompareVersionsRequest } from '../../cli/compare-versions.ts';
import { type CompareOutput, runCompare } from '../../cli/run-compare.ts';
import { startPilot } from '../../cli/start-pilot.ts';
import { runSample, type SampleOptions } from '../../cli/run-sample.ts';
import { askingProject, declare, MODELS } from '../engine/asking-project.ts';
import type { TestProject } from '../engine/test-project.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { temporaryFolder } from '../datasets/parquet/temporary-folder.ts';

const LABELS = ['support', 'no support', 'neutral'];
const steps = (gpt: string) =>
  ['stance', 'second']
    .map(
      (name) =>
        `  ${name}: { uses: ai/classify, needs: [video], with: { model: ${gpt}, prompt: prompt.md, labels: [${LABELS.join(', ')}] } }`,
    )
    .join('\n');
const TWO = MODELS.replace(' } }', ' }, mini: { provider: openai, model: gpt-4o-mini-2024-07-18 } }');

let server: OpenAIServer;
let project: TestProject;
let folder: string;
const opened = () => ({ store: project.store, blobs: project.services.blobs });

beforeAll(async () => {
  server = await OpenAIServer.start();
  project = await askingProject(server, { rows: 40, buckets: 3, models: TWO, steps: steps('gpt') });
  await project.run();
  await declare(project, { buckets: 3, models: TWO, steps: steps('mini').replace('model: mini', 'model: gpt') });
  await project.run();
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await server?.close();
});
beforeEach(async () => {
  folder = await temporaryFolder();
});

function printer() {
  const stream = new PassThrough();
  const all = textOf(stream);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing but written to
  return { out: stream as unknown as NodeJS.WriteStream, end: async () => (stream.end(), all) };
}

async function compare(request: Partial<CompareVersionsRequest>, output: Partial<CompareOutput> = {}): Promise<string> {
  const { out, end } = printer();
  await runCompare(
    opened(),
    {
      dataset: 'peru',
      versions: ['main~1', 'main'],
      column: 'second.label',
      with: [],
      embeddings: [],
      gold: [],
      goldId: 'id',
      goldLabels: ['label'],
      otherLabels: false,
      samples: 10,
      seed: 1,
      context: ['video.words'],
      ...request,
    },
    { force: false, ...output },
    out,
  );
  return end();
}

interface Report {
  readonly as: string;
  readonly sides: {
    name: string;
    gold: boolean;
    models?: string[];
    calls?: number;
    cost_usd?: number;
    with_value: number;
  }[];
  readonly pairs: {
    n: number;
    agreement: number;
    labels: string[];
    cohen_kappa: { kappa: number };
    accuracy?: number;
  }[];
  readonly changed: {
    rows: number;
    samples: { id: string; values: Record<string, string>; context: Record<string, string> }[];
  };
  readonly gold?: object[];
}
const report = async (request: Partial<CompareVersionsRequest>): Promise<Report> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the program prints
  JSON.parse(await compare(request, { format: 'json' })) as Report;

async function sample(
  options: Partial<SampleOptions> = {},
): Promise<{ records: Record<string, string>[]; printed: string; file: string }> {
  const file = options.file ?? join(folder, 'sheet.csv');
  const { out, end } = printer();
  const columns = ['video.words'];
  const rest = { size: 12, stratify: 'second.label', blind: true, allocation: 'proportional' as const, seed: 1 };
  await runSample(
    opened(),
    { dataset: 'peru', at: 'main', ...rest, columns, allRows: false, file, force: false, json: false, ...options },
    out,
  );
  const records = parse(await readFile(file), { columns: true, bom: true });
  return { records: records as Record<string, string>[], printed: await end(), file };
}

describe('gettok compare', () => {
  it('compares two versions of a step whose model was changed', async () => {
    const { as, sides, pairs, changed } = await report({});
    expect(as).toBe('labels');
    expect(sides).toMatchObject([
      { name: 'main~1', models: ['openai gpt-4o-2024-11-20 → gpt-4o-2024-11-20'], calls: 40 },
      { name: 'main', models: ['openai gpt-4o-mini-2024-07-18 → gpt-4o-mini-2024-07-18'], calls: 40 },
    ]);
    expect(sides[0]!.cost_usd).toBeGreaterThan(sides[1]!.cost_usd!);
    expect(pairs).toMatchObject([{ n: 40, labels: LABELS, agreement: (40 - changed.rows) / 40 }]);
    expect(changed.rows).toBeGreaterThan(0);
    for (const { id, values, context } of changed.samples) {
      expect(values['main']).not.toBe(values['main~1']);
      expect(context).toEqual({ 'video.words': `palabras de ${id.slice('row-'.length)}.` });
    }
  });

  it('compares columns of one version, and a column that kept its cells with itself', async () => {
    const { sides, pairs } = await report({ versions: ['main'], with: ['stance.label'] });
    expect(sides.map(({ name }) => name)).toEqual(['second.label', 'stance.label']);
    expect(pairs[0]!.n).toBe(40);
    const same = await report({ column: 'stance.label' });
    expect(same).toMatchObject({
      pairs: [{ agreement: 1, cohen_kappa: { kappa: 1 } }],
      changed: { rows: 0, samples: [] },
    });
  });

  it('prints a summary, or a report in its place, or writes it and says where', async () => {
    expect(await compare({})).toMatch(
      /^agreement \d+\.\d % {3}Cohen's kappa .*n = 40\n[^]*\nreport with plots and rows to read: {2}add -o report\.html/,
    );
    expect(await compare({}, { format: 'markdown' })).toMatch(/^# peru: second\.label, main\\~1 and main\n/);
    const file = join(folder, 'report.html');
    expect(await compare({}, { file })).toContain(`report: ${file} (plots, `);
    expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>/);
    await expect(compare({}, { file })).rejects.toThrow(
      `${file} is there already. Choose another name, or overwrite it with --force.`,
    );
    await compare({}, { file, force: true });
    await expect(compare({}, { file: join(folder, 'report.pdf') })).rejects.toThrow(
      'use .html, .md or .json, or say --format.',
    );
  });

  it('names what there is when a column is none, and refuses what can not be compared', async () => {
    await expect(compare({ column: 'second.lable' })).rejects.toThrow(
      'main~1 has no column "second.lable". Did you mean second.label?',
    );
    await expect(compare({ versions: ['main'] })).rejects.toThrow(
      'There is one column and nothing to compare it with.',
    );
    await expect(compare({ embeddings: ['video.words'] })).rejects.toThrow(
      'is no list of numbers, as a step ai/embed makes it.',
    );
    await expect(compare({ measure: 'numbers' })).rejects.toThrow(
      'second.label holds no numbers. Leave out --as numbers.',
    );
    await expect(compare({ with: ['stance.label', 'stance.rationale'] })).rejects.toThrow('in too many ways');
  });

  it('takes texts for texts', async () => {
    const { as } = await report({ column: 'stance.rationale', measure: 'text' });
    expect(as).toBe('text');
  });
});

describe('gettok sample', () => {
  it('writes a blind sheet whose filled-in copy compare reads', async () => {
    const { records, printed, file } = await sample();
    expect(records).toHaveLength(12);
    expect(Object.keys(records[0]!)).toEqual(['id', 'video.words', 'label', 'note']);
    expect(printed).toMatch(/sheet\.csv: 12 rows of sha256:[0-9a-f]{8}, seed 1\n {2}second\.label: .* \d of \d/);
    expect(printed).toContain(`gettok compare main --column second.label --gold ${file}`);
    // As a spreadsheet of a Spanish machine saves it, all but two rows coded.
    const filled = records.map((row, index) =>
      [row['id'], row['video.words'], index < 10 ? LABELS[index % 3] : '', ''].join(';'),
    );
    await writeFile(file, `id;video.words;label;note\r\n${filled.join('\r\n')}\r\n`);
    const { sides, pairs, gold } = await report({ gold: [file] });
    expect(sides.map(({ name, gold: human, with_value: rows }) => [name, human, rows])).toEqual([
      ['sheet.csv', true, 10],
      ['main~1', false, 40],
      ['main', false, 40],
    ]);
    expect(pairs.map(({ n }) => n)).toEqual([10, 10, 40]);
    expect(pairs[0]!.accuracy).toBe(pairs[0]!.agreement);
    expect(gold).toEqual([{ name: 'sheet.csv', labelled: 10, unlabelled: 2, unknown: 0 }]);
  });

  it('draws the same rows by the same seed, others by another, and each label when there are rows enough', async () => {
    const ids = async (options: Partial<SampleOptions>) => {
      const { records, file } = await sample(options);
      await rm(file);
      return records.map(({ id }) => id);
    };
    const first = await ids({});
    expect(await ids({})).toEqual(first);
    expect(await ids({ seed: 2 })).not.toEqual(first);
    const { records } = await sample({ blind: false, size: 3, allocation: 'equal' });
    expect(Object.keys(records[0]!)).toEqual(['id', 'video.words', 'second.label', 'label', 'note']);
    expect(new Set(records.map((row) => row['second.label'])).size).toBe(3);
  });

  it('draws no row that a pilot left out unless asked for, and says how many those are', async () => {
    const pilot = { dataset: 'peru', branch: 'pilot', from: 'main' };
    const drawn = await startPilot(opened(), pilot, { rows: 8, seed: 1, stratify: null });
    await project.run({ branch: 'pilot', sample: drawn, set: ['models.mini.model=gpt-4o-2024-08-06'] });
    const ids = JSON.parse((await project.services.blobs.get(drawn.ids)).toString('utf8')) as string[];
    const idsOf = ({ records }: Awaited<ReturnType<typeof sample>>) =>
      records.map(({ id }) => id!.replace(/^'/, '')).toSorted();

    const sheet = await sample({ at: 'pilot' });
    expect(idsOf(sheet)).toEqual(ids.toSorted());
    expect(sheet.printed).toContain('not drawn from: 32 rows that the pilot left out (--all-rows');
    const all = await sample({ at: 'pilot', force: true, size: 40, allRows: true, json: true });
    expect(all.records).toHaveLength(40);
    expect(JSON.parse(all.printed)).toMatchObject({ rows: 40, left_out: 0 });
  });

  it('refuses to show answers, or what was made of them, to people who code blind', async () => {
    await expect(sample({ columns: ['video.words', 'second.rationale'] })).rejects.toThrow(
      'second.rationale would tell the answer of step second to people who code blind.',
    );
    expect((await sample({ columns: ['stance.rationale'] })).records).toHaveLength(12);
    const { out } = printer();
    const unstratified = {
      dataset: 'peru',
      at: 'main',
      size: 3,
      blind: true,
      allocation: 'proportional' as const,
      seed: 1,
    };
    const file = join(folder, 'not-blind.csv');
    const rest = { columns: ['second.label'], allRows: false, file, force: false, json: false };
    await expect(runSample(opened(), { ...unstratified, ...rest }, out)).rejects.toThrow(
      '--blind leaves out the answers of the step that --stratify names.',
    );
  });
});

describe('a file of human labels', () => {
  const wrong = async (text: string | Buffer, request: Partial<CompareVersionsRequest> = {}) => {
    const file = join(folder, 'labels.csv');
    await writeFile(file, text);
    return compare({ gold: [file], ...request }).then(
      () => 'no error',
      (error: Error) => error.message.replaceAll(`${folder}/`, ''),
    );
  };

  it('says of every problem where it is', async () => {
    expect(await wrong('id,label\nrow-1,suport\nrow-2,neutral\n,neutral\nrow-2,support\nrow-3\n')).toBe(
      [
        '4 problems, nothing was compared:',
        'labels.csv:2  no such label "suport". Did you mean support? To compare other labels too: --other-labels',
        'labels.csv:4  the id is empty',
        'labels.csv:5  the id "row-2" stands at labels.csv:3 too; keep one of the two',
        'labels.csv:6  found 1 field, expected 2 as in the header (delimiter ",")',
      ].join('\n  '),
    );
    expect(await wrong('video,label\nrow-1,neutral\n')).toBe(
      'labels.csv:1  there is no column "id"; say which one it is by --gold-id (there are video, label)',
    );
    expect(await wrong('id,label\n7.17129E+18,neutral\n')).toContain(
      'labels.csv:2  a spreadsheet rounded the id to 7.17129E+18;',
    );
    expect(await wrong('id,label\nother,neutral\n')).toContain(
      'none of its ids is in what it is compared with (1 were labelled)',
    );
    expect(await wrong('id,label\nrow-1,\n')).toContain(
      'column "label" is empty in every row: fill in the labels first',
    );
    expect(await wrong(Buffer.from('id,label\nrow-1,r\xe9gime\n', 'latin1'))).toContain(
      'labels.csv:2  the line is no UTF-8 text',
    );
    await expect(compare({ gold: [join(folder, 'none.csv')] })).rejects.toThrow('there is no such file.');
  });

  it('may hold other labels and other column names when that is said, and several people', async () => {
    const text = `video,ana,luis\n${[1, 2, 3, 4].map((row) => `'row-${row},unclear,${LABELS[row % 3]}\n`).join('')}`;
    expect(await wrong(text, { goldId: 'video', goldLabels: ['ana'], otherLabels: true })).toBe('no error');
    const { sides } = await report({
      gold: [join(folder, 'labels.csv')],
      goldId: 'video',
      goldLabels: ['ana', 'luis'],
      otherLabels: true,
    });
    expect(sides.map(({ name }) => name)).toEqual(['labels.csv ana', 'labels.csv luis', 'main~1', 'main']);
  });
});
