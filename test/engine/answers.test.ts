import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { stepKinds } from '../../activities/kinds/index.ts';
import { readJournal } from '../../activities/models/answers/answer-journal.ts';
import type { StepKind } from '../../activities/step-kind.ts';
import { readAnswers } from '../../datasets/answers-file.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { until } from '../until.ts';
import { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
afterAll(() => server.close());

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const declaration = (more = '') => `dataset: peru
partition: { by: id, buckets: 2 }
models: { gpt: { provider: openai, model: gpt-4o-2024-11-20 } }
steps:
  video: { uses: import/table, with: { path: rows.csv, id: id } }
  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: stance.md, labels: [yes, no]${more} } }
`;

let kinds: Map<string, StepKind>;
let project: TestProject;
beforeEach(async () => {
  server.reset();
  server.configure({ latencyMs: 0 });
  kinds = new Map([...stepKinds].map(([name, kind]) => [name, { ...kind }]));
  project = await TestProject.start(kinds, {}, { env: { OPENAI_API_KEY: server.apiKey }, baseUrl: server.url });
  await project.write('rows.csv', `id,words\n${IDS.map((id) => `${id},palabras de ${id}\n`).join('')}`);
  await project.write('stance.md', 'Which stance?\n{{video.words}}\n');
  await project.write('dataset.yaml', declaration());
});
afterEach(() => project[Symbol.asyncDispose]());

const byText = (a: string | null, b: string | null) => String(a).localeCompare(String(b));
const journal = () => readJournal(project.store, { dataset: 'peru', step: 'stance', partition: null });
const partitionsOf = ({ state }: Manifest) => Object.values(state.steps['stance']!.partitions);

async function answersIn(manifest: Manifest) {
  const files = new Set(partitionsOf(manifest).flatMap(({ answers }) => answers ?? []));
  const paths = await Promise.all([...files].map((file) => project.services.blobs.file(file)));
  return (await Promise.all(paths.map((path) => readAnswers(project.services.database, path)))).flat();
}

it('leaves every raw answer in files that the manifest names, and nothing in the journal', async () => {
  const { manifest } = await project.run();
  const answers = await answersIn(manifest);
  expect(answers.map(({ id }) => id).toSorted(byText)).toEqual(IDS);
  expect(answers.map(({ requestId }) => requestId).toSorted(byText)).toEqual(
    server.calls.map(({ requestId }) => requestId).toSorted(byText),
  );
  expect(JSON.parse(answers[0]!.bytes.toString())).toMatchObject({ object: 'chat.completion' });
  expect(await journal()).toEqual([]);
  expect(partitionsOf(manifest).map(({ answers: files }) => files?.length)).toEqual([1, 1]);
});

it('reads recorded answers again when the revision of the step is raised', async () => {
  const before = await project.run();
  Object.assign(kinds.get('ai/classify')!, { revision: 99 });
  const { manifest, changed } = await project.run();
  expect(changed).toBe(true);
  expect(manifest.record.steps['stance']).toMatchObject({ computed: IDS.length });
  expect(server.counts().total).toBe(IDS.length);
  expect(await answersIn(manifest)).toEqual(await answersIn(before.manifest));
});

it('finds what was paid for under another prompt when it comes back', async () => {
  await project.run();
  await project.write('stance.md', 'Which stance, really?\n{{video.words}}\n');
  await project.run();
  expect(server.counts().total).toBe(2 * IDS.length);
  await project.write('stance.md', 'Which stance?\n{{video.words}}\n');
  await project.run();
  expect(server.counts().total).toBe(2 * IDS.length);
});

it('asks only for the rows that are new, whose answers come into a file of their own', async () => {
  await project.run();
  await project.write('rows.csv', `id,words\n${[...IDS, 'new'].map((id) => `${id},palabras de ${id}\n`).join('')}`);
  const { manifest } = await project.run();
  expect(server.counts().total).toBe(IDS.length + 1);
  expect(
    partitionsOf(manifest)
      .map(({ answers }) => answers?.length ?? 0)
      .toSorted((a, b) => a - b),
  ).toEqual([1, 2]);
  expect((await answersIn(manifest)).map(({ id }) => id).toSorted(byText)).toEqual([...IDS, 'new']);
});

it('finds in the next run what a cancelled run had paid for', async () => {
  server.configure({ latencyMs: 5000 });
  await project.write('dataset.yaml', declaration(', concurrency: 1'));
  server.inject({ fault: { kind: 'slow', ms: 0 } });
  const first = await project.start();
  await until('the second call', () => server.counts().total >= 2);
  // Slow enough that the cancel comes before all are asked.
  server.configure({ latencyMs: 1000 });
  await until('the third call', () => server.counts().total >= 3);
  await project.client.workflow.getHandle(first.workflowId).cancel();
  await expect(first.end()).rejects.toThrow('was cancelled');
  const { billed, aborted } = server.counts();
  const { manifest } = await project.run();
  expect(server.counts().billed).toBe(IDS.length + aborted);
  expect(billed).toBeGreaterThanOrEqual(3);
  expect(manifest.record.steps['stance']).toMatchObject({ computed: IDS.length - (billed - aborted) });
  expect(await journal()).toEqual([]);
});

it('empties the journal of a step that is made while the run goes on, and a later run finds the answers all the same', async () => {
  const more = `  why: { uses: ai/generate, needs: [stance], with: { model: gpt, prompt: why.md, output: { why: string } } }\n`;
  await project.write('why.md', 'Why is it {{stance.label}}?\n');
  await project.write('dataset.yaml', declaration().replace('buckets: 2', 'buckets: 1') + more);
  server.configure({ latencyMs: 1000 });
  const first = await project.start();
  await until('a call of the second step', () => server.counts().total > IDS.length);
  expect(await journal()).toEqual([]);
  await project.client.workflow.getHandle(first.workflowId).cancel();
  await expect(first.end()).rejects.toThrow('was cancelled');
  // Its cells don't count any more, so that only the answers can spare the calls.
  Object.assign(kinds.get('ai/classify')!, { revision: 99 });
  const { manifest } = await project.run();
  expect(manifest.record.steps['stance']).toMatchObject({ computed: IDS.length });
  expect((await answersIn(manifest)).map(({ id }) => id).toSorted(byText)).toEqual(IDS);
  expect(server.counts().total - server.counts().aborted).toBe(2 * IDS.length);
  expect(await journal()).toEqual([]);
});

it('waits in Temporal while the provider is down, without failing a cell', async () => {
  server.inject({ fault: { kind: 'server_error' }, times: 12 });
  await project.write('dataset.yaml', declaration(', tries: 1'));
  const { manifest } = await project.run();
  expect(partitionsOf(manifest).map(({ counts }) => counts.failed)).toEqual([{}, {}]);
});

it('asks again for failed rows alone, and leaves what they failed with in their provenance', async () => {
  server.inject({ kind: 'refusal' });
  const failed = await project.run();
  expect(partitionsOf(failed.manifest).map(({ counts }) => counts.failed)).toContainEqual({ refused: 1 });
  expect((await project.run()).changed).toBe(false);
  expect(server.counts().total).toBe(IDS.length);
  const { manifest } = await project.run({ retry: ['failed:refused'] });
  expect(server.counts().total).toBe(IDS.length + 1);
  expect(partitionsOf(manifest).map(({ counts }) => counts.failed)).toEqual([{}, {}]);
  const row = (await answersIn(manifest)).filter(
    ({ id }, _index, all) => all.filter((each) => each.id === id).length > 1,
  );
  expect(row).toHaveLength(3);
});
