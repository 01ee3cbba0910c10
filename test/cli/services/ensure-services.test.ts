import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, it } from 'vitest';
import { stopServices } from '../../../cli/services/stop-services.ts';
import { stateFile } from '../../../cli/services/services-state.ts';
import { TemporaryProject } from './temporary-project.ts';

const everything = { need: ['worker'] } as const;
const kinds = (project: TemporaryProject, service: string) =>
  project.events.filter((event) => event.service === service).map(({ kind }) => kind);

it('starts MinIO, Temporal and the worker, and gives the worker their addresses', async () => {
  await using project = new TemporaryProject();
  const { s3, temporal } = await project.ensure(everything);
  expect(project.worker).toMatchObject({
    GETTOK_PROJECT: project.folder,
    GETTOK_S3_ENDPOINT: s3.endpoint,
    GETTOK_S3_SECRET_KEY: s3.secretKey,
    GETTOK_S3_BUCKET: 'gettok',
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: 'default',
  });
  expect(s3.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

it('keeps the credentials where only their owner can read them', async () => {
  await using project = new TemporaryProject();
  await project.ensure({ need: ['store'] });
  expect(statSync(stateFile(project.folder)).mode & 0o777).toBe(0o600);
  expect(statSync(join(project.folder, '.gettok')).mode & 0o777).toBe(0o700);
  const logs = join(project.folder, '.gettok', 'logs');
  for (const log of readdirSync(logs)) expect(statSync(join(logs, log)).mode & 0o777).toBe(0o600);
});

it('notices, reports and restarts a MinIO that was killed, with its data, address and credentials', async () => {
  await using project = new TemporaryProject();
  const services = await project.ensure({ need: ['store'] });
  await project.put(services, 'kept', 'what was stored');
  process.kill(project.state.children.store!.pid, 'SIGKILL');
  await project.until(() => kinds(project, 'store').join() === 'starting,ready,died,starting,ready', 'the restart');
  expect(await project.get(services, 'kept')).toBe('what was stored');
  expect((await project.ensure({ need: ['store'] })).s3).toEqual(services.s3);
  expect(readFileSync(join(project.folder, '.gettok/logs/supervisor.log'), 'utf8')).toMatch(
    /MinIO was ended by SIGKILL; starting it again/,
  );
});

it('restarts a worker that was killed', async () => {
  await using project = new TemporaryProject();
  await project.ensure(everything);
  const { pid } = project.worker;
  process.kill(project.state.children.worker!.pid, 'SIGKILL');
  await project.until(() => kinds(project, 'worker').join() === 'starting,ready,died,starting,ready', 'the restart');
  expect(project.worker['pid']).not.toBe(pid);
});

it('finds all data again after everything was killed at once', async () => {
  await using project = new TemporaryProject();
  const before = await project.ensure(everything);
  await project.put(before, 'kept', 'what was stored');
  const start = await clientOf(before.temporal.address);
  await start.client.workflow.start('never', { taskQueue: 'nobody', workflowId: 'of-before' });
  await start.connection.close();
  project.killEverything();

  const after = await project.ensure(everything);
  expect(await project.get(after, 'kept')).toBe('what was stored');
  const found = await clientOf(after.temporal.address);
  expect((await found.client.workflow.getHandle('of-before').describe()).status.name).toBe('RUNNING');
  await found.connection.close();
  expect({ ...after }).toEqual({ ...before, release: expect.any(Function) });
});

it('ends what a killed supervisor has left running before it starts again', async () => {
  await using project = new TemporaryProject();
  await project.ensure(everything);
  const left = project.state.children;
  process.kill(project.state.supervisor!.pid, 'SIGKILL');
  await project.ensure(everything);
  const now = project.processes();
  expect(now).toHaveLength(4);
  for (const { pid } of [left.store!, left.temporal!, left.worker!]) expect(now).not.toContain(pid);
});

it('starts one supervisor for many commands at once', async () => {
  await using project = new TemporaryProject();
  const answers = await Promise.all(Array.from({ length: 5 }, () => project.ensure({ need: ['store'] })));
  expect(new Set(answers.map(({ s3 }) => s3.endpoint)).size).toBe(1);
  // The supervisor and MinIO.
  expect(project.processes()).toHaveLength(2);
});

it('leaves no process when it is stopped, and then has everything again', async () => {
  await using project = new TemporaryProject();
  const before = await project.ensure(everything);
  await project.put(before, 'kept', 'what was stored');
  expect(await stopServices(project.folder)).toBe(true);
  expect(project.processes()).toEqual([]);
  expect(await stopServices(project.folder)).toBe(false);
  const after = await project.ensure({ need: ['store'] });
  expect(await project.get(after, 'kept')).toBe('what was stored');
});

it('ends services whose .gettok was removed under them, and starts afresh', async () => {
  await using project = new TemporaryProject();
  await project.ensure({ need: ['store'] });
  const left = project.processes();
  rmSync(join(project.folder, '.gettok'), { recursive: true });
  await project.ensure({ need: ['store'] });
  const now = project.processes();
  expect(now).toHaveLength(2);
  for (const pid of left) expect(now).not.toContain(pid);
});

it('does not take a stranger with the process id of a former service for it', async () => {
  await using project = new TemporaryProject();
  const { s3 } = await project.ensure({ need: ['store'] });
  project.killEverything();
  const { writeServicesState } = await import('../../../cli/services/services-state.ts');
  const stranger = { pid: process.ppid, startedAt: 'another time' };
  writeServicesState(project.folder, { ...project.state, supervisor: stranger, children: { store: stranger } });
  expect((await project.ensure({ need: ['store'] })).s3).toEqual(s3);
  expect(() => process.kill(process.ppid, 0)).not.toThrow();
});

async function clientOf(address: string) {
  const connection = await Connection.connect({ address });
  return { connection, client: new Client({ connection }) };
}
