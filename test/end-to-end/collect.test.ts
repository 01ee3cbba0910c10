import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Manifest } from '../../manifests/manifest.ts';
import { peruHashtags, peruKeywords, peruQuery } from '../tiktok-server/peru-query.ts';
import { RemoteTikTokServer } from '../tiktok-server/remote-tiktok-server.ts';
import { GettokFolder, type RunReport } from './gettok-process.ts';

// The study's collection, exactly as examples/peru-2022-collect declares it, from a smaller population.

const PERIOD = ['2022-11-20', '2023-03-01'] as const;
const FOLDER = 'peru-2022-collect';
let server: RemoteTikTokServer;
let project: GettokFolder;

beforeAll(async () => {
  server = await RemoteTikTokServer.start({ population: 'small' });
  const access = { TIKTOK_CLIENT_KEY: 'key', TIKTOK_CLIENT_SECRET: 'secret', TIKTOK_API_BASE_URL: server.url };
  project = await GettokFolder.withExample(access, FOLDER);
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await server?.close();
});

const run = (...args: readonly string[]) => project.json<RunReport>('run', FOLDER, ...args);
const query = (sql: string) => project.json<Record<string, unknown>[]>('query', FOLDER, sql);
const ids = async () => (await query('select id from dataset')).map(({ id }) => String(id)).toSorted();
const expected = async () => (await server.idsOf(peruQuery, ...PERIOD)).toSorted();
const coverage = async () => {
  const { state } = await project.json<Manifest>('show', 'main', '--folder', FOLDER);
  return state.steps['video']!.collection!.coverage;
};
const said = async (...args: readonly string[]) => {
  const { exitCode, all } = await project.gettok(...args);
  expect(exitCode, all).toBe(0);
  return all;
};

it('is declared with the words and the days of the study, and validates', async () => {
  const declared = parse(await readFile(join(project.path, FOLDER, 'dataset.yaml'), 'utf8')) as {
    steps: { video: { with: object } };
  };
  expect(declared.steps.video.with).toEqual({
    regions: ['PE'],
    keywords: peruKeywords,
    hashtags: peruHashtags,
    from: PERIOD[0],
    to: PERIOD[1],
  });
  expect(await said('validate', FOLDER)).toContain('peru-2022-collect: 1 step');
});

it('declares the study’s other steps too, once their comment marks are taken away', async () => {
  const folder = join(project.path, 'with-steps');
  const text = await readFile(join(project.path, FOLDER, 'dataset.yaml'), 'utf8');
  const [collection, steps] = text.split(/\n(?=# {3}media:)/);
  await mkdir(folder);
  await cp(fileURLToPath(new URL('../../examples/peru-2022/prompts', import.meta.url)), join(folder, 'prompts'), { recursive: true }); // prettier-ignore
  await writeFile(join(folder, 'dataset.yaml'), `${collection}\n${steps!.replaceAll(/^# ?/gm, '')}`);
  expect(await said('validate', folder)).toContain('peru-2022-collect: 7 steps, 2 models, 2 prompts: valid');
});

it('is planned without a request: at least one for each window, how many is not known', async () => {
  const { collecting } = await project.json<{ collecting: object[] }>('plan', FOLDER);
  expect(collecting).toEqual([
    {
      step: 'video',
      api: 'tiktok',
      requests: { low: 4, high: null },
      rows: { low: 0, high: null },
      requests_a_day: 1000,
      left_today: 1000,
      days: { low: 1, high: null },
    },
  ]);
  expect((await server.counts()).total).toBe(0);
});

it('stops at the requests that it may use, and says which days are missing', async () => {
  await run('--max-requests', '3');
  expect((await server.counts()).byEndpoint['video/query']).toBe(3);
  const { complete, not_asked: notAsked } = await coverage();
  expect(complete).toBeGreaterThan(0);
  expect(notAsked['max_requests']).toBeGreaterThan(0);
  const shown = await said('show', 'main', '--folder', FOLDER);
  expect(shown).toContain('not asked (max_requests) · 3 requests');
  expect(await said('status', FOLDER)).toMatch(/^video: \d+ days complete · .*not asked \(max_requests\)/m);
  expect(await project.json('status', FOLDER)).toMatchObject({
    gaps: [{ step: 'video', of: 'day', complete, not_asked: notAsked }],
  });
});

it('goes on to exactly the videos of the query, and asks nothing once it has them', async () => {
  await run();
  expect(await ids()).toEqual(await expected());
  expect(await coverage()).toMatchObject({ complete: 102, partial: {}, not_asked: {} });
  const { total } = await server.counts();
  expect(await said('run', FOLDER)).toContain('up to date');
  expect((await server.counts()).total).toBe(total);
});

it('has each request that was sent in the log, with what it found', async () => {
  const { byEndpoint } = await server.counts();
  const [sums] = await query(
    "select count(*)::int as requests, count(distinct log_id)::int as ids from video_log where code = 'ok'",
  );
  expect(sums).toEqual({ requests: byEndpoint['video/query'], ids: byEndpoint['video/query'] });
  expect(await said('show', 'main', '--folder', FOLDER)).toContain(
    `102 days complete · ${byEndpoint['video/query']} requests`,
  );
  const status = await project.json<object>('status', FOLDER);
  expect(status).toMatchObject({ state: 'completed', overdue: { step: 'video', rows: 0, refresh_days: 15 } });
  expect(status).not.toHaveProperty('gaps');
});

it('says what is overdue, sixteen days later, and how to observe it again', async () => {
  const { length } = await ids();
  expect(await said('status', FOLDER)).not.toContain('retention.refresh_days');
  // The clock of the command alone: what it reads, and the services, are of now.
  const clock = 'const now = Date.now; Date.now = () => now() + 16 * 86_400_000;';
  project.environment['NODE_OPTIONS'] = `--import=data:text/javascript,${encodeURIComponent(clock)}`;
  try {
    const text = await said('status', FOLDER);
    expect(text).toContain(`${length} rows of video were last observed more than 15 days ago (retention.refresh_days)`);
    expect(text).toMatch(new RegExp(`Observe again: {2}\\S*gettok run ${FOLDER} --refresh video$`, 'm'));
    expect(await project.json('status', FOLDER)).toMatchObject({ overdue: { step: 'video', rows: length, refresh_days: 15 } }); // prettier-ignore
  } finally {
    delete project.environment['NODE_OPTIONS'];
  }
});

it('withdraws what TikTok has no more once it is observed anew, and the version before keeps it', async () => {
  const before = await ids();
  const [gone] = await server.idsOf(peruQuery, '2022-12-03', '2022-12-03');
  await server.remove(gone!);
  await run('--refresh', 'video');
  expect(await ids()).toEqual(before.filter((id) => id !== gone));
  const [earlier] = await project.json<object[]>('query', FOLDER, 'select count(*)::int as rows from dataset', '--at', 'main~1'); // prettier-ignore
  expect(earlier).toEqual({ rows: before.length });
});

it('takes every query that docs/collect.md shows', async () => {
  const page = await readFile(fileURLToPath(new URL('../../docs/collect.md', import.meta.url)), 'utf8');
  const shown = [...page.matchAll(/^gettok query protests "(.*)"( --at main~1)?$/gm)];
  expect(shown.length).toBeGreaterThan(5);
  for (const [, sql, at] of shown) await said('query', FOLDER, sql!, ...(at ? at.trim().split(' ') : []));
});
