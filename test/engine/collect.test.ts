import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requestJournalPrefix } from '../../activities/collect/request-journal.ts';
import { lookAtRun } from '../../cli/watch-run.ts';
import { text } from '../../datasets/column-type.ts';
import { readRequestLog } from '../../datasets/request-log.ts';
import { readSourceProvenance, readValues } from '../../datasets/step-files.ts';
import { int64 } from '../../datasets/column-type.ts';
import { readParquet } from '../../datasets/parquet/read-parquet.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { PagedApi, pagedKind } from './paged-kind.ts';
import { testKinds } from './test-kinds.ts';
import { TestProject } from './test-project.ts';

const DAYS = ['d1', 'd2', 'd3'];
let api: PagedApi;
let project: TestProject;

const declare = (days: readonly string[], more = '') =>
  project.write(
    'dataset.yaml',
    `dataset: pages\npartition: { by: id, buckets: 2 }\nsteps:\n  video: { uses: test/pages, with: { days: [${days.join(', ')}]${more} } }\n`,
  );

beforeEach(async () => {
  api = new PagedApi();
  const kinds = new Map([...testKinds().kinds, [pagedKind.kind, pagedKind]]);
  project = await TestProject.start(kinds, { api: () => api });
  await declare(DAYS);
});
afterEach(() => project[Symbol.asyncDispose]());

const collectionOf = ({ state }: Manifest) => state.steps['video']!.collection!;
const log = async (manifest: Manifest) =>
  readRequestLog(project.services.database, await project.services.blobs.file(collectionOf(manifest).log));
const files = (manifest: Manifest, which: 'values' | 'provenance') =>
  Promise.all(
    Object.values(manifest.state.steps['video']!.partitions).map((partition) =>
      project.services.blobs.file(partition[which]),
    ),
  );
const rows = async (manifest: Manifest) => {
  const found = await readValues(project.services.database, await files(manifest, 'values'), { views: int64() });
  return found.map(({ id, values: { views } }) => `${id} ${typeof views === 'bigint' ? views : '-'}`).toSorted();
};
const journal = async () => {
  const keys: string[] = [];
  for await (const { key } of project.store.list(requestJournalPrefix({ dataset: 'pages', step: 'video' })))
    keys.push(key);
  return keys;
};
const expected = (days = DAYS, views = 1) =>
  days.flatMap((day) => [0, 1, 2].flatMap((page) => ['a', 'b'].map((row) => `${day}-${page}${row} ${views}`)));

