import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { bucketTexts, fileTexts, historyTexts, placesOf } from './every-trace.ts';
import { countsOf, FaultProject, idOf, SLOTS, valuesOf } from './fault-project.ts';

const apiKey = `sk-fault-${randomBytes(18).toString('hex')}`;
const wrongKey = `sk-wrong-${randomBytes(18).toString('hex')}`;
/** In the text of every row. */
const marker = 'zanahoria';

// Machines differ, and many processes start here.
vi.setConfig({ testTimeout: 120_000 });

let project: FaultProject;
let rows: number;

beforeAll(async () => {
  project = await FaultProject.start(apiKey);
  for (const name of ['refused-key', 'no-model', 'shaky', 'odd']) ({ rows } = await project.dataset(name, { marker }));
  // Services that are up, so that times below are those of runs.
  await project.gettok(['status', 'refused-key']);
});
afterAll(() => project?.[Symbol.asyncDispose]());
beforeEach(() => project.server.reset());

const keyProblem = (paid = '') =>
  `✘ The server at ${project.server.url} refused the key in OPENAI_API_KEY (401). Nothing was paid since. ` +
  `Every answer until now is kept.${paid}\nSet a working key, then  ${project.command} run refused-key  goes on where it stopped.`;

/** From there on it is the run that takes time, not the start of a worker. */
const sinceFirstCall = async () => Date.now() - (await project.server.calls())[0]!.receivedAt;

it('ends within seconds when the key is refused, and says what to do', async () => {
  const { exitCode, stderr } = await project.gettok(['run', 'refused-key'], { OPENAI_API_KEY: wrongKey });
  const tookMs = await sinceFirstCall();
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: keyProblem() });
  expect(tookMs).toBeLessThan(20_000);
  expect((await project.server.counts()).billed).toBe(0);
});

it('loses nothing to a key that is refused in the middle of a run', async () => {
  await project.server.configure({ latencyMs: { from: 20, to: 300 } });
  const body = { error: { message: `Incorrect API key provided: ${apiKey}.`, code: 'invalid_api_key' } };
  await project.server.inject({ fault: { kind: 'status', status: 401, body }, skip: 7 });
  const { exitCode, stderr } = await project.gettok(['run', 'refused-key']);
  const before = await project.server.counts();
  const [paid = '', dollars, calls] = / This run has paid \$(0\.\d+) for (\d+) calls\./.exec(stderr) ?? [];
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: keyProblem(paid) });
  expect(Number(dollars)).toBeGreaterThan(0);
  // Of the calls under way when the key was refused some may have been answered too late to be counted.
  expect(Number(calls)).toBeLessThanOrEqual(before.billed);
  expect(before.billed).toBeGreaterThanOrEqual(7);

  const report = await project.run('refused-key');
  expect(report.steps['stance']).toMatchObject({ rows, ok: rows });
  const { billed, distinct } = await project.server.counts();
  expect(distinct).toBe(2 * rows);
  expect(billed - distinct).toBeLessThanOrEqual(SLOTS);
});

it('ends within seconds when there is no such model', async () => {
  const { exitCode, stderr } = await project.gettok(['run', 'no-model', '--set', 'models.gpt.model=gpt-4o-2020-01-01']);
  const tookMs = await sinceFirstCall();
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr:
      `✘ The server at ${project.server.url} knows no model gpt-4o-2020-01-01, or doesn't let this account use it (404). ` +
      `Correct the model under models, then  ${project.command} run no-model --set models.gpt.model=gpt-4o-2020-01-01  goes on where it stopped.`,
  });
  expect(tookMs).toBeLessThan(20_000);
  expect(await project.status('no-model')).toMatchObject({ state: 'failed', version: null });
});

it('gets every row through limits, errors and broken connections', async () => {
  await project.server.inject(
    { fault: { kind: 'rate_limit', retryAfterMs: 300 }, every: 10 },
    { fault: { kind: 'server_error' }, every: 10, skip: 2 },
    { fault: { kind: 'reset', after: 'request' }, every: 10, skip: 5 },
    { fault: { kind: 'reset', after: 'body' }, every: 10, skip: 8 },
    { fault: { kind: 'unavailable_html' }, every: 10, skip: 1 },
    { fault: { kind: 'truncated_json' }, every: 10, skip: 3 },
  );
  const report = await project.run('shaky');
  expect(report.steps['stance']).toMatchObject({ rows, ok: rows });
  const { byFault, billed, distinct } = await project.server.counts();
  expect(Object.keys(byFault).toSorted()).toEqual([
    'rate_limit',
    'reset',
    'server_error',
    'truncated_json',
    'unavailable_html',
  ]);
  // An answer that came half has been paid for.
  expect(billed - distinct).toBeLessThanOrEqual(byFault['reset']! + byFault['truncated_json']!);
  expect(valuesOf(await project.manifest('shaky'))).toEqual(valuesOf(await project.manifest('refused-key')));
});

