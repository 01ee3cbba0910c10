import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';
import { countRunningWorkflows } from '../../../cli/services/temporal-client.ts';
import { until } from '../../until.ts';
import { TemporaryProject } from './temporary-project.ts';

const idleMs = 1_000;
const longMs = 4 * idleMs;

it.concurrent('stops by itself when nobody used it for a while', async () => {
  await using project = new TemporaryProject();
  await project.ensure({ need: ['store'], idleMs });
  await sleep(longMs);
  expect(project.processes()).toHaveLength(2);
  project.release();
  await project.until(() => project.processes().length === 0, 'the end of the services');
});

it.concurrent('does not stop while a workflow runs', async () => {
  await using project = new TemporaryProject();
  const { temporal } = await project.ensure({ need: ['temporal'], idleMs });
  const connection = await Connection.connect({ address: temporal.address });
  const handle = await new Client({ connection }).workflow.start('never', { taskQueue: 'nobody', workflowId: 'long' });
  // Temporal counts a workflow a moment after it was started.
  await until('the workflow', async () => (await countRunningWorkflows(temporal)) > 0);
  project.release();
  await sleep(longMs);
  expect(project.processes()).toHaveLength(2);
  await handle.terminate();
  await connection.close();
  await project.until(() => project.processes().length === 0, 'the end of the services');
});

it.concurrent('stays when it was asked to stay', async () => {
  await using project = new TemporaryProject();
  await project.ensure({ need: ['store'], idleMs, keep: true });
  project.release();
  await sleep(longMs);
  expect(project.processes()).toHaveLength(2);
});
