import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { stepKinds } from '../../activities/kinds/index.ts';
import { loadVersionDeclaration } from '../../cli/load-version-declaration.ts';
import { isMerged, type PlannedMerge, planMerge, planPromotion } from '../../cli/plan-merge.ts';
import { openReach } from '../../datasets/garbage/reach.ts';
import type { Digest } from '../../manifests/digest.ts';
import { startPilot } from '../../cli/start-pilot.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { readBranch } from '../../manifests/refs.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { askingProject, countsOf, declare } from './asking-project.ts';
import type { TestProject } from './test-project.ts';

const server = await OpenAIServer.start();
let project: TestProject;
const ROWS = 10;
const ask = (name: string, prompt: string, labels = 'yes, no') =>
  `  ${name}: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: ${prompt}, labels: [${labels}] } }`;
const STEPS = `${ask('stance', 'prompt.md')}\n${ask('tone', 'tone.md')}`;
const MINI = 'models.gpt.model=gpt-4o-mini-2024-07-18';

beforeAll(async () => {
  server.configure({ latencyMs: 0 });
});
beforeEach(async () => {
  await project?.[Symbol.asyncDispose]();
  server.reset();
  server.configure({ latencyMs: 0 });
  project = await askingProject(server, { rows: ROWS, buckets: 2, steps: STEPS });
  await project.write('tone.md', 'Which tone?\n{{video.words}}\n');
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
  await server.close();
});

const asked = () => server.calls.length;
const sampled = async (rows: number, branch = 'pilot', from = 'main') =>
  startPilot(
    { store: project.store, blobs: project.services.blobs },
    { dataset: 'peru', branch, from },
    { rows, seed: 1, stratify: null },
  );
const load = async (planned: PlannedMerge) =>
  (
    await loadVersionDeclaration(
      { folder: `${project.folder}/dataset`, kinds: stepKinds, blobs: project.services.blobs, name: 'pilot' },
      planned.declaration,
    )
  ).declaration;
const to = (branch: string, into = 'main') => ({ dataset: 'peru', branch, to: into });

it('pays in a promotion for what the pilot has not, whatever dataset.yaml says by then', async () => {
  const first = await project.run();
  expect(asked()).toBe(2 * ROWS);
  const pilot = await project.run({ branch: 'pilot', set: [MINI], sample: await sampled(3) });
  expect(asked()).toBe(2 * ROWS + 2 * 3);
  expect(countsOf(pilot.manifest)).toEqual({ ok: 3, not_sampled: 7 });

  // A third model was tried meanwhile: dataset.yaml isn't what the pilot ran.
  await declare(project, {
    buckets: 2,
    models: 'models: { gpt: { provider: baseline, model: stance-1 } }',
    steps: STEPS,
  });
  const planned = await planPromotion(project.store, to('pilot'));
  expect(planned.target.version).toBe(first.version);
  expect(isMerged(planned)).toBe(false);
  const declaration = await load(planned);
  const promoted = await project.run({ declaration, merges: planned.branch.version });
  expect(asked()).toBe(4 * ROWS);
  expect(countsOf(promoted.manifest)).toEqual({ ok: ROWS });
  expect(promoted.manifest.record).toMatchObject({ parent: first.version, merges: pilot.version, branch: 'main' });
  expect(promoted.manifest.state.declaration).toMatchObject({
    models: { gpt: { model: 'gpt-4o-mini-2024-07-18' } },
    overrides: [],
  });

  // What the promoted version leads to is kept: the pilot, and which rows it had.
  const { store, services } = project;
  const reach = openReach({ store, blobs: services.blobs, database: services.database, withdrawals: new Map() });
  await reach.version(promoted.version as Digest, 'main', true);
  expect(reach.versions).toEqual(new Set([promoted.version, pilot.version, first.version]));
  expect(reach.objects).toContain(pilot.manifest.record.sample!.ids);

  // Once more there is nothing to do, and the first model is still there at no price.
  expect(isMerged(await planMerge(project.store, to('pilot')))).toBe(true);
  expect(isMerged(await planPromotion(project.store, to('pilot')))).toBe(true);
  await declare(project, { buckets: 2, steps: STEPS });
  const back = await project.run();
  expect(back.manifest.stateDigest).toBe(first.manifest.stateDigest);
  await expect(planPromotion(project.store, to('pilot'))).rejects.toThrow(
    'pilot is in main already, and main has moved on since.',
  );
  const again = await project.run({ set: [MINI] });
  expect(again.manifest.stateDigest).toBe(promoted.manifest.stateDigest);
  expect(asked()).toBe(4 * ROWS);
});

