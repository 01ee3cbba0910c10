import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';
import { countRunningWorkflows } from '../../../cli/services/temporal-client.ts';
import { until } from '../../until.ts';
import { TemporaryProject } from './temporary-project.ts';

const need = ['worker'] as const;

it('gives the worker the key of the command that asked last, and writes it nowhere', async () => {
  await using project = new TemporaryProject();
  await project.ensure({ need }, { OPENAI_API_KEY: 'sk-first' });
  expect(project.worker['OPENAI_API_KEY']).toBe('sk-first');
  const { pid } = project.worker;
  await project.ensure({ need }, { OPENAI_API_KEY: 'sk-first' });
  expect(project.worker['pid']).toBe(pid);

  await project.ensure({ need }, { OPENAI_API_KEY: 'sk-second', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' });
  expect(project.worker).toMatchObject({ OPENAI_API_KEY: 'sk-second', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' });
  await project.ensure({ need });
  expect(project.worker).not.toHaveProperty('OPENAI_API_KEY');

  const folder = join(project.folder, '.gettok');
  const files = ['services.json', ...readdirSync(join(folder, 'logs')).map((log) => join('logs', log))];
  for (const file of files) expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/sk-/);
});

it('does not take the key from a worker at work because another command has none', async () => {
  await using project = new TemporaryProject();
  const { temporal } = await project.ensure({ need }, { OPENAI_API_KEY: 'sk-first' });
  const connection = await Connection.connect({ address: temporal.address });
  await new Client({ connection }).workflow.start('never', { taskQueue: 'nobody', workflowId: 'at-work' });
  await connection.close();
  // Temporal counts a workflow a moment after it was started.
  await until('the workflow', async () => (await countRunningWorkflows(temporal)) > 0);
  const { pid } = project.worker;
  await project.ensure({ need });
  expect(project.worker).toMatchObject({ pid, OPENAI_API_KEY: 'sk-first' });
});

it('passes on the variables that a declaration names', async () => {
  await using project = new TemporaryProject();
  await project.ensure({ need, variables: ['MY_KEY'] }, { MY_KEY: 'of another provider' });
  expect(project.worker['MY_KEY']).toBe('of another provider');
});

it('does not show the servers any key', async () => {
  await using project = new TemporaryProject();
  await project.ensure({ need }, { OPENAI_API_KEY: 'sk-first', MINIO_BROWSER: 'off', MY_KEY: 'mine' });
  const { store, temporal } = project.state.children;
  for (const child of [store, temporal]) {
    expect(readFileSync(`/proc/${child!.pid}/environ`, 'utf8')).not.toMatch(/OPENAI|MY_KEY|MINIO_BROWSER/);
  }
});