it('keeps answers that are no use as failed cells by their codes, and ends well', async () => {
  const about = (row: number) => `${marker} numero ${row} `;
  const leak = { error: { message: `No good: ${apiKey}`, type: 'invalid_request_error', code: 'wrong' } };
  await project.server.answerWith({ containing: about(8), answer: { summary: 'octavo', place: 'Lima' } });
  await project.server.inject(
    { fault: { kind: 'refusal' }, containing: about(1) },
    { fault: { kind: 'content_filter' }, containing: about(2) },
    // Asked once more with a larger budget.
    { fault: { kind: 'length' }, containing: about(4), times: 2 },
    // These too, as they were.
    { fault: { kind: 'content', content: 'Here you are!' }, containing: about(5), times: 2 },
    { fault: { kind: 'content', content: '{"summary":1,"place":"Lima"}' }, containing: about(7), times: 2 },
    { fault: { kind: 'content', content: '{"label":"perhaps","rationale":"-"}' }, containing: 'octavo', times: 2 },
    { fault: { kind: 'status', status: 400, body: leak }, containing: about(9) },
  );
  const report = await project.run('odd');
  expect(report).toMatchObject({ changed: true });
  const manifest = await project.manifest('odd');
  expect(manifest.version).toBe(report.version);
  const summary = { ok: rows - 6, refused: 1, content_filtered: 1, cut_off: 1, unparseable: 2, invalid_request: 1 };
  expect(countsOf(manifest, 'summary')).toEqual(summary);
  expect(countsOf(manifest, 'stance')).toEqual({ ok: rows - 7, no_input: 6, unparseable: 1 });
  expect((await project.server.counts()).total).toBe(rows + 3 + rows - 6 + 1);

  await project.server.reset();
  const again = await project.run('odd');
  expect(again).toMatchObject({ version: report.version, changed: false });
  expect((await project.server.counts()).total).toBe(0);

  const retried = await project.run('odd', '--retry', 'failed:refused');
  expect(retried.steps['summary']).toMatchObject({ computed: 1, calls: 1 });
  expect(retried.steps['stance']).toMatchObject({ computed: 1, calls: 1 });
  expect((await project.server.counts()).total).toBe(2);
  const { refused: _, ...others } = summary;
  expect(countsOf(await project.manifest('odd'), 'summary')).toEqual({ ...others, ok: rows - 5 });
});

it('leaves no key anywhere, and no row id or text in histories and logs', async () => {
  const state = project.services();
  const words = await project.json<{ words: string }[]>(
    'query',
    'odd',
    'select summary as words from summary where summary is not null',
  );
  const private_ = [
    marker,
    ...words.map((row) => row.words),
    ...Array.from({ length: rows }, (_, index) => idOf(index)),
  ];
  const keys = [apiKey, wrongKey];
  const [bucket, histories] = [await bucketTexts(state), await historyTexts(state)];
  const logs = await fileTexts(join(project.path, '.gettok/logs'));

  // What is looked for would be found.
  expect(placesOf(bucket, [marker]).length).toBeGreaterThan(0);
  expect(placesOf(histories, [state.temporal ? 'runDataset' : '']).length).toBeGreaterThanOrEqual(5);
  expect(placesOf(histories, ['2022-12-07']).length).toBeGreaterThan(0);
  expect(logs.size).toBeGreaterThanOrEqual(2);

  expect(placesOf(bucket, keys)).toEqual([]);
  expect(placesOf(histories, [...keys, ...private_])).toEqual([]);
  expect(placesOf(logs, [...keys, ...private_])).toEqual([]);
  // Data of MinIO and Temporal as they lie on the disk, services.json, caches.
  const files = await fileTexts(join(project.path, '.gettok'));
  expect(placesOf(files, keys)).toEqual([]);
  const temporalFiles = new Map([...files].filter(([path]) => path.includes('/.gettok/temporal/')));
  expect(temporalFiles.size).toBeGreaterThan(0);
  expect(placesOf(temporalFiles, private_)).toEqual([]);
});