describe('a collection', () => {
  it('has every row, a log of its requests, and says where each row came from', async () => {
    const { manifest } = await project.run();
    expect(await rows(manifest)).toEqual(expected());
    expect(collectionOf(manifest)).toMatchObject({
      requests: 9,
      coverage: { of: 'item', complete: 3, partial: {}, not_asked: {} },
    });
    const lines = await log(manifest);
    expect(lines.map(({ unit, page, code, completes }) => [unit, page, code, completes])).toEqual(
      DAYS.flatMap((day) => [0, 1, 2].map((page) => [day, page, 'ok', page === 2])),
    );
    expect(lines[0]).toMatchObject({ endpoint: 'rows', returned: 2, attempt: 1, log_id: 'log-1', round: 0 });
    expect(lines[0]!.notes).toEqual([{ what: 'looked_at', count: 1 }]);
    const origins = await Promise.all(
      (await files(manifest, 'provenance')).map((path) => readSourceProvenance(project.services.database, path)),
    );
    const requests = new Map(lines.map(({ request, unit, page }) => [`request ${request}`, `${unit}-${page}`]));
    for (const { id, origin } of origins.flat()) expect(requests.get(origin!)).toBe(id.slice(0, -1));
    expect(await journal()).toEqual([]);
  });

  it('asks nothing when all of it is there, and only for what a longer list adds', async () => {
    const first = await project.run();
    expect((await project.run()).changed).toBe(false);
    expect(api.asked.length).toBe(9);
    await declare([...DAYS, 'd4']);
    const { manifest } = await project.run();
    expect(api.asked.slice(9)).toEqual(['d4/0', 'd4/1', 'd4/2']);
    expect(await rows(manifest)).toEqual(expected([...DAYS, 'd4']));
    expect(collectionOf(manifest).requests).toBe(12);
    // The days that were there are carried on with their provenance.
    const runs = await Promise.all(
      (await files(manifest, 'provenance')).map((path) => readSourceProvenance(project.services.database, path)),
    );
    const early = runs.flat().filter(({ id }) => !id.startsWith('d4'));
    expect(new Set(early.map(({ run }) => run))).toEqual(new Set([first.manifest.record.run]));
    await declare(['d2']);
    expect(await rows((await project.run()).manifest)).toEqual(expected(['d2']));
    expect(api.asked.length).toBe(12);
  });

  it('collects anew what is asked for by another query', async () => {
    await project.run();
    await declare(DAYS, ', topic: other');
    const { manifest } = await project.run();
    expect(api.asked.length).toBe(18);
    expect(collectionOf(manifest).requests).toBe(9);
  });

  it('goes on at the page where its worker ended', async () => {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    api.gate = async (number) => {
      if (number !== 5) return;
      reached.resolve();
      await held.promise;
    };
    const run = await project.start();
    await reached.promise;
    const ended = project.endWorkers();
    held.reject(new Error('the connection broke'));
    await ended;
    await project.work();
    const { manifest } = await run.finish();
    expect(await rows(manifest)).toEqual(expected());
    // The request in flight is sent again, no other.
    expect(api.asked.length).toBe(10);
    expect(await journal()).toEqual([]);
  });

  it('sleeps in the workflow until the quota comes again, and says so', async () => {
    const untilMs = Date.now() + 3000;
    api.behaviour = ({ number }) => (number === 5 ? { quotaUntilMs: untilMs } : 'ok');
    const run = await project.start();
    await vi.waitFor(
      async () => {
        const { steps } = await lookAtRun(project.client, run.workflowId, [{ step: 'video', rows: 0 }]);
        expect(steps[0]!.waits.quota).toEqual({ untilMs });
      },
      { timeout: 20_000 },
    );
    const { manifest } = await run.finish();
    expect(Date.now()).toBeGreaterThanOrEqual(untilMs);
    expect(await rows(manifest)).toEqual(expected());
    expect(api.asked.length).toBe(10);
    expect((await log(manifest)).filter(({ code }) => code === 'daily_quota').length).toBe(1);
  });

  it('shares the quota of the day with other datasets of the project', async () => {
    api.requestsADay = 12;
    await project.run();
    await project.write(
      'dataset.yaml',
      'dataset: more\npartition: { by: id, buckets: 1 }\nsteps:\n  video: { uses: test/pages, with: { days: [x, y] } }\n',
    );
    const run = await project.start();
    await vi.waitFor(() => expect(api.asked.length).toBe(12), { timeout: 20_000 });
    await vi.waitFor(
      async () => {
        const { steps } = await lookAtRun(project.client, run.workflowId, [{ step: 'video', rows: 0 }]);
        expect(steps[0]!.waits.quota?.untilMs).toBeGreaterThan(Date.now());
      },
      { timeout: 20_000 },
    );
    await project.client.workflow.getHandle(run.workflowId).cancel();
    await expect(run.end()).rejects.toThrow();
    expect(api.asked.length).toBe(12);
  });

  it('stops at --max-requests with what it has, and the next run goes on at the very page', async () => {
    const { manifest } = await project.run({ maxRequests: 4 });
    expect(await rows(manifest)).toEqual([...expected(['d1']), 'd2-0a 1', 'd2-0b 1']);
    expect(collectionOf(manifest).coverage).toMatchObject({
      complete: 1,
      partial: { max_requests: 1 },
      not_asked: { max_requests: 1 },
    });
    const next = await project.run();
    expect(api.asked).toEqual(DAYS.flatMap((day) => [0, 1, 2].map((page) => `${day}/${page}`)));
    expect(await rows(next.manifest)).toEqual(expected());
    expect(collectionOf(next.manifest).requests).toBe(9);
    expect(await journal()).toEqual([]);
  });

  it('uses the pages that a run of another branch has left, and keeps those that it has no use for', async () => {
    await project.run({ maxRequests: 5 });
    const left = await journal();
    await declare(['d1', 'd3']);
    const { manifest } = await project.run({ branch: 'without', from: 'main' });
    expect(api.asked.slice(5)).toEqual(['d3/0', 'd3/1', 'd3/2']);
    expect(await rows(manifest)).toEqual(expected(['d1', 'd3']));
    expect([left.length, await journal()]).toEqual([2, left]);

    await declare(DAYS);
    const { manifest: whole } = await project.run({ branch: 'with', from: 'main' });
    expect(api.asked.slice(8)).toEqual(['d2/2', 'd3/0', 'd3/1', 'd3/2']);
    expect(await rows(whole)).toEqual(expected());
    const lines = new Map((await log(whole)).map((line) => [`request ${line.request}`, line]));
    const paths = await files(whole, 'provenance');
    const origins = (
      await Promise.all(paths.map((path) => readSourceProvenance(project.services.database, path)))
    ).flat();
    for (const { id, origin } of origins)
      expect(lines.get(origin!)).toMatchObject({ unit: id.slice(0, 2), code: 'ok' });
    expect(await journal()).toEqual([]);

    // What another branch has used up is asked for again where it is missing.
    expect(await rows((await project.run()).manifest)).toEqual(expected());
    expect(api.asked.slice(12)).toEqual(['d2', 'd3'].flatMap((day) => [0, 1, 2].map((page) => `${day}/${page}`)));
  });

  it('takes no page from a run at work on another branch, which goes on with them when its worker has died', async () => {
    const reached = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    api.gate = async (number) => {
      if (number !== 5) return;
      reached.resolve();
      await held.promise;
    };
    const run = await project.start();
    await reached.promise;
    await declare(['d4']);
    expect(await rows((await project.run({ branch: 'other' })).manifest)).toEqual(expected(['d4']));
    const ended = project.endWorkers();
    held.reject(new Error('the connection broke'));
    await ended;
    await project.work();
    expect(await rows((await run.finish()).manifest)).toEqual(expected());
    expect(api.asked.slice(8)).toEqual(['d2/1', 'd2/2', 'd3/0', 'd3/1', 'd3/2']);
  });

  it('keeps what a cancelled run has asked', async () => {
    const reached = Promise.withResolvers<void>();
    api.gate = async (number) => {
      if (number !== 5) return;
      reached.resolve();
      await pause(500);
    };
    const run = await project.start();
    await reached.promise;
    await project.client.workflow.getHandle(run.workflowId).cancel();
    await expect(run.end()).rejects.toThrow();
    const before = api.asked.length;
    expect(await rows((await project.run()).manifest)).toEqual(expected());
    expect(api.asked.length - before).toBeLessThanOrEqual(5);
  });

  it('asks again what passes, within its tries, and leaves the rest as partial with its reason', async () => {
    api.behaviour = ({ unit, page }) => (unit === 'd2' && page === 1 ? 'retry' : 'ok');
    const { manifest } = await project.run();
    expect(api.asked.filter((asked) => asked === 'd2/1').length).toBe(2);
    expect(collectionOf(manifest).coverage).toMatchObject({ complete: 2, partial: { server_error: 1 } });
    expect(await rows(manifest)).toEqual([...expected(['d1']), 'd2-0a 1', 'd2-0b 1', ...expected(['d3'])].toSorted());
    expect((await log(manifest)).map(({ code }) => code).filter((code) => code !== 'ok')).toEqual([
      'server_error',
      'server_error',
    ]);
    api.behaviour = () => 'ok';
    const next = await project.run();
    // The page before the failure is known; the rest of its day is asked for.
    expect(api.asked.slice(-2)).toEqual(['d2/1', 'd2/2']);
    expect(await rows(next.manifest)).toEqual(expected());
  });

  it('waits for an API that answers nothing, and asks again then', async () => {
    let down = true;
    api.behaviour = ({ number }) => {
      if (number === 7) down = false;
      return down ? 'retry' : 'ok';
    };
    const { manifest } = await project.run();
    expect(await rows(manifest)).toEqual(expected());
    expect(collectionOf(manifest).coverage.complete).toBe(3);
  });

  it('asks once more for what failed in an outage, and not again after each day of quota', async () => {
    await declare(['d1', 'd2', 'd3', 'd4', 'd5', 'd6']);
    // Three failing days are an outage: it is waited for, then all six fail again; the quota ends with the last of them.
    api.behaviour = ({ number }) => (number === 17 ? { quotaUntilMs: Date.now() + 500 } : 'retry');
    const { manifest } = await project.run();
    expect(collectionOf(manifest).coverage).toMatchObject({ complete: 0, partial: { server_error: 6 } });
    expect(api.asked.length).toBeLessThanOrEqual(6 + 12 + 2);
  });

  it('asks again for what a run was refused that made no version of it', async () => {
    api.behaviour = ({ number }) => (number === 1 ? 'refused' : number === 2 ? 'fatal' : 'ok');
    await expect(project.run()).rejects.toThrow(/no_scope/);
    expect(await rows((await project.run()).manifest)).toEqual(expected());
  });

  it('gets a new token when one is refused, and ends when every token is', async () => {
    const drop = vi.spyOn(api, 'dropToken');
    api.behaviour = ({ number }) => (number === 2 ? 'token' : 'ok');
    expect(await rows((await project.run()).manifest)).toEqual(expected());
    expect(drop).toHaveBeenCalledTimes(1);
    api.behaviour = () => 'token';
    await declare([...DAYS, 'd4']);
    await expect(project.run()).rejects.toThrow(/new token is refused too/);
  });

  it('ends with what the API says when it answers nothing of the kind', async () => {
    api.behaviour = () => 'fatal';
    await expect(project.run()).rejects.toThrow(/no_scope: as the test wants it\nAsk for the scope\./);
    expect(api.asked.length).toBe(1);
  });

  it('has what is refused as a failed row', async () => {
    api.behaviour = ({ unit, page }) => (unit === 'd2' && page === 2 ? 'refused' : 'ok');
    const { manifest } = await project.run();
    const partitions = Object.values(manifest.state.steps['video']!.partitions);
    expect(partitions.map(({ counts }) => counts.failed).filter((codes) => Object.keys(codes).length > 0)).toEqual([
      { refused: 1 },
    ]);
    await declare([...DAYS, 'd4']);
    const paths = await files((await project.run()).manifest, 'provenance');
    const messages = await readParquet(project.services.database, paths, { id: text(), error_message: text() });
    expect(messages.find(({ id }) => id === 'd2-refused')).toMatchObject({ error_message: 'as the test wants it' });
  });

  it('observes again when it is told to: earlier versions keep what they had', async () => {
    const first = await project.run();
    api.views = 7n;
    api.removed.add('d1-0a');
    const { manifest } = await project.run({ refresh: ['video'] });
    expect(api.asked.length).toBe(18);
    expect(await rows(manifest)).toEqual(expected(DAYS, 7).filter((row) => row !== 'd1-0a 7'));
    expect(await rows(first.manifest)).toEqual(expected());
    expect(collectionOf(manifest).requests).toBe(18);
    expect(await journal()).toEqual([]);
  });

  it('makes a version of an observation in which nothing changed: its log says that it was made', async () => {
    const first = await project.run();
    const second = await project.run({ refresh: ['video'] });
    expect(second.changed).toBe(true);
    expect(second.manifest.stateDigest).toBe(first.manifest.stateDigest);
    expect(collectionOf(second.manifest).requests).toBe(18);
  });
});
