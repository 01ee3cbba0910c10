import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { peruHashtags, peruKeywords, peruQuery } from '../tiktok-server/peru-query.ts';
import { RemoteTikTokServer } from '../tiktok-server/remote-tiktok-server.ts';
import { until } from '../until.ts';
import { FaultProject, MISSED_SOON } from './fault-project.ts';

const PERIOD = { from: '2022-11-20', to: '2023-01-03' };
const KILLS = 2;
/** Long enough that a kill meets a request under way. */
const LATENCY_MS = 300;

let project: FaultProject;
let server: RemoteTikTokServer;
/** Of a run that nothing happened to. */
let requests: number;

beforeAll(async () => {
  server = await RemoteTikTokServer.start({ population: 'month' });
  project = await FaultProject.start();
  Object.assign(project.more, {
    ...MISSED_SOON,
    TIKTOK_API_BASE_URL: server.url,
    TIKTOK_CLIENT_KEY: 'key',
    TIKTOK_CLIENT_SECRET: 'secret',
  });
  await declare('undisturbed');
  await project.run('undisturbed');
  await expectAll('undisturbed');
  requests = await asked();
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await server?.close();
});

async function declare(dataset: string): Promise<void> {
  await mkdir(join(project.path, dataset), { recursive: true });
  const asks = JSON.stringify({ regions: ['PE'], keywords: peruKeywords, hashtags: peruHashtags, ...PERIOD });
  await writeFile(
    join(project.path, dataset, 'dataset.yaml'),
    `dataset: ${dataset}\npartition: { by: create_time, every: day }\nsteps:\n  video: { uses: tiktok/videos, with: ${asks} }\n`,
  );
}

const asked = async () => (await server.counts()).byEndpoint['video/query'] ?? 0;

const query = <T>(dataset: string, sql: string) => project.json<T[]>('query', dataset, sql);

/** Exactly the videos that there are, each once; and no request in the log that wasn't answered. */
async function expectAll(dataset: string): Promise<void> {
  const rows = await query<{ id: string }>(dataset, 'SELECT id FROM video ORDER BY id');
  expect(rows.map(({ id }) => id)).toEqual(await server.idsOf(peruQuery, PERIOD.from, PERIOD.to));
  const { state } = await project.manifest(dataset);
  expect(state.steps['video']!.collection!.coverage).toMatchObject({ complete: 45, partial: {}, not_asked: {} });
  const codes = await query<{ code: string }>(dataset, 'SELECT DISTINCT code FROM video_log');
  expect(codes).toEqual([{ code: 'ok' }]);
}

/** A dataset of its own, and a server that is slow. */
async function prepare(dataset: string): Promise<void> {
  await declare(dataset);
  await server.reset();
  await server.configure({ latencyMs: LATENCY_MS });
}

it('has every video, each once, after one kill -9 of the worker after the other, each for at most one request more', async () => {
  await prepare('killed');
  const run = project.start(['run', 'killed', '--json']);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const goal = Math.floor((requests * kill) / (KILLS + 1));
    await until(`${goal} requests`, async () => (await asked()) >= goal, 90_000);
    const { pid } = project.services().children.worker!;
    process.kill(pid, 'SIGKILL');
    await until('another worker', () => (project.services().children.worker?.pid ?? pid) !== pid);
  }
  const { exitCode, all } = await run;
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  expect(await asked()).toBeLessThanOrEqual(requests + KILLS);
  expect((await server.counts()).lostThread).toBe(0);
  await expectAll('killed');
}, 240_000);

it('has every video, each once, after a power cut, for at most one request more', async () => {
  await prepare('power-cut');
  const run = project.start(['run', 'power-cut', '--json']);
  await until('requests', async () => (await asked()) >= requests / 2, 90_000);
  const { supervisor, children } = project.services();
  const pids = [supervisor!, children.worker!, children.temporal!, children.store!].map(({ pid }) => pid);
  for (const pid of [...pids, run.pid!]) process.kill(pid, 'SIGKILL');
  await run;
  const { exitCode, all } = await project.gettok(['run', 'power-cut']);
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  expect(await asked()).toBeLessThanOrEqual(requests + 1);
  expect((await server.counts()).lostThread).toBe(0);
  await expectAll('power-cut');
}, 240_000);