it('begins the next pilot on the same branch where the last was promoted to, and promotes it too', async () => {
  await project.run();
  await project.run({ branch: 'pilot', set: [MINI], sample: await sampled(3) });
  const planned = await planPromotion(project.store, to('pilot'));
  const promoted = await project.run({ declaration: await load(planned), merges: planned.branch.version });

  await declare(project, { buckets: 2, steps: `${STEPS}\n${ask('more', 'tone.md', 'up, down')}` });
  const sample = await sampled(3);
  expect(sample.of).toBe(promoted.version);
  expect((await readBranch(project.store, 'peru', 'pilot'))!.manifest).toBe(promoted.version);
  const second = await project.run({ branch: 'pilot', set: [MINI], sample });
  expect(second.manifest.record.parent).toBe(promoted.version);
  const next = await planPromotion(project.store, to('pilot'));
  expect(next.target.version).toBe(promoted.version);
  const both = await project.run({ declaration: await load(next), merges: next.branch.version });
  expect(countsOf(both.manifest)).toEqual({ ok: ROWS });
});

it('promotes one of two pilots, and tells the other that the branch moved on', async () => {
  await project.run();
  await project.run({ branch: 'a', set: [MINI], sample: await sampled(2, 'a') });
  await declare(project, { buckets: 2, steps: `${STEPS}\n${ask('more', 'tone.md', 'up, down')}` });
  await project.run({ branch: 'b', sample: await sampled(2, 'b') });

  // Both look at the same moment, and both may.
  const [one, other] = [await planPromotion(project.store, to('a')), await planPromotion(project.store, to('b'))];
  const started = await project.start({ declaration: await load(one), merges: one.branch.version });
  await expect(project.start({ declaration: await load(other), merges: other.branch.version })).rejects.toThrow(
    'is at work with another plan',
  );
  const won = await started.finish();
  expect((await readBranch(project.store, 'peru', 'main'))!.manifest).toBe(won.version);
  await expect(planPromotion(project.store, to('b'))).rejects.toThrow(
    /^main moved on since b left it: it was at sha256:\w+ and is at sha256:\w+\. Bring both together with: .*merge b --into main$/,
  );

  // What the message says: the model of one and the step of the other, with the cells of both.
  const merged = await planMerge(project.store, to('b'));
  const before = asked();
  const both = await project.run({ declaration: await load(merged), merges: merged.branch.version });
  expect(both.manifest.state.declaration).toMatchObject({ models: { gpt: { model: 'gpt-4o-mini-2024-07-18' } } });
  expect(Object.keys(both.manifest.state.steps).toSorted()).toEqual(['more', 'stance', 'tone', 'video']);
  // The step is asked of the other model, which nobody has run it with.
  expect(asked()).toBe(before + ROWS);
  expect(both.manifest.record.merges).toBe(other.branch.version);
  expect(isMerged(await planMerge(project.store, to('b')))).toBe(true);
});

