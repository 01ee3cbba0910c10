import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lookAtRun } from '../../cli/watch-run.ts';
import { text } from '../../datasets/column-type.ts';
import { readParquet } from '../../datasets/parquet/read-parquet.ts';
import type { PagedApi } from './paged-kind.ts';
import { collectionOf, DAYS, expected, PagedProject } from './paged-project.ts';
import type { TestProject } from './test-project.ts';

let paged: PagedProject;
let api: PagedApi;
let project: TestProject;

beforeEach(async () => {
  paged = await PagedProject.start();
  ({ api, project } = paged);
});
afterEach(() => paged[Symbol.asyncDispose]());

describe('a collection', () => {
  it('has every row, a log of its requests, and says where each row came from', async () => {
    const { manifest } = await project.run();
    expect(await paged.rows(manifest)).toEqual(expected());
    expect(collectionOf(manifest)).toMatchObject({
      requests: 9,
      coverage: { of: 'item', complete: 3, partial: {}, not_asked: {} },
    });
    const lines = await paged.log(manifest);
    expect(lines.map(({ unit, page, code, completes }) => [unit, page, code, completes])).toEqual(
      DAYS.flatMap((day) => [0, 1, 2].map((page) => [day, page, 'ok', page === 2])),
    );
    expect(lines[0]).toMatchObject({ endpoint: 'rows', returned: 2, attempt: 1, log_id: 'log-1', round: 0 });
    expect(lines[0]!.notes).toEqual([{ what: 'looked_at', count: 1 }]);
    const requests = new Map(lines.map(({ request, unit, page }) => [`request ${request}`, `${unit}-${page}`]));
    for (const { id, origin } of await paged.provenance(manifest)) expect(requests.get(origin!)).toBe(id.slice(0, -1));
    expect(await paged.journal()).toEqual([]);
  });

  it('asks nothing when all of it is there, and only for what a longer list adds', async () => {
    const first = await project.run();
    expect((await project.run()).changed).toBe(false);
    expect(api.asked.length).toBe(9);
    await paged.declare([...DAYS, 'd4']);
    const { manifest } = await project.run();
    expect(api.asked.slice(9)).toEqual(['d4/0', 'd4/1', 'd4/2']);
    expect(await paged.rows(manifest)).toEqual(expected([...DAYS, 'd4']));
    expect(collectionOf(manifest).requests).toBe(12);
    // The days that were there are carried on with their provenance.
    const early = (await paged.provenance(manifest)).filter(({ id }) => !id.startsWith('d4'));
    expect(new Set(early.map(({ run }) => run))).toEqual(new Set([first.manifest.record.run]));
    await paged.declare(['d2']);
    expect(await paged.rows((await project.run()).manifest)).toEqual(expected(['d2']));
    expect(api.asked.length).toBe(12);
  });

  it('collects anew what is asked for by another query', async () => {
    await project.run();
    await paged.declare(DAYS, ', topic: other');
    const { manifest } = await project.run();
    expect(api.asked.length).toBe(18);
    expect(collectionOf(manifest).requests).toBe(9);
  });

  it('goes on at the page where its worker ended', async () => {
    const { reached, die } = paged.holdAt(5);
    const run = await project.start();
    await reached;
    await die();
    const { manifest } = await run.finish();
    expect(await paged.rows(manifest)).toEqual(expected());
    // The request in flight is sent again, no other.
    expect(api.asked.length).toBe(10);
    expect(await paged.journal()).toEqual([]);
  });

  it('sleeps in the workflow until the quota comes again, and says so', async () => {
    let untilMs = 0;
    // From the moment on when it is asked: a busy machine takes its time until then.
    api.behaviour = ({ number }) => (number === 5 ? { quotaUntilMs: (untilMs = Date.now() + 4000) } : 'ok');
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
    expect(await paged.rows(manifest)).toEqual(expected());
    expect(api.asked.length).toBe(10);
    expect((await paged.log(manifest)).filter(({ code }) => code === 'daily_quota').length).toBe(1);
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
    expect(await paged.rows(manifest)).toEqual([...expected(['d1']), 'd2-0a 1', 'd2-0b 1']);
    expect(collectionOf(manifest).coverage).toMatchObject({
      complete: 1,
      partial: { max_requests: 1 },
      not_asked: { max_requests: 1 },
    });
    const next = await project.run();
    expect(api.asked).toEqual(DAYS.flatMap((day) => [0, 1, 2].map((page) => `${day}/${page}`)));
    expect(await paged.rows(next.manifest)).toEqual(expected());
    expect(collectionOf(next.manifest).requests).toBe(9);
    expect(await paged.journal()).toEqual([]);
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
    expect(await paged.rows((await project.run()).manifest)).toEqual(expected());
    expect(api.asked.length - before).toBeLessThanOrEqual(5);
  });

  it('asks again what passes, within its tries, and leaves the rest as partial with its reason', async () => {
    api.behaviour = ({ unit, page }) => (unit === 'd2' && page === 1 ? 'retry' : 'ok');
    const { manifest } = await project.run();
    expect(api.asked.filter((asked) => asked === 'd2/1').length).toBe(2);
    expect(collectionOf(manifest).coverage).toMatchObject({ complete: 2, partial: { server_error: 1 } });
    expect(await paged.rows(manifest)).toEqual(
      [...expected(['d1']), 'd2-0a 1', 'd2-0b 1', ...expected(['d3'])].toSorted(),
    );
    expect((await paged.log(manifest)).map(({ code }) => code).filter((code) => code !== 'ok')).toEqual([
      'server_error',
      'server_error',
    ]);
    api.behaviour = () => 'ok';
    const next = await project.run();
    // The page before the failure is known; the rest of its day is asked for.
    expect(api.asked.slice(-2)).toEqual(['d2/1', 'd2/2']);
    expect(await paged.rows(next.manifest)).toEqual(expected());
  });

  it('waits for an API that answers nothing, and asks again then', async () => {
    let down = true;
    api.behaviour = ({ number }) => {
      if (number === 7) down = false;
      return down ? 'retry' : 'ok';
    };
    const { manifest } = await project.run();
    expect(await paged.rows(manifest)).toEqual(expected());
    expect(collectionOf(manifest).coverage.complete).toBe(3);
  });

  it('asks once more for what failed in an outage, and not again after each day of quota', async () => {
    await paged.declare(['d1', 'd2', 'd3', 'd4', 'd5', 'd6']);
    // Three failing days are an outage: it is waited for, then all six fail again; the quota ends with the last of them.
    api.behaviour = ({ number }) => (number === 17 ? { quotaUntilMs: Date.now() + 500 } : 'retry');
    const { manifest } = await project.run();
    expect(collectionOf(manifest).coverage).toMatchObject({ complete: 0, partial: { server_error: 6 } });
    expect(api.asked.length).toBeLessThanOrEqual(6 + 12 + 2);
  });

  it('asks again for what a run was refused that made no version of it', async () => {
    api.behaviour = ({ number }) => (number === 1 ? 'refused' : number === 2 ? 'fatal' : 'ok');
    await expect(project.run()).rejects.toThrow(/no_scope/);
    expect(await paged.rows((await project.run()).manifest)).toEqual(expected());
  });

  it('gets a new token when one is refused, and ends when every token is', async () => {
    const drop = vi.spyOn(api, 'dropToken');
    api.behaviour = ({ number }) => (number === 2 ? 'token' : 'ok');
    expect(await paged.rows((await project.run()).manifest)).toEqual(expected());
    expect(drop).toHaveBeenCalledTimes(1);
    api.behaviour = () => 'token';
    await paged.declare([...DAYS, 'd4']);
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
    await paged.declare([...DAYS, 'd4']);
    const paths = await paged.files((await project.run()).manifest, 'provenance');
    const messages = await readParquet(project.services.database, paths, { id: text(), error_message: text() });
    expect(messages.find(({ id }) => id === 'd2-refused')).toMatchObject({ error_message: 'as the test wants it' });
  });

  it('observes again when it is told to: earlier versions keep what they had', async () => {
    const first = await project.run();
    api.views = 7n;
    api.removed.add('d1-0a');
    const { manifest } = await project.run({ refresh: ['video'] });
    expect(api.asked.length).toBe(18);
    expect(await paged.rows(manifest)).toEqual(expected(DAYS, 7).filter((row) => row !== 'd1-0a 7'));
    expect(await paged.rows(first.manifest)).toEqual(expected());
    expect(collectionOf(manifest).requests).toBe(18);
    expect(await paged.journal()).toEqual([]);
  });

  it('makes a version of an observation in which nothing changed: its log says that it was made', async () => {
    const first = await project.run();
    const second = await project.run({ refresh: ['video'] });
    expect(second.changed).toBe(true);
    expect(second.manifest.stateDigest).toBe(first.manifest.stateDigest);
    expect(collectionOf(second.manifest).requests).toBe(18);
  });
});
