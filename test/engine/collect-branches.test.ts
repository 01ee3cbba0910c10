import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PagedApi } from './paged-kind.ts';
import { DAYS, expected, PagedProject } from './paged-project.ts';
import type { TestProject } from './test-project.ts';

let paged: PagedProject;
let api: PagedApi;
let project: TestProject;

beforeEach(async () => {
  paged = await PagedProject.start();
  ({ api, project } = paged);
});
afterEach(() => paged[Symbol.asyncDispose]());

describe('collections of two branches', () => {
  it('uses the pages that a run of another branch has left, and keeps those that it has no use for', async () => {
    await project.run({ maxRequests: 5 });
    const left = await paged.journal();
    await paged.declare(['d1', 'd3']);
    const { manifest } = await project.run({ branch: 'without', from: 'main' });
    expect(api.asked.slice(5)).toEqual(['d3/0', 'd3/1', 'd3/2']);
    expect(await paged.rows(manifest)).toEqual(expected(['d1', 'd3']));
    expect([left.length, await paged.journal()]).toEqual([2, left]);

    await paged.declare(DAYS);
    const { manifest: whole } = await project.run({ branch: 'with', from: 'main' });
    expect(api.asked.slice(8)).toEqual(['d2/2', 'd3/0', 'd3/1', 'd3/2']);
    expect(await paged.rows(whole)).toEqual(expected());
    const lines = new Map((await paged.log(whole)).map((line) => [`request ${line.request}`, line]));
    for (const { id, origin } of await paged.provenance(whole))
      expect(lines.get(origin!)).toMatchObject({ unit: id.slice(0, 2), code: 'ok' });
    expect(await paged.journal()).toEqual([]);

    // What another branch has used up is asked for again where it is missing.
    expect(await paged.rows((await project.run()).manifest)).toEqual(expected());
    expect(api.asked.slice(12)).toEqual(['d2', 'd3'].flatMap((day) => [0, 1, 2].map((page) => `${day}/${page}`)));
  });

  it('takes no page from a run at work on another branch, which goes on with them when its worker has died', async () => {
    const { reached, die } = paged.holdAt(5);
    const run = await project.start();
    await reached;
    await paged.declare(['d4']);
    expect(await paged.rows((await project.run({ branch: 'other' })).manifest)).toEqual(expected(['d4']));
    await die();
    expect(await paged.rows((await run.finish()).manifest)).toEqual(expected());
    expect(api.asked.slice(8)).toEqual(['d2/1', 'd2/2', 'd3/0', 'd3/1', 'd3/2']);
  });
});