it('merges with the cells of both branches, and refuses when both changed the same step', async () => {
  await project.run();
  await project.run({ branch: 'words', sample: await sampled(ROWS, 'words') });
  await project.write('tone2.md', 'Which tone has it?\n{{video.words}}\n');
  await declare(project, { buckets: 2, steps: `${ask('stance', 'prompt.md')}\n${ask('tone', 'tone2.md')}` });
  await project.run({ branch: 'words' });
  await declare(project, {
    buckets: 2,
    steps: `${ask('stance', 'prompt.md', 'pro, contra')}\n${ask('tone', 'tone.md')}`,
  });
  await project.run();
  const before = asked();
  const merged = await planMerge(project.store, to('words'));
  const both = await project.run({ declaration: await load(merged), merges: merged.branch.version });
  expect(asked()).toBe(before);
  expect(countsOf(both.manifest, 'tone')).toEqual({ ok: ROWS });

  // Another edit after the merge starts from it, not from the first ancestor.
  await declare(project, {
    buckets: 2,
    steps: `${ask('stance', 'prompt.md')}\n${ask('tone', 'tone2.md', 'mild, harsh')}`,
  });
  await project.run({ branch: 'words' });
  expect((await planMerge(project.store, to('words'))).declaration).toMatchObject({
    steps: { stance: { with: { labels: ['pro', 'contra'] } }, tone: { with: { labels: ['mild', 'harsh'] } } },
  });
  await declare(project, {
    buckets: 2,
    steps: `${ask('stance', 'prompt.md', 'pro, contra')}\n${ask('tone', 'tone2.md', 'a, b')}`,
  });
  await project.run();
  await expect(planMerge(project.store, to('words'))).rejects.toThrow(
    'steps.tone   main: with.labels ["yes","no"] → ["a","b"]   words: with.labels ["yes","no"] → ["mild","harsh"]',
  );
  await expect(planMerge(project.store, to('nowhere'))).rejects.toThrow('peru has no branch nowhere.');
});

it('keeps two models as two steps of one declaration, and takes over what either has made before', async () => {
  const models =
    'models: { old: { provider: openai, model: gpt-4o-2024-11-20 }, new: { provider: openai, model: gpt-4o-mini-2024-07-18 } }';
  const by = (name: string, model: string) => ask(name, 'prompt.md').replace('model: gpt', `model: ${model}`);
  await declare(project, { buckets: 2, models, steps: by('stance', 'old') });
  const first = await project.run();
  await declare(project, { buckets: 2, models, steps: by('stance', 'new') });
  const second = await project.run();
  expect(asked()).toBe(2 * ROWS);
  await declare(project, { buckets: 2, models, steps: `${by('stance', 'old')}\n${by('stance_new', 'new')}` });
  const both = await project.run();
  expect(asked()).toBe(2 * ROWS);
  const values = ({ state }: Manifest, step: string) =>
    Object.values(state.steps[step]!.partitions).map((partition) => partition.values);
  expect(values(both.manifest, 'stance')).toEqual(values(first.manifest, 'stance'));
  expect(values(both.manifest, 'stance_new')).toEqual(values(second.manifest, 'stance'));
});

it('computes nothing again for another layout, order, comment, or name of the prompt file', async () => {
  const first = await project.run();
  const before = asked();
  await project.write('renamed.md', 'Which stance?\r\n{{video.words}}\r\n');
  await project.write(
    'dataset.yaml',
    `# A comment\nsteps:\n  tone:\n    with: { prompt: tone.md, labels: [yes, no], model: gpt }\n    uses: ai/classify\n    needs:\n    - video\n${ask('stance', 'renamed.md')} # another\n  video: { with: { id: id, path: rows.csv }, uses: import/table }\nmodels: { gpt: { model: gpt-4o-2024-11-20, provider: openai } }\npartition: { buckets: 2, by: id }\ndataset: peru\n`,
  );
  expect((await project.prepare()).forecast.upToDate).toBe(true);
  const again = await project.run();
  expect(again.changed).toBe(false);
  expect(again.version).toBe(first.version);
  expect(asked()).toBe(before);
});
