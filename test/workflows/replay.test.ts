import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { expect, inject, it } from 'vitest';
import { workflowBundle } from '../../cli/workflow-bundle.ts';

const folder = new URL('histories/', import.meta.url).pathname;
const histories = globSync(`${folder}*.json`).toSorted();

/** One history of each way a workflow can go; a change to workflow code that breaks one needs `patched`. */
it('has the saved histories', () => {
  expect(histories.map((file) => basename(file, '.json'))).toEqual([
    'batch',
    'cancelled-batch',
    'cancelled-outage',
    'cancelled-run',
    'first-run',
    'paged-run',
    'partition',
    'unchanged-run',
  ]);
});

interface SavedHistory {
  /** Ids of children begin with it, so a replay needs it. */
  readonly workflowId: string;
  readonly history: object;
}

const replay = async (text: string) => {
  const { workflowId, history } = JSON.parse(text) as SavedHistory;
  const bundle = await workflowBundle(inject('services').cacheFolder);
  await Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId);
};

it.each(histories.map((file) => [basename(file, '.json'), file]))(
  'replays the saved history of a %s',
  async (_name, file) => {
    await replay(readFileSync(file, 'utf8'));
  },
);

it('notices a history that the code would not have made', async () => {
  const altered = readFileSync(`${folder}first-run.json`, 'utf8').replaceAll('"listPartitions"', '"listSomethingElse"');
  await expect(replay(altered)).rejects.toThrow(DeterminismViolationError);
});
