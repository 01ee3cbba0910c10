import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineStepKind, failed, optional, skipped, type StepKind } from '../../activities/step-kind.ts';
import { text } from '../../datasets/column-type.ts';
import { diffVersions, type Version } from '../../datasets/diff/diff-versions.ts';
import { openDatabase } from '../../datasets/parquet/database.ts';
import type { Digest } from '../../manifests/digest.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { askingProject, declare } from './asking-project.ts';
import { PagedApi, pagedKind } from './paged-kind.ts';
import { testKinds } from './test-kinds.ts';
import { type RunOptions, TestProject } from './test-project.ts';

let project: TestProject;
afterEach(() => project[Symbol.asyncDispose]());

async function version(options: RunOptions = {}): Promise<Version> {
  const { version: made, manifest } = await project.run(options);
  return { version: made as Digest, manifest };
}

/** Causes of the changed cells of each column that has some. */
async function causes(a: Version, b: Version): Promise<Record<string, Record<string, number>>> {
  using database = await openDatabase({ threads: 1 });
  const { blobs } = project.services;
  const { columns } = await diffVersions({ database, blobs }, a, b, {
    steps: null,
    columns: null,
    ids: null,
    samples: 0,
  });
  return Object.fromEntries(
    columns
      .filter(({ changed }) => changed > 0)
      .map(({ column, causes: counts }) => [
        column,
        Object.fromEntries(counts.map(({ cause, count }) => [cause, count])),
      ]),
  );
}

async function removed(a: Version, b: Version) {
  using database = await openDatabase({ threads: 1 });
  const scope = { steps: null, columns: null, ids: null, samples: null };
  return (await diffVersions({ database, blobs: project.services.blobs }, a, b, scope)).rows.removed;
}

describe('a step that asks a model', () => {
  let server: OpenAIServer;
  beforeEach(async () => {
    server = await OpenAIServer.start();
    project = await askingProject(server, { rows: 6, buckets: 1, steps: stance() });
  });
  afterEach(() => server.close());

  const stance = (labels = 'yes, no', more = '') =>
    `  stance: { uses: ai/classify, needs: [video], with: { model: gpt, prompt: prompt.md, labels: [${labels}]${more} } }`;
  const model = 'models: { gpt: { provider: openai, model: gpt-4.1-2025-04-14 } }';

  it('names model, prompt and labels, alone and together', async () => {
    const first = await version();
    await declare(project, { buckets: 1, models: model, steps: stance() });
    const second = await version();
    expect(Object.values(await causes(first, second)).flatMap(Object.keys)).toContain('model');
    await project.write('prompt.md', 'Which stance, then?\n{{video.words}}\n');
    const third = await version();
    expect(new Set(Object.values(await causes(second, third)).flatMap(Object.keys))).toEqual(new Set(['prompt']));
    expect(new Set(Object.values(await causes(first, third)).flatMap(Object.keys))).toEqual(
      new Set(['model + prompt']),
    );
    await declare(project, { buckets: 1, models: model, steps: stance('for, against') });
    expect(await causes(third, await version())).toMatchObject({ 'stance.label': { 'output schema': 6 } });
  });

  it('tells a retry', async () => {
    server.inject({ fault: { kind: 'refusal' }, every: 2 });
    const first = await version();
    server.reset();
    const second = await version({ retry: ['failed'] });
    const failedBefore = Object.values(first.manifest.state.steps['stance']!.partitions)[0]!.counts.failed['refused']!;
    expect(failedBefore).toBeGreaterThan(0);
    expect(await causes(first, second)).toMatchObject({
      'stance.label': { retry: failedBefore },
      'stance.status': { retry: failedBefore },
    });
  });
});

describe('a step that asks nobody', () => {
  let made: string;
  const draw = (revision: number): StepKind =>
    defineStepKind({
      kind: 'test/draw',
      revision,
      summary: 'Whatever the test says now.',
      queue: 'main',
      params: z.strictObject({}),
      tuning: z.strictObject({}),
      reads: { word: optional(text()) },
      makes: { drawn: text() },
      async cell({ word }) {
        if (word === 'later') return skipped('not_sampled');
        return made === '' ? failed('empty', 'nothing was drawn') : { drawn: `${word} ${made}` };
      },
    });
  const kinds = new Map([...testKinds().kinds, ['test/draw', draw(1)]]);

  beforeEach(async () => {
    kinds.set('test/draw', draw(1));
    project = await TestProject.start(kinds);
    await rows(['uno', 'dos', 'later']);
  });
  const rows = (words: readonly string[]) =>
    project.write('rows.json', JSON.stringify(words.map((word, index) => ({ id: `${index}`, day: null, word }))));
  const declared = (dataset: string) =>
    project.write(
      'dataset.yaml',
      `dataset: ${dataset}\npartition: { by: id, buckets: 1 }\nsteps:\n  rows: { uses: test/rows, with: { path: rows.json } }\n  draw: { uses: test/draw, needs: [rows] }\n`,
    );

  /** The same dataset under another name has no earlier cells. */
  async function drawn(dataset: string, says: string): Promise<Version> {
    made = says;
    await declared(dataset);
    return version();
  }

  it('names other programs under the same key, and says so when there are none', async () => {
    const a = await drawn('one', 'a');
    const b = await drawn('two', 'b');
    expect(await causes(a, b)).toEqual({ 'draw.drawn': { 'answered again': 2 } });
    await project.endWorkers();
    await project.work({ ...project.services, software: { gettok: 'test', ffmpeg: '7.0' } });
    expect(await causes(a, await drawn('three', 'c'))).toEqual({ 'draw.drawn': { 'software (ffmpeg)': 2 } });
  });

  it('names its revision, and what was not sampled whatever else changed', async () => {
    const a = await drawn('revised', 'a');
    await project.endWorkers();
    kinds.set('test/draw', draw(2));
    await project.work();
    await rows(['uno', 'dos', 'tres']);
    expect(await causes(a, await drawn('revised', 'b'))).toEqual({
      'rows.word': { source: 1 },
      'draw.drawn': { revision: 2, 'not sampled': 1 },
      'draw.status': { 'not sampled': 1 },
    });
  });
});

describe('a source that asks an API', () => {
  let api: PagedApi;
  beforeEach(async () => {
    api = new PagedApi();
    project = await TestProject.start(new Map([...testKinds().kinds, [pagedKind.kind, pagedKind]]), { api: () => api });
    await declared(['d1', 'd2']);
  });
  const declared = (days: readonly string[]) =>
    project.write(
      'dataset.yaml',
      `dataset: pages\npartition: { by: id, buckets: 2 }\nsteps:\n  video: { uses: test/pages, with: { days: [${days.join(', ')}] } }\n`,
    );

  it('tells a refresh, and rows that it found withdrawn', async () => {
    const a = await version();
    api.views = 2n;
    api.removed.add('d1-0a');
    const b = await version({ refresh: ['video'] });
    expect(await causes(a, b)).toEqual({ 'video.views': { refresh: 11 } });
    expect(await removed(a, b)).toEqual({ rows: 1, causes: [{ cause: 'withdrawn', count: 1 }], ids: ['d1-0a'] });
  });

  it('names the parameter that leaves rows out', async () => {
    const a = await version();
    await declared(['d2']);
    const b = await version();
    expect(await causes(a, b)).toEqual({});
    expect(await removed(a, b)).toMatchObject({ causes: [{ cause: 'parameters (days)', count: 6 }] });
  });
});
